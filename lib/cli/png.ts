import { constants, deflateSync } from 'node:zlib';
import type { Rgb } from './colours.js';

const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
const BITS = 8;
const PALETTE = 3;
/** The filter of a line: what it is more than the line above it. Half the bytes of no filter, for sounds that last. */
const UP = 2;

/** An image whose pixels are indices into a palette, row by row from the top, as a PNG file. */
export function encodePng(width: number, height: number, pixels: Uint8Array, palette: readonly Rgb[]): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([BITS, PALETTE], 8);
  const lines = Buffer.alloc(height * (width + 1), UP);
  for (let i = 0; i < pixels.length; i++) {
    lines[i + Math.floor(i / width) + 1] = pixels[i]! - (i < width ? 0 : pixels[i - width]!);
  }
  const data = deflateSync(lines, { level: 9, strategy: constants.Z_FILTERED });
  const chunks = [chunk('IHDR', header), chunk('PLTE', Buffer.from(palette.flat())), chunk('IDAT', data)];
  return Buffer.concat([SIGNATURE, ...chunks, chunk('IEND', Buffer.alloc(0))]);
}

function chunk(type: string, data: Buffer): Buffer {
  const bytes = Buffer.alloc(data.length + 12);
  bytes.writeUInt32BE(data.length, 0);
  bytes.write(type, 4, 'latin1');
  bytes.set(data, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, -4)), bytes.length - 4);
  return bytes;
}

// zlib.crc32 came with Node 20.15.
function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}
