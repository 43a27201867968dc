import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { WaveFile } from 'wavefile';
import type * as Decode from '../../lib/cli/decode.js';
import { cli, fixtures, folder, root, sine, wav } from './shell.js';

const { decode } = createRequire(import.meta.url)(join(root, 'dist', 'cli', 'decode.js')) as typeof Decode;

/** Writes the bytes into the test's folder and decodes them. */
async function decoded(bytes: Uint8Array, name = 'sound') {
  const file = join(folder, name);
  writeFileSync(file, bytes);
  const { samples, ...facts } = await decode(file, () => {});
  return { ...facts, samples: samples.read(0, samples.length) };
}

const RATE = 22050;
/** Two channels of a quarter of a second, each sample a multiple of 1/128, with both ends of the scale. */
const FRAMES = 5512;
const value = (i: number) => (((i * 37) % 256) - 128) / 128;
const interleaved = Array.from({ length: 2 * FRAMES }, (_, i) => value(i));
const mixed = Array.from({ length: FRAMES }, (_, i) => (value(2 * i) + value(2 * i + 1)) / 2);

type Order = 'LE' | 'BE';
interface Samples {
  bytes: Buffer;
  bits: number;
}

function integers(bits: number, order: Order, { unsigned = false } = {}): Samples {
  const width = bits / 8;
  const bytes = Buffer.alloc(width * interleaved.length);
  for (const [i, x] of interleaved.entries()) {
    const level = Math.round(x * 2 ** (bits - 1));
    if (unsigned) bytes.writeUInt8(level + 128, i);
    else if (order === 'LE') bytes.writeIntLE(level, i * width, width);
    else bytes.writeIntBE(level, i * width, width);
  }
  return { bytes, bits };
}

function floats(bits: 32 | 64, order: Order): Samples {
  const bytes = Buffer.alloc((bits / 8) * interleaved.length);
  const write = { LE32: 'writeFloatLE', BE32: 'writeFloatBE', LE64: 'writeDoubleLE', BE64: 'writeDoubleBE' } as const;
  for (const [i, x] of interleaved.entries()) bytes[write[`${order}${bits}`]](x, (i * bits) / 8);
  return { bytes, bits };
}

const text = (word: string) => Buffer.from(word, 'latin1');
const number = (bytes: number, value: number, order: Order) => {
  const field = Buffer.alloc(bytes);
  if (bytes === 8 && order === 'LE') field.writeBigUInt64LE(BigInt(value));
  else if (bytes === 8) field.writeBigUInt64BE(BigInt(value));
  else if (order === 'LE') field.writeUIntLE(value, 0, bytes);
  else field.writeUIntBE(value, 0, bytes);
  return field;
};

/** A chunk of RIFF or IFF, padded to an even length; `claim` is a size that the head says instead of the body's. */
function chunk(name: string, body: Buffer, order: Order = 'LE', claim = body.length): Buffer {
  return Buffer.concat([text(name), number(4, claim, order), body, Buffer.alloc(body.length % 2)]);
}

/** The body of a WAV file's `fmt ` chunk. */
function format(tag: number, { bits }: Samples, order: Order = 'LE', extension = Buffer.alloc(0)): Buffer {
  const fields: [number, number][] = [
    [2, tag],
    [2, 2],
    [4, RATE],
    [4, (RATE * 2 * bits) / 8],
    [2, (2 * bits) / 8],
    [2, bits],
  ];
  return Buffer.concat([...fields.map(([bytes, value]) => number(bytes, value, order)), extension]);
}

function riff(
  tag: number,
  samples: Samples,
  { before = [] as Buffer[], name = 'RIFF', order = 'LE' as Order } = {},
): Buffer {
  const body = [chunk('fmt ', format(tag, samples, order), order), ...before, chunk('data', samples.bytes, order)];
  return Buffer.concat([text(name), number(4, 0, order), text('WAVE'), ...body]);
}

function extensible(tag: number, samples: Samples): Buffer {
  const guid = Buffer.from('0000000010008000 00aa00389b71'.replace(' ', ''), 'hex');
  const extension = Buffer.concat([
    number(2, 22, 'LE'),
    number(2, samples.bits, 'LE'),
    number(4, 3, 'LE'),
    number(2, tag, 'LE'),
    guid,
  ]);
  return Buffer.concat([
    text('RIFF'),
    number(4, 0, 'LE'),
    text('WAVE'),
    chunk('fmt ', format(0xfffe, samples, 'LE', extension)),
    chunk('data', samples.bytes),
  ]);
}

