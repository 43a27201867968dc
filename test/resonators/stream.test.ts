import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { logFrequencies, ResonatorBank, ResonatorStream, resonatorFrames } from 'cochlea';
import { describe, expect, it } from 'vitest';
import { expectError } from '../helpers/errors.js';

const options = { sampleRate: 44100, frequencies: logFrequencies({ nBins: 20 }), hopLength: 100 };
const y = Float32Array.from({ length: 4321 }, (_, i) => Math.sin(0.05 * i));
const { hopLength, ...bank } = options;
const { data } = new ResonatorBank(bank).resonate(y, { hopLength, output: 'magnitude' });
const expected = Array.from({ length: 43 }, (_, t) => Float32Array.from({ length: 20 }, (_, k) => data[k * 43 + t]));

async function framesOf(chunks: Iterable<unknown>): Promise<Float32Array[]> {
  const frames: Float32Array[] = [];
  for await (const frame of Readable.from(chunks).pipe(new ResonatorStream(options))) frames.push(frame);
  return frames;
}

const pieces = <T>(length: number, size: number, piece: (start: number, end: number) => T) =>
  Array.from({ length: Math.ceil(length / size) }, (_, i) => piece(i * size, Math.min(length, (i + 1) * size)));

describe('ResonatorStream', () => {
  it.each([1, 128, 1000, 5000])('gives the frames of the whole signal for samples in chunks of %d', async (size) => {
    expect(await framesOf(pieces(y.length, size, (a, b) => y.subarray(a, b)))).toEqual(expected);
  });

  it.each([1, 7, 4096])('takes bytes cut anywhere, %d at a time', async (size) => {
    const bytes = Buffer.from(y.buffer);
    expect(await framesOf(pieces(bytes.length, size, (a, b) => bytes.subarray(a, b)))).toEqual(expected);
  });

  it('stops reading while nobody takes frames', async () => {
    let read = 0;
    const source = Readable.from(
      (function* () {
        for (; read < 1000; read++) yield new Float32Array(128);
      })(),
    );
    const stream = source.pipe(new ResonatorStream(options));
    // Turns of the event loop enough to read all of it, and more.
    for (let i = 0; i < 5000; i++) await new Promise((resolve) => setImmediate(resolve));
    expect(read).toBeLessThan(100);
    stream.destroy();
  });

  it('ends in an error for bad samples, half a sample and other chunks', async () => {
    const run = (chunk: unknown) =>
      pipeline([chunk], new ResonatorStream(options), async (frames) => {
        for await (const _ of frames);
      });
    await expect(run(Float32Array.of(0, Number.NaN))).rejects.toThrow('signal: expected finite samples, received NaN');
    await expect(run(Buffer.alloc(7))).rejects.toThrow(
      "samples: expected whole 32-bit floats, received '3 bytes more'",
    );
    await expect(run('text')).rejects.toThrow('signal: expected a Float32Array');
  });

  it.each([128, 1000])('gives complex frames, in two arrays or in turn, in chunks of %d', async (size) => {
    const { re, im } = new ResonatorBank(bank).resonate(y, { hopLength });
    const chunks = () => Readable.from(pieces(y.length, size, (a, b) => y.subarray(a, b)));
    let t = 0;
    for await (const frame of chunks().pipe(new ResonatorStream({ ...options, output: 'complex' }))) {
      for (let k = 0; k < 20; k++) expect([frame.re[k], frame.im[k]]).toEqual([re[k * 43 + t], im[k * 43 + t]]);
      t++;
    }
    expect(t).toBe(43);
    t = 0;
    for await (const frame of resonatorFrames(chunks(), { ...options, output: 'interleaved' })) {
      expect(frame.length).toBe(40);
      for (let k = 0; k < 20; k++)
        expect([...frame.subarray(2 * k, 2 * k + 2)]).toEqual([re[k * 43 + t], im[k * 43 + t]]);
      t++;
    }
    expect(t).toBe(43);
  });

  it('reads options as every call does: inherited ones too, and no other', async () => {
    const inherited = Object.create(options);
    expectError(
      () => new ResonatorStream({ ...options, channels: 2 } as never),
      TypeError,
      'ERR_COCHLEA_UNKNOWN_OPTION',
      'options: expected one of the options',
    );
    const frames: Float32Array[] = [];
    for await (const frame of resonatorFrames([y], inherited)) frames.push(frame as Float32Array);
    expect(frames).toEqual(expected);
  });

  it('checks its options', () => {
    const make = (more: object) => () => new ResonatorStream({ ...options, ...more });
    for (const [more, type, code, message] of [
      [{ hopLength: 0 }, RangeError, 'OUT_OF_RANGE', 'hopLength: expected an integer >= 1, received 0'],
      [{ frequencies: [0] }, RangeError, 'OUT_OF_RANGE', 'frequencies[0]: expected a finite number > 0'],
      [{ output: 'loud' }, RangeError, 'OUT_OF_RANGE', "output: expected one of 'complex', 'magnitude'"],
      [{ hop: 3 }, TypeError, 'UNKNOWN_OPTION', 'options: expected one of the options'],
    ] as const) {
      expectError(make(more), type, `ERR_COCHLEA_${code}`, message);
    }
  });
});

describe('resonatorFrames', () => {
  it('gives the frames of the whole signal from anything that can be iterated', async () => {
    const cut = (size: number) => pieces(y.length, size, (a, b) => y.subarray(a, b));
    const bytes = pieces(4 * y.length, 1001, (a, b) => Buffer.from(y.buffer).subarray(a, b));
    for (const source of [cut(128), Readable.from(cut(1000)), new Set(cut(5000)), bytes]) {
      const frames: Float32Array[] = [];
      for await (const frame of resonatorFrames(source, options)) frames.push(frame);
      expect(frames).toEqual(expected);
    }
  });

  it('reads on only when a frame is asked for, and lets go of its source', async () => {
    let [read, closed] = [0, false];
    const source = (function* () {
      try {
        for (; read < 1000; read++) yield new Float32Array(128);
      } finally {
        closed = true;
      }
    })();
    for await (const _ of resonatorFrames(source, options)) {
      expect(read).toBeLessThan(3);
      break;
    }
    expect(closed).toBe(true);
  });

  it('refuses options at once and samples when it gets there', async () => {
    expectError(
      () => resonatorFrames([], { ...options, hopLength: 0 }),
      RangeError,
      'ERR_COCHLEA_OUT_OF_RANGE',
      'hopLength: expected an integer >= 1, received 0',
    );
    const all = async (source: Iterable<Float32Array | Uint8Array>) => {
      for await (const _ of resonatorFrames(source, options));
    };
    await expect(all([Float32Array.of(Number.NaN)])).rejects.toThrow('signal: expected finite samples, received NaN');
    await expect(all([Buffer.alloc(5)])).rejects.toThrow(
      "samples: expected whole 32-bit floats, received '1 bytes more'",
    );
  });
});
