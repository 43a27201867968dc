/**
 * Where the samples lie in the containers of uncompressed sound, and how they are written: WAV (RIFF, RIFX, RF64, BW64),
 * Sony Wave64, AIFF and AIFF-C, Sun/NeXT AU, Core Audio (CAF). Only the heads of chunks are read, however large the
 * chunks are and in whatever order they come.
 *
 * Sources: Microsoft & IBM, "Multimedia Programming Interface and Data Specifications 1.0", 1991; EBU Tech 3306 (RF64);
 * ITU-R BS.2088 (BW64); Apple, "Audio Interchange File Format AIFF-C", 1991; Apple, "Core Audio Format Specification 1.0".
 */
import { Failure } from '../failure.js';
import { latin1, type Source, viewOf } from './source.js';

/** How samples are written; all but the last four are linear. */
export type Encoding = 'integer' | 'unsigned' | 'float' | 'alaw' | 'ulaw' | 'ms-adpcm' | 'ima-adpcm' | 'qt-ima4';

/** Where and how the samples of a file are written. */
export interface Layout {
  encoding: Encoding;
  bigEndian: boolean;
  channels: number;
  sampleRate: number;
  /** Bytes of one sample of one channel; of ADPCM, 0. */
  width: number;
  /** Bytes of one sample of all channels, or of one block of ADPCM. */
  blockBytes: number;
  start: number;
  /** Where the samples end by the header, at most the end of the file. */
  end: number;
  /** The body of a WAV file's `fmt ` chunk, where its encoding needs more than the above. */
  format?: Uint8Array;
}

/** The layout of a file, or undefined if it is none of these containers. `head` is the file's beginning. */
export async function findLayout(source: Source, head: Uint8Array): Promise<Layout | undefined> {
  const [name, form] = [latin1(head, 0, 4), latin1(head, 8, 4)];
  if (['RIFF', 'RIFX', 'RF64', 'BW64'].includes(name) && form === 'WAVE') return wave(source, name);
  if (head.length >= 40 && hex(head, 0) === WAVE64.riff && hex(head, 24) === WAVE64.wave) return wave64(source);
  if (name === 'FORM' && (form === 'AIFF' || form === 'AIFC')) return aiff(source, form);
  if (name === '.snd') return au(source, head);
  if (name === 'caff') return caf(source);
  return undefined;
}

interface Chunk {
  name: string;
  /** Where its body begins, and how long the header says it is. */
  start: number;
  size: number;
}

/** The chunks of a file from `at` on; `read` takes a chunk's head of `headBytes` bytes apart. */
async function* chunks(
  source: Source,
  at: number,
  headBytes: number,
  read: (head: Uint8Array) => { name: string; size: number; next: number },
): AsyncGenerator<Chunk> {
  while (at + headBytes <= source.size) {
    const { name, size, next } = read(await source.read(at, headBytes));
    yield { name, start: at + headBytes, size };
    if (next < headBytes) return;
    at += next;
  }
}

/** A chunk's head as RIFF and IFF have it: four letters and a size; the body is padded to an even length. */
function riffHead(bigEndian: boolean) {
  return (head: Uint8Array) => {
    const size = viewOf(head).getUint32(4, !bigEndian);
    return { name: latin1(head, 0, 4), size, next: 8 + size + (size % 2) };
  };
}

/** The end of a body of `size` bytes; sizes of 0 and 2^32 - 1 stand in files whose writer did not come to its end. */
function endOf(source: Source, start: number, size: number): number {
  const known = size > 0 && size < 0xffff_ffff;
  return known ? Math.min(source.size, start + size) : source.size;
}

async function wave(source: Source, name: string): Promise<Layout> {
  const bigEndian = name === 'RIFX';
  let format: Uint8Array | undefined;
  let dataSize: number | undefined;
  for await (const chunk of chunks(source, 12, 8, riffHead(bigEndian))) {
    if (chunk.name === 'ds64') dataSize = uint64(await source.read(chunk.start + 8, 8), true);
    else if (chunk.name === 'fmt ') format = await source.read(chunk.start, Math.min(chunk.size, 1 << 16));
    else if (chunk.name === 'data' && format) {
      const size = chunk.size === 0xffff_ffff && dataSize !== undefined ? dataSize : chunk.size;
      return { ...waveFormat(format, bigEndian), start: chunk.start, end: endOf(source, chunk.start, size) };
    }
  }
  throw new Failure('there are no sound samples in it');
}

/** The encodings by WAVE format tag. */
const WAVE_TAGS: Record<number, Encoding> = {
  1: 'integer',
  2: 'ms-adpcm',
  3: 'float',
  6: 'alaw',
  7: 'ulaw',
  17: 'ima-adpcm',
};
const EXTENSIBLE = 0xfffe;