function rf64(samples: Samples): Buffer {
  const { length } = samples.bytes;
  const sizes = Buffer.concat([
    number(8, 0, 'LE'),
    number(8, length, 'LE'),
    number(8, FRAMES, 'LE'),
    number(4, 0, 'LE'),
  ]);
  return Buffer.concat([
    text('RF64'),
    number(4, 0xffff_ffff, 'LE'),
    text('WAVE'),
    chunk('ds64', sizes),
    chunk('fmt ', format(1, samples)),
    chunk('data', samples.bytes, 'LE', 0xffff_ffff),
    chunk('LIST', text('what follows the samples is no sound')),
  ]);
}

function wave64(tag: number, samples: Samples): Buffer {
  const guid = (word: string) => Buffer.concat([text(word), Buffer.from('f3acd3118cd100c04f8edb8a', 'hex')]);
  const part = (word: string, body: Buffer) => {
    const padding = Buffer.alloc((8 - (body.length % 8)) % 8);
    return Buffer.concat([guid(word), number(8, 24 + body.length, 'LE'), body, padding]);
  };
  const head = Buffer.concat([text('riff'), Buffer.from('2e91cf11a5d628db04c10000', 'hex')]);
  const parts = [part('junk', text('five.')), part('fmt ', format(tag, samples)), part('data', samples.bytes)];
  return Buffer.concat([head, number(8, 0, 'LE'), guid('wave'), ...parts]);
}

function aiff(samples: Samples, type?: string, { soundFirst = false } = {}): Buffer {
  // 22050 as a number of 80 bits: exponent 14, significand 22050 / 2^14.
  const rate = Buffer.from('400dac44000000000000', 'hex');
  const common = Buffer.concat([
    number(2, 2, 'BE'),
    number(4, FRAMES, 'BE'),
    number(2, samples.bits, 'BE'),
    rate,
    ...(type ? [text(type), text('\0\0')] : []),
  ]);
  const parts = [chunk('COMM', common, 'BE'), chunk('SSND', Buffer.concat([Buffer.alloc(8), samples.bytes]), 'BE')];
  if (soundFirst) parts.reverse();
  return Buffer.concat([text('FORM'), number(4, 0, 'BE'), text(type ? 'AIFC' : 'AIFF'), ...parts]);
}

function au(encoding: number, { bytes }: Samples, size = bytes.length): Buffer {
  const fields = [28, size, encoding, RATE, 2].map((value) => number(4, value, 'BE'));
  return Buffer.concat([text('.snd'), ...fields, text('note'), bytes]);
}

function caf(flags: number, samples: Samples, type = 'lpcm', unknownSize = false): Buffer {
  const rate = Buffer.alloc(8);
  rate.writeDoubleBE(RATE);
  const fields = [flags, (2 * samples.bits) / 8, 1, 2, samples.bits].map((value) => number(4, value, 'BE'));
  const part = (word: string, body: Buffer, size = number(8, body.length, 'BE')) =>
    Buffer.concat([text(word), size, body]);
  return Buffer.concat([
    text('caff'),
    number(4, 0x0001_0000, 'BE'),
    part('desc', Buffer.concat([rate, text(type), ...fields])),
    part('free', Buffer.alloc(17)),
    part('data', Buffer.concat([Buffer.alloc(4), samples.bytes]), unknownSize ? Buffer.alloc(8, 0xff) : undefined),
  ]);
}

const unsigned = integers(8, 'LE', { unsigned: true });
const list17 = chunk('LIST', Buffer.alloc(17, 'x'));
const bext603 = chunk('bext', Buffer.alloc(603));

