import {
  type ComplexMatrix,
  type FrameOptions,
  type HpssOptions,
  type HpssSpectrogramOptions,
  harmonic,
  hpss,
  hpssSpectrogram,
  istft,
  type Matrix,
  magnitude,
  medianFilter,
  percussive,
  type SeparationOptions,
  softmask,
  stft,
} from 'cochlea';
import * as promises from 'cochlea/promises';
import { describe, expect, it } from 'vitest';
import { expectError } from '../helpers/errors.js';
import { energy, noise, worst } from '../helpers/noise.js';

const tone = (n: number, hertz: number) =>
  Float32Array.from({ length: n }, (_, i) => 0.5 * Math.sin((2 * Math.PI * hertz * i) / 22050));
const clicks = (n: number) => Float32Array.from({ length: n }, (_, i) => (i % 5512 === 1000 ? 0.9 : 0));

const row = (...values: number[]): Matrix => ({ data: Float32Array.from(values), shape: [1, values.length] });
const scaled = (S: Matrix, factor: number): Matrix => ({ ...S, data: S.data.map((x) => x * factor) });

/** The parts by their definition, from this package's own median filter and mask. */
function parts(S: Matrix, { kernelSize = 31, power = 2, margin = 1 }: HpssSpectrogramOptions) {
  const pair = (value: number | readonly [number, number]) => (typeof value === 'number' ? [value, value] : value);
  const [along, across] = pair(kernelSize);
  const [harmonicMargin, percussiveMargin] = pair(margin);
  const H = medianFilter(S, { size: [1, along] });
  const P = medianFilter(S, { size: [across, 1] });
  const options = { power, splitZeros: harmonicMargin === 1 && percussiveMargin === 1 };
  return {
    harmonic: softmask(H, scaled(P, harmonicMargin), options).data,
    percussive: softmask(P, scaled(H, percussiveMargin), options).data,
  };
}

describe('softmask', () => {
  it.each([
    [{}, [0.75, 0.5, 0, 1, 0, 0]],
    [{ power: 2 }, [0.9, 0.5, 0, 1, 0, 0]],
    [{ power: 2, splitZeros: true }, [0.9, 0.5, 0, 1, 0.5, 0.5]],
    [{ power: 0.5 }, [Math.sqrt(3) / (Math.sqrt(3) + 1), 0.5, 0, 1, 0, 0]],
    [{ power: Infinity, splitZeros: true }, [1, 0, 0, 1, 0, 0]],
  ])('%j', (options, expected) => {
    const X = row(3, 2, 0, 1e-30, 0, 1e-39);
    const Xref = row(1, 2, 4, 0, 0, 0);
    const { data } = softmask(X, Xref, options);
    expected.forEach((value, i) => {
      expect(data[i]).toBeCloseTo(value, 6);
    });
  });

  it('does not overflow, and shares what lies above the smallest normal float', () => {
    const X = row(3e38, 2 ** -126, 2 ** -127);
    expect([...softmask(X, X, { power: 2 }).data]).toEqual([0.5, 0.5, 0]);
    expect([...softmask(X, X, { power: 3.5, splitZeros: true }).data]).toEqual([0.5, 0.5, 0.5]);
  });

  it('is the same in both directions: the two masks add up to 1', () => {
    const X = { data: noise(600, 2).map(Math.abs), shape: [20, 30] } as Matrix;
    const Y = { data: noise(600, 3).map(Math.abs), shape: [20, 30] } as Matrix;
    for (const power of [1, 2, 1.7]) {
      const [a, b] = [softmask(X, Y, { power }).data, softmask(Y, X, { power }).data];
      expect(
        worst(
          a.map((x, i) => x + b[i]),
          new Float32Array(600).fill(1),
        ),
      ).toBeLessThan(2e-7);
    }
  });

  it.each([
    [[row(1), row(1, 2)], {}, RangeError, 'ERR_COCHLEA_OUT_OF_RANGE', 'Xref.shape: expected [1, 1], received'],
    [
      [row(-1), row(1)],
      {},
      RangeError,
      'ERR_COCHLEA_OUT_OF_RANGE',
      'X.data: expected values >= 0, received -1 at index 0',
    ],
    [
      [row(1), row(-1)],
      {},
      RangeError,
      'ERR_COCHLEA_OUT_OF_RANGE',
      'Xref.data: expected values >= 0, received -1 at index 0',
    ],
    [
      [row(1), row(1)],
      { power: 0 },
      RangeError,
      'ERR_COCHLEA_OUT_OF_RANGE',
      'power: expected a number > 0, received 0',
    ],
    [[row(1), row(1)], { power: NaN }, RangeError, 'ERR_COCHLEA_OUT_OF_RANGE', 'power: expected a number > 0'],
    [
      [row(1), row(1)],
      { power: '2' },
      TypeError,
      'ERR_COCHLEA_INVALID_TYPE',
      "power: expected a number > 0, received '2'",
    ],
    [[row(1), row(NaN)], {}, RangeError, 'ERR_COCHLEA_NOT_FINITE', 'Xref.data: expected finite'],
  ] as const)('refuses %j %j', ([X, Xref], options, type, code, message) => {
    expectError(() => softmask(X, Xref, options as never), type, code, message);
  });
});

