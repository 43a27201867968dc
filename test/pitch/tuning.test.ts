import { estimateTuning, magnitude, type PeakOptions, piptrack, pitchTuning, stft } from 'cochlea';
import * as promises from 'cochlea/promises';
import { describe, expect, it } from 'vitest';
import { expectError } from '../helpers/errors.js';
import { signal } from '../helpers/signals.mjs';

const sampleRate = 22050;
const tone = (frequency: number, n = sampleRate) =>
  Float32Array.from({ length: n }, (_, i) => 0.5 * Math.sin((2 * Math.PI * frequency * i) / sampleRate));

describe('piptrack', () => {
  it.each([200, 440.5, 1234, 3900])('finds a tone of %d Hz in every frame', (frequency) => {
    const { pitches, magnitudes } = piptrack(tone(frequency), { sampleRate, threshold: 0.5 });
    const [rows, columns] = pitches.shape;
    expect([rows, columns]).toEqual([1025, 44]);
    for (let t = 4; t < columns - 4; t++) {
      const bins = [...Array(rows).keys()].filter((k) => pitches.data[k * columns + t] > 0);
      expect(bins).toEqual([Math.round((frequency * 2048) / sampleRate)]);
      expect(Math.abs(Math.log2(pitches.data[bins[0] * columns + t] / frequency))).toBeLessThan(0.01);
      // The parabola through three bins of a Hann window's main lobe misses its height of 256 by up to 8 %.
      expect(Math.abs(magnitudes.data[bins[0] * columns + t] / 256 - 1)).toBeLessThan(0.08);
    }
  });

  /** Peaks of one column, by the definition. */
  function peaks(S: number[], options: Partial<PeakOptions>) {
    const { pitches, magnitudes } = piptrack(
      { data: Float32Array.from(S), shape: [S.length, 1] },
      { sampleRate: 2 * (S.length - 1), nFft: 2 * (S.length - 1), fmin: 0, fmax: 1e9, ...options },
    );
    return [...pitches.data].flatMap((f, k) => (magnitudes.data[k] > 0 ? [[k, f, magnitudes.data[k]]] : []));
  }

  it('interpolates by a parabola', () => {
    expect(peaks([0, 1, 4, 3, 0], {})).toEqual([[2, 2.25, 4.125]]);
    expect(peaks([0, 3, 4, 3, 0], {})).toEqual([[2, 2, 4]]);
  });

  it('takes the lower end of a plateau, never the first bin, and the last only below the Nyquist frequency', () => {
    expect(peaks([0, 2, 2, 0, 0], {})).toEqual([[1, 1.5, 2.25]]);
    expect(peaks([5, 1, 0, 1, 5], {})).toEqual([]);
    const odd = piptrack(
      { data: Float32Array.of(0, 1, 3), shape: [3, 1] },
      { sampleRate: 5, nFft: 5, fmin: 0, fmax: 2.5 },
    );
    expect([...odd.pitches.data]).toEqual([0, 0, 2]);
    expect([...odd.magnitudes.data]).toEqual([0, 0, 3]);
  });

  it('wants peaks above the threshold, or above ref', () => {
    const S = [0, 1, 0, 10, 0, 2, 0];
    expect(peaks(S, {}).map(([k]) => k)).toEqual([3, 5]);
    expect(peaks(S, { threshold: 0.05 }).map(([k]) => k)).toEqual([1, 3, 5]);
    expect(peaks(S, { ref: 2 }).map(([k]) => k)).toEqual([3]);
    expect(peaks(S, { ref: -1.5, threshold: 9 }).map(([k]) => k)).toEqual([3, 5]);
    expect(peaks(S, { fmin: 3.01 }).map(([k]) => k)).toEqual([5]);
    expect(peaks(S, { fmin: 3, fmax: 5 }).map(([k]) => k)).toEqual([3]);
  });

  it('finds in a spectrogram what it finds in its signal, and takes its absolute value', () => {
    const y = signal('chordAndDrums').subarray(0, 8000);
    const S = magnitude(stft(y));
    const whole = piptrack(y, { sampleRate });
    expect(piptrack(S, { sampleRate })).toEqual(whole);
    expect(piptrack({ ...S, data: S.data.map((v) => -v) }, { sampleRate })).toEqual(whole);
  });

  it('writes into `out`, and resolves with the same', async () => {
    const y = signal('chord').subarray(0, 8000);
    const expected = piptrack(y, { sampleRate });
    const out = structuredClone(expected);
    for (const plane of [out.pitches, out.magnitudes]) plane.data.fill(7);
    expect(piptrack(y, { sampleRate, out })).toEqual(expected);
    expect(await promises.piptrack(y, { sampleRate })).toEqual(expected);
  });
});

