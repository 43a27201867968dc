import { melSpectrogram, mfcc, powerToDb } from 'cochlea';
import * as promises from 'cochlea/promises';
import { describe, expect, it } from 'vitest';
import { expectError } from '../helpers/errors.js';
import { signal } from '../helpers/signals.mjs';

const sampleRate = 22050;
const music = signal('melody');
const decibels = (levels: number[]) => ({
  data: Float32Array.from(levels),
  shape: [levels.length, 1] as [number, number],
});

describe('mfcc: known values', () => {
  it.each([
    [1, null, [14, -3, -1]],
    [2, null, [12, -2 * Math.sqrt(3), 0]],
    [3, null, [1 + 2 * Math.sqrt(3) + 3, 1 + 0 - 6, 1 - 2 * Math.sqrt(3) + 3]],
    [2, 'ortho', [12 / Math.sqrt(12), (-2 * Math.sqrt(3)) / Math.sqrt(6), 0]],
  ] as const)('type %i of levels 1, 2, 3, norm %s', (dctType, norm, expected) => {
    // By hand from scipy.fft.dct's definitions.
    const { data } = mfcc(decibels(dctType === 1 ? [1, 2, 3, 3] : [1, 2, 3]), { sampleRate, dctType, norm, nMfcc: 3 });
    for (const [k, value] of data.entries()) expect(value).toBeCloseTo(expected[k]!, 5);
  });

  it('an orthonormal transform of all bands keeps the energy', () => {
    const levels = Array.from({ length: 40 }, (_, i) => 30 * Math.sin(i * i));
    const energy = levels.reduce((sum, x) => sum + x * x, 0);
    for (const dctType of [1, 2, 3] as const) {
      const { data } = mfcc(decibels(levels), { sampleRate, dctType, nMfcc: 40 });
      expect(data.reduce((sum, x) => sum + x * x, 0) / energy).toBeCloseTo(1, 5);
    }
  });

  it('the lifter weights the coefficients', () => {
    const plain = mfcc(music, { sampleRate }).data;
    const { data, shape } = mfcc(music, { sampleRate, lifter: 22 });
    for (let k = 0; k < shape[0]; k++) {
      const gain = 1 + 11 * Math.sin((Math.PI * (k + 1)) / 22);
      expect(data[k * shape[1] + 50]! / plain[k * shape[1] + 50]!).toBeCloseTo(gain, 4);
    }
  });
});

describe('mfcc: invariants', () => {
  it('a signal and its mel spectrogram in decibels give the same', () => {
    const direct = mfcc(music, { sampleRate, nMels: 40 });
    const given = mfcc(powerToDb(melSpectrogram(music, { sampleRate, nMels: 40 })), { sampleRate });
    expect(given.shape).toEqual(direct.shape);
    const most = direct.data.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    // The mel spectrogram of its own is in single precision.
    const worst = given.data.reduce((a, value, i) => Math.max(a, Math.abs(value - direct.data[i]!)), 0);
    expect(worst).toBeLessThan(1e-4 * most);
  });

  it('fewer coefficients are the first of more', () => {
    const many = mfcc(music, { sampleRate, nMfcc: 30 });
    const few = mfcc(music, { sampleRate, nMfcc: 5 });
    expect(few.data).toEqual(many.data.slice(0, few.data.length));
  });

  it('out receives the same', () => {
    const expected = mfcc(music, { sampleRate });
    const out = { data: expected.data.map(() => 7), shape: expected.shape };
    expect(mfcc(music, { sampleRate, out }).data).toBe(out.data);
    expect(out).toEqual(expected);
  });
});

it('mfcc: silence, one sample and nothing have the level of -100 dB', () => {
  for (const y of [new Float32Array(0), new Float32Array(1), new Float32Array(5000)]) {
    const { data, shape } = mfcc(y, { sampleRate });
    expect(shape).toEqual([20, 1 + Math.floor(y.length / 512)]);
    expect(data[0]).toBeCloseTo(-100 * Math.sqrt(128), 2);
    expect(data.subarray(shape[1]).every((value) => Math.abs(value) < 1e-3)).toBe(true);
  }
});

it('mfcc: the promise gives the same', async () => {
  const options = { sampleRate, nMfcc: 13, lifter: 22, dctType: 3, melNorm: null } as const;
  expect(await promises.mfcc(music, options)).toEqual(mfcc(music, options));
});

describe('mfcc: errors', () => {
  it.each([
    [{}, TypeError, 'ERR_COCHLEA_MISSING_OPTION', 'sampleRate: '],
    [{ sampleRate, nMfcc: 0 }, RangeError, 'ERR_COCHLEA_OUT_OF_RANGE', 'nMfcc: expected an integer >= 1'],
    [
      { sampleRate, nMfcc: 41, nMels: 40 },
      RangeError,
      'ERR_COCHLEA_OUT_OF_RANGE',
      'nMfcc: expected at most the number of bands (40), received 41',
    ],
    [{ sampleRate, dctType: 4 }, RangeError, 'ERR_COCHLEA_OUT_OF_RANGE', 'dctType: expected an integer >= 1 and <= 3'],
    [
      { sampleRate, dctType: 1, nMels: 1, nMfcc: 1 },
      RangeError,
      'ERR_COCHLEA_OUT_OF_RANGE',
      'dctType: expected 2 or 3',
    ],
    [{ sampleRate, norm: 'slaney' }, RangeError, 'ERR_COCHLEA_OUT_OF_RANGE', 'norm: expected '],
    [{ sampleRate, lifter: -1 }, RangeError, 'ERR_COCHLEA_OUT_OF_RANGE', 'lifter: expected'],
    [{ sampleRate, nCoefficients: 3 }, TypeError, 'ERR_COCHLEA_UNKNOWN_OPTION', 'options: '],
  ])('%o', (options, type, code, message) => {
    expectError(() => mfcc(music, options as never), type, code, message);
  });

  it('of the input', () => {
    const call = (input: unknown) => () => mfcc(input as never, { sampleRate });
    expectError(call([1]), TypeError, 'ERR_COCHLEA_INVALID_TYPE', 'S.shape: expected');
    expectError(call(Float32Array.of(Number.NaN)), RangeError, 'ERR_COCHLEA_NOT_FINITE', 'y: expected finite samples');
    expectError(
      call({ data: new Float32Array(0), shape: [0, 3] }),
      RangeError,
      'ERR_COCHLEA_OUT_OF_RANGE',
      'S: expected at least one row',
    );
  });
});
