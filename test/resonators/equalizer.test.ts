import { equalizer, logFrequencies, resonate } from 'cochlea';
import { describe, expect, it } from 'vitest';
import { expectError } from '../helpers/errors.js';
import { SR, tone } from './signals.js';

const OUT_OF_RANGE = 'ERR_COCHLEA_OUT_OF_RANGE';

describe('equalizer', () => {
  it('gives the published weights', () => {
    const weights = equalizer({ sampleRate: SR, frequencies: logFrequencies({ nBins: 100 }) });
    for (const [i, weight] of [
      [0, 0.35677117],
      [8, 0.31568912],
      [38, 0.37487006],
      [97, 0.4486485],
      [99, 0.47431275],
    ]) {
      expect(Math.abs(weights[i] - weight)).toBeLessThan(2e-3);
    }
  });

  it('tones of the bank then have the same power', () => {
    const options = { sampleRate: SR, frequencies: logFrequencies({ fmin: 110, nBins: 36 }) };
    const weights = equalizer(options);
    for (const k of [3, 17, 30]) {
      const y = tone(SR, options.frequencies[k]);
      const { data, shape } = resonate(y, { ...options, hopLength: 5, output: 'power' });
      let sum = 0;
      // The mean over the ripple of the image, once settled.
      for (let j = 0; j < 36; j++) {
        for (let t = shape[1] - 1000; t < shape[1]; t++) sum += data[j * shape[1] + t] / 1000;
      }
      expect((weights[k] * Math.sqrt(sum)) / 0.25).toBeCloseTo(1, 3);
    }
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

  it('is finite for resonators of any slowness', () => {
    for (const alpha of [5e-324, 1e-200, 1e-12, 1]) {
      const [weight] = equalizer({ sampleRate: SR, frequencies: [1000], alphas: [alpha] });
      expect(weight).toBeGreaterThan(0.2);
      expect(weight).toBeLessThan(0.51);
    }
  });

  it('refuses a sweep that would take hours', () => {
    expectError(
      () => equalizer({ sampleRate: SR, frequencies: [440, 550], alphas: [0.1, 1e-12], method: 'sweep' }),
      RangeError,
      OUT_OF_RANGE,
      "alphas[1]: expected a time constant of at most 419430 samples for 'sweep', received 1e-12",
    );
  });
});
