import { melSpectrogram, onsetStrength, powerToDb } from 'cochlea';
import * as promises from 'cochlea/promises';
import { describe, expect, it } from 'vitest';
import { expectError } from '../helpers/errors.js';
import { signal } from '../helpers/signals.mjs';

const sampleRate = 22050;
const music = signal('melody');
const matrixOf = (rows: number[][]) => ({
  data: Float32Array.from(rows.flat()),
  shape: [rows.length, rows[0]!.length] as [number, number],
});

describe('onsetStrength: known values', () => {
  // Rises by row: 0 1 0 4, 0 0 5 0, 0 0 0 0.
  const levels = matrixOf([
    [1, 2, 0, 4],
    [3, 1, 6, 2],
    [9, 8, 7, 0],
  ]);
  const of = (options: object) => [...onsetStrength(levels, { sampleRate, center: false, ...options })];

  it('is the mean rise of the bands', () => {
    expect(of({})).toEqual([0, Math.fround(1 / 3), Math.fround(5 / 3), Math.fround(4 / 3)]);
  });

  it('is the median rise of the bands', () => {
    expect(of({ aggregate: 'median' })).toEqual([0, 0, 0, 0]);
    expect(of({ aggregate: 'median', lag: 3 })).toEqual([0, 0, 0, 0]);
  });

  it('compares with `lag` frames before', () => {
    // Column 2 less column 0: -1, 3, -2; column 3 less column 1: 2, 1, -8.
    expect(of({ lag: 2 })).toEqual([0, 0, 1, 1]);
    expect(of({ lag: 9 })).toEqual([0, 0, 0, 0]);
  });

  it('compares with the loudest of neighbouring bands', () => {
    // Maxima over three bands: 3 9 9, 2 8 8, 6 7 7; over two, a band and the one below it: 1 3 9, 2 2 8, 0 6 7.
    expect(of({ maxSize: 3 })).toEqual([0, 0, 0, 0]);
    expect(of({ maxSize: 2 })).toEqual([0, Math.fround(1 / 3), Math.fround(4 / 3), Math.fround(4 / 3)]);
  });

  it('filters its mean away', () => {
    const [a, b, c, d] = of({ detrend: true });
    expect(a).toBe(0);
    expect(b).toBeCloseTo(1 / 3, 6);
    expect(c).toBeCloseTo(0.99 / 3 + 4 / 3, 6);
    expect(d).toBeCloseTo(0.99 * (0.99 / 3 + 4 / 3) - 1 / 3, 6);
  });

  it('is shifted by half a transform', () => {
    const shifted = onsetStrength(levels, { sampleRate, nFft: 2, hopLength: 1 });
    expect([...shifted]).toEqual([0, 0, Math.fround(1 / 3), Math.fround(5 / 3)]);
    expect([...onsetStrength(levels, { sampleRate })]).toEqual([0, 0, 0, Math.fround(1 / 3)]);
  });

  it('rises where something begins', () => {
    const y = signal('lateTone');
    const first = onsetStrength(y, { sampleRate }).findIndex((value) => value > 1);
    expect(Math.abs(first - y.length / 2 / 512)).toBeLessThanOrEqual(2);
  });
});

describe('onsetStrength: invariants', () => {
  it('a signal and its mel spectrogram in decibels give the same', () => {
    const direct = onsetStrength(music, { sampleRate });
    const given = onsetStrength(powerToDb(melSpectrogram(music, { sampleRate })), { sampleRate });
    const most = Math.max(...direct);
    const worst = given.reduce((a, value, i) => Math.max(a, Math.abs(value - direct[i]!)), 0);
    expect(worst).toBeLessThan(1e-4 * most);
  });

  it('pieces of columns give what the whole gives', () => {
    // More columns than a tile has, of a lag that reaches over it.
    const columns = 1000;
    const S = {
      data: Float32Array.from({ length: 3 * columns }, (_, i) => 20 * Math.sin(i * i)),
      shape: [3, columns] as [number, number],
    };
    const lag = 300;
    const strength = onsetStrength(S, { sampleRate, lag, center: false });
    for (let t = 0; t < columns; t++) {
      const rises = [0, 1, 2].map((r) => Math.max(0, S.data[r * columns + t]! - (S.data[r * columns + t - lag] ?? 0)));
      const expected = t < lag ? 0 : (rises[0]! + rises[1]! + rises[2]!) / 3;
      expect(strength[t]).toBeCloseTo(expected, 4);
    }
  });
});

it('onsetStrength: silence, one sample and nothing have none', () => {
  for (const y of [new Float32Array(0), new Float32Array(1), new Float32Array(5000)]) {
    const strength = onsetStrength(y, { sampleRate, detrend: true });
    expect(strength.length).toBe(1 + Math.floor(y.length / 512));
    expect(strength.every((value) => value === 0)).toBe(true);
  }
});

it('onsetStrength: the promise gives the same', async () => {
  const options = { sampleRate, lag: 2, maxSize: 3, aggregate: 'median', detrend: true } as const;
  expect(await promises.onsetStrength(music, options)).toEqual(onsetStrength(music, options));
});

describe('onsetStrength: errors', () => {
  it.each([
    [{}, TypeError, 'ERR_COCHLEA_MISSING_OPTION', 'sampleRate: '],
    [{ sampleRate, lag: 0 }, RangeError, 'ERR_COCHLEA_OUT_OF_RANGE', 'lag: expected an integer >= 1'],
    [{ sampleRate, maxSize: 0.5 }, RangeError, 'ERR_COCHLEA_OUT_OF_RANGE', 'maxSize: expected an integer >= 1'],
    [{ sampleRate, aggregate: 'max' }, RangeError, 'ERR_COCHLEA_OUT_OF_RANGE', 'aggregate: expected '],
    [{ sampleRate, detrend: 1 }, TypeError, 'ERR_COCHLEA_INVALID_TYPE', 'detrend: expected'],
    [{ sampleRate, nMfcc: 3 }, TypeError, 'ERR_COCHLEA_UNKNOWN_OPTION', 'options: '],
  ])('%o', (options, type, code, message) => {
    expectError(() => onsetStrength(music, options as never), type, code, message);
  });

  it('of the input', () => {
    const call = (input: unknown) => () => onsetStrength(input as never, { sampleRate });
    expectError(call([1]), TypeError, 'ERR_COCHLEA_INVALID_TYPE', 'S.shape: expected');
    expectError(call(Float32Array.of(Number.NaN)), RangeError, 'ERR_COCHLEA_NOT_FINITE', 'y: expected finite samples');
  });
});
