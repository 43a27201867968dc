import {
  chromaCens,
  chromaCqt,
  chromaFilters,
  chromaStft,
  chromaVqt,
  cqToChroma,
  cqt,
  type Matrix,
  magnitude,
  stft,
  tonnetz,
  type Window,
} from 'cochlea';
import * as promises from 'cochlea/promises';
import { describe, expect, it } from 'vitest';
import { expectError } from '../helpers/errors.js';
import { signal } from '../helpers/signals.mjs';

const sampleRate = 22050;
const music = signal('melody');

const tone = (midi: number) =>
  Float32Array.from(
    { length: 11025 },
    (_, i) => 0.5 * Math.sin((2 * Math.PI * 440 * 2 ** ((midi - 69) / 12) * i) / sampleRate),
  );

function column({ data, shape: [rows, columns] }: Matrix, t: number): number[] {
  return Array.from({ length: rows }, (_, r) => data[r * columns + t]!);
}

const turn = (i: number, n: number) => (2 * Math.PI * i) / n;
const hannAt = (i: number, n: number) => 0.5 - 0.5 * Math.cos(turn(i, n));

const loudest = (values: number[]) => values.indexOf(Math.max(...values));

function expectClose(a: Matrix, b: Matrix, tolerance = 1e-5): void {
  expect(a.shape).toEqual(b.shape);
  expect(a.data.reduce((most, v, i) => Math.max(most, Math.abs(v - b.data[i]!)), 0)).toBeLessThan(tolerance);
}

describe('chroma: known values', () => {
  const options = { sampleRate, tuning: 0 };

  it('every note of every octave lands in its own class', () => {
    for (let midi = 24; midi < 108; midi++) {
      expect(loudest(column(chromaCqt(tone(midi), options), 10))).toBe(midi % 12);
    }
    // A spectrogram of 2048 samples does not tell the lowest notes apart.
    for (let midi = 48; midi < 108; midi++) {
      expect(loudest(column(chromaStft(tone(midi), options), 10))).toBe(midi % 12);
      expect(loudest(column(chromaVqt(tone(midi), { sampleRate, intervals: 'equal' }), 10))).toBe(midi % 12);
      expect(loudest(column(chromaCens(tone(midi), options), 10))).toBe(midi % 12);
      expect(loudest(column(chromaCqt(tone(midi), { ...options, cqtMode: 'hybrid' }), 10))).toBe(midi % 12);
    }
  });

  it('the tonal centroid of a note lies at its place on each circle', () => {
    const data = new Float32Array(12);
    data[7] = 1;
    const { data: out, shape } = tonnetz({ data, shape: [12, 1] });
    expect(shape).toEqual([6, 1]);
    const at = (turn: number, radius: number) => [radius * Math.sin(Math.PI * turn), radius * Math.cos(Math.PI * turn)];
    const expected = [...at((7 * 7) / 6, 1), ...at((7 * 3) / 2, 1), ...at((7 * 2) / 3, 0.5)];
    for (const [i, value] of expected.entries()) expect(out[i]).toBeCloseTo(value, 5);
  });

  it('folds the bins around each note', () => {
    const { data } = cqToChroma(36, { binsPerOctave: 36 });
    const classOf = (bin: number) => loudest(Array.from({ length: 12 }, (_, r) => data[r * 36 + bin]!));
    expect(Array.from({ length: 36 }, (_, bin) => classOf(bin)).slice(0, 6)).toEqual([0, 0, 1, 1, 1, 2]);
    expect(classOf(35)).toBe(0);
    expect(data.reduce((a, b) => a + b)).toBe(36);
  });
});