describe('uncompressed sound is decoded to the last bit', () => {
  const files: [string, Buffer][] = [
    ['WAV, 8 bits', riff(1, unsigned)],
    ...[16, 24, 32].map((bits): [string, Buffer] => [`WAV, ${bits} bits`, riff(1, integers(bits, 'LE'))]),
    ['WAV, float', riff(3, floats(32, 'LE'))],
    ['WAV, double', riff(3, floats(64, 'LE'))],
    ['WAV, extensible', extensible(1, integers(24, 'LE'))],
    ['WAV, extensible float', extensible(3, floats(32, 'LE'))],
    ['WAV with an odd LIST chunk', riff(1, integers(16, 'LE'), { before: [list17] })],
    ['WAV with an odd bext chunk', riff(1, integers(16, 'LE'), { before: [bext603] })],
    ['WAV with 2 MB before the sound', riff(1, integers(16, 'LE'), { before: [chunk('JUNK', Buffer.alloc(2 ** 21))] })],
    ['RIFX', riff(1, integers(16, 'BE'), { name: 'RIFX', order: 'BE' })],
    ['RF64', rf64(integers(16, 'LE'))],
    ['Wave64, 8 bits', wave64(1, unsigned)],
    ['Wave64, 24 bits', wave64(1, integers(24, 'LE'))],
    ['Wave64, float', wave64(3, floats(32, 'LE'))],
    ...[8, 16, 24, 32].map((bits): [string, Buffer] => [`AIFF, ${bits} bits`, aiff(integers(bits, 'BE'))]),
    ['AIFF with the sound first', aiff(integers(16, 'BE'), undefined, { soundFirst: true })],
    ['AIFF-C, sowt', aiff(integers(16, 'LE'), 'sowt')],
    ['AIFF-C, raw', aiff(unsigned, 'raw ')],
    ['AIFF-C, in24', aiff(integers(24, 'BE'), 'in24')],
    ['AIFF-C, fl32', aiff(floats(32, 'BE'), 'fl32')],
    ['AIFF-C, fl64', aiff(floats(64, 'BE'), 'fl64')],
    ...[8, 16, 24, 32].map((bits, i): [string, Buffer] => [`AU, ${bits} bits`, au(2 + i, integers(bits, 'BE'))]),
    ['AU, float', au(6, floats(32, 'BE'))],
    ['AU, double', au(7, floats(64, 'BE'))],
    ['AU of unknown length', au(3, integers(16, 'BE'), 0xffff_ffff)],
    ['CAF, 8 bits', caf(0, integers(8, 'BE'))],
    ['CAF, 16 bits', caf(0, integers(16, 'BE'))],
    ['CAF, 24 bits, little-endian', caf(2, integers(24, 'LE'))],
    ['CAF, float', caf(1, floats(32, 'BE'))],
    ['CAF, double, little-endian', caf(3, floats(64, 'LE'))],
    ['CAF of unknown length', caf(0, integers(16, 'BE'), 'lpcm', true)],
  ];

  it.each(files)('%s', async (_, bytes) => {
    const { samples, sampleRate, channels, peak } = await decoded(bytes);
    expect({ sampleRate, channels, peak }).toEqual({ sampleRate: RATE, channels: 2, peak: 1 });
    expect(Array.from(samples)).toEqual(mixed);
  });

  it('FLAC: integers over full scale', async () => {
    const { samples } = await decoded(readFileSync(join(fixtures, 'tone.flac')));
    expect(samples).toHaveLength(4000);
    expect(samples.every((x) => Number.isInteger(32768 * x))).toBe(true);
    expect(Math.max(...samples)).toBeCloseTo(0.5, 3);
    const tag = Buffer.concat([text('ID3\x04\0\0\0\x08\0\0'), Buffer.alloc(2 ** 17)]);
    const tagged = Buffer.concat([tag, readFileSync(join(fixtures, 'tone.flac'))]);
    expect((await decoded(tagged)).samples).toEqual(samples);
  });
});

describe('companded and ADPCM sound', () => {
  const tone = sine(440, 0.2, { sampleRate: 8000 }).map((x) => Math.round(32767 * x));

  /** The tone in an encoding of the library `wavefile`, and what that library makes of it again. */
  function witness(encode: (file: WaveFile) => void, restore: (file: WaveFile) => void) {
    const file = new WaveFile();
    file.fromScratch(1, 8000, '16', tone);
    encode(file);
    const bytes = file.toBuffer();
    const data = Buffer.from((file.data as { samples: Uint8Array }).samples);
    restore(file);
    return { bytes, data, expected: Array.from(file.getSamples() as Float64Array, (x) => x / 32768) };
  }

  const aLaw = witness(
    (file) => file.toALaw(),
    (file) => file.fromALaw(),
  );
  const muLaw = witness(
    (file) => file.toMuLaw(),
    (file) => file.fromMuLaw(),
  );
  const header = (type: string) => {
    const samples = { bytes: Buffer.alloc(0), bits: 8 };
    const bytes = caf(0, samples, type);
    // One channel at 8 kHz.
    bytes.writeDoubleBE(8000, 20);
    bytes.writeUInt32BE(1, 36);
    bytes.writeUInt32BE(1, 44);
    bytes.writeBigInt64BE(-1n, bytes.length - 12);
    return bytes;
  };

  it.each([
    ['WAV, A-law', aLaw, aLaw.bytes],
    ['WAV, mu-law', muLaw, muLaw.bytes],
    ['CAF, A-law', aLaw, Buffer.concat([header('alaw'), aLaw.data])],
    ['CAF, mu-law', muLaw, Buffer.concat([header('ulaw'), muLaw.data])],
  ])('%s', async (_, { expected }, bytes) => {
    expect(Array.from((await decoded(bytes)).samples)).toEqual(expected);
  });

  it('WAV, IMA ADPCM', async () => {
    // Blocks of a first sample, the index of its step, and eight times the largest step up.
    const block = Buffer.concat([number(2, 0, 'LE'), number(2, 0, 'LE'), Buffer.alloc(4, 0x77)]);
    const fields: [number, number][] = [
      [2, 0x11],
      [2, 1],
      [4, 1000],
      [4, 889],
      [2, 8],
      [2, 4],
      [2, 2],
      [2, 9],
    ];
    const bytes = Buffer.concat([
      text('RIFF....WAVE'),
      chunk('fmt ', Buffer.concat(fields.map(([bytes, value]) => number(bytes, value, 'LE')))),
      chunk('data', Buffer.concat([block, block])),
    ]);
    const rising = [0, 13, 43, 106, 242, 536, 1167, 2524, 5434].map((x) => x / 32768);
    expect(Array.from((await decoded(bytes)).samples)).toEqual([...rising, ...rising]);
  });
});

