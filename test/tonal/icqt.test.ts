import { type ComplexMatrix, type CqtOptions, cqt, icqt } from 'cochlea';
import * as promises from 'cochlea/promises';
import { describe, expect, it } from 'vitest';
import { expectError } from '../helpers/errors.js';
import { signal } from '../helpers/signals.mjs';

const sampleRate = 22050;
const noise = signal('noise');

const tone = (n: number, frequency: number) =>
  Float32Array.from({ length: n }, (_, i) => 0.5 * Math.sin((2 * Math.PI * frequency * i) / sampleRate));

/** Signal to error in dB over [from, to). */
function snr(y: Float32Array, again: Float32Array, from = 0, to = y.length): number {
  let [power, error] = [0, 0];
  for (let i = from; i < to; i++) {
    power += y[i]! ** 2;
    error += (y[i]! - again[i]!) ** 2;
  }
  return 10 * Math.log10(power / error);
}

describe('icqt: known values', () => {
  // librosa.icqt(librosa.cqt(y, ...), length=len(y), ...) of librosa 0.11 reaches these.
  it.each<[string, Pick<CqtOptions, 'hopLength' | 'binsPerOctave' | 'nBins' | 'scale'>, number]>([
    ['melody', { hopLength: 512 }, 3.198],
    ['melody', { hopLength: 128, binsPerOctave: 36, nBins: 252 }, 21.043],
    ['chordAndDrums', { hopLength: 256 }, 12.355],
    ['chirp', { hopLength: 256, scale: false }, 1.875],
  ])('reconstructs %s with %j as well as librosa, to 0.1 dB', (name, { nBins, ...options }, decibels) => {
    const y = signal(name);
    const again = icqt(cqt(y, { sampleRate, ...options, ...(nBins && { nBins }) }), {
      sampleRate,
      ...options,
      length: y.length,
    });
    expect(Math.abs(snr(y, again) - decibels)).toBeLessThan(0.1);
  });

  it('gives back a tone, in time and level', () => {
    for (const frequency of [110, 440, 1760]) {
      const y = tone(44100, frequency);
      const again = icqt(cqt(y, { sampleRate, hopLength: 64 }), { sampleRate, hopLength: 64, length: y.length });
      expect(snr(y, again, 12000, 32000)).toBeGreaterThan(20);
    }
  });

  it('is silent for silence', () => {
    expect(icqt(cqt(new Float32Array(5000), { sampleRate }), { sampleRate }).every((v) => v === 0)).toBe(true);
  });
});

describe('icqt: invariants', () => {
  const C = cqt(noise, { sampleRate });
  const y = icqt(C, { sampleRate });
  const largest = y.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  const same = (a: Float32Array, b: Float32Array, from = 0, to = a.length) => {
    for (let i = from; i < to; i++) if (Math.abs(a[i]! - b[i]!) > 2e-6 * largest) return i;
    return -1;
  };

  it('is linear', () => {
    const halves = { ...C, re: C.re.map((v) => v / 2), im: C.im.map((v) => v / 2) };
    expect(icqt(halves, { sampleRate })).toEqual(y.map((v) => v / 2));
    const rows = (from: number, to: number): ComplexMatrix => {
      const [, columns] = C.shape;
      const cut = (plane: Float32Array) => plane.map((v, i) => (i >= from * columns && i < to * columns ? v : 0));
      return { re: cut(C.re), im: cut(C.im), shape: C.shape };
    };
    const [low, high] = [icqt(rows(0, 40), { sampleRate }), icqt(rows(40, 84), { sampleRate })];
    expect(
      same(
        low.map((v, i) => v + high[i]!),
        y,
      ),
    ).toBe(-1);
  });

  it('does not depend on how long the transform goes on', () => {
    const [rows, columns] = C.shape;
    const repeats = 8;
    const long = { re: new Float32Array(rows * columns * repeats), im: new Float32Array(rows * columns * repeats) };
    for (let r = 0; r < rows; r++) {
      for (let i = 0; i < repeats; i++) {
        const at = (r * repeats + i) * columns;
        long.re.set(C.re.subarray(r * columns, (r + 1) * columns), at);
        long.im.set(C.im.subarray(r * columns, (r + 1) * columns), at);
      }
    }
    const whole = icqt({ ...long, shape: [rows, columns * repeats] }, { sampleRate });
    // Up to where the end of the short one shows.
    expect(same(y, whole, 0, y.length - 30000)).toBe(-1);
  });

  it.each([1, 500, 3000, noise.length, noise.length + 5000])('with length %d is cut or padded with zeros', (length) => {
    const cut = icqt(C, { sampleRate, length });
    expect(cut.length).toBe(length);
    const end = Math.min(length, y.length);
    expect(same(cut, y, 0, end)).toBe(-1);
    expect(cut.subarray(y.length).every((v) => v === 0)).toBe(true);
  });

  it.each([
    { hopLength: 512 },
    { hopLength: 500 },
    { hopLength: 255 },
    { hopLength: 4096 },
    { binsPerOctave: 36 },
    { binsPerOctave: 100 },
    { scale: false, norm: null, sparsity: 0, window: 'hamming', tuning: 0.3, filterScale: 0.5 } as const,
  ])('%j: makes hopLength * (columns - 1) samples of any number of columns and rows', (options) => {
    const { hopLength = 512 } = options;
    for (const nBins of [1, 12, 30]) {
      for (const columns of [1, 2, 16, 17, 40]) {
        const [re, im] = [noise.slice(0, nBins * columns), noise.slice(9000, 9000 + nBins * columns)];
        const again = icqt({ re, im, shape: [nBins, columns] }, { sampleRate, ...options });
        expect(again.length).toBe(hopLength * (columns - 1));
        expect(again.every(Number.isFinite)).toBe(true);
        if (columns > 1) expect(again.some((v) => v !== 0)).toBe(true);
      }
    }
  });

  it('writes into out', () => {
    const out = new Float32Array(y.length).fill(7);
    expect(icqt(C, { sampleRate, out })).toBe(out);
    expect(out).toEqual(y);
  });
});

