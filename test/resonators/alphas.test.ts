import {
  alphasOf,
  constantBandwidthAlphas,
  constantQAlphas,
  heuristicAlphas,
  ResonatorBank,
  timeConstantsOf,
} from 'cochlea';
import { describe, expect, it } from 'vitest';
import { expectError } from '../helpers/errors.js';
import { SR, tone } from './signals.js';

const OUT_OF_RANGE = 'ERR_COCHLEA_OUT_OF_RANGE';

describe('heuristicAlphas', () => {
  it('gives the published table', () => {
    const alphas = heuristicAlphas([27.5, 440, 1000, 4186, 20000], { sampleRate: SR });
    for (const [i, alpha] of [0.000429, 0.003766, 0.007529, 0.025867, 0.100074].entries()) {
      expect(alphas[i]).toBeCloseTo(alpha, 6);
    }
    const slow = heuristicAlphas([440], { sampleRate: SR, k: 2 })[0];
    expect(Math.log1p(-slow) * 2).toBeCloseTo(Math.log1p(-alphas[1]), 12);
    expect(heuristicAlphas([9], { sampleRate: SR, n: 3 })).toEqual(heuristicAlphas([9], { sampleRate: SR }));
  });
});

describe('dynamics', () => {
  it('alphasOf and timeConstantsOf undo each other', () => {
    expect(alphasOf([0.1], { sampleRate: SR })[0]).toBeCloseTo(0.000226732, 9);
    expect(timeConstantsOf([1 / 4410], { sampleRate: SR })[0]).toBeCloseTo(0.09998866, 8);
    const taus = Float64Array.of(1e-5, 0.05, 100);
    const again = timeConstantsOf(alphasOf(taus, { sampleRate: SR }), { sampleRate: SR });
    for (const [i, tau] of taus.entries()) expect(again[i] / tau).toBeCloseTo(1, 9);
    expect(timeConstantsOf([1], { sampleRate: SR })[0]).toBeCloseTo(0, 12);
  });

  it('a resonator reaches 90 % of a step after 3.89 time constants of its two stages', () => {
    const tau = 0.02;
    const bank = new ResonatorBank({
      sampleRate: SR,
      frequencies: [2000],
      alphas: alphasOf([tau], { sampleRate: SR }),
    });
    bank.process(tone(Math.round(3.89 * tau * SR), 2000));
    expect(bank.magnitude()[0] / 0.5).toBeCloseTo(0.9, 2);
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

  it('are never 0, however slow', () => {
    const slow = [
      heuristicAlphas([440], { sampleRate: SR, k: 1e308 }),
      heuristicAlphas([440], { sampleRate: SR, n: 1e308 }),
      alphasOf([1e300], { sampleRate: 1e300 }),
      constantQAlphas([440], { sampleRate: SR, q: 1e308 }),
      constantBandwidthAlphas([440], { sampleRate: SR, bandwidth: 1e-308 }),
    ];
    for (const alphas of slow) {
      expect(alphas[0]).toBeGreaterThan(0);
      expect(new ResonatorBank({ sampleRate: SR, frequencies: [440], alphas }).alphas).toEqual(alphas);
    }
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