/** The fixture with some of its bits flipped: byte and bit of each. */
function flipped(name: string, ...flips: [byte: number, bit: number][]): Buffer {
  const bytes = readFileSync(join(fixtures, name));
  for (const [byte, bit] of flips) bytes[byte]! ^= 1 << bit;
  return bytes;
}

const ogg = readFileSync(join(fixtures, 'tone.ogg'));
const mp3 = readFileSync(join(fixtures, 'tone.mp3'));

/** Three empty frames of MPEG-1 layer III at 44.1 kHz and 128 kbit/s. */
const faster = Buffer.concat([1, 2, 3].map(() => Buffer.concat([Buffer.from('fffb9000', 'hex'), Buffer.alloc(413)])));

describe('damage', () => {
  it.each<[string, Buffer, RegExp]>([
    ['a bit of Vorbis', flipped('tone.ogg', [3400, 4]), /damaged: the Ogg page at byte \d+ has a wrong checksum/],
    ['a bit of Opus', flipped('tone.opus', [700, 1]), /damaged: the Ogg page at byte \d+ has a wrong checksum/],
    ['bytes lost from Ogg', Buffer.concat([ogg.subarray(0, 60), ogg.subarray(70)]), /damaged: .*Ogg page at byte/],
    ['a bit of FLAC', flipped('tone.flac', [9300, 2]), /damaged or cut off: of 4000 samples only \d+ can be decoded/],
    ['a bit of an MP3 head', flipped('tone.mp3', [488, 3]), /damaged: there is no MPEG frame at byte 488/],
    ['a bit of MP3 that roars', flipped('tone.mp3', [495, 0]), /damaged: sample \d+ decodes to 13 dB above full scale/],
    [
      'bytes within MP3',
      Buffer.concat([mp3.subarray(0, 488), Buffer.alloc(900, 7), mp3.subarray(488)]),
      /damaged: there is no MPEG/,
    ],
    ['MP3 that goes on at another rate', Buffer.concat([mp3, faster]), /damaged: MPEG frames of another kind begin at/],
    ['a WAV whose head contradicts itself', riff(1, { bytes: Buffer.alloc(4000), bits: 0 }), /samples of 0 bits/],
  ])('is found in %s', async (_, bytes, message) => {
    await expect(decoded(bytes)).rejects.toThrow(message);
  });

  it('is not seen in tags and ends', async () => {
    const tag = Buffer.concat([text('ID3\x04\0\0\0\0\x07\x68'), Buffer.alloc(1000, 0xff)]);
    const ape = Buffer.concat([text('APETAGEX'), number(4, 2000, 'LE'), number(4, 32, 'LE'), Buffer.alloc(16)]);
    const old = Buffer.concat([text('TAG'), Buffer.alloc(125, 0xfb)]);
    const frames = mp3.subarray(mp3.indexOf('\xff\xf3', 'latin1'));
    const { samples } = await decoded(frames);
    for (const bytes of [
      [tag, frames, ape, old],
      [frames, text('LYRICSBEGIN'), Buffer.alloc(5000, 0xff)],
      [frames, Buffer.alloc(3000)],
      [frames, Buffer.alloc(999, 0xab)],
    ]) {
      expect((await decoded(Buffer.concat(bytes))).samples).toEqual(samples);
    }
    const cut = await decoded(mp3.subarray(0, 700));
    expect(cut.samples).toEqual(samples.subarray(0, cut.samples.length));
    expect(cut.samples.length).toBeGreaterThan(1000);
    expect((await decoded(Buffer.concat([ogg, old]))).samples).toHaveLength(4000);
  });
});

