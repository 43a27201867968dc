import { equalizer, melFrequencies, resonate, resonatorMfcc } from 'cochlea';
import * as promises from 'cochlea/promises';
import { describe, expect, it } from 'vitest';
import { expectError } from '../helpers/errors.js';
import { SR, tone } from './signals.js';

const OUT_OF_RANGE = 'ERR_COCHLEA_OUT_OF_RANGE';

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

  it('the promise gives the same', async () => {
    const power = {
      data: Float32Array.from({ length: 40 * 300 }, (_, i) => Math.sin(i) ** 2),
      shape: [40, 300] as [number, number],
    };
    for (const options of [undefined, { nMfcc: 40, topDb: null, weights: new Float64Array(40).fill(0.3) }]) {
      expect(await promises.resonatorMfcc(power, options)).toEqual(resonatorMfcc(power, options));
    }
    await expect(promises.resonatorMfcc(power, { nMfcc: 41 })).rejects.toThrow('nMfcc: expected at most');
  });

  it('has no frames for no frames', () => {
    const power = { data: new Float32Array(0), shape: [30, 0] as [number, number] };
    expect(resonatorMfcc(power)).toEqual({ data: new Float32Array(0), shape: [20, 0] });
  });

  it('blames the powers for what is wrong with them', async () => {
    const power = { data: Float32Array.of(1, 2, Number.NaN), shape: [3, 1] as [number, number] };
    const message = 'power.data: expected finite samples, received NaN at index 2';
    for (const weights of [undefined, [1, 1, 1]]) {
      const options = { nMfcc: 2, ...(weights && { weights }) };
      expectError(() => resonatorMfcc(power, options), RangeError, 'ERR_COCHLEA_NOT_FINITE', message);
      await expect(promises.resonatorMfcc(power, options)).rejects.toThrow(message);
    }
    power.data[2] = 3e38;
    expectError(
      () => resonatorMfcc(power, { nMfcc: 2, weights: [1, 1, 1e30] }),
      RangeError,
      OUT_OF_RANGE,
      'weights: expected weighted powers within single precision',
    );
    const empty = { data: new Float32Array(0), shape: [0, 5] as [number, number] };
    expectError(() => resonatorMfcc(empty), RangeError, OUT_OF_RANGE, 'power.shape[0]: expected at least one row');
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
