import { Failure } from '../failure.js';
import { optional } from '../optional.js';
import { id3Bytes, latin1, type Piece, type Source, viewOf } from './source.js';

/**
 * The samples of an MPEG audio file (MP3, MP2). The decoder, libmpg123, takes anything that looks like a frame for one, in
 * tags and damage too, and says nothing; so the chain of frames is followed here, and only these are decoded. A flipped
 * bit within a frame cannot be found: MP3 has no checksum of it.
 */
export async function* mpegPieces(source: Source, begin: number): AsyncGenerator<Piece> {
  const { decoder } = await optional(import('@audio/decode-mp3'));
  const decoding = await decoder();
  const frames = new MpegFrames(begin);
  let decoded = 0;
  const take = (bytes: Uint8Array) => {
    const piece = decoding.decode(bytes);
    decoded += piece.channelData[0]?.length ?? 0;
    return mono(piece);
  };
  try {
    for await (const bytes of source.chunks(begin)) yield take(frames.follow(bytes));
    yield take(frames.end());
  } finally {
    decoding.free();
  }
  if (decoded < frames.samples - frames.tolerance) {
    throw new Failure(`the file is damaged: of ${frames.samples} samples only ${decoded} can be decoded`);
  }
}

/** The decoder makes two equal channels of one. */
function mono(piece: Piece): Piece {
  const [left, right] = piece.channelData;
  const same = left !== undefined && right !== undefined && Buffer.compare(asBytes(left), asBytes(right)) === 0;
  return same ? { ...piece, channelData: [left] } : piece;
}

const asBytes = (samples: Float32Array) => new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);

interface Frame {
  /** What all frames of a file share: version, layer and sample rate. */
  kind: number;
  bytes: number;
  samples: number;
  /** Where the sound begins, after head, checksum and side information. */
  data: number;
}

