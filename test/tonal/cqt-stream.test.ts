import { type ComplexMatrix, CqtStream, type CqtStreamOptions, cqt, type Matrix, magnitude, vqt } from 'cochlea';
import { describe, expect, it } from 'vitest';
import { expectError } from '../helpers/errors.js';
import { signal } from '../helpers/signals.mjs';

const sampleRate = 22050;
const noise = signal('noise');

/** Columns that came in parts, joined. */
function joined(parts: Matrix[]): Matrix {
  const rows = parts[0]!.shape[0];
  const columns = parts.reduce((n, { shape }) => n + shape[1], 0);
  const data = new Float32Array(rows * columns);
  let at = 0;
  for (const part of parts) {
    const [, n] = part.shape;
    for (let r = 0; r < rows; r++) data.set(part.data.subarray(r * n, (r + 1) * n), r * columns + at);
    at += n;
  }
  return { data, shape: [rows, columns] };
}

/** The planes of a transform, one above the other. */
const planes = ({ re, im, shape: [rows, columns] }: ComplexMatrix): Matrix => {
  const data = new Float32Array(2 * re.length);
  data.set(re);
  data.set(im, re.length);
  return { data, shape: [2 * rows, columns] };
};

function expectClose(a: Matrix, b: Matrix) {
  expect(a.shape).toEqual(b.shape);
  const bound = 1e-6 * b.data.reduce((largest, v) => Math.max(largest, Math.abs(v)), 0);
  expect(a.data.findIndex((v, i) => !(Math.abs(v - b.data[i]!) <= bound))).toBe(-1);
}

