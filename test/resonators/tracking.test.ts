import { logFrequencies, midiFrequencies, TrackingBank, type TrackingRule } from 'cochlea';
import { describe, expect, it } from 'vitest';
import { expectError } from '../helpers/errors.js';
import { noise, SR, tone } from './signals.js';

const rules: TrackingRule[] = ['chord', 'tangent', 'ewma'];

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

  it('the rules are told apart where the angle is large, each by its definition', () => {
    const y = tone(6, 4000);
    const [own, alpha, gamma] = [437, 0.5, 0.2];
    const byDefinition = rules.map((rule) => oracle(y, own, alpha, gamma, 1e-6, rule).map((at) => at.frequency));
    for (const [i, rule] of rules.entries()) {
      const options = { sampleRate: SR, frequencies: [own], alphas: [alpha], gammas: [gamma], rule };
      const { data } = new TrackingBank(options).track(y, { hopLength: 1 }).frequency;
      const misses = byDefinition.map((expected) => Math.max(...expected.map((f, n) => Math.abs(f - data[n]))));
      for (const [j, miss] of misses.entries()) {
        if (i === j) expect(miss).toBeLessThan(1);
        else expect(miss).toBeGreaterThan(100);
      }
    }
  });

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
        noise(3000).map((x) => 1e18 * x),
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

describe('TrackingBank: the level', () => {
  const frequencies = logFrequencies({ fmin: 110, nBins: 40 });
  const y = tone(8000, 445).map((x, i) => x + 0.1 * Math.sin(0.3 * i));

  // A power of two changes no rounding, so that the frequencies must be the same to the last bit.
  it.each(rules)('%s: at threshold 0 every level is followed alike', (rule) => {
    const track = (scale: number) =>
      new TrackingBank({ sampleRate: SR, frequencies, rule, threshold: 0 }).track(
        y.map((x) => scale * x),
        { hopLength: 100, complex: true },
      );
    const expected = track(1);
    expect(expected.frequency.data[24 * 80 + 79]).toBeCloseTo(445, 0);
    for (const scale of [2 ** -35, 2 ** -17, 2 ** 32, 2 ** 59]) {
      const { magnitude, frequency } = track(scale);
      expect(frequency.data).toEqual(expected.frequency.data);
      for (let k = 0; k < frequencies.length; k++) {
        const [a, b] = [magnitude, expected.magnitude].map(({ data }) => data[k * 80 + 79]);
        expect(a / scale / b).toBeCloseTo(1, 5);
      }
    }
  });

  it('a threshold beyond single precision is one that nothing reaches', () => {
    const bank = new TrackingBank({ sampleRate: SR, frequencies: [430], alphas: [0.01], threshold: 1e300 });
    expect(bank.track(y, { hopLength: 8000 }).frequency.data[0]).toBeCloseTo(430, 2);
  });

  it.each(rules)('%s: refuses what is beyond 1e18 and is as before', (rule) => {
    const bank = new TrackingBank({ sampleRate: SR, frequencies, rule, threshold: 0 });
    const before = bank.track(y, { hopLength: 100 });
    expectError(
      () => bank.track(Float32Array.of(0, 1e38), { hopLength: 1 }),
      RangeError,
      'ERR_COCHLEA_OUT_OF_RANGE',
      'signal: expected samples from -1e18 to 1e18, received 1e+38 at index 1',
    );
    bank.reset();
    expect(bank.track(y, { hopLength: 100 })).toEqual(before);
    bank.track(
      noise(1000).map((x) => Math.sign(x) * 1e18),
      { hopLength: 1000 },
    );
    bank.track(new Float32Array(200), { hopLength: 200 });
    const { magnitude, frequency } = bank.track(y, { hopLength: 100 });
    for (const { data } of [magnitude, frequency]) expect(data.every((x) => Number.isFinite(x))).toBe(true);
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
    expectError(
      () => bank.frameCount(100, 0),
      RangeError,
      'ERR_COCHLEA_OUT_OF_RANGE',
      'hopLength: expected an integer >= 1, received 0',
    );
    const row = () => ({ data: new Float32Array(2), shape: [1, 2] as [number, number] });
    expectError(
      () =>
        bank.track(new Float32Array(10), { hopLength: 5, complex: true, out: { magnitude: row(), frequency: row() } }),
      TypeError,
      'ERR_COCHLEA_INVALID_TYPE',
      'out.complex: expected an object { re, im, shape: [rows, columns] }, received undefined',
    );
    const wrong = { data: new Float32Array(2), shape: [2, 1] as [number, number] };
    const right = { data: new Float32Array(2), shape: [1, 2] as [number, number] };
    expectError(
      () => bank.track(new Float32Array(10), { hopLength: 5, out: { magnitude: right, frequency: wrong } }),
      RangeError,
      'ERR_COCHLEA_OUT_OF_RANGE',
      "out.frequency.shape: expected [1, 2], received '[2, 1]'",
    );
  });
});