describe('hpssSpectrogram', () => {
  const options: HpssSpectrogramOptions[] = [
    {},
    { kernelSize: [17, 31], power: 1 },
    { kernelSize: [8, 9], margin: [1, 5] },
    { kernelSize: 3, margin: 3, power: Infinity },
    { kernelSize: [301, 64], power: 1.5 },
  ];

  it.each(options)('%j is the medians, masked, over many tiles', (given) => {
    for (const shape of [
      [40, 700],
      [700, 40],
      [1, 50],
      [50, 1],
      [5000, 33],
    ] as [number, number][]) {
      const S: Matrix = { data: noise(shape[0] * shape[1]).map(Math.abs), shape };
      const masks = parts(S, given);
      const result = hpssSpectrogram(S, { ...given, mask: true });
      expect(result.harmonic.shape).toEqual(shape);
      expect(worst(result.harmonic.data, masks.harmonic)).toBe(0);
      expect(worst(result.percussive.data, masks.percussive)).toBe(0);
      const components = hpssSpectrogram(S, given);
      expect(
        worst(
          components.harmonic.data,
          masks.harmonic.map((x, i) => x * S.data[i]),
        ),
      ).toBe(0);
      expect(
        worst(
          components.percussive.data,
          masks.percussive.map((x, i) => x * S.data[i]),
        ),
      ).toBe(0);
    }
  });

  it('separates a complex spectrogram by its magnitudes and keeps its phases', () => {
    const D: ComplexMatrix = { re: noise(9000, 5), im: noise(9000, 6), shape: [90, 100] };
    const masks = hpssSpectrogram(D, { mask: true });
    expect(masks).toEqual(hpssSpectrogram(magnitude(D), { mask: true }));
    const { harmonic, percussive } = hpssSpectrogram(D);
    expect(harmonic.re).toEqual(D.re.map((x, i) => x * masks.harmonic.data[i]));
    expect(percussive.im).toEqual(D.im.map((x, i) => x * masks.percussive.data[i]));
  });

  it('leaves the rest to the residual', () => {
    const D: ComplexMatrix = { re: noise(2000, 7), im: noise(2000, 8), shape: [40, 50] };
    const split = hpssSpectrogram(D, { margin: 3, residual: true });
    const rest = D.im.map((x, i) => x - split.harmonic.im[i] - split.percussive.im[i]);
    expect(worst(split.residual!.im, rest)).toBeLessThan(1e-7);
    expect(energy(split.residual!.re)).toBeGreaterThan(0.1 * energy(D.re));
    const masks = hpssSpectrogram(D, { margin: 3, residual: true, mask: true });
    const sum = masks.harmonic.data.map((x, i) => x + masks.percussive.data[i] + masks.residual!.data[i]);
    expect(worst(sum, new Float32Array(2000).fill(1))).toBeLessThan(2e-7);
    expect(hpssSpectrogram(D)).not.toHaveProperty('residual');
    expect(energy(hpssSpectrogram(D, { residual: true }).residual!.re)).toBeLessThan(1e-9);
  });

  it('finds a steady row harmonic and a single column percussive', () => {
    const S: Matrix = { data: new Float32Array(60 * 60), shape: [60, 60] };
    for (let i = 0; i < 60; i++) S.data[20 * 60 + i] = S.data[i * 60 + 30] = 1;
    const { harmonic, percussive } = hpssSpectrogram(S);
    expect([harmonic.data[20 * 60 + 5], percussive.data[20 * 60 + 5]]).toEqual([1, 0]);
    expect([harmonic.data[5 * 60 + 30], percussive.data[5 * 60 + 30]]).toEqual([0, 1]);
    expect([harmonic.data[20 * 60 + 30], percussive.data[20 * 60 + 30]]).toEqual([0.5, 0.5]);
  });

  it('takes an empty spectrogram', () => {
    for (const shape of [
      [0, 4],
      [4, 0],
    ] as [number, number][]) {
      expect(hpssSpectrogram({ data: new Float32Array(0), shape }).harmonic.shape).toEqual(shape);
    }
  });

  const S: Matrix = { data: new Float32Array(20).fill(1), shape: [4, 5] };
  it.each([
    [{ margin: 0.5 }, RangeError, 'ERR_COCHLEA_OUT_OF_RANGE', 'margin: expected a finite number >= 1, received 0.5'],
    [
      { margin: [1, 0] },
      RangeError,
      'ERR_COCHLEA_OUT_OF_RANGE',
      'margin[1]: expected a finite number >= 1, received 0',
    ],
    [{ margin: [1] }, TypeError, 'ERR_COCHLEA_INVALID_TYPE', 'margin: expected a number or [harmonic, percussive]'],
    [
      { kernelSize: 0 },
      RangeError,
      'ERR_COCHLEA_OUT_OF_RANGE',
      'kernelSize: expected an integer >= 1 and <= 16777216, received 0',
    ],
    [
      { kernelSize: [3, 2 ** 31 - 1] },
      RangeError,
      'ERR_COCHLEA_OUT_OF_RANGE',
      'kernelSize[1]: expected an integer >= 1 and <= 16777216',
    ],
    [{ kernelSize: [3, 1.5] }, RangeError, 'ERR_COCHLEA_OUT_OF_RANGE', 'kernelSize[1]: expected an integer >= 1'],
    [{ power: -1 }, RangeError, 'ERR_COCHLEA_OUT_OF_RANGE', 'power: expected a number > 0, received -1'],
    [{ mask: 1 }, TypeError, 'ERR_COCHLEA_INVALID_TYPE', 'mask: expected a boolean, received 1'],
    [{ kernel: 3 }, TypeError, 'ERR_COCHLEA_UNKNOWN_OPTION', 'options: expected one of the options kernelSize'],
  ])('refuses %j', (given, type, code, message) => {
    expectError(() => hpssSpectrogram(S, given as never), type, code, message);
  });

  it('refuses negative magnitudes, what is not finite and what is no matrix', () => {
    const [code, range] = ['ERR_COCHLEA_OUT_OF_RANGE', RangeError] as const;
    expectError(() => hpssSpectrogram(row(1, -1)), range, code, 'S.data: expected values >= 0, received -1 at index 1');
    const bad = { re: Float32Array.of(1), im: Float32Array.of(Infinity), shape: [1, 1] as [number, number] };
    expectError(() => hpssSpectrogram(bad), range, 'ERR_COCHLEA_NOT_FINITE', 'S.im: expected finite samples');
    expectError(() => hpssSpectrogram(null as never), TypeError, 'ERR_COCHLEA_INVALID_TYPE', 'S: expected an object');
  });
});