function waveFormat(format: Uint8Array, bigEndian: boolean): Omit<Layout, 'start' | 'end'> {
  if (format.length < 16) throw damaged('its format chunk is too short');
  const view = viewOf(format);
  const uint16 = (at: number) => view.getUint16(at, !bigEndian);
  // An extensible format has the tag of its encoding in the first bytes of its identifier.
  const tag = uint16(0) === EXTENSIBLE && format.length >= 26 ? uint16(24) : uint16(0);
  const encoding = WAVE_TAGS[tag];
  if (!encoding)
    throw new Failure(`a WAV file of format 0x${tag.toString(16).padStart(4, '0')}, which nothing here decodes`);
  const [channels, sampleRate, blockBytes, bits] = [uint16(2), view.getUint32(4, !bigEndian), uint16(12), uint16(14)];
  const common = { bigEndian, channels, sampleRate, blockBytes, format };
  if (encoding.endsWith('adpcm')) {
    if (channels < 1 || blockBytes < 1)
      throw damaged(`its header tells of ${channels} channels, ${blockBytes} bytes each`);
    return { ...common, encoding, width: 0 };
  }
  return linear({ ...common, encoding: encoding === 'integer' && bits <= 8 ? 'unsigned' : encoding }, bits);
}

/** The layout with the width that follows from the bits of a sample, if it can be read. */
function linear<L extends Omit<Layout, 'width' | 'start' | 'end'>>(layout: L, bits: number): L & { width: number } {
  const width = Math.ceil(bits / 8);
  const widths = { integer: [1, 2, 3, 4], unsigned: [1], float: [4, 8], alaw: [1], ulaw: [1] } as Record<
    string,
    number[]
  >;
  if (!widths[layout.encoding]!.includes(width))
    throw new Failure(`samples of ${bits} bits, which nothing here decodes`);
  if (layout.channels < 1 || layout.blockBytes !== width * layout.channels) {
    throw damaged(`its header tells of ${layout.channels} channels of ${bits} bits in ${layout.blockBytes} bytes`);
  }
  return { ...layout, width };
}

/** Identifiers of Wave64: RIFF's names, stretched to 16 bytes. */
const WAVE64 = {
  riff: '726966662e91cf11a5d628db04c10000',
  wave: '77617665f3acd3118cd100c04f8edb8a',
  format: '666d7420f3acd3118cd100c04f8edb8a',
  data: '64617461f3acd3118cd100c04f8edb8a',
};

async function wave64(source: Source): Promise<Layout> {
  let format: Uint8Array | undefined;
  const read = (head: Uint8Array) => {
    // The size counts the head, too; the next chunk begins at a multiple of 8.
    const whole = uint64(head.subarray(16), true);
    return { name: hex(head, 0), size: whole - 24, next: 8 * Math.ceil(whole / 8) };
  };
  for await (const { name, start, size } of chunks(source, 40, 24, read)) {
    if (name === WAVE64.format) format = await source.read(start, Math.min(size, 1 << 16));
    else if (name === WAVE64.data && format) {
      return { ...waveFormat(format, false), start, end: size > 0 ? Math.min(source.size, start + size) : source.size };
    }
  }
  throw new Failure('there are no sound samples in it');
}

/** AIFF-C's compression types: the encoding, and whether it is little-endian. Without one it is 'NONE'. */
const AIFC_TYPES: Record<string, [encoding: Encoding, littleEndian?: boolean]> = {
  NONE: ['integer'],
  twos: ['integer'],
  sowt: ['integer', true],
  'raw ': ['unsigned'],
  in24: ['integer'],
  '42ni': ['integer', true],
  in32: ['integer'],
  '23ni': ['integer', true],
  fl32: ['float'],
  FL32: ['float'],
  fl64: ['float'],
  FL64: ['float'],
  alaw: ['alaw'],
  ALAW: ['alaw'],
  ulaw: ['ulaw'],
  ULAW: ['ulaw'],
  ima4: ['qt-ima4'],
};