/** Kilobits per second by version (1; 2 and 2.5), layer (1 to 3) and the head's index. */
const BITRATES = [
  [
    [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
    [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
    [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  ],
  [
    [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
    [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
    [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
  ],
];
const SAMPLE_RATES = [44100, 48000, 32000];
const HEAD_BYTES = 4;
/** The longest frame: layer II at 384 kbit/s and 32 kHz is 1728 bytes, layer I at 448 kbit/s 672. */
const MOST_BYTES = 2881;

/** A frame by its head; undefined where there is none, 'free' for one whose length only its successor tells. */
function readFrame(bytes: Uint8Array, at: number): Frame | 'free' | undefined {
  if (bytes[at] !== 0xff) return undefined;
  const [b, c, d] = bytes.subarray(at + 1, at + HEAD_BYTES) as unknown as [number, number, number];
  const version = (b >> 3) & 3;
  const layer = 4 - ((b >> 1) & 3);
  const [rateIndex, frequencyIndex] = [c >> 4, (c >> 2) & 3];
  if (b < 0xe0 || version === 1 || layer === 4 || rateIndex === 15 || frequencyIndex === 3) return undefined;
  if (rateIndex === 0) return 'free';
  const low = version === 3 ? 0 : 1;
  const sampleRate = SAMPLE_RATES[frequencyIndex]! / [4, 0, 2, 1][version]!;
  const bitrate = 1000 * BITRATES[low]![layer - 1]![rateIndex]!;
  const padding = (c >> 1) & 1;
  const samples = layer === 1 ? 384 : layer === 3 && low ? 576 : 1152;
  const length =
    layer === 1
      ? 4 * (Math.floor((12 * bitrate) / sampleRate) + padding)
      : Math.floor(((samples / 8) * bitrate) / sampleRate) + padding;
  const isMono = d >> 6 === 3;
  const sideBytes = low ? (isMono ? 9 : 17) : isMono ? 17 : 32;
  return { kind: (b & 0x1e) | (frequencyIndex << 8), bytes: length, samples, data: HEAD_BYTES + sideBytes };
}

/** Bytes at a file's beginning that may be anything but frames. */
const LEADING_BYTES = 1 << 16;

/** Follows the frames of a file from head to head, over tags, and counts their samples. */
class MpegFrames {
  /** Samples that the frames stand for, without what the encoder says that it has added. */
  samples = 0;
  private rest: Uint8Array = new Uint8Array(0);
  /** Bytes to come that belong to a tag. */
  private skip = 0;
  private kind: number | undefined;
  private frameSamples = 0;
  /** Where the chain broke, until the next frame shows that more sound follows. */
  private broken: number | undefined;
  private frames: Uint8Array[] = [];

  /** Where `rest` begins in the file. */
  private at: number;

  constructor(private readonly begin: number) {
    this.at = begin;
  }

  /** The samples by which a decoder may stay behind: it drops the first frame if it needs one before it. */
  get tolerance(): number {
    return 2 * this.frameSamples;
  }

  /** Takes the next bytes of the file and returns the frames that have become whole. */
  follow(bytes: Uint8Array): Uint8Array {
    return this.scan(new Uint8Array(Buffer.concat([this.rest, bytes])), MOST_BYTES + HEAD_BYTES);
  }

  /** The file ends here; returns the last frames. */
  end(): Uint8Array {
    const frames = this.scan(this.rest, HEAD_BYTES);
    if (this.kind === undefined) throw new Failure('there are no sound samples in it');
    return frames;
  }

  /** Follows the frames as long as `ahead` bytes are there. */
  private scan(bytes: Uint8Array, ahead: number): Uint8Array {
    let at = 0;
    while (bytes.length - at >= ahead) at += this.step(bytes, at);
    at = Math.min(at, bytes.length);
    this.rest = bytes.slice(at);
    this.at += at;
    const frames = Buffer.concat(this.frames);
    this.frames = [];
    return new Uint8Array(frames);
  }

  /** Takes what begins at `at` and returns its length. */
  private step(bytes: Uint8Array, at: number): number {
    const left = bytes.length - at;
    if (this.skip > 0) {
      const step = Math.min(this.skip, left);
      this.skip -= step;
      return step;
    }
    const frame = readFrame(bytes, at);
    if (frame && this.isFrame(bytes, at, frame)) {
      if (frame === 'free') throw new Failure('an MP3 file in free format, which nothing here decodes');
      if (this.broken !== undefined) {
        const change = frame.kind === this.kind ? 'there is no MPEG frame' : 'MPEG frames of another kind begin';
        throw new Failure(`the file is damaged: ${change} at byte ${this.broken}`);
      }
      return this.take(bytes, at, frame);
    }
    const tag = tagBytes(bytes, at);
    if (tag > 0) {
      this.skip = tag;
      return 0;
    }
    if (this.kind === undefined && this.at + at - this.begin > LEADING_BYTES) {
      throw new Failure('there are no sound samples in it');
    }
    // Zeros between or after frames are silence that nobody encoded.
    if (this.kind !== undefined && bytes[at] !== 0) this.broken ??= this.at + at;
    return 1;
  }

  /** Whether the head is one: that of the first frame, or one after a break, must be followed by another of its kind. */
  private isFrame(bytes: Uint8Array, at: number, frame: Frame | 'free'): boolean {
    if (frame === 'free') return this.kind === undefined && isFreeFormat(bytes, at);
    if (this.kind !== undefined && this.broken === undefined) return frame.kind === this.kind;
    const next = at + frame.bytes;
    const following = next + HEAD_BYTES <= bytes.length ? readFrame(bytes, next) : undefined;
    return following !== undefined && following !== 'free' && following.kind === frame.kind;
  }

  private take(bytes: Uint8Array, at: number, frame: Frame): number {
    // The last frame is often cut off.
    if (bytes.length - at < frame.bytes) return frame.bytes;
    this.frames.push(bytes.subarray(at, at + frame.bytes));
    if (this.kind === undefined) {
      this.kind = frame.kind;
      this.frameSamples = frame.samples;
      const word = latin1(bytes, at + frame.data, 4);
      if (word === 'Xing' || word === 'Info') {
        this.samples -= addedSamples(bytes.subarray(at + frame.data, at + frame.bytes));
        return frame.bytes;
      }
    }
    this.samples += frame.samples;
    return frame.bytes;
  }
}

/** The samples that the encoder has added at both ends, by the tag that it left in the first frame; 0 if it says none. */
function addedSamples(tag: Uint8Array): number {
  const flags = viewOf(tag).getUint32(4);
  const at = 8 + (flags & 1 ? 4 : 0) + (flags & 2 ? 4 : 0) + (flags & 4 ? 100 : 0) + (flags & 8 ? 4 : 0);
  if (tag.length < at + 24 || tag[at] === 0) return 0;
  const [a, b, c] = tag.subarray(at + 21, at + 24) as unknown as [number, number, number];
  return ((a << 4) | (b >> 4)) + (((b & 15) << 8) | c);
}

/** Whether a head without a bit rate is a frame's: then the same head comes again, twice at one distance. */
function isFreeFormat(bytes: Uint8Array, at: number): boolean {
  const isSame = (i: number) =>
    i + HEAD_BYTES <= bytes.length &&
    bytes[i] === 0xff &&
    bytes[i + 1] === bytes[at + 1] &&
    (bytes[i + 2]! & 0xfc) === (bytes[at + 2]! & 0xfc);
  for (let next = at + 24; next < at + MOST_BYTES; next++) {
    // The padding slot makes a frame one byte longer, or four in layer I.
    if (isSame(next) && [-4, -1, 0, 1, 4].some((slot) => isSame(2 * next - at + slot))) return true;
  }
  return false;
}

/** The length of the tag that begins here, or 0. */
function tagBytes(bytes: Uint8Array, at: number): number {
  switch (String.fromCharCode(bytes[at]!)) {
    case 'I':
      return id3Bytes(bytes, at);
    case 'T':
      if (latin1(bytes, at, 3) !== 'TAG') return 0;
      return bytes[at + 3] === 0x2b ? 227 : 128; // an extended tag begins with 'TAG+'
    case 'A':
      return bytes.length - at >= 32 && latin1(bytes, at, 8) === 'APETAGEX' ? apeBytes(bytes, at) : 0;
    case 'L':
      // Its length stands at its end; after it there is only an old tag.
      return latin1(bytes, at, 11) === 'LYRICSBEGIN' ? Infinity : 0;
    default:
      return 0;
  }
}

/** The length of an APE tag by its head, or that of a foot whose head is missing. */
function apeBytes(bytes: Uint8Array, at: number): number {
  const isHead = (bytes[at + 23]! & 0x20) !== 0;
  // The size counts the items and the foot, not the head.
  return isHead ? 32 + viewOf(bytes).getUint32(at + 12, true) : 32;
}
