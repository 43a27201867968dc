import {
  constantBandwidthAlphas,
  constantQAlphas,
  dopplerVelocity,
  equalizer,
  linearFrequencies,
  logFrequencies,
  type Matrix,
  melFrequencies,
  midiFrequencies,
  Resonator,
  ResonatorBank,
  resonate,
  resonatorChroma,
  resonatorMfcc,
  timeConstantsOf,
} from 'cochlea';
import * as promises from 'cochlea/promises';
import { describe, expect, it } from 'vitest';
import { expectError } from '../helpers/errors.js';

const SR = 44100;
const tone = (n: number, frequency: number, amplitude = 1, phase = 0) =>
  Float32Array.from({ length: n }, (_, i) => amplitude * Math.cos((2 * Math.PI * frequency * i) / SR + phase));
const column = ({ data, shape }: Matrix, t: number) =>
  Array.from({ length: shape[0] }, (_, k) => data[k * shape[1] + t]);
const OUT_OF_RANGE = 'ERR_COCHLEA_OUT_OF_RANGE';

describe('Resonator', () => {
  it('hears the amplitude and the phase offset of a tone at any sample', () => {
    for (const [amplitude, phase] of [
      [0.8, 1],
      [0.1, -2.5],
      [1, 3.1],
    ]) {
      const resonator = new Resonator({ sampleRate: SR, frequency: 1000 });
      const y = tone(SR / 2, 1000, amplitude, phase);
      resonator.process(y.subarray(0, 10000));
      for (let n = 10000; n < 10100; n++) {
        resonator.process(y.subarray(n, n + 1));
        expect(resonator.amplitude / amplitude).toBeCloseTo(1, 2);
        expect(resonator.phaseOffset).toBeCloseTo(phase, 2);
        const { cosine, sine } = resonator.quadratures;
        expect(2 * cosine).toBeCloseTo(amplitude * Math.cos(phase), 2);
        expect(2 * sine).toBeCloseTo(-amplitude * Math.sin(phase), 2);
      }
      expect(Math.abs(resonator.heardFrequency - 1000)).toBeLessThan(3);
    }
  });

  it('is its two quadratures by their definition', () => {
    const [frequency, alpha, beta] = [440, 0.01, 0.03];
    const resonator = new Resonator({ sampleRate: SR, frequency, alpha, beta });
    const y = Float32Array.from({ length: 3000 }, (_, i) => Math.sin(0.1 * i * i));
    let [c, s, cc, ss] = [0, 0, 0, 0];
    for (const [n, x] of y.entries()) {
      const angle = (2 * Math.PI * frequency * n) / SR;
      c += alpha * (x * Math.cos(angle) - c);
      s += alpha * (x * Math.sin(angle) - s);
      cc += beta * (c - cc);
      ss += beta * (s - ss);
    }
    resonator.process(y);
    expect(resonator.quadratures.cosine).toBeCloseTo(cc, 6);
    expect(resonator.quadratures.sine).toBeCloseTo(ss, 6);
    expect(resonator.amplitude).toBeCloseTo(2 * Math.hypot(cc, ss), 6);
  });

  it('is a bank of one, starts again after reset, and is silent before the first sample', () => {
    const resonator = new Resonator({ sampleRate: SR, frequency: 300 });
    const bank = new ResonatorBank({ sampleRate: SR, frequencies: [300] });
    expect(resonator.amplitude).toBe(0);
    const y = tone(2000, 310);
    for (let again = 0; again < 2; again++) {
      resonator.process(y);
      bank.reset();
      bank.process(y);
      expect(resonator.amplitude).toBeCloseTo(2 * bank.magnitude()[0], 6);
      expect(resonator.phaseOffset).toBeCloseTo(bank.phase()[0], 5);
      expect(resonator.heardFrequency).toBe(bank.frequency()[0]);
      resonator.reset();
      expect(resonator.quadratures.cosine).toBeCloseTo(0, 12);
    }
  });

  it('refuses what it cannot use', () => {
    const make = (options: object) => () => new Resonator({ sampleRate: SR, frequency: 440, ...options });
    for (const [options, message] of [
      [{ frequency: SR / 2 }, 'frequency: expected a number < sampleRate / 2 (22050), received 22050'],
      [{ frequency: 0 }, 'frequency: expected a finite number > 0, received 0'],
      [{ alpha: 2 }, 'alpha: expected a finite number'],
      [{ beta: 0 }, 'beta: expected a finite number'],
    ] as const) {
      expectError(make(options), RangeError, OUT_OF_RANGE, message);
    }
    expect(() => new Resonator({ sampleRate: SR } as never)).toThrow('frequency: expected this option to be given');
    expect(() => new Resonator({ sampleRate: SR, frequency: 440 }).process(Float32Array.of(Number.NaN))).toThrow(
      'samples: expected finite samples',
    );
  });
});