async function aiff(source: Source, form: string): Promise<Layout> {
  let common: Uint8Array | undefined;
  let sound: Chunk | undefined;
  for await (const chunk of chunks(source, 12, 8, riffHead(true))) {
    if (chunk.name === 'COMM') common = await source.read(chunk.start, Math.min(chunk.size, 22));
    else if (chunk.name === 'SSND') sound = chunk;
  }
  if (!common || !sound) throw new Failure('there are no sound samples in it');
  if (common.length < (form === 'AIFC' ? 22 : 18)) throw damaged('its common chunk is too short');
  const view = viewOf(common);
  const [channels, frames, bits] = [view.getUint16(0), view.getUint32(2), view.getUint16(6)];
  const type = form === 'AIFC' ? latin1(common, 18, 4) : 'NONE';
  const found = AIFC_TYPES[type];
  if (!found) throw new Failure(`an AIFF-C file of type '${type}', which nothing here decodes`);
  const [encoding, littleEndian = false] = found;
  const offset = viewOf(await source.read(sound.start, 4)).getUint32(0);
  const start = sound.start + 8 + offset;
  const base = { encoding, bigEndian: !littleEndian, channels, sampleRate: float80(view, 8) };
  const layout =
    encoding === 'qt-ima4'
      ? { ...base, width: 0, blockBytes: 34 * channels }
      : linear({ ...base, blockBytes: channels * widthOf(encoding, bits, type) }, 8 * widthOf(encoding, bits, type));
  // Of ADPCM the header counts blocks, not samples.
  const end = Math.min(endOf(source, start, sound.size - 8 - offset), start + frames * layout.blockBytes);
  return { ...layout, start, end };
}

/** The bytes of an AIFF-C sample: compressed ones are said to have the bits that they decode to. */
function widthOf(encoding: Encoding, bits: number, type: string): number {
  if (encoding === 'alaw' || encoding === 'ulaw') return 1;
  if (encoding === 'float') return type.endsWith('64') ? 8 : 4;
  return Math.ceil(bits / 8);
}

/** A number of 80 bits: sign and exponent in 16, significand in 64. */
function float80(view: DataView, at: number): number {
  const exponent = view.getUint16(at) & 0x7fff;
  return Number(view.getBigUint64(at + 2)) * 2 ** (exponent - 16383 - 63);
}

/** AU's encodings: how, and in how many bits. */
const AU_ENCODINGS: Record<number, [Encoding, bits: number]> = {
  1: ['ulaw', 8],
  2: ['integer', 8],
  3: ['integer', 16],
  4: ['integer', 24],
  5: ['integer', 32],
  6: ['float', 32],
  7: ['float', 64],
  27: ['alaw', 8],
};

function au(source: Source, head: Uint8Array): Layout {
  if (head.length < 24) throw new Failure('there are no sound samples in it');
  const view = viewOf(head);
  const [start, size, code, sampleRate, channels] = [4, 8, 12, 16, 20].map((at) => view.getUint32(at)) as number[];
  const found = AU_ENCODINGS[code!];
  if (!found) throw new Failure(`an AU file of encoding ${code}, which nothing here decodes`);
  const [encoding, bits] = found;
  const layout = { encoding, bigEndian: true, channels: channels!, sampleRate: sampleRate! };
  return {
    ...linear({ ...layout, blockBytes: (channels! * bits) / 8 }, bits),
    start: start!,
    end: endOf(source, start!, size!),
  };
}

async function caf(source: Source): Promise<Layout> {
  let description: DataView | undefined;
  const read = (head: Uint8Array) => {
    // All ones: to the end of the file.
    const unknown = hex(head, 4, 8) === 'ffffffffffffffff';
    const size = unknown ? source.size : uint64(head.subarray(4), false);
    return { name: latin1(head, 0, 4), size, next: 12 + size };
  };
  for await (const { name, start, size } of chunks(source, 8, 12, read)) {
    if (name === 'desc') description = viewOf(await source.read(start, 32));
    else if (name === 'data' && description && description.byteLength === 32) {
      // The samples come after a count of edits.
      return { ...cafFormat(description), start: start + 4, end: Math.min(source.size, start + size) };
    }
  }
  throw new Failure('there are no sound samples in it');
}

function cafFormat(view: DataView): Omit<Layout, 'start' | 'end'> {
  const type = latin1(new Uint8Array(view.buffer, view.byteOffset), 8, 4);
  const [flags, blockBytes, channels, bits] = [12, 16, 24, 28].map((at) => view.getUint32(at)) as [
    number,
    number,
    number,
    number,
  ];
  const base = { bigEndian: (flags & 2) === 0, channels, sampleRate: view.getFloat64(0), blockBytes };
  if (type === 'lpcm') return linear({ ...base, encoding: flags & 1 ? 'float' : 'integer' }, bits);
  if (type === 'alaw' || type === 'ulaw') return linear({ ...base, encoding: type }, 8);
  if (type === 'ima4' && blockBytes === 34 * channels) return { ...base, encoding: 'qt-ima4', width: 0 };
  throw new Failure(`a CAF file of type '${type}', which nothing here decodes`);
}

function uint64(bytes: Uint8Array, littleEndian: boolean): number {
  return bytes.length < 8 ? 0 : Number(viewOf(bytes).getBigUint64(0, littleEndian));
}

function hex(bytes: Uint8Array, start: number, length = 16): string {
  return Buffer.from(bytes.subarray(start, start + length)).toString('hex');
}

const damaged = (what: string) => new Failure(`the file is damaged: ${what}`);