describe('hpss: known values', () => {
  it('finds a tone harmonic and clicks percussive', () => {
    const y = tone(44100, 440);
    expect(energy(hpss(y).harmonic)).toBeGreaterThan(0.99 * energy(y));
    const x = clicks(44100);
    expect(energy(hpss(x).percussive)).toBeGreaterThan(0.99 * energy(x));
  });

  it('separates the two when they sound together', () => {
    const [y, x] = [tone(66150, 997), clicks(66150)];
    const split = hpss(y.map((v, i) => v + x[i]));
    expect(energy(split.harmonic.map((v, i) => v - y[i]))).toBeLessThan(0.001 * energy(y));
    expect(energy(split.percussive.map((v, i) => v - x[i]))).toBeLessThan(0.5 * energy(x));
  });

  it.each([
    [{}, {}],
    [{ nFft: 512 }, { kernelSize: [17, 31], margin: [1, 5] }],
    [{ nFft: 1000, hopLength: 300, winLength: 800, padMode: 'reflect' }, { power: 1 }],
    [{ nFft: 256, center: false, window: 'hamming' }, { kernelSize: [40, 9] }],
    [{ nFft: 8192 }, { margin: 3, power: Infinity }],
  ] as [FrameOptions, SeparationOptions][])('%j %j is stft, separation and istft', (grid, separation) => {
    const y = noise(70000);
    const split = hpssSpectrogram(stft(y, grid), separation);
    const { padMode, ...inverse } = { ...grid, length: y.length };
    const result = hpss(y, { ...grid, ...separation });
    expect(worst(result.harmonic, istft(split.harmonic, inverse))).toBeLessThan(1e-6);
    expect(worst(result.percussive, istft(split.percussive, inverse))).toBeLessThan(1e-6);
  });

  it('uses the window, which librosa 0.11 ignores', () => {
    const y = noise(20000);
    const [hann, hamming] = [harmonic(y), harmonic(y, { window: 'hamming' })];
    expect(worst(hann, hamming)).toBeGreaterThan(1e-3);
    expect(hpss(y, { window: 'hamming' }).harmonic).toEqual(hamming);
  });
});