describe('laws of smoothing factors', () => {
  // One stage: the offset where the response to a phasor has fallen by 3 dB, by its formula.
  const bandwidth = (alpha: number) => {
    let [low, high] = [0, SR / 2];
    for (let i = 0; i < 60; i++) {
      const middle = (low + high) / 2;
      const gain = alpha ** 2 / (1 - 2 * (1 - alpha) * Math.cos((2 * Math.PI * middle) / SR) + (1 - alpha) ** 2);
      if (gain > 0.5) low = middle;
      else high = middle;
    }
    return low;
  };

  it('constantBandwidthAlphas: the same bandwidth everywhere', () => {
    const alphas = constantBandwidthAlphas([100, 1000, 9000], { sampleRate: SR, bandwidth: 40 });
    for (const alpha of alphas) expect(bandwidth(alpha)).toBeCloseTo(40, 1);
  });

  it('constantQAlphas: the bandwidth is f / q', () => {
    const frequencies = [100, 1000, 4000];
    const alphas = constantQAlphas(frequencies, { sampleRate: SR, q: 20 });
    for (const [i, f] of frequencies.entries()) expect(bandwidth(alphas[i]) / (f / 20)).toBeCloseTo(1, 2);
    expect(timeConstantsOf(alphas, { sampleRate: SR })[1]).toBeCloseTo(20 / (2 * Math.PI * 1000), 10);
  });

  it('refuse what is no number > 0', () => {
    expectError(
      () => constantQAlphas([100], { sampleRate: SR, q: 0 }),
      RangeError,
      OUT_OF_RANGE,
      'q: expected a finite number > 0, received 0',
    );
    expectError(
      () => constantBandwidthAlphas([-1], { sampleRate: SR, bandwidth: 1 }),
      RangeError,
      OUT_OF_RANGE,
      'frequencies[0]: expected a finite number > 0, received -1',
    );
    expect(() => constantBandwidthAlphas([1], { sampleRate: SR } as never)).toThrow('bandwidth: expected this option');
  });
});

describe('equalizer by the published sweep', () => {
  it('gives the published weights closer than the exact ones', () => {
    const options = { sampleRate: SR, frequencies: logFrequencies({ nBins: 100 }) };
    const weights = equalizer({ ...options, method: 'sweep' });
    const exact = equalizer(options);
    for (const [i, weight] of [
      [0, 0.35587635],
      [8, 0.31518411],
      [38, 0.37469224],
      [97, 0.44866259],
      [99, 0.4742957],
    ]) {
      expect(Math.abs(weights[i] - weight)).toBeLessThan(1e-3);
      expect(Math.abs(exact[i] - weights[i]) / exact[i]).toBeLessThan(6e-3);
    }
    expectError(
      () => equalizer({ ...options, method: 'fast' as never }),
      RangeError,
      OUT_OF_RANGE,
      "method: expected one of 'exact', 'sweep', received 'fast'",
    );
  });
});

