import type { encode } from 'fast-png';
import type { Rgb } from './colours.js';

let encoder: typeof encode;

/** To be awaited before the first picture: the encoder is an ES module, this is not. */
export async function loadPngEncoder(): Promise<void> {
  encoder = (await import('fast-png')).encode;
}

/** An image whose pixels are indices into a palette, row by row from the top, as a PNG file. */
export function encodePng(width: number, height: number, pixels: Uint8Array, palette: readonly Rgb[]): Buffer {
  const colours = palette.map((colour) => [...colour]);
  const image = { width, height, data: pixels, depth: 8, channels: 1, palette: colours } as const;
  return Buffer.from(encoder(image, { zlib: { level: 9 } }));
}
