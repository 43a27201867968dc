import { linearFrequencies, logFrequencies, melFrequencies, midiFrequencies } from 'cochlea';
import { describe, expect, it } from 'vitest';
import { expectError } from '../helpers/errors.js';

describe('frequencies', () => {
  it('logFrequencies: equal ratios', () => {
    const f = logFrequencies();
    expect(f.length).toBe(84);
    expect(f[0]).toBe(32.7);
    expect(f[83]).toBeCloseTo(3950.68, 2);
    expect(f[12]).toBeCloseTo(65.4, 10);
    expect(logFrequencies({ fmin: 100, nBins: 3, binsPerOctave: 1 })).toEqual(Float64Array.of(100, 200, 400));
  });

  it('linearFrequencies: both ends', () => {
    expect(linearFrequencies({ fmin: 0, fmax: 10, nBins: 5 })).toEqual(Float64Array.of(0, 2.5, 5, 7.5, 10));
    expect(linearFrequencies({ fmin: 7, fmax: 9, nBins: 1 })).toEqual(Float64Array.of(7));
    expectError(
      () => linearFrequencies({ fmin: 2, fmax: 1, nBins: 5 }),
      RangeError,
      'ERR_COCHLEA_OUT_OF_RANGE',
      'fmax: expected a number >= fmin (2), received 1',
    );
  });

  it("melFrequencies: librosa's, on both scales", () => {
    const published = { slaney: { 1: 26.19978713, 38: 995.59191089, 39: 1022.72769586, 64: 2009.63677042 } };
    const htk = { 1: 15.70813224, 39: 963.32304314, 64: 2196.83928627 };
    for (const [scale, values] of Object.entries({ ...published, htk })) {
      const f = melFrequencies({ htk: scale === 'htk' });
      expect([f.length, f[0]]).toEqual([128, 0]);
      expect(f[127]).toBeCloseTo(11025, 8);
      for (const [i, hz] of Object.entries(values)) expect(f[Number(i)]).toBeCloseTo(hz, 7);
    }
    expect(melFrequencies({ nMels: 1, fmin: 50 })[0]).toBeCloseTo(50, 10);
    expectError(
      () => melFrequencies({ fmin: 100, fmax: 50 }),
      RangeError,
      'ERR_COCHLEA_OUT_OF_RANGE',
      'fmax: expected a number >= fmin (100), received 50',
    );
  });

  it('midiFrequencies: the piano', () => {
    const f = midiFrequencies();
    expect(f.length).toBe(88);
    expect(f[0]).toBeCloseTo(27.5, 10);
    expect(f[48]).toBe(440);
    expect(f[87]).toBeCloseTo(4186.00904, 5);
    expect(midiFrequencies({ first: 69, last: 69, tuning: 441 })).toEqual(Float64Array.of(441));
    expectError(
      () => midiFrequencies({ first: 60, last: 59 }),
      RangeError,
      'ERR_COCHLEA_OUT_OF_RANGE',
      'last: expected a number >= first (60), received 59',
    );
  });
});
