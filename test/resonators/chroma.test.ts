import { equalizer, linearFrequencies, type Matrix, midiFrequencies, resonate, resonatorChroma } from 'cochlea';
import * as promises from 'cochlea/promises';
import { describe, expect, it } from 'vitest';
import { expectError } from '../helpers/errors.js';
import { column, SR, tone } from './signals.js';

const OUT_OF_RANGE = 'ERR_COCHLEA_OUT_OF_RANGE';

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

  it('the promise gives the same', async () => {
    const frequencies = midiFrequencies();
    const power = {
      data: Float32Array.from({ length: 88 * 300 }, (_, i) => Math.sin(i) ** 2),
      shape: [88, 300] as [number, number],
    };
    for (const more of [{}, { normalize: false, weights: frequencies, nChroma: 7 }]) {
      const options = { frequencies, ...more };
      expect(await promises.resonatorChroma(power, options)).toEqual(resonatorChroma(power, options));
    }
    await expect(promises.resonatorChroma(power, { frequencies, nChroma: 0 })).rejects.toThrow('nChroma: expected');
    const seen: number[] = [];
    await promises.resonatorChroma(power, { frequencies, onProgress: (done) => seen.push(done) });
    expect(seen.at(-1)).toBe(1);
  });

  it('sums powers that single precision could not', () => {
    const chroma = resonatorChroma(matrixOf([[3e38], [3e38], [3e38]]), { frequencies: [440, 880, 500] });
    expect(chroma.data[9]).toBe(1);
    expect(chroma.data[11]).toBe(0.5);
  });

  it('has no frames for no frames', () => {
    const power = { data: new Float32Array(0), shape: [2, 0] as [number, number] };
    expect(resonatorChroma(power, { frequencies: [440, 880] })).toEqual({ data: new Float32Array(0), shape: [12, 0] });
  });

  it('refuses powers that are not finite, naming the first', async () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const power = matrixOf([
        [1, 2],
        [3, value],
      ]);
      const message = `power.data: expected finite samples, received ${value} at index 3`;
      const options = { frequencies: [440, 880] };
      expectError(() => resonatorChroma(power, options), RangeError, 'ERR_COCHLEA_NOT_FINITE', message);
      await expect(promises.resonatorChroma(power, options)).rejects.toThrow(message);
    }
  });

  it('refuses sums beyond single precision', () => {
    const power = matrixOf([[3e38], [3e38]]);
    const frequencies = [440, 880];
    expect(resonatorChroma(power, { frequencies }).data[9]).toBe(1);
    const weights = [1e308, 1e308];
    for (const [options, blamed] of [
      [{ frequencies, normalize: false }, 'power'],
      [{ frequencies, weights }, 'weights'],
      [{ frequencies, weights, normalize: false }, 'weights'],
    ] as const) {
      const message = `${blamed}: expected sums of powers within single precision`;
      expectError(() => resonatorChroma(power, options), RangeError, OUT_OF_RANGE, message);
    }
  });

  it('refuses what does not fit', () => {
    const power = matrixOf([[1], [2]]);
    for (const [call, message] of [
      [() => resonatorChroma(power, { frequencies: [1] }), 'frequencies: expected as many values as rows of power (2)'],
      [() => resonatorChroma(power, { frequencies: [1, 0] }), 'frequencies[1]: expected a finite number > 0'],
      [() => resonatorChroma(power, { frequencies: [1, 2], weights: [1] }), 'weights: expected as many values'],
      [
        () => resonatorChroma(power, { frequencies: [1, 1e300], a4: 1e-300 }),
        'frequencies[1]: expected a frequency within reach of a4 (1e-300), received 1e+300',
      ],
      [() => resonatorChroma(power, { frequencies: [1, 2], nChroma: 0 }), 'nChroma: expected an integer >= 1'],
    ] as const) {
      expectError(call, RangeError, OUT_OF_RANGE, message);
    }
    expect(() => resonatorChroma(undefined as never, { frequencies: [1] })).toThrow(TypeError);
  });
});
