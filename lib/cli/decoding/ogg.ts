/**
 * Sound in Ogg (RFC 3533): Vorbis, Opus (RFC 7845), FLAC. Each page has a checksum and a number, by which damage is found
 * before it is heard: the decoders skip what they cannot read, or decode noise. A file may be a chain of streams, and
 * each gets a decoder of its own, since nothing of one holds for the next.
 */
import { Failure } from '../failure.js';
import { optional } from '../optional.js';
import { rescaled, streamInfo } from './flac.js';
import { latin1, type Piece, type Source, viewOf } from './source.js';

interface Decoder {
  decode(bytes: Uint8Array): Piece;
  flush(): Piece;
  free(): void;
}

/** How the first packet of a stream begins, and the decoder of such a stream. */
const CODECS: [beginning: string, name: string, start?: (packet: Uint8Array) => Promise<Decoder>][] = [
  ['\x01vorbis', 'Vorbis', async () => (await optional(import('@audio/decode-vorbis'))).decoder()],
  ['OpusHead', 'Opus', async () => (await optional(import('@audio/decode-opus'))).decoder()],
  ['\x7fFLAC', 'FLAC', flacDecoder],
  ['Speex   ', 'Speex'],
];

async function flacDecoder(packet: Uint8Array): Promise<Decoder> {
  const { decoder } = await optional(import('@audio/decode-flac'));
  const decoding = await decoder();
  // The head of a FLAC file comes after nine bytes of Ogg's own.
  const info = streamInfo(packet.subarray(9));
  return {
    decode: (bytes) => rescaled(decoding.decode(bytes), info),
    flush: () => rescaled(decoding.flush(), info),
    free: () => decoding.free(),
  };
}

interface Page {
  bytes: Uint8Array;
  stream: number;
  number: number;
  isFirst: boolean;
  isLast: boolean;
  /** Where its body begins. */
  body: number;
}

export async function* oggPieces(source: Source): AsyncGenerator<Piece> {
  let decoder: Decoder | undefined;
  let stream: number | undefined;
  let expected = 0;
  let pages: Uint8Array[] = [];
  let waiting = 0;
  // A decoder is given many pages at once: a call has its price.
  const decodePages = () => {
    const bytes = new Uint8Array(Buffer.concat(pages));
    pages = [];
    waiting = 0;
    return decoder!.decode(bytes);
  };
  try {
    for await (const page of oggPages(source)) {
      if (page.isFirst && stream === undefined) {
        const codec = CODECS.find(([beginning]) => latin1(page.bytes, page.body, beginning.length) === beginning);
        // A stream of pictures or words beside the sound.
        if (!codec) continue;
        const [, name, start] = codec;
        if (!start) throw new Failure(`Ogg with ${name}, which nothing here decodes`);
        decoder = await start(page.bytes.subarray(page.body));
        stream = page.stream;
        expected = page.number;
      }
      if (page.stream !== stream) continue;
      // The recording of a broadcast begins in its middle: after the heads, numbers may jump once.
      if (page.number !== expected && expected > 3) {
        throw new Failure(`the file is damaged: ${page.number - expected} pages of the Ogg stream are missing`);
      }
      expected = page.number + 1;
      pages.push(page.bytes);
      waiting += page.bytes.length;
      if (waiting >= BATCH_BYTES || page.isLast) yield decodePages();
      if (page.isLast) {
        yield decoder!.flush();
        decoder!.free();
        decoder = undefined;
        stream = undefined;
      }
    }
    if (decoder) {
      yield decodePages();
      yield decoder.flush();
    }
  } finally {
    decoder?.free();
  }
}

const BATCH_BYTES = 1 << 18;
const HEAD_BYTES = 27;

/** The pages of a file, each checked. A page that the file's end cuts off is left out. */
async function* oggPages(source: Source): AsyncGenerator<Page> {
  let rest: Uint8Array = new Uint8Array(0);
  let at = 0;
  let ended = false;
  for await (const chunk of source.chunks()) {
    const bytes = new Uint8Array(Buffer.concat([rest, chunk]));
    let start = 0;
    for (let page = readPage(bytes, start); page !== 'more'; page = readPage(bytes, start)) {
      if (page === 'none') {
        // What follows the end of a stream and is no page, such as a tag, is no sound.
        if (ended) return;
        throw new Failure(`the file is damaged: no Ogg page at byte ${at + start}`);
      }
      if (!hasTrueChecksum(page)) {
        throw new Failure(`the file is damaged: the Ogg page at byte ${at + start} has a wrong checksum`);
      }
      ended = page.isLast;
      yield page;
      start += page.bytes.length;
    }
    rest = bytes.slice(start);
    at += start;
  }
}

function readPage(bytes: Uint8Array, start: number): Page | 'more' | 'none' {
  if (bytes.length - start < HEAD_BYTES) return 'more';
  if (latin1(bytes, start, 4) !== 'OggS' || bytes[start + 4] !== 0) return 'none';
  const segments = bytes[start + 26]!;
  const body = HEAD_BYTES + segments;
  const lengths = bytes.subarray(start + HEAD_BYTES, start + body);
  const length = body + lengths.reduce((sum, n) => sum + n, 0);
  if (bytes.length - start < body || bytes.length - start < length) return 'more';
  const page = bytes.subarray(start, start + length);
  const view = viewOf(page);
  const flags = page[5]!;
  return {
    bytes: page,
    stream: view.getUint32(14, true),
    number: view.getUint32(18, true),
    isFirst: (flags & 2) !== 0,
    isLast: (flags & 4) !== 0,
    body,
  };
}

const CHECKSUM_AT = 22;

/** Whether the page has the CRC-32 that it says, reckoned with zeros in the checksum's own place. */
function hasTrueChecksum({ bytes }: Page): boolean {
  let crc = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = i >= CHECKSUM_AT && i < CHECKSUM_AT + 4 ? 0 : bytes[i]!;
    crc = (crc << 8) ^ CRC_TABLE[(crc >>> 24) ^ byte]!;
  }
  return crc >>> 0 === viewOf(bytes).getUint32(CHECKSUM_AT, true);
}

const CRC_TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24;
  for (let bit = 0; bit < 8; bit++) crc = crc < 0 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  return crc;
});
