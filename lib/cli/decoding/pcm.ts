import { optional } from '../optional.js';
import type { Layout } from './containers.js';
import { type Piece, type Source, viewOf } from './source.js';

/**
 * The samples of an uncompressed file. The values are those that `@audio/decode-wav` gives for a WAV file of them, which
 * is what it is handed, chunk by chunk; QuickTime's ADPCM goes to `@audio/decode-caf`.
 */
export async function* pcmPieces(source: Source, layout: Layout): AsyncGenerator<Piece> {
  const { decoder } =
    layout.encoding === 'qt-ima4'
      ? await optional(import('@audio/decode-caf'))
      : await optional(import('@audio/decode-wav'));
  const decoding = decoder();
  decoding.decode(layout.encoding === 'qt-ima4' ? cafHead(layout) : waveHead(layout));
  let rest = new Uint8Array(0);
  for await (const bytes of source.chunks(layout.start, layout.end)) {
    const given = Buffer.concat([rest, bytes]);
    const whole = given.length - (given.length % layout.blockBytes);
    rest = Uint8Array.from(given.subarray(whole));
    yield decoding.decode(asWave(given.subarray(0, whole), layout));
  }
  decoding.free();
}

/**
 * Samples as a WAV file has them: little-endian, and integers in 32 bits. The decoder divides positive integers of n bits
 * by 2^(n-1) - 1 and negative ones by 2^(n-1), which bends a wave of 8 bits by 0.8 %; in 32 bits it is below the
 * precision of the result.
 */
function asWave(bytes: Buffer, { encoding, bigEndian, width }: Layout): Uint8Array {
  if (encoding === 'integer' || encoding === 'unsigned')
    return widened(bytes, width, bigEndian, encoding === 'unsigned');
  // A copy, because a Buffer's slice() is a view, and the decoder needs it to be aligned.
  const plain = new Uint8Array(bytes);
  if (encoding === 'float' && bigEndian) {
    const swapped = Buffer.from(plain.buffer);
    if (width === 4) swapped.swap32();
    else swapped.swap64();
  }
  return plain;
}

function widened(bytes: Buffer, width: number, bigEndian: boolean, unsigned: boolean): Uint8Array {
  const values = new Int32Array(bytes.length / width);
  // The bytes of each sample, the most significant one first, each moved to its place in 32 bits.
  const places = Array.from({ length: width }, (_, i) => ({ from: bigEndian ? i : width - 1 - i, shift: 24 - 8 * i }));
  for (const { from, shift } of places) {
    for (let i = 0, at = from; i < values.length; i++, at += width) values[i]! |= bytes[at]! << shift;
  }
  if (unsigned) for (let i = 0; i < values.length; i++) values[i]! ^= 0x80 << 24;
  return new Uint8Array(values.buffer);
}

const WAVE_TAGS = { integer: 1, unsigned: 1, float: 3, alaw: 6, ulaw: 7 } as Record<string, number>;

/** The head of an endless WAV file of these samples as `asWave` has them. */
function waveHead({ encoding, channels, sampleRate, width, format }: Layout): Uint8Array {
  const tag = WAVE_TAGS[encoding];
  const fields = tag === undefined ? format! : new Uint8Array(16);
  if (tag !== undefined) {
    const bytes = tag === 1 ? 4 : width;
    const view = viewOf(fields);
    view.setUint16(0, tag, true);
    view.setUint16(2, channels, true);
    view.setUint32(4, sampleRate, true);
    view.setUint32(8, sampleRate * channels * bytes, true);
    view.setUint16(12, channels * bytes, true);
    view.setUint16(14, 8 * bytes, true);
  }
  const head = Buffer.alloc(12 + 8 + fields.length + 8);
  head.write('RIFF....WAVEfmt ', 'latin1');
  head.writeUInt32LE(fields.length, 16);
  head.set(fields, 20);
  head.write('data', 20 + fields.length, 'latin1');
  head.writeUInt32LE(0xffff_ffff, 24 + fields.length);
  return new Uint8Array(head);
}

/** The head of an endless CAF file of QuickTime's ADPCM: blocks of 64 samples. */
function cafHead({ channels, sampleRate, blockBytes }: Layout): Uint8Array {
  const head = Buffer.alloc(8 + 12 + 32 + 12 + 4);
  head.write('caff\0\x01\0\0desc', 'latin1');
  head.writeUInt32BE(32, 16);
  head.writeDoubleBE(sampleRate, 20);
  head.write('ima4', 28, 'latin1');
  head.writeUInt32BE(blockBytes, 36);
  head.writeUInt32BE(64, 40);
  head.writeUInt32BE(channels, 44);
  head.write('data', 52, 'latin1');
  head.fill(0xff, 56, 64);
  return new Uint8Array(head);
}