describe('interleaved output', () => {
  const frequencies = logFrequencies({ nBins: 37 });
  const y = Float32Array.from({ length: 5000 }, (_, i) => Math.sin(0.0003 * i * i));

  it('is the complex output, in turn', async () => {
    const options = { sampleRate: SR, frequencies, hopLength: 100 };
    const { re, im } = resonate(y, options);
    const pairs = resonate(y, { ...options, output: 'interleaved' });
    expect(pairs.shape).toEqual([37, 100]);
    for (let i = 0; i < re.length; i++) {
      expect(pairs.data[2 * i]).toBe(re[i]);
      expect(pairs.data[2 * i + 1]).toBe(im[i]);
    }
    expect(await promises.resonate(y, { ...options, output: 'interleaved' })).toEqual(pairs);
    const bank = new ResonatorBank({ sampleRate: SR, frequencies });
    const out = { data: new Float32Array(37 * 100), shape: [37, 100] as [number, number] };
    expect(bank.resonate(y, { hopLength: 100, output: 'interleaved', out }).data).toBe(out.data);
    expect(out).toEqual(pairs);
    const row = new Float32Array(74);
    expect(bank.interleaved(row)).toBe(row);
    expect(bank.interleaved()).toEqual(row);
    const last = bank.complex();
    for (let k = 0; k < 37; k++) expect([row[2 * k], row[2 * k + 1]]).toEqual([last.re[k], last.im[k]]);
    expect(() => bank.interleaved(new Float32Array(37))).toThrow('out: expected a Float32Array of length 74');
    out.shape = [37, 50];
    expect(() => bank.resonate(y, { hopLength: 100, output: 'interleaved', out })).toThrow(RangeError);
  });
});

describe('resonatorChroma', () => {
  const matrixOf = (rows: number[][]): Matrix => ({
    data: Float32Array.from(rows.flat()),
    shape: [rows.length, rows[0].length],
  });

  it('adds octaves and divides by the largest', () => {
    const power = matrixOf([
      [1, 0, 2],
      [3, 0, 2],
      [1, 0, 1],
    ]);
    const chroma = resonatorChroma(power, { frequencies: [220, 440, 261.63] });
    expect(chroma.shape).toEqual([12, 3]);
    expect(column(chroma, 0)).toEqual([0.25, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0]);
    expect(column(chroma, 1)).toEqual(new Array(12).fill(0));
    expect(column(chroma, 2)).toEqual([0.25, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0]);
    const plain = resonatorChroma(power, { frequencies: [220, 440, 261.63], normalize: false, weights: [1, 2, 0] });
    expect(column(plain, 0)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0]);
  });

  it('takes any layout, any number of classes, any tuning', () => {
    const frequencies = linearFrequencies({ fmin: 40, fmax: 5000, nBins: 2000 });
    const power = matrixOf(
      Array.from(frequencies, (f) => [Math.abs(f - 329.6) < 2 || Math.abs(f - 659.3) < 2 ? 1 : 0]),
    );
    expect(column(resonatorChroma(power, { frequencies }), 0).indexOf(1)).toBe(4);
    expect(column(resonatorChroma(power, { frequencies, nChroma: 24 }), 0).indexOf(1)).toBe(8);
    const high = resonatorChroma(power, { frequencies, a4: 440 * 2 ** (-1 / 12) });
    expect(column(high, 0).indexOf(1)).toBe(5);
  });

  it('names the notes of a chord', () => {
    const frequencies = midiFrequencies();
    const notes = [60, 64, 67, 72].map((note) => tone(SR, 440 * 2 ** ((note - 69) / 12), 0.2));
    const y = notes[0].map((_, i) => notes.reduce((sum, note) => sum + note[i], 0));
    const options = { sampleRate: SR, frequencies };
    const power = resonate(y, { ...options, hopLength: 4410, output: 'power' });
    const chroma = column(resonatorChroma(power, { frequencies, weights: equalizer(options) }), 9);
    const order = chroma.map((_, c) => c).sort((a, b) => chroma[b] - chroma[a]);
    expect(order.slice(0, 3).sort((a, b) => a - b)).toEqual([0, 4, 7]);
  });

  it('refuses what does not fit', () => {
    const power = matrixOf([[1], [2]]);
    for (const [call, message] of [
      [() => resonatorChroma(power, { frequencies: [1] }), 'frequencies: expected as many values as rows of power (2)'],
      [() => resonatorChroma(power, { frequencies: [1, 0] }), 'frequencies[1]: expected a finite number > 0'],
      [() => resonatorChroma(power, { frequencies: [1, 2], weights: [1] }), 'weights: expected as many values'],
      [() => resonatorChroma(power, { frequencies: [1, 2], nChroma: 0 }), 'nChroma: expected an integer >= 1'],
    ] as const) {
      expectError(call, RangeError, OUT_OF_RANGE, message);
    }
    expect(() => resonatorChroma(undefined as never, { frequencies: [1] })).toThrow(TypeError);
  });
});

