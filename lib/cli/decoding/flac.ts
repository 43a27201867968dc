import { Failure } from '../failure.js';
import { optional } from '../optional.js';
import { latin1, type Piece, type Source, viewOf } from './source.js';

/**
 * The samples of a FLAC file (RFC 9639). Its frames have checksums, and the decoder leaves out those that are wrong: the
 * count of samples in the stream's head tells of it.
 */
export async function* flacPieces(source: Source, begin: number, head: Uint8Array): AsyncGenerator<Piece> {
  const { decoder } = await optional(import('@audio/decode-flac'));
  const info = streamInfo(head);
  const decoding = await decoder();
  let decoded = 0;
  const take = (piece: Piece) => {
    decoded += piece.channelData[0]?.length ?? 0;
    return rescaled(piece, info);
  };
  try {
    for await (const bytes of source.chunks(begin)) yield take(decoding.decode(bytes));
    yield take(decoding.flush());
  } finally {
    decoding.free();
  }
  if (info && info.samples > decoded) {
    throw new Failure(`the file is damaged or cut off: of ${info.samples} samples only ${decoded} can be decoded`);
  }
}

interface StreamInfo {
  /** Bits of a sample. */
  bits: number;
  /** Samples in the stream; 0 if unknown. */
  samples: number;
}

/** What the head of a stream says; undefined where there is none. */
export function streamInfo(head: Uint8Array): StreamInfo | undefined {
  if (head.length < 26 || latin1(head, 0, 4) !== 'fLaC' || (head[4]! & 0x7f) !== 0) return undefined;
  // 20 bits of sample rate, 3 of channels, 5 of bits per sample, 36 of samples.
  const packed = viewOf(head).getBigUint64(18);
  return { bits: 1 + Number((packed >> 36n) & 31n), samples: Number(packed & 0xf_ffff_ffffn) };
}

/**
 * Sound at the scale at which every other format has it. The decoder divides samples of n bits by 2^(n-1) - 1, so that
 * those of 8 bits are 0.8 % too large; here the integers are found again, exactly, and divided by 2^(n-1).
 */
export function rescaled(piece: Piece, info: StreamInfo | undefined): Piece {
  if (!info) return piece;
  const fullScale = 2 ** (info.bits - 1);
  const scale = (x: number) => Math.round(x * (fullScale - 1)) / fullScale;
  return { ...piece, channelData: piece.channelData.map((channel) => channel.map(scale)) };
}