describe('hpss: invariants', () => {
  it.each([
    {},
    { nFft: 512, power: 1 },
    { nFft: 4096, hopLength: 2048, kernelSize: [8, 9] },
    { nFft: 1023, padMode: 'edge' },
  ] as HpssOptions[])('%j: the parts add up to the signal', (options) => {
    const y = noise(50000);
    const split = hpss(y, options);
    expect(
      worst(
        split.harmonic.map((v, i) => v + split.percussive[i]),
        y,
      ),
    ).toBeLessThan(1e-6);
  });

  it('gives either part alone', () => {
    const y = noise(50000);
    const options = { margin: [1, 3], kernelSize: [17, 31] } as const;
    const split = hpss(y, options);
    expect(harmonic(y, options)).toEqual(split.harmonic);
    const out = new Float32Array(y.length).fill(9);
    expect(percussive(y, { ...options, out })).toBe(out);
    expect(out).toEqual(split.percussive);
  });

  it('scales with the signal', () => {
    const y = noise(20000);
    const split = hpss(y.map((v) => v / 1024));
    expect(split.harmonic).toEqual(hpss(y).harmonic.map((v) => v / 1024));
  });
});

describe('hpss: edges', () => {
  it.each([0, 1, 2, 511, 512, 513, 2047, 2048, 30000])('%d samples', (n) => {
    const y = noise(n, 4);
    const split = hpss(y);
    expect([split.harmonic.length, split.percussive.length]).toEqual([n, n]);
    expect(
      worst(
        split.harmonic.map((v, i) => v + split.percussive[i]),
        y,
      ),
    ).toBeLessThan(1e-6);
  });

  it('keeps silence', () => {
    const split = hpss(new Float32Array(20000), { margin: [1, 2] });
    expect(energy(split.harmonic) + energy(split.percussive)).toBe(0);
  });

  it('takes full scale and subnormal numbers, which count as zero', () => {
    for (const scale of [2, 1e-40]) {
      const y = noise(20000).map((v) => v * scale);
      const split = hpss(y);
      expect(
        worst(
          split.harmonic.map((v, i) => v + split.percussive[i]),
          scale < 2 ** -126 ? new Float32Array(y.length) : y,
        ),
      ).toBeLessThan(2e-6);
    }
  });
});

