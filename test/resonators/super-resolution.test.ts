import { logFrequencies, superResolution, TrackingBank } from 'cochlea';
import * as promises from 'cochlea/promises';
import { describe, expect, it } from 'vitest';
import { expectError } from '../helpers/errors.js';
import { SR, tone } from './signals.js';

describe('superResolution', () => {
  const cells = (rows: number[][]) => ({
    data: Float32Array.from(rows.flat()),
    shape: [rows.length, rows[0].length] as [number, number],
  });
  // Two resonators over three frames.
  const tracked = {
    magnitude: cells([
      [0.3, 0.1, 1],
      [0.4, 0.2, 2],
    ]),
    frequency: cells([
      [100, 118, 10],
      [101, 120, 1000],
    ]),
  };
  const frequencies = [100, 110, 121];

  it('puts magnitudes where the resonators were', () => {
    const { data, shape } = superResolution(tracked, { frequencies });
    expect(shape).toEqual([3, 3]);
    expect(data).toEqual(Float32Array.of(0.4, 0, 0, 0, 0, 0, 0, 0.2, 0));
  });

  it('adds powers where resonators meet', () => {
    const { data } = superResolution(tracked, { frequencies, collision: 'sum' });
    expect(data[0]).toBeCloseTo(0.5, 6);
    expect(data[7]).toBeCloseTo(Math.hypot(0.1, 0.2), 6);
  });

  it('gives a cell to the resonator nearest its own frequency', () => {
    const natural = [102, 101.5];
    const { data } = superResolution(tracked, { frequencies, collision: 'nearest', natural });
    expect(data).toEqual(Float32Array.of(0.4, 0, 0, 0, 0, 0, 0, 0.1, 0));
    const other = superResolution(tracked, { frequencies, collision: 'nearest', natural: [100.5, 103] });
    expect(other.data[0]).toBe(Math.fround(0.3));
  });

  it('complex values by every rule', () => {
    const complex = {
      re: Float32Array.of(0.3, 0, 1, 0, 0.2, 2),
      im: Float32Array.of(0, 0.1, 0, -0.4, 0, 0),
      shape: [2, 3] as [number, number],
    };
    const given = { ...tracked, complex };
    const at = (cell: number, options: object) => {
      const { re, im } = superResolution(given, { frequencies, complex: true, ...options });
      return [re[cell], im[cell]];
    };
    const [a, b] = [
      [Math.fround(0.3), 0],
      [0, Math.fround(-0.4)],
    ]; // of the first frame
    expect(at(0, {})).toEqual(b);
    expect(at(0, { collision: 'sum' })).toEqual([a[0], b[1]]);
    expect(at(0, { collision: 'nearest', natural: [100.5, 103] })).toEqual(a);
    expect(at(7, { collision: 'nearest', natural: [103, 120] })).toEqual([Math.fround(0.2), 0]);
    expect(at(1, { collision: 'sum' })).toEqual([0, 0]);
  });

  it('complex sum of resonators on one tone is their number times the tone', () => {
    const y = tone(SR, 445);
    const bank = new TrackingBank({ sampleRate: SR, frequencies: [430, 440, 450], alphas: [0.002, 0.002, 0.002] });
    const result = bank.track(y, { hopLength: 441, complex: true });
    const { re, shape } = superResolution(result, { frequencies: [400, 445, 500], collision: 'sum', complex: true });
    expect(shape).toEqual([3, 100]);
    for (let t = 80; t < 100; t++) expect(re[100 + t]).toBeCloseTo(1.5 * y[441 * (t + 1) - 1], 1);
  });

  it('shows a tone in one fine row', () => {
    const bank = new TrackingBank({ sampleRate: SR, frequencies: logFrequencies() });
    const fine = logFrequencies({ nBins: 252, binsPerOctave: 36 });
    const S = superResolution(bank.track(tone(SR, fine[133]), { hopLength: 441 }), { frequencies: fine });
    const column = Array.from({ length: 252 }, (_, k) => S.data[k * 100 + 99]);
    expect(column.indexOf(Math.max(...column))).toBe(133);
    expect(column.filter((x) => x > 0.05).length).toBe(1);
  });

  it('the promise gives the same', async () => {
    const bank = new TrackingBank({ sampleRate: SR, frequencies: logFrequencies() });
    const heard = bank.track(tone(SR, 445), { hopLength: 441, complex: true });
    for (const collision of ['max', 'nearest', 'sum'] as const) {
      for (const complex of [false, true]) {
        const options = { frequencies: logFrequencies({ nBins: 30 }), collision, complex, natural: bank.frequencies };
        expect(await promises.superResolution(heard, options)).toEqual(superResolution(heard, options));
      }
    }
    await expect(promises.superResolution(heard, { frequencies: [2, 1] })).rejects.toThrow('frequencies[1]: expected');
  });

  it('has no frames for no frames, and no values for no resonators', () => {
    const none = (shape: [number, number]) => ({ data: new Float32Array(0), shape });
    const empty = (shape: [number, number]) => ({ magnitude: none(shape), frequency: none(shape) });
    expect(superResolution(empty([2, 0]), { frequencies })).toEqual(none([3, 0]));
    expect(superResolution(empty([0, 2]), { frequencies }).data).toEqual(new Float32Array(6));
  });

  it('refuses values that are not finite, naming the first', async () => {
    const complex = { re: new Float32Array(6), im: new Float32Array(6), shape: [2, 3] as [number, number] };
    const places = { 'magnitude.data': 0, 'frequency.data': 0, 'complex.re': 0, 'complex.im': 0 };
    for (const place of Object.keys(places)) {
      const given = structuredClone({ ...tracked, complex });
      const [matrix, plane] = place.split('.') as ['complex', 're'];
      given[matrix][plane][4] = Number.NaN;
      const message = `tracked.${place}: expected finite samples, received NaN at index 4`;
      const options = { frequencies, complex: true };
      expectError(() => superResolution(given, options), RangeError, 'ERR_COCHLEA_NOT_FINITE', message);
      await expect(promises.superResolution(given, options)).rejects.toThrow(message);
    }
  });

  it('refuses sums beyond single precision', () => {
    const loud = cells([[3e38], [3e38]]);
    const given = {
      magnitude: loud,
      frequency: cells([[100], [100]]),
      complex: { re: loud.data, im: loud.data, shape: loud.shape },
    };
    expect(superResolution(given, { frequencies }).data[0]).toBe(Math.fround(3e38));
    for (const [complex, blamed] of [
      [false, 'tracked.magnitude.data'],
      [true, 'tracked.complex'],
    ] as const) {
      expectError(
        () => superResolution(given, { frequencies, collision: 'sum', complex }),
        RangeError,
        'ERR_COCHLEA_OUT_OF_RANGE',
        `${blamed}: expected sums within single precision`,
      );
    }
  });

  it('blames the argument that is wrong', () => {
    const other = cells([[1, 2, 3]]);
    expectError(
      () => superResolution({ ...tracked, frequency: other }, { frequencies }),
      RangeError,
      'ERR_COCHLEA_OUT_OF_RANGE',
      "tracked.frequency.shape: expected [2, 3], received '[1, 3]'",
    );
    const complex = { re: new Float32Array(3), im: new Float32Array(3), shape: [1, 3] as [number, number] };
    expectError(
      () => superResolution({ ...tracked, complex }, { frequencies, complex: true }),
      RangeError,
      'ERR_COCHLEA_OUT_OF_RANGE',
      "tracked.complex.shape: expected [2, 3], received '[1, 3]'",
    );
    const wide = { data: new Float32Array(1 << 16), shape: [1, 1 << 16] as [number, number] };
    expectError(
      () =>
        superResolution(
          { magnitude: wide, frequency: wide },
          { frequencies: logFrequencies({ nBins: 1 << 15, binsPerOctave: 4096 }) },
        ),
      RangeError,
      'ERR_COCHLEA_OUT_OF_RANGE',
      'frequencies: expected a result of fewer than 2^31 values per plane; this one has 32768 x 65536',
    );
  });

  it('refuses rows that do not rise and matrices that do not match', () => {
    expectError(
      () => superResolution(tracked, { frequencies: [100, 100] }),
      RangeError,
      'ERR_COCHLEA_OUT_OF_RANGE',
      'frequencies[1]: expected a number > the one before (100), received 100',
    );
    expect(() => superResolution({ ...tracked, frequency: cells([[1]]) }, { frequencies })).toThrow(RangeError);
    expect(() => superResolution(undefined as never, { frequencies })).toThrow(TypeError);
    expect(() => superResolution(tracked, { frequencies, complex: true })).toThrow(
      'tracked.complex: expected an object',
    );
    expectError(
      () => superResolution(tracked, { frequencies, collision: 'nearest', natural: [1] }),
      RangeError,
      'ERR_COCHLEA_OUT_OF_RANGE',
      'natural: expected as many values as rows of tracked (2)',
    );
    expectError(
      () => superResolution(tracked, { frequencies, collision: 'nearest' }),
      TypeError,
      'ERR_COCHLEA_MISSING_OPTION',
      'natural: expected this option to be given',
    );
  });
});