describe('icqt: promises', () => {
  it('give the same numbers', async () => {
    const C = cqt(noise, { sampleRate });
    expect(await promises.icqt(C, { sampleRate, length: 9000 })).toEqual(icqt(C, { sampleRate, length: 9000 }));
  });
});

describe('icqt: errors', () => {
  const range = 'ERR_COCHLEA_OUT_OF_RANGE';
  const C = { re: noise.subarray(0, 240), im: noise.subarray(240, 480), shape: [24, 10] } as ComplexMatrix;
  it.each([
    [C, {}, TypeError, 'ERR_COCHLEA_MISSING_OPTION', 'sampleRate: expected this option to be given'],
    [C, { sampleRate, tuning: null }, TypeError, 'ERR_COCHLEA_INVALID_TYPE', 'tuning: expected a finite number'],
    [C, { sampleRate, nBins: 24 }, TypeError, 'ERR_COCHLEA_UNKNOWN_OPTION', 'options: expected'],
    [C, { sampleRate, hopLength: 0 }, RangeError, range, 'hopLength: expected an integer >= 1'],
    [C, { sampleRate, length: 0 }, RangeError, range, 'length: expected an integer >= 1'],
    [C, { sampleRate, fmin: -1 }, RangeError, range, 'fmin: expected a finite number > 0'],
    [C, { sampleRate, sparsity: 1 }, RangeError, range, 'sparsity: expected a finite number >= 0 and < 1'],
    [
      C,
      { sampleRate, fmin: 4000 },
      RangeError,
      range,
      'C.shape[0]: expected filters that end below the Nyquist frequency of 11025 Hz',
    ],
    [C, { sampleRate, out: new Float32Array(3) }, RangeError, range, 'out: expected a Float32Array of length 4608'],
    [
      C,
      { sampleRate, hopLength: 2 ** 30 },
      RangeError,
      range,
      'hopLength: expected a result of fewer than 2^31 samples',
    ],
    [{ ...C, shape: [24, 9] }, { sampleRate }, RangeError, range, 'C.re: expected a Float32Array of 24 x 9 values'],
    [
      { ...C, re: new Float32Array(0), im: new Float32Array(0), shape: [24, 0] },
      { sampleRate },
      RangeError,
      range,
      'C: expected at least one column',
    ],
    [
      { ...C, re: new Float32Array(0), im: new Float32Array(0), shape: [0, 10] },
      { sampleRate },
      RangeError,
      range,
      'C: expected at least one row',
    ],
    [noise, { sampleRate }, TypeError, 'ERR_COCHLEA_INVALID_TYPE', 'C.shape: expected [rows, columns]'],
    [
      { ...C, im: C.im.with(7, Number.NaN) },
      { sampleRate },
      RangeError,
      'ERR_COCHLEA_NOT_FINITE',
      'C.im: expected finite samples, received NaN at index 7',
    ],
  ])('%#', (input, options, type, code, message) => {
    expectError(() => icqt(input as never, options as never), type, code, message);
  });

  it('refuses an out that overlaps the input', () => {
    const memory = new Float32Array(10000);
    const overlapping = {
      re: memory.subarray(0, 240),
      im: memory.subarray(240, 480),
      shape: [24, 10],
    } as ComplexMatrix;
    const out = memory.subarray(400, 400 + 4608);
    expectError(
      () => icqt(overlapping, { sampleRate, out }),
      RangeError,
      'ERR_COCHLEA_OVERLAP',
      'out: expected memory',
    );
  });
});