describe('chains of Ogg streams', () => {
  it('are heard one after the other', async () => {
    const one = await decoded(ogg);
    const { samples } = await decoded(Buffer.concat([ogg, ogg, ogg]));
    expect(samples).toHaveLength(3 * one.samples.length);
    for (const i of [0, 1, 2]) expect(samples.subarray(4000 * i, 4000 * (i + 1))).toEqual(one.samples);
  });

  it('of different rates are refused', async () => {
    const bytes = Buffer.concat([ogg, readFileSync(join(fixtures, 'tone-8k.ogg'))]);
    await expect(decoded(bytes)).rejects.toThrow('the sample rate changes from 16000 to 8000 Hz');
  });
});

describe('what is not decoded says so', () => {
  const gsm = riff(0x31, integers(8, 'LE', { unsigned: true }));
  it.each<[string, Buffer, string]>([
    [
      'free-format MP3',
      readFileSync(join(fixtures, 'free.mp3')),
      'an MP3 file in free format, which nothing here decodes',
    ],
    ['WAV of GSM', gsm, 'a WAV file of format 0x0031, which nothing here decodes'],
    ['AIFF-C of MACE', aiff(integers(8, 'BE'), 'MAC3'), "an AIFF-C file of type 'MAC3', which nothing here decodes"],
    ['AU of G.721', au(23, integers(8, 'BE')), 'an AU file of encoding 23, which nothing here decodes'],
    ['CAF of ALAC', caf(0, integers(16, 'BE'), 'alac'), "a CAF file of type 'alac', which nothing here decodes"],
  ])('%s', async (_, bytes, message) => {
    await expect(decoded(bytes)).rejects.toThrow(message);
  });
});

describe('bad input is told in one line and leaves nothing behind', () => {
  const tone = sine(440, 0.1);
  const cases: [name: string, make: (name: string) => void, reason: RegExp][] = [
    ['missing.wav', () => {}, /no such file/],
    ['empty.wav', (name) => writeFileSync(join(folder, name), ''), /the file is empty/],
    ['words.mp3', (name) => writeFileSync(join(folder, name), 'la la la\n'.repeat(100)), /not a sound file/],
    ['none.wav', (name) => wav(name, []), /there are no sound samples in it/],
    ['one.wav', (name) => wav(name, [0.5]), /only 1 sample of sound; at least 10 ms are needed/],
    ['slow.wav', (name) => wav(name, tone, { sampleRate: 1 }), /a sample rate of 1 Hz/],
    ['hours.wav', (name) => wav(name, [], { claim: 36000 * 88200 }), /there are no sound samples in it/],
    ['nan.wav', (name) => wav(name, [0, ...tone, NaN], { float: true }), /sample 4411 is not a finite number/],
    ['cut.wav', (name) => writeFileSync(join(folder, name), 'RIFF\x24\0\0\0WAVEfmt '), /there are no sound samples/],
    ['cut.m4a', (name) => copyHead(name, 'tone.m4a', 200), /\S/],
    ['cut.ogg', (name) => copyHead(name, 'tone.ogg', 60), /\S/],
    ['.', () => {}, /it is a directory/],
    ['/dev/null', () => {}, /it is a device; only regular files can be analysed/],
  ];

  it.each(cases)('%s', (name, make, reason) => {
    make(name);
    const before = readdirSync(folder);
    const { status, stdout, stderr } = cli('analyze', name, '--json', 'bad.json', '--report', 'bad.html');
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^cochlea: [^\n]+\n$/);
    expect(stderr).toMatch(reason);
    expect(readdirSync(folder)).toEqual(before);
  });

  it('keeps the old output when a file cannot be analysed', () => {
    writeFileSync(join(folder, 'kept.json'), 'old');
    expect(cli('analyze', 'nowhere.wav', '--json', 'kept.json').status).toBe(1);
    expect(readFileSync(join(folder, 'kept.json'), 'utf8')).toBe('old');
  });
});

function copyHead(name: string, fixture: string, bytes: number): void {
  writeFileSync(join(folder, name), readFileSync(join(fixtures, fixture)).subarray(0, bytes));
}