describe('chroma: invariants', () => {
  it('of a signal is that of its transform', () => {
    const { re, im, shape } = cqt(music, { sampleRate, nBins: 252, binsPerOctave: 36 });
    const C = { data: magnitude({ re, im, shape }).data, shape };
    expectClose(chromaCqt(C, {}), chromaCqt(music, { sampleRate, tuning: 0 }));
    expectClose(chromaCens(C, {}), chromaCens(music, { sampleRate, tuning: 0 }), 0.3);
    const S = magnitude(stft(music, { hopLength: 512 }), { power: 2 });
    expectClose(chromaStft(S, { sampleRate, tuning: 0 }), chromaStft(music, { sampleRate, tuning: 0 }));
    expectClose(chromaStft(S, { sampleRate }), chromaStft(music, { sampleRate }));
    const chroma = chromaCqt(music, { sampleRate });
    expectClose(tonnetz(chroma), tonnetz(music, { sampleRate }));
  });

  it.each([1, 2, Number.POSITIVE_INFINITY])('columns have norm 1 with norm %d', (norm) => {
    for (const chroma of [
      chromaCqt(music, { sampleRate, norm }),
      chromaStft(music, { sampleRate, norm }),
      chromaCens(music, { sampleRate, norm }),
    ]) {
      for (const t of [0, 40, 100]) {
        const values = column(chroma, t);
        const sum =
          norm === 1 ? values.reduce((a, b) => a + b) : norm === 2 ? Math.hypot(...values) : Math.max(...values);
        expect(sum).toBeCloseTo(1, 5);
      }
    }
  });

  it('silence is 0, without a norm to divide by', () => {
    const y = new Float32Array(8000);
    for (const chroma of [chromaCqt(y, { sampleRate }), chromaStft(y, { sampleRate }), chromaCens(y, { sampleRate })]) {
      expect(chroma.data.every((v) => v === 0)).toBe(true);
    }
  });

  it('class 0 is A where C is not asked for', () => {
    const c = chromaFilters({ sampleRate, nFft: 2048 });
    const a = chromaFilters({ sampleRate, nFft: 2048, baseC: false });
    const [, bins] = c.shape;
    expect(a.data.subarray(0, bins)).toEqual(c.data.subarray(9 * bins, 10 * bins));
  });
});

describe('chroma: the smoothing of CENS', () => {
  const columns = 3000;
  // Sounds between silences, so that a column next to one holds but the rim of the window.
  const C = { data: new Float32Array(12 * columns), shape: [12, columns] as [number, number] };
  let state = 7;
  for (let i = 0; i < C.data.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const t = i % columns;
    const silent = t < 900 || (t > 1500 && t < 1800) || t > 2400;
    C.data[i] = silent ? 0 : (state / 2 ** 32) ** 4;
  }
  const steps = (() => {
    const norms = Array.from({ length: columns }, (_, t) => column(C, t).reduce((a, b) => a + b));
    return C.data.map((x, i) => {
      const share = x / (norms[i % columns]! || 1);
      return [0.4, 0.2, 0.1, 0.05].filter((limit) => share > limit).length / 4;
    });
  })();

  it.each<[number, Exclude<Window, Float32Array>, (i: number, n: number) => number]>([
    [1, 'hann', hannAt],
    [41, 'hann', hannAt],
    [126, 'hann', hannAt],
    [127, 'hann', hannAt],
    [500, 'hann', hannAt],
    [1001, 'blackman', (i, n) => 0.42 - 0.5 * Math.cos(turn(i, n)) + 0.08 * Math.cos(2 * turn(i, n))],
    [800, ['gaussian', 100], (i, n) => Math.exp(-0.5 * ((i - n / 2) / 100) ** 2)],
    [20000, 'hann', hannAt],
  ])('winLenSmooth %d with %j is a convolution, to the rim of silence', (winLenSmooth, smoothingWindow, weight) => {
    const n = winLenSmooth + 2;
    const weights = Float64Array.from({ length: n }, (_, i) => weight(i === n - 1 ? 0 : i, n - 1));
    const sum = weights.reduce((a, b) => a + b);
    const given = chromaCens(C, { binsPerOctave: 12, winLenSmooth, smoothingWindow });
    let worst = 0;
    for (let t = 0; t < columns; t += 7) {
      const smooth = Array.from({ length: 12 }, (_, c) => {
        let total = 0;
        for (let s = Math.max(0, t + (n >> 1) - n + 1); s < Math.min(columns, t + (n >> 1) + 1); s++) {
          total += (weights[t + (n >> 1) - s]! / sum) * steps[c * columns + s]!;
        }
        return total;
      });
      const norm = Math.hypot(...smooth);
      // A column of less than the smallest normal float is not divided.
      const expected = smooth.map((x) => (norm < 1.2e-38 ? x : x / norm));
      for (const [c, x] of column(given, t).entries()) worst = Math.max(worst, Math.abs(x - expected[c]!));
    }
    expect(worst).toBeLessThan(1e-6);
  });
});

