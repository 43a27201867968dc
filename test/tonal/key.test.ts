import { chromaCqt, estimateKey, type Key, type Matrix, tonnetz } from 'cochlea';
import * as promises from 'cochlea/promises';
import { describe, expect, it } from 'vitest';
import { expectError } from '../helpers/errors.js';

const sampleRate = 22050;

const single = (values: number[]): Matrix => ({ data: Float32Array.from(values), shape: [values.length, 1] });
const scale = (tonic: number, steps: number[]) =>
  single(Array.from({ length: 12 }, (_, pitchClass) => (steps.includes((pitchClass - tonic + 12) % 12) ? 1 : 0)));
const names = (keys: Key[]) => keys.map(({ name }) => name);

/** A chord per third of a second, each note with a few harmonics. */
function played(chords: number[][]): Float32Array {
  const length = Math.round(sampleRate / 3);
  const y = new Float32Array(chords.length * length);
  for (const [c, chord] of chords.entries()) {
    for (const midi of chord) {
      const step = (2 * Math.PI * 440 * 2 ** ((midi - 69) / 12)) / sampleRate;
      for (let i = 0; i < length; i++) {
        const fade = Math.min(1, i / 400, (length - i) / 400);
        for (let h = 1; h <= 4; h++) y[c * length + i]! += ((0.1 * fade) / h) * Math.sin(h * step * i);
      }
    }
  }
  return y;
}

const keys = (['major', 'minor'] as const).flatMap((mode) =>
  Array.from({ length: 12 }, (_, tonic) => [mode, tonic] as const),
);

describe('estimateKey', () => {
  it.each(keys)('hears a cadence in %s on pitch class %d', (mode, tonic) => {
    const root = 48 + tonic;
    const third = mode === 'major' ? 4 : 3;
    const triad = (from: number, middle: number) => [from, from + middle, from + 7].map((note) => root + note);
    // I IV V I; the dominant of a minor key has a major third.
    const y = played([triad(0, third), triad(5, third), triad(7, 4), triad(0, third)]);
    const [key, next] = estimateKey(chromaCqt(y, { sampleRate }));
    expect(key).toMatchObject({ mode, tonic });
    expect(key!.correlation).toBeGreaterThan(0.8);
    expect(next!.correlation).toBeLessThan(key!.correlation - 0.05);
  });

  it('knows a scale by its notes', () => {
    for (let tonic = 0; tonic < 12; tonic++) {
      expect(estimateKey(scale(tonic, [0, 2, 4, 5, 7, 9, 11]))[0]).toMatchObject({ mode: 'major', tonic });
      expect(estimateKey(scale(tonic, [0, 2, 3, 5, 7, 8, 11]))[0]).toMatchObject({ mode: 'minor', tonic });
    }
  });

  it('gives the correlations between keys that Krumhansl & Kessler printed', () => {
    const major = [6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88];
    const found = estimateKey(single(major));
    const expected = {
      'C major': 1,
      'A minor': 0.651,
      'F major': 0.591,
      'G major': 0.591,
      'E minor': 0.536,
      'C minor': 0.511,
      'F# major': -0.683,
    };
    for (const [name, correlation] of Object.entries(expected)) {
      expect(found.find((key) => key.name === name)!.correlation).toBeCloseTo(correlation, 2);
    }
    expect(names(found).slice(0, 2)).toEqual(['C major', 'A minor']);
    expect(found.at(-1)!.name).toBe('F# major');
  });

  it('returns every key once, the likeliest first, as musicians write them', () => {
    const found = estimateKey(scale(3, [0, 4, 7]));
    expect(new Set(names(found)).size).toBe(24);
    expect(found).toEqual(found.toSorted((a, b) => b.correlation - a.correlation));
    expect(found[0]!.name).toBe('Eb major');
    expect(names(found)).toEqual(expect.arrayContaining(['Db major', 'C# minor', 'Ab major', 'G# minor', 'Bb minor']));
    for (const { correlation } of found) expect(Math.abs(correlation)).toBeLessThanOrEqual(1 + 1e-12);
  });

  it('sums columns by their size, and does not care for the scale', () => {
    const quiet = scale(0, [0, 4, 7]).data;
    const loud = scale(2, [0, 4, 7]).data;
    const data = Float32Array.from(
      { length: 24 },
      (_, i) => (i % 2 === 0 ? 1 : 3) * (i % 2 === 0 ? quiet : loud)[i >> 1]!,
    );
    const found = estimateKey({ data, shape: [12, 2] });
    expect(found[0]!.name).toBe('D major');
    const larger = estimateKey({ data: data.map((x) => 1000 * x), shape: [12, 2] });
    expect(names(larger)).toEqual(names(found));
    expect(larger[0]!.correlation).toBeCloseTo(found[0]!.correlation, 12);
  });

  it('finds none where no class is stronger than another', () => {
    expect(estimateKey({ data: new Float32Array(0), shape: [12, 0] })).toEqual([]);
    expect(estimateKey(single(new Array(12).fill(0)))).toEqual([]);
    expect(estimateKey(single(new Array(12).fill(0.1)))).toEqual([]);
    expect(estimateKey(chromaCqt(new Float32Array(sampleRate), { sampleRate }))).toEqual([]);
  });

  it('gives the same as a promise', async () => {
    const chroma = chromaCqt(
      Float32Array.from({ length: 30000 }, (_, i) => Math.sin(i / 9)),
      { sampleRate },
    );
    expect(await promises.estimateKey(chroma)).toEqual(estimateKey(chroma));
    await expect(promises.estimateKey({ data: new Float32Array(6), shape: [6, 1] })).rejects.toThrow(
      'a matrix of 12 rows',
    );
    await expect(promises.estimateKey(chroma, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow(
      'enough',
    );
  });

  it('refuses what is not a chromagram', () => {
    const call = (chroma: unknown) => () => estimateKey(chroma as Matrix);
    const [type, range] = ['ERR_COCHLEA_INVALID_TYPE', 'ERR_COCHLEA_OUT_OF_RANGE'];
    expectError(call(undefined), TypeError, type, 'chroma: expected an object { data, shape: [rows, columns] }');
    expectError(call(new Float32Array(12)), TypeError, type, 'chroma.shape: expected [rows, columns]');
    expectError(
      call(tonnetz(single(new Array(12).fill(0)))),
      RangeError,
      range,
      'chroma: expected a matrix of 12 rows, received 6',
    );
    const data = new Float32Array(24);
    data[13] = Number.NaN;
    expectError(
      call({ data, shape: [12, 2] }),
      RangeError,
      'ERR_COCHLEA_NOT_FINITE',
      'chroma.data: expected finite samples, received NaN at index 13',
    );
  });
});
