/** Arguments that would take minutes or many GB are refused before any work; those that sound so but are cheap are not. */
import {
  CqtStream,
  chromaCens,
  chromaCqt,
  chromaFilters,
  chromaVqt,
  constantQFilters,
  constantQLengths,
  cqToChroma,
  cqt,
  hybridCqt,
  icqt,
  pseudoCqt,
  tonnetz,
  vqt,
} from 'cochlea';
import { describe, expect, it } from 'vitest';
import { expectError } from '../helpers/errors.js';

const sampleRate = 22050;
const y = Float32Array.from({ length: 22050 }, (_, i) => Math.sin(0.3 * i));
const limits = 'filters whose transforms take at most 4194304 samples each and 268435456 in all, not';
const transform = (bins: number, columns: number) => ({
  re: new Float32Array(bins * columns),
  im: new Float32Array(bins * columns),
  shape: [bins, columns] as [number, number],
});

/** Some ms of checks; what they forestall takes a hundred times as long. */
const BOUND_MS = 300;

describe('is refused at once', () => {
  it.each<[string, () => unknown, string]>([
    [
      'a hop of pseudoCqt',
      () => pseudoCqt(y, { sampleRate, hopLength: 1e8 }),
      `hopLength: expected ${limits} 268435456 and 22548578304: a smaller hopLength, received 100000000`,
    ],
    [
      'a hop of hybridCqt',
      () => hybridCqt(y, { sampleRate, hopLength: 1e8 }),
      `hopLength: expected ${limits} 268435456 and 22548578304: a smaller hopLength, received 100000000`,
    ],
    [
      'the longest hop',
      () => pseudoCqt(y, { sampleRate, hopLength: 2 ** 31 - 1 }),
      `hopLength: expected ${limits} 4294967296 and 360777252864: a smaller hopLength, received 2147483647`,
    ],
    [
      'a hop of chromaCqt',
      () => chromaCqt(y, { sampleRate, hopLength: 2 ** 26, cqtMode: 'hybrid' }),
      `hopLength: expected ${limits} 134217728 and 33822867456: a smaller hopLength, received 67108864`,
    ],
    [
      'a filterScale of pseudoCqt',
      () => pseudoCqt(y, { sampleRate, filterScale: 1221 }),
      `filterScale: expected ${limits} 16777216 and 1409286144: a smaller filterScale, received 1221`,
    ],
    [
      'an fmin of pseudoCqt',
      () => pseudoCqt(y, { sampleRate, fmin: 0.05 }),
      `fmin: expected ${limits} 8388608 and 704643072: a higher fmin, or fewer bins in an octave or in all, received 0.05`,
    ],
    [
      'filters of cqt',
      () => cqt(y, { sampleRate, fmin: 2000, nBins: 2400, binsPerOctave: 12000 }),
      `fmin: expected ${limits} 131072 and 314572800: a higher fmin, or fewer bins in an octave or in all, received 2000`,
    ],
    [
      'filters of vqt',
      () => vqt(y, { sampleRate, fmin: 1e-4, nBins: 2 ** 16, binsPerOctave: 60000 }),
      'fmin: expected filters whose transforms take at most 4194304 samples each and 268435456 in all, not',
    ],
    [
      'filters of CqtStream',
      () => new CqtStream({ sampleRate, fmin: 2000, nBins: 2400, binsPerOctave: 12000 }),
      `fmin: expected ${limits} 131072 and 314572800: a higher fmin, or fewer bins in an octave or in all, received 2000`,
    ],
    [
      'columns that wait in CqtStream',
      () => new CqtStream({ sampleRate, fmin: 1, hopLength: 1, nBins: 200, binsPerOctave: 36 }),
      'hopLength: expected a hop at which at most 33554432 values wait for the longest filter, not 209715200, received 1',
    ],
    [
      'filters of icqt',
      () => icqt(transform(2400, 2), { sampleRate, fmin: 2000, binsPerOctave: 12000, length: 100 }),
      `fmin: expected ${limits} 262144 and 629145600: a higher fmin, or fewer bins in an octave or in all, received 2000`,
    ],
    [
      'filters of constantQFilters',
      () => constantQFilters({ sampleRate, filterScale: 400 }),
      'nBins: expected filters of at most 268435456 samples in all, not 704643072: fewer bins or a higher fmin, received 84',
    ],
    [
      'weights of chromaFilters',
      () => chromaFilters({ sampleRate, nFft: 2 ** 24, nChroma: 4096 }),
      'nChroma: expected at most 268435456 weights, not 4096 for each of 8388609 bins, received 4096',
    ],
    [
      'weights of cqToChroma',
      () => cqToChroma(2 ** 20, { nChroma: 4096, binsPerOctave: 4096 }),
      'nChroma: expected at most 268435456 weights, not 4096 for each of 1048576 bins, received 4096',
    ],
    [
      'a window of cqToChroma',
      () => cqToChroma(2 ** 17, { window: new Float32Array(2 ** 14) }),
      'window: expected at most 2048 values for 131072 bins, received Float64Array of length 16384',
    ],
    [
      'a tuning out of this world',
      () => cqt(y, { sampleRate, tuning: 1e6 }),
      'tuning: expected a tuning at which the lowest frequency is finite and > 0, received 1000000',
    ],
  ])('%s', (_, call, message) => {
    const begin = performance.now();
    expectError(call, RangeError, 'ERR_COCHLEA_OUT_OF_RANGE', message);
    expect(performance.now() - begin).toBeLessThan(BOUND_MS);
  });
});