describe('CqtStream', () => {
  it.each<[CqtStreamOptions, number]>([
    [{ sampleRate }, 50000],
    [{ sampleRate, hopLength: 500, nBins: 60, fmin: 100 }, 30000],
    [{ sampleRate, hopLength: 255, nBins: 30, fmin: 400, scale: false }, 9000],
    [{ sampleRate, hopLength: 4096, nBins: 40, binsPerOctave: 24, fmin: 300 }, 60000],
    [{ sampleRate, hopLength: 3, nBins: 12, fmin: 2000 }, 2000],
    [{ sampleRate: 96000, tuning: 0.3, window: 'hamming', sparsity: 0 }, 66150],
    [{ sampleRate, gamma: null, intervals: 'ji5' }, 20000],
    [{ sampleRate, nBins: 1, fmin: 880 }, 5000],
  ])('%j: gives the columns of the whole signal, in any chunks', (options, n) => {
    const y = noise.subarray(0, n);
    const { gamma = 0, intervals = 'equal' } = options;
    const whole = planes(vqt(y, { ...options, gamma, intervals } as never));
    const stream = new CqtStream(options as CqtStreamOptions<'complex'>);
    for (const chunks of [[n], [1, 2, 3, 500, 17000], [4096], [777, 0]]) {
      const parts: Matrix[] = [];
      for (let i = 0, c = 0; i < n; c++) {
        const end = Math.min(n, i + chunks[c % chunks.length]!);
        const part = stream.process(y.subarray(i, end));
        expect(part.shape[1]).toBeLessThanOrEqual(stream.maxColumns(Math.max(1, end - i)));
        parts.push(planes(part));
        i = end;
      }
      parts.push(planes(stream.flush()));
      expectClose(joined(parts), whole);
    }
  });

  it.each<CqtStreamOptions>([
    { sampleRate },
    { sampleRate, hopLength: 256, nBins: 30, fmin: 600 },
    { sampleRate, hopLength: 100, nBins: 20, fmin: 600 },
    { sampleRate: 96000, nBins: 60, fmin: 60 },
  ])('%j: a column comes with the sample that its latency tells, not before and not after', (options) => {
    const stream = new CqtStream(options);
    const { hopLength = 512 } = options;
    stream.process(new Float32Array(stream.latency - 1));
    const before = [0, 1, 2].map((t) => {
      const { shape } = stream.process(new Float32Array(1));
      stream.process(new Float32Array(hopLength - 2));
      const early = stream.process(new Float32Array(1)).shape[1];
      return [t, shape[1], early];
    });
    expect(before).toEqual([
      [0, 1, 0],
      [1, 1, 0],
      [2, 1, 0],
    ]);
  });

  it('gives magnitudes', () => {
    const y = noise.subarray(0, 20000);
    const stream = new CqtStream({ sampleRate, output: 'magnitude' });
    const parts = [stream.process(y.subarray(0, 12345)), stream.process(y.subarray(12345)), stream.flush()];
    expectClose(joined(parts), magnitude(cqt(y, { sampleRate })));
  });

  it('begins anew after flush and reset', () => {
    const y = noise.subarray(0, 30000);
    const stream = new CqtStream({ sampleRate });
    const first = [stream.process(y), stream.flush()];
    expect([stream.process(y), stream.flush()]).toEqual(first);
    stream.process(noise);
    stream.reset();
    expect([stream.process(y), stream.flush()]).toEqual(first);
    expect(stream.flush().shape).toEqual([84, 0]);
  });

  it('writes into out', () => {
    const stream = new CqtStream({ sampleRate });
    const y = noise.subarray(0, 40000);
    const expected = [stream.process(y), stream.flush()];
    const room = 84 * Math.max(stream.maxColumns(y.length), stream.maxColumns(0));
    const out: ComplexMatrix = { re: new Float32Array(room), im: new Float32Array(room), shape: [0, 0] };
    const given = stream.process(y, out);
    expect(given).toEqual(expected[0]);
    expect(given.re.buffer).toBe(out.re.buffer);
    expect(stream.flush(out)).toEqual(expected[1]);
  });

  it('refuses what it cannot take', () => {
    const range = 'ERR_COCHLEA_OUT_OF_RANGE';
    expectError(() => new CqtStream({} as never), TypeError, 'ERR_COCHLEA_MISSING_OPTION', 'sampleRate: expected');
    expectError(
      () => new CqtStream({ sampleRate, tuning: null } as never),
      TypeError,
      'ERR_COCHLEA_INVALID_TYPE',
      'tuning: expected a finite number',
    );
    expectError(
      () => new CqtStream({ sampleRate, padMode: 'edge' } as never),
      TypeError,
      'ERR_COCHLEA_UNKNOWN_OPTION',
      'options: expected',
    );
    expectError(
      () => new CqtStream({ sampleRate, output: 'phase' } as never),
      RangeError,
      range,
      "output: expected one of 'complex', 'magnitude'",
    );
    expectError(
      () => new CqtStream({ sampleRate, nBins: 120 }),
      RangeError,
      range,
      'nBins: expected filters that end below the Nyquist frequency of 11025 Hz',
    );
    const stream = new CqtStream({ sampleRate });
    const bad = Float32Array.of(0, Number.NaN);
    expectError(
      () => stream.process(bad),
      RangeError,
      'ERR_COCHLEA_NOT_FINITE',
      'x: expected finite samples, received NaN at index 1',
    );
    expectError(
      () => stream.process([1] as never),
      TypeError,
      'ERR_COCHLEA_INVALID_TYPE',
      'x: expected a Float32Array',
    );
    const small: ComplexMatrix = { re: new Float32Array(84), im: new Float32Array(84), shape: [84, 1] };
    expectError(
      () => stream.process(bad, small),
      RangeError,
      range,
      'out.re: expected a Float32Array of length >= 168',
    );
    const shared = new Float32Array(250);
    const overlapping: ComplexMatrix = { re: shared, im: new Float32Array(250), shape: [84, 1] };
    expectError(
      () => stream.process(shared.subarray(0, 10), overlapping),
      RangeError,
      'ERR_COCHLEA_OVERLAP',
      'out.re: expected memory that does not overlap x',
    );
  });

  it('has nothing to flush without samples, and not twice', () => {
    for (const output of ['complex', 'magnitude'] as const) {
      const stream = new CqtStream({ sampleRate, output });
      expect(stream.flush().shape).toEqual([84, 0]);
      stream.process(noise.subarray(0, 30000));
      expect(stream.flush().shape[1]).toBeGreaterThan(0);
      expect(stream.flush().shape).toEqual([84, 0]);
      stream.process(noise.subarray(0, 30000));
      stream.reset();
      expect(stream.flush().shape).toEqual([84, 0]);
    }
  });

  it('takes an empty block with any out', () => {
    const stream = new CqtStream({ sampleRate, output: 'magnitude' });
    const out = { data: new Float32Array(0), shape: [84, 0] as [number, number] };
    expect(stream.process(new Float32Array(0), out).shape).toEqual([84, 0]);
    expect(stream.process(new Float32Array(0)).data).toHaveLength(0);
  });

  it('refuses an out that is no object', () => {
    const [code, stream] = ['ERR_COCHLEA_INVALID_TYPE', new CqtStream({ sampleRate })];
    const message = 'out: expected an object { re, im }, received null';
    expectError(() => stream.process(noise, null as never), TypeError, code, message);
    expectError(() => stream.flush(null as never), TypeError, code, message);
    const magnitudes = new CqtStream({ sampleRate, output: 'magnitude' });
    expectError(() => magnitudes.process(noise, 3 as never), TypeError, code, 'out: expected an object { data }');
  });
});