describe('pitchTuning', () => {
  const detuned = (cents: number) => Array.from({ length: 40 }, (_, i) => 110 * 2 ** (i / 12 + cents / 1200));

  it.each([
    [10.5, 0.1],
    [-20.5, -0.21],
    [49.5, 0.49],
    [-49.5, -0.5],
    [0.5, 0],
  ])('is the lower edge of the bin that holds %d cents', (cents, tuning) => {
    expect(pitchTuning(detuned(cents))).toBeCloseTo(tuning, 12);
    expect(pitchTuning(Float32Array.from(detuned(cents)))).toBeCloseTo(tuning, 12);
  });

  it('takes the first of several fullest bins, skips what is not above 0, and is 0 for nothing', () => {
    expect(pitchTuning([...detuned(20.5), ...detuned(-10.5), 0, -440])).toBeCloseTo(-0.11, 12);
    expect(pitchTuning([])).toBe(0);
    expect(pitchTuning([0])).toBe(0);
    expect(pitchTuning(new Float32Array(3))).toBe(0);
    for (const none of [new Float64Array(0), new Float32Array(0)]) expect(pitchTuning(none)).toBe(0);
  });

  it('skips what is so low that its octave is no number', () => {
    const high = detuned(20.5);
    for (const f of [5e-324, 1e-310, 3e-308, Number.MIN_VALUE]) {
      expect(pitchTuning([f])).toBe(0);
      expect(pitchTuning([f, f, ...high])).toBe(pitchTuning(high));
    }
    for (const f of [1e-45, 1e-39, 2e-38]) {
      expect(pitchTuning(Float32Array.of(f))).toBe(0);
      expect(pitchTuning(Float32Array.of(f, f, ...high))).toBe(pitchTuning(Float32Array.from(high)));
    }
    // As far up as numbers go there is nothing special.
    expect(pitchTuning([110 * 2 ** 1000])).toBe(0);
    expect(pitchTuning(Float32Array.of(110 * 2 ** 120))).toBe(0);
  });

  it('refuses what is not finite, and says where', async () => {
    const [code, index] = ['ERR_COCHLEA_NOT_FINITE', 'at index 1'];
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      const single = Float32Array.of(440, bad);
      expectError(
        () => pitchTuning(single),
        RangeError,
        code,
        `frequencies: expected finite samples, received ${bad} ${index}`,
      );
      await expect(promises.pitchTuning(single)).rejects.toMatchObject({ code });
      expectError(
        () => pitchTuning([440, bad]),
        RangeError,
        'ERR_COCHLEA_OUT_OF_RANGE',
        `frequencies[1]: expected a finite number, received ${bad}`,
      );
    }
    expectError(
      () => pitchTuning({ length: 0 } as never),
      TypeError,
      'ERR_COCHLEA_INVALID_TYPE',
      'frequencies: expected a Float64Array, Float32Array or array of numbers, received an object (Object)',
    );
  });

  it('counts in steps of the resolution and in fractions of a bin', () => {
    expect(pitchTuning(detuned(10.5), { resolution: 0.05 })).toBeCloseTo(0.1, 12);
    expect(pitchTuning(detuned(10.5), { resolution: 0.3 })).toBe(0);
    expect(pitchTuning(detuned(10.5), { binsPerOctave: 36 })).toBeCloseTo(0.31, 12);
  });
});