describe('is done at once', () => {
  it.each<[string, () => unknown]>([
    ['a hop of cqt', () => cqt(y, { sampleRate, hopLength: 2 ** 31 - 1 })],
    ['a hop of chromaCqt', () => chromaCqt(y, { sampleRate, hopLength: 1e8, tuning: 0 })],
    ['a hop of chromaCens', () => chromaCens(y, { sampleRate, hopLength: 2 ** 30, tuning: 0 })],
    ['a hop of chromaVqt', () => chromaVqt(y, { sampleRate, hopLength: 1e8, intervals: 'ji5' })],
    ['a hop of icqt', () => icqt(transform(84, 20), { sampleRate, hopLength: 1e8, length: 100 })],
    ['a hop of CqtStream', () => new CqtStream({ sampleRate, hopLength: 1e8 }).process(y)],
    [
      'a smoothing of chromaCens',
      () => {
        const C = { data: new Float32Array(12 * 2 ** 15).fill(0.5), shape: [12, 2 ** 15] as [number, number] };
        return chromaCens(C, { binsPerOctave: 12, winLenSmooth: 2 ** 20 });
      },
    ],
    ['chroma of many classes', () => tonnetz({ data: new Float32Array(10 ** 5), shape: [10 ** 5, 1] })],
    ['a long window of few bins', () => cqToChroma(36, { binsPerOctave: 36, window: new Float32Array(2 ** 18) })],
  ])('%s', (_, call) => {
    const begin = performance.now();
    call();
    expect(performance.now() - begin).toBeLessThan(3 * BOUND_MS);
  });

  it('filters that no transform is asked for', () => {
    const options = { sampleRate, fmin: 2000, nBins: 2400, binsPerOctave: 12000 };
    expect(constantQLengths(options)).toHaveLength(2400);
    expect(constantQFilters({ ...options, nBins: 20, filterScale: 0.01 }).shape[0]).toBe(20);
  });

  it('the longest transform that is allowed', () => {
    const one = { sampleRate, fmin: 100, nBins: 1 };
    expect(pseudoCqt(y, { ...one, hopLength: 2 ** 21 }).shape).toEqual([1, 1]);
    expectError(
      () => pseudoCqt(y, { ...one, hopLength: 2 ** 21 + 1 }),
      RangeError,
      'ERR_COCHLEA_OUT_OF_RANGE',
      `hopLength: expected ${limits} 8388608 and 8388608: a smaller hopLength, received 2097153`,
    );
  });
});
