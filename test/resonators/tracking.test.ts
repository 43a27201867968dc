import { logFrequencies, midiFrequencies, superResolution, TrackingBank, type TrackingRule } from 'cochlea';
import { describe, expect, it } from 'vitest';
import { expectError } from '../helpers/errors.js';

const SR = 44100;
const rules: TrackingRule[] = ['chord', 'tangent', 'ewma'];

const tone = (n: number, frequency: number) =>
  Float32Array.from({ length: n }, (_, i) => Math.cos((2 * Math.PI * frequency * i) / SR));

function noise(n: number, seed = 1): Float32Array {
  let state = seed;
  return Float32Array.from({ length: n }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** One tracker by its definition, sample by sample in double precision. */
function oracle(y: Float32Array, own: number, alpha: number, gamma: number, threshold: number, rule: TrackingRule) {
  const natural = (2 * Math.PI * own) / SR;
  let [theta, phase, rr, ri, sr, si] = [natural, 0, 0, 0, 0, 0];
  return Array.from(y, (x) => {
    rr += alpha * (x * Math.cos(phase) - rr);
    ri += alpha * (-x * Math.sin(phase) - ri);
    const [pr, pi] = [sr, si];
    sr += alpha * (rr - sr);
    si += alpha * (ri - si);
    const [dr, di] = [sr * pr + si * pi, si * pr - sr * pi];
    const angle = Math.atan2(di, dr);
    if (sr * sr + si * si > threshold && dr * dr + di * di > 1e-20) {
      if (rule === 'ewma') theta += gamma * angle;
      else if (rule === 'tangent') theta += Math.atan(gamma * Math.sin(angle));
      else theta += Math.atan2(gamma * Math.sin(angle), 1 - gamma + gamma * Math.cos(angle));
    } else {
      theta = natural;
    }
    phase = (phase + theta) % (2 * Math.PI);
    return { frequency: (theta * SR) / (2 * Math.PI), magnitude: Math.hypot(sr, si) };
  });
}

describe('TrackingBank: known values', () => {
  const alphas = [0.01];
  for (const rule of rules) {
    it(`${rule}: natural 430 Hz, tone 440 Hz`, () => {
      const options = { sampleRate: SR, frequencies: [430], alphas, gammas: alphas, threshold: 1e-3, rule };
      const { frequency, magnitude } = new TrackingBank(options).track(tone(50000, 440), { hopLength: 1 });
      const last = frequency.data.subarray(49000);
      expect(Math.min(...last)).toBeCloseTo(439.551, 1);
      expect(Math.max(...last)).toBeCloseTo(440.449, 1);
      expect(magnitude.data[49999]).toBeCloseTo(0.50014, 3);
    });

    it(`${rule}: the definition in double precision`, () => {
      const y = tone(20000, 445);
      for (let i = 8000; i < 20000; i++) y[i] = 0.3 * Math.cos((2 * Math.PI * 431 * i) / SR);
      const expected = oracle(y, 437, 0.008, 0.004, 1e-4, rule);
      const bank = new TrackingBank({
        sampleRate: SR,
        frequencies: [437],
        alphas: [0.008],
        threshold: 1e-4,
        rule,
      });
      const { frequency, magnitude } = bank.track(y, { hopLength: 1 });
      for (let n = 0; n < y.length; n++) {
        expect(Math.abs(frequency.data[n] - expected[n].frequency)).toBeLessThan(0.02);
        expect(Math.abs(magnitude.data[n] - expected[n].magnitude)).toBeLessThan(1e-5);
      }
    });
  }

  it('pulls the neighbours of a tone to it and leaves the silent at home', () => {
    const frequencies = midiFrequencies();
    const { frequency, magnitude } = new TrackingBank({ sampleRate: SR, frequencies }).track(tone(SR, 452), {
      hopLength: SR,
    });
    expect(frequency.data[48]).toBeCloseTo(452, 0);
    expect(frequency.data[49]).toBeCloseTo(452, 0);
    expect(magnitude.data[48]).toBeCloseTo(0.5, 1);
    const silent = new TrackingBank({ sampleRate: SR, frequencies }).track(new Float32Array(100), { hopLength: 100 });
    for (const [k, f] of frequencies.entries()) expect(Math.abs(silent.frequency.data[k] / f - 1)).toBeLessThan(1e-5);
  });

  it('goes home when the tone ends', () => {
    const bank = new TrackingBank({ sampleRate: SR, frequencies: [430], alphas: [0.01] });
    bank.track(tone(20000, 440), { hopLength: 1000 });
    const { frequency } = bank.track(new Float32Array(5000), { hopLength: 5000 });
    expect(frequency.data[0]).toBeCloseTo(430, 2);
  });

  it('stays finite for zeros, an impulse, a whisper and DC', () => {
    const frequencies = logFrequencies();
    for (const rule of rules) {
      for (const y of [
        new Float32Array(3000),
        Float32Array.from({ length: 3000 }, (_, i) => (i === 5 ? 1 : 0)),
        tone(3000, 440).map((x) => 1e-8 * x),
        new Float32Array(3000).fill(1),
        noise(3000).map((x) => 1e30 * x),
      ]) {
        const result = new TrackingBank({ sampleRate: SR, frequencies, rule, threshold: 0 }).track(y, {
          hopLength: 10,
        });
        for (const { data } of [result.magnitude, result.frequency]) {
          expect(data.every((x) => Number.isFinite(x))).toBe(true);
        }
      }
    }
  });
});

describe('TrackingBank: one result for all ways', () => {
  it('any chunking gives the same bits', () => {
    const y = noise(10000);
    const options = { sampleRate: SR, frequencies: logFrequencies({ nBins: 37 }) };
    const hopLength = 100;
    const whole = new TrackingBank(options).track(y, { hopLength });
    for (const chunk of [1, 64, 128, 777]) {
      const bank = new TrackingBank(options);
      let column = 0;
      for (let at = 0; at < y.length; at += chunk) {
        const part = bank.track(y.subarray(at, at + chunk), { hopLength });
        const count = part.frequency.shape[1];
        for (let i = 0; i < 37 * count; i++) {
          const j = Math.floor(i / count) * 100 + column + (i % count);
          if (part.frequency.data[i] !== whole.frequency.data[j]) expect.fail(`chunk ${chunk}, frequency ${j}`);
          if (part.magnitude.data[i] !== whole.magnitude.data[j]) expect.fail(`chunk ${chunk}, magnitude ${j}`);
        }
        column += count;
      }
      expect(column).toBe(100);
    }
  });

  it('reset starts again, out is filled and returned', () => {
    const bank = new TrackingBank({ sampleRate: SR, frequencies: [440, 550] });
    const y = tone(5000, 500);
    const first = bank.track(y, { hopLength: 50 });
    bank.reset();
    const out = {
      magnitude: { data: new Float32Array(200), shape: [2, 100] as [number, number] },
      frequency: { data: new Float32Array(200), shape: [2, 100] as [number, number] },
    };
    expect(bank.track(y, { hopLength: 50, out })).toBe(out);
    expect(out).toEqual(first);
  });

  it('refuses what it cannot use', () => {
    const make = (options: object) => () => new TrackingBank({ sampleRate: SR, frequencies: [440, 550], ...options });
    for (const [call, type, message] of [
      [make({ gammas: [0.1] }), RangeError, 'gammas: expected as many values as frequencies (2)'],
      [make({ gammas: [0.1, 2] }), RangeError, 'gammas[1]: expected a finite number >= 0 and <= 1, received 2'],
      [make({ rule: 'cord' }), RangeError, "rule: expected one of 'chord', 'tangent', 'ewma', received 'cord'"],
      [make({ threshold: -1 }), RangeError, 'threshold: expected a finite number >= 0, received -1'],
      [make({ frequencies: [SR] }), RangeError, 'frequencies[0]: expected a number < sampleRate / 2'],
    ] as const) {
      expectError(call, type, 'ERR_COCHLEA_OUT_OF_RANGE', message);
    }
    const bank = new TrackingBank({ sampleRate: SR, frequencies: [440] });
    expectError(
      () => bank.track(Float32Array.of(0, Number.NaN), { hopLength: 1 }),
      RangeError,
      'ERR_COCHLEA_NOT_FINITE',
      'signal: expected finite samples, received NaN at index 1',
    );
    expect(bank.frameCount(5, 5)).toBe(1);
  });
});

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
  });
});
