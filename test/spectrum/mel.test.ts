import { magnitude, melFilters, melFrequencies, melSpectrogram, stft } from 'cochlea';
import * as promises from 'cochlea/promises';
import { describe, expect, it } from 'vitest';
import { expectError } from '../helpers/errors.js';
import { signal } from '../helpers/signals.mjs';

const sampleRate = 22050;
const music = signal('melody');

describe('mel: known values', () => {
  it('without a norm a filter rises to 1 at its own frequency', () => {
    // Edges 0, 1000, 2000 mel by the formula of HTK fall on no bin; the weight there follows from the slope.
    const { data, shape } = melFilters({ sampleRate, nFft: 4096, nMels: 1, fmax: 2000, norm: null, htk: true });
    expect(shape).toEqual([1, 2049]);
    const [, middle, high] = melFrequencies({ fmax: 2000, nMels: 3, htk: true });
    data.forEach((weight, k) => {
      const f = (k * sampleRate) / 4096;
      expect(weight).toBeCloseTo(Math.max(0, Math.min(f / middle!, (high! - f) / (high! - middle!))), 6);
    });
  });

  it('a tone is loudest in the filter around its frequency', () => {
    const centres = melFrequencies({ fmax: sampleRate / 2, nMels: 66 }).subarray(1, -1);
    for (const frequency of [200, 440, 1000, 3000, 8000]) {
      const y = Float32Array.from({ length: 11025 }, (_, i) => Math.sin((2 * Math.PI * frequency * i) / sampleRate));
      const { data, shape } = melSpectrogram(y, { sampleRate, nMels: 64, norm: null });
      const column = Array.from({ length: 64 }, (_, m) => data[m * shape[1] + 10]!);
      const loudest = centres[column.indexOf(Math.max(...column))]!;
      const nearest = Math.min(...centres.map((centre) => Math.abs(centre - frequency)));
      expect(Math.abs(loudest - frequency)).toBeCloseTo(nearest, 3);
    }
  });
});

describe('mel: invariants', () => {
  it('a signal and its power spectrogram give the same', () => {
    const direct = melSpectrogram(music, { sampleRate });
    const given = melSpectrogram(magnitude(stft(music, { hopLength: 512 }), { power: 2 }), { sampleRate });
    expect(given.shape).toEqual(direct.shape);
    const most = direct.data.reduce((a, b) => Math.max(a, b));
    const worst = given.data.reduce((a, value, i) => Math.max(a, Math.abs(value - direct.data[i]!)), 0);
    expect(worst).toBeLessThan(1e-6 * most);
  });

  it('the filters of a matrix are those of the function', () => {
    const power = { data: new Float32Array(65 * 65), shape: [65, 65] as [number, number] };
    for (let k = 0; k < 65; k++) power.data[k * 66] = 1;
    const options = { sampleRate, nMels: 10, nFft: 128 };
    expect(melSpectrogram(power, options)).toEqual(melFilters(options));
  });

  it('out receives the same', () => {
    const expected = melSpectrogram(music, { sampleRate });
    const out = { data: expected.data.map(() => 7), shape: expected.shape };
    expect(melSpectrogram(music, { sampleRate, out }).data).toBe(out.data);
    expect(out).toEqual(expected);
  });
});

describe('mel: edges', () => {
  it('silence, one sample and nothing have powers of zero', () => {
    for (const y of [new Float32Array(0), new Float32Array(1), new Float32Array(5000)]) {
      const { data, shape } = melSpectrogram(y, { sampleRate });
      expect(shape).toEqual([128, 1 + Math.floor(y.length / 512)]);
      expect(data.every((value) => value === 0)).toBe(true);
    }
  });

  it('filters between two bins are zeros', () => {
    const { data } = melFilters({ sampleRate, nFft: 64, nMels: 128 });
    expect(data.every((weight) => Number.isFinite(weight) && weight >= 0)).toBe(true);
    expect(data.subarray(33, 66).every((weight) => weight === 0)).toBe(true);
  });
});

it('mel: the promise gives the same', async () => {
  const expected = melSpectrogram(music, { sampleRate, nMels: 40, htk: true });
  expect(await promises.melSpectrogram(music, { sampleRate, nMels: 40, htk: true })).toEqual(expected);
});

describe('mel: errors', () => {
  it.each([
    [{}, TypeError, 'ERR_COCHLEA_MISSING_OPTION', 'sampleRate: '],
    [{ sampleRate, nMels: 0 }, RangeError, 'ERR_COCHLEA_OUT_OF_RANGE', 'nMels: expected an integer >= 1'],
    [
      { sampleRate, fmin: 500, fmax: 400 },
      RangeError,
      'ERR_COCHLEA_OUT_OF_RANGE',
      'fmax: expected a number > fmin (500), received 400',
    ],
    [{ sampleRate, fmin: 20000 }, RangeError, 'ERR_COCHLEA_OUT_OF_RANGE', 'fmax: expected a number > fmin (20000)'],
    [
      { sampleRate, norm: 'area' },
      TypeError,
      'ERR_COCHLEA_INVALID_TYPE',
      "norm: expected 'slaney', a number >= 0, Infinity or null, received",
    ],
    [{ sampleRate, norm: -1 }, RangeError, 'ERR_COCHLEA_OUT_OF_RANGE', 'norm: expected'],
    [{ sampleRate, power: 0 }, RangeError, 'ERR_COCHLEA_OUT_OF_RANGE', 'power: expected'],
    [{ sampleRate, melBins: 3 }, TypeError, 'ERR_COCHLEA_UNKNOWN_OPTION', 'options: '],
  ])('%o', (options, type, code, message) => {
    expectError(() => melSpectrogram(music, options as never), type, code, message);
  });

  it('of the input', () => {
    const call = (input: unknown) => () => melSpectrogram(input as never, { sampleRate });
    expectError(call([1]), TypeError, 'ERR_COCHLEA_INVALID_TYPE', 'S.shape: expected');
    expectError(call(Float32Array.of(Number.NaN)), RangeError, 'ERR_COCHLEA_NOT_FINITE', 'y: expected finite samples');
    expectError(
      call({ data: new Float32Array(1), shape: [1, 1] }),
      RangeError,
      'ERR_COCHLEA_OUT_OF_RANGE',
      'S: expected a matrix of at least two rows, received 1',
    );
  });
});

it.each([1000, 1021, 2048])('squares magnitudes up to the limit, for nFft %i', (nFft) => {
  const options = { sampleRate, nFft, window: 'ones' as const };
  // Half of a tone is in a bin of its own, half in the mirrored one.
  const tone = Float32Array.from({ length: 4 * nFft }, (_, i) => 2 * Math.cos((2 * Math.PI * 50 * i) / nFft));
  const at = (level: number) =>
    melSpectrogram(
      tone.map((x) => x * level),
      options,
    ).data;
  expect(at(1.8e19 / nFft).every(Number.isFinite)).toBe(true);
  expect(at(1.9e19 / nFft).every(Number.isFinite)).toBe(false);
});