describe('estimateTuning', () => {
  it.each([430, 437.3, 440, 441, 446, 452])('finds the tuning of a tone of %d Hz within three steps', (frequency) => {
    const tuning = estimateTuning(tone(frequency), { sampleRate });
    const truth = 12 * Math.log2(frequency / 440);
    expect(Math.abs(tuning - truth)).toBeLessThan(0.03);
  });

  it('is pitchTuning of the peaks above the median', () => {
    const y = signal('chordAndDrums');
    const { pitches, magnitudes } = piptrack(y, { sampleRate });
    const peaks = [...pitches.data.keys()].filter((i) => pitches.data[i] > 0);
    const heights = Float32Array.from(peaks, (i) => magnitudes.data[i]).sort();
    const middle = heights.length / 2;
    const median = Math.fround((heights[Math.ceil(middle) - 1] + heights[Math.floor(middle)]) / 2);
    const kept = Float32Array.from(peaks.filter((i) => magnitudes.data[i] >= median).map((i) => pitches.data[i]));
    for (const binsPerOctave of [12, 36]) {
      expect(estimateTuning(y, { sampleRate, binsPerOctave })).toBe(pitchTuning(kept, { binsPerOctave }));
    }
  });

  it('is 0 for silence and for no samples', () => {
    expect(estimateTuning(new Float32Array(5000), { sampleRate })).toBe(0);
    expect(estimateTuning(new Float32Array(0), { sampleRate })).toBe(0);
  });

  it('resolves with the same number', async () => {
    const y = signal('melody');
    expect(await promises.estimateTuning(y, { sampleRate })).toBe(estimateTuning(y, { sampleRate }));
    expect(await promises.pitchTuning([442])).toBe(pitchTuning([442]));
  });
});

describe('piptrack and tuning: errors', () => {
  const y = new Float32Array(4096);
  const S = { data: new Float32Array(20), shape: [10, 2] as [number, number] };
  const outOfRange = 'ERR_COCHLEA_OUT_OF_RANGE';

  it('refuses bad options', () => {
    expectError(
      () => piptrack(y, {} as never),
      TypeError,
      'ERR_COCHLEA_MISSING_OPTION',
      'sampleRate: expected this option to be given, received undefined',
    );
    expectError(
      () => piptrack(y, { sampleRate: 0 }),
      RangeError,
      outOfRange,
      'sampleRate: expected a finite number > 0',
    );
    expectError(() => piptrack(y, { sampleRate, nFft: 1 }), RangeError, outOfRange, 'nFft: expected an integer >= 2');
    expectError(
      () => piptrack(y, { sampleRate, ref: Math.max } as never),
      TypeError,
      'ERR_COCHLEA_INVALID_TYPE',
      'ref: expected a finite number, received a function',
    );
    expectError(
      () => estimateTuning(y, { sampleRate, resolution: 0 }),
      RangeError,
      outOfRange,
      'resolution: expected a finite number >= 0.000001 and <= 1, received 0',
    );
    expectError(
      () => pitchTuning([440], { binsPerOctave: 0 }),
      RangeError,
      outOfRange,
      'binsPerOctave: expected an integer >= 1',
    );
  });

  it('refuses bad input', () => {
    expectError(() => piptrack(null as never, { sampleRate }), TypeError, 'ERR_COCHLEA_INVALID_TYPE', 'y: expected');
    expectError(
      () => piptrack({ data: new Float32Array(2), shape: [1, 2] }, { sampleRate }),
      RangeError,
      outOfRange,
      'S: expected a matrix of at least two rows, received 1',
    );
    expectError(
      () => piptrack({ ...S, data: S.data.with(3, Number.NaN) }, { sampleRate }),
      RangeError,
      'ERR_COCHLEA_NOT_FINITE',
      'S.data: expected finite samples, received NaN at index 3',
    );
    expectError(
      () => piptrack(S, { sampleRate, out: { pitches: S, magnitudes: S } }),
      RangeError,
      'ERR_COCHLEA_OVERLAP',
      'out.pitches: expected memory that does not overlap S',
    );
    expectError(() => pitchTuning(['A'] as never), TypeError, 'ERR_COCHLEA_INVALID_TYPE', 'frequencies[0]: expected');
  });
});
