import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { logFrequencies, ResonatorBank, ResonatorStream } from 'cochlea';
import { describe, expect, it } from 'vitest';
import { expectError } from './helpers/errors.js';

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
    await new Promise((resolve) => setTimeout(resolve, 50));
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