describe('hpss: promises', () => {
  it('give the same', async () => {
    const y = noise(30000);
    const D = stft(y);
    const S = magnitude(D);
    expect(await promises.hpss(y, { margin: 2 })).toEqual(hpss(y, { margin: 2 }));
    expect(await promises.harmonic(y)).toEqual(harmonic(y));
    expect(await promises.percussive(y)).toEqual(percussive(y));
    expect(await promises.softmask(S, S)).toEqual(softmask(S, S));
    expect((await promises.hpssSpectrogram(D)).harmonic.re).toEqual(hpssSpectrogram(D).harmonic.re);
    const masks = await promises.hpssSpectrogram(D, { mask: true, residual: true });
    expect(masks.residual!.data).toEqual(hpssSpectrogram(D, { mask: true, residual: true }).residual!.data);
  });

  it('tell their progress and stop when aborted', async () => {
    const y = noise(4_000_000);
    const fractions: number[] = [];
    const controller = new AbortController();
    const slow = promises.hpss(y, {
      kernelSize: 601,
      signal: controller.signal,
      onProgress(fraction) {
        fractions.push(fraction);
        if (fraction > 0) controller.abort();
      },
    });
    await expect(slow).rejects.toHaveProperty('name', 'AbortError');
    expect(fractions.at(-1)).toBeGreaterThan(0);
    expect(fractions.at(-1)).toBeLessThan(1);
  });
});

describe('hpss: errors', () => {
  const y = noise(1000);
  it.each([
    [{ nFft: 0 }, RangeError, 'ERR_COCHLEA_OUT_OF_RANGE', 'nFft: expected an integer >= 1'],
    [{ winLength: 4096 }, RangeError, 'ERR_COCHLEA_OUT_OF_RANGE', 'winLength: expected an integer >= 1 and <= nFft'],
    [{ margin: 0 }, RangeError, 'ERR_COCHLEA_OUT_OF_RANGE', 'margin: expected a finite number >= 1, received 0'],
    [{ mask: true }, TypeError, 'ERR_COCHLEA_UNKNOWN_OPTION', 'options: expected one of the options kernelSize'],
    [{ center: false }, RangeError, 'ERR_COCHLEA_OUT_OF_RANGE', 'y: expected at least 2048 samples'],
    [{ kernelsize: 5 }, TypeError, 'ERR_COCHLEA_UNKNOWN_OPTION', "options: expected the option 'kernelSize'"],
  ])('refuses %j', (options, type, code, message) => {
    expectError(() => hpss(y, options as never), type, code, message);
    expectError(() => percussive(y, options as never), type, code, message);
  });

  it('refuses samples that are not finite, other types and a wrong out', () => {
    const bad = Float32Array.of(0, NaN);
    const [range, type] = [RangeError, TypeError] as const;
    expectError(
      () => hpss(bad),
      range,
      'ERR_COCHLEA_NOT_FINITE',
      'y: expected finite samples, received NaN at index 1',
    );
    expectError(() => hpss([1] as never), type, 'ERR_COCHLEA_INVALID_TYPE', 'y: expected a Float32Array');
    const out = new Float32Array(3);
    expectError(
      () => harmonic(y, { out }),
      range,
      'ERR_COCHLEA_OUT_OF_RANGE',
      'out: expected a Float32Array of length',
    );
    expectError(
      () => harmonic(y, { out: y }),
      range,
      'ERR_COCHLEA_OVERLAP',
      'out: expected memory that does not overlap y',
    );
  });
});