describe('chroma: promises', () => {
  it('give the same numbers', async () => {
    expect(await promises.chromaCqt(music, { sampleRate })).toEqual(chromaCqt(music, { sampleRate }));
    expect(await promises.chromaCens(music, { sampleRate })).toEqual(chromaCens(music, { sampleRate }));
    expect(await promises.chromaStft(music, { sampleRate })).toEqual(chromaStft(music, { sampleRate }));
    const vqtOptions = { sampleRate, intervals: 'ji5' as const };
    expect(await promises.chromaVqt(music, vqtOptions)).toEqual(chromaVqt(music, vqtOptions));
    expect(await promises.tonnetz(music, { sampleRate })).toEqual(tonnetz(music, { sampleRate }));
  });
});

describe('chroma: errors', () => {
  const range = 'ERR_COCHLEA_OUT_OF_RANGE';
  it.each([
    [
      () => chromaCqt(music, {}),
      TypeError,
      'ERR_COCHLEA_MISSING_OPTION',
      'sampleRate: expected this option to be given',
    ],
    [
      () => chromaCqt(music, { sampleRate, binsPerOctave: 40 }),
      RangeError,
      range,
      'binsPerOctave: expected an integer multiple of nChroma (12), received 40',
    ],
    [
      () => chromaCqt(music, { sampleRate: 8000 }),
      RangeError,
      range,
      'nBins: expected filters that end below the Nyquist frequency of 4000 Hz',
    ],
    [
      () => chromaCqt(music, { sampleRate, cqtMode: 'pseudo' as never }),
      RangeError,
      range,
      "cqtMode: expected one of 'full', 'hybrid'",
    ],
    [
      () => chromaCens(music, { sampleRate, winLenSmooth: 0 }),
      RangeError,
      range,
      'winLenSmooth: expected an integer >= 1',
    ],
    [() => chromaVqt(music, { sampleRate } as never), TypeError, 'ERR_COCHLEA_MISSING_OPTION', 'intervals: expected'],
    [() => chromaStft(music, { sampleRate, nFft: 0 }), RangeError, range, 'nFft: expected an integer >= 1'],
    [() => chromaFilters({ sampleRate } as never), TypeError, 'ERR_COCHLEA_MISSING_OPTION', 'nFft: expected'],
    [() => cqToChroma(0), RangeError, range, 'nInput: expected an integer >= 1'],
    [() => tonnetz([] as never), TypeError, 'ERR_COCHLEA_INVALID_TYPE', 'chroma.shape: expected'],
  ])('%#', (call, type, code, message) => {
    expectError(call, type, code, message);
  });

  it('of values that are not finite', () => {
    const y = music.slice();
    y[99] = Number.NaN;
    const code = 'ERR_COCHLEA_NOT_FINITE';
    expectError(
      () => chromaCqt(y, { sampleRate }),
      RangeError,
      code,
      'y: expected finite samples, received NaN at index 99',
    );
    expectError(
      () => chromaStft(y, { sampleRate }),
      RangeError,
      code,
      'y: expected finite samples, received NaN at index 99',
    );
    const C: Matrix = { data: new Float32Array(36).fill(Number.NaN), shape: [36, 1] };
    expectError(() => chromaCqt(C, {}), RangeError, code, 'C.data: expected finite samples, received NaN at index 0');
  });
});

describe('a window of values', () => {
  it('is refused with the index of what is not finite, and may be any numbers', () => {
    const window = [0.25, Number.NaN, 0.25];
    const call = () => cqToChroma(36, { binsPerOctave: 36, window });
    expectError(call, RangeError, 'ERR_COCHLEA_OUT_OF_RANGE', 'window[1]: expected a finite number, received NaN');
    const y = new Float32Array(4000);
    for (const bad of [window, Float32Array.from(window), Float64Array.from(window)]) {
      expectError(
        () => chromaCqt(y, { sampleRate, window: bad }),
        RangeError,
        'ERR_COCHLEA_OUT_OF_RANGE',
        'window[1]: expected a finite number, received NaN',
      );
    }
    const smooth = [0.25, 0.5, 0.25];
    const expected = cqToChroma(36, { binsPerOctave: 36, window: Float32Array.from(smooth) });
    expect(cqToChroma(36, { binsPerOctave: 36, window: smooth })).toEqual(expected);
  });
});