describe('resonatorMfcc', () => {
  it('is the DCT-II of levels, by its definition', () => {
    const [bins, frames] = [40, 3];
    const power = {
      data: Float32Array.from({ length: bins * frames }, (_, i) => 1 + Math.sin(i) ** 2),
      shape: [bins, frames] as [number, number],
    };
    const weights = Float64Array.from({ length: bins }, (_, k) => 1 + 0.1 * k);
    const largest = power.data.reduce((most, x, i) => Math.max(most, x * weights[Math.floor(i / frames)]), 0);
    const mfcc = resonatorMfcc(power, { weights, nMfcc: 13 });
    expect(mfcc.shape).toEqual([13, frames]);
    for (let c = 0; c < 13; c++) {
      for (let t = 0; t < frames; t++) {
        let sum = 0;
        for (let k = 0; k < bins; k++) {
          const level = 10 * Math.log10((power.data[k * frames + t] * weights[k]) / largest);
          sum += level * Math.cos((Math.PI * c * (k + 0.5)) / bins);
        }
        const expected = sum * Math.sqrt((c === 0 ? 1 : 2) / bins);
        expect(Math.abs(mfcc.data[c * frames + t] - expected)).toBeLessThan(1e-4);
      }
    }
  });

  it('keeps all of it: with as many coefficients as rows lengths stay', () => {
    const power = { data: Float32Array.of(1, 0.1, 0.5, 0.01, 1e-12), shape: [5, 1] as [number, number] };
    const levels = [0, -10, 10 * Math.log10(0.5), -20, -80];
    const mfcc = resonatorMfcc(power, { nMfcc: 5 });
    expect(Math.hypot(...mfcc.data)).toBeCloseTo(Math.hypot(...levels), 3);
    const open = resonatorMfcc(power, { nMfcc: 5, topDb: null });
    expect(Math.hypot(...open.data)).toBeCloseTo(Math.hypot(0, -10, levels[2], -20, -100), 3);
  });

  it('tells dark from bright by the slope', () => {
    const frequencies = melFrequencies({ nMels: 65, fmax: 8000 }).subarray(1);
    const of = (f: number) => {
      const power = resonate(tone(SR, f), { sampleRate: SR, frequencies, hopLength: SR, output: 'power' });
      return resonatorMfcc(power, { weights: equalizer({ sampleRate: SR, frequencies }) }).data[1];
    };
    expect(of(200)).toBeGreaterThan(0);
    expect(of(6000)).toBeLessThan(0);
  });

  it('refuses what does not fit', () => {
    const power = { data: Float32Array.of(1, 2), shape: [2, 1] as [number, number] };
    for (const [call, message] of [
      [() => resonatorMfcc(power), 'nMfcc: expected at most the rows of power (2), received 20'],
      [() => resonatorMfcc(power, { nMfcc: 2, weights: [1] }), 'weights: expected as many values as rows of power (2)'],
      [() => resonatorMfcc(power, { nMfcc: 2, topDb: -1 }), 'topDb: expected a finite number >= 0, received -1'],
    ] as const) {
      expectError(call, RangeError, OUT_OF_RANGE, message);
    }
  });
});

describe('dopplerVelocity', () => {
  it('is positive for a source that comes nearer', () => {
    expect(dopplerVelocity(441, 440)).toBeCloseTo(0.78636364, 6);
    expect(dopplerVelocity(440, 441)).toBeCloseTo(-0.78458047, 6);
    expect(dopplerVelocity(500, 500)).toBe(0);
    expect(dopplerVelocity(441, 440, { speedOfSound: 1480 })).toBeCloseTo(1480 / 440, 10);
  });

  it('refuses frequencies that are not > 0', () => {
    expectError(() => dopplerVelocity(0, 1), RangeError, OUT_OF_RANGE, 'observed: expected a finite number > 0');
    expectError(() => dopplerVelocity(1, 0), RangeError, OUT_OF_RANGE, 'reference: expected a finite number > 0');
  });
});
