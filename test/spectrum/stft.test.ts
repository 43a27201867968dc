import { type ComplexMatrix, istft, type StftOptions, stft } from 'cochlea';
import * as promises from 'cochlea/promises';
import { describe, expect, it } from 'vitest';
import { expectError } from '../helpers/errors.js';

function noise(n: number, seed = 1): Float32Array {
  let state = seed;
  return Float32Array.from({ length: n }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

const tone = (n: number, cyclesPerSample: number) =>
  Float32Array.from({ length: n }, (_, i) => Math.cos(2 * Math.PI * cyclesPerSample * i));

const energy = (x: Float32Array) => x.reduce((sum, v) => sum + v * v, 0);

function worst(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((most, v, i) => Math.max(most, Math.abs(v - b[i])), 0);
}

describe('stft: known values', () => {
  it('puts a tone on a bin into that bin, half the window sum high', () => {
    const { re, im, shape } = stft(tone(4096, 10 / 64), { nFft: 64, hopLength: 64, window: 'ones', center: false });
    expect(shape).toEqual([33, 64]);
    const [, frames] = shape;
    for (let k = 0; k < 33; k++) {
      for (let t = 0; t < frames; t++) {
        expect(Math.hypot(re[k * frames + t], im[k * frames + t])).toBeCloseTo(k === 10 ? 32 : 0, 3);
      }
    }
  });

  it('has rows as frequencies and columns as frames: an impulse is one column of equal magnitude', () => {
    const y = new Float32Array(1000);
    y[500] = 1;
    const { re, im, shape } = stft(y, { nFft: 64, hopLength: 100, window: 'ones' });
    expect(shape).toEqual([33, 11]);
    for (let k = 0; k < 33; k++) {
      for (let t = 0; t < 11; t++) {
        expect(Math.hypot(re[k * 11 + t], im[k * 11 + t])).toBeCloseTo(t === 5 ? 1 : 0, 5);
      }
    }
  });

  it.each([
    [1000, { nFft: 64, hopLength: 10 }, [33, 101]],
    [1000, { nFft: 65, hopLength: 10 }, [33, 100]],
    [1000, { nFft: 64, hopLength: 10, center: false }, [33, 94]],
    [1000, { nFft: 64, winLength: 40 }, [33, 101]],
    [1000, {}, [1025, 2]],
    [0, { nFft: 64 }, [33, 1]],
    [1, { nFft: 64 }, [33, 1]],
    [15, { nFft: 64, hopLength: 16 }, [33, 1]],
    [16, { nFft: 64, hopLength: 16 }, [33, 2]],
    [100, { nFft: 8, hopLength: 1000 }, [5, 1]],
  ] as [number, StftOptions, number[]][])('%d samples with %j make %j', (n, options, shape) => {
    expect(stft(noise(n), options).shape).toEqual(shape);
  });
});

describe('stft and istft: invariants', () => {
  const windows = ['hann', 'hamming', 'blackman', 'ones', ['kaiser', 6], ['gaussian', 40]] as const;
  it.each(windows)('istft undoes stft with %j', (window) => {
    for (const nFft of [256, 255, 300, 257]) {
      const y = noise(5000);
      const options = { nFft, hopLength: 60, window: window as 'hann' };
      expect(worst(istft(stft(y, options), { ...options, length: y.length }), y)).toBeLessThan(2e-6);
    }
  });

  it.each([16, 128, 1000, 1 << 12])('keeps the energy of a frame of %d samples (Parseval)', (nFft) => {
    const y = noise(nFft);
    const { re, im } = stft(y, { nFft, hopLength: nFft, window: 'ones', center: false });
    let sum = 0;
    for (let k = 0; k <= nFft / 2; k++) sum += (k === 0 || k === nFft / 2 ? 1 : 2) * (re[k] ** 2 + im[k] ** 2);
    expect(sum / nFft / energy(y)).toBeCloseTo(1, 5);
  });

  it('is linear and does not scale', () => {
    const [a, b] = [noise(3000, 1), noise(3000, 2)];
    const sum = a.map((v, i) => 2 * v + b[i]);
    const [A, B, S] = [a, b, sum].map((y) => stft(y, { nFft: 512 })) as [ComplexMatrix, ComplexMatrix, ComplexMatrix];
    expect(
      worst(
        S.re,
        A.re.map((v, i) => 2 * v + B.re[i]),
      ),
    ).toBeLessThan(1e-4);
  });

  it('gives the same frame wherever it stands in the signal', () => {
    const y = noise(20_000);
    const whole = stft(y, { nFft: 256, hopLength: 64, center: false });
    const part = stft(y.subarray(64 * 37), { nFft: 256, hopLength: 64, center: false });
    const [, frames] = whole.shape;
    for (let k = 0; k < 129; k++) {
      expect(part.re[k * part.shape[1]]).toBe(whole.re[k * frames + 37]);
    }
  });

  it('restores a signal whose hop leaves gaps only where frames are', () => {
    const y = noise(1000);
    const options = { nFft: 32, hopLength: 50, window: 'ones', center: false } as const;
    const again = istft(stft(y, options), { ...options, length: 1000 });
    for (let i = 0; i < 1000; i++) {
      const covered = i % 50 < 32 && i - (i % 50) <= 1000 - 32;
      expect(again[i]).toBeCloseTo(covered ? y[i] : 0, 5);
    }
  });
});

describe('stft and istft: edges', () => {
  it.each([1, 2, 3, 5, 7, 63, 64, 65])('transforms %d samples with frames longer and shorter', (n) => {
    for (const nFft of [1, 2, 3, 8, 31, 64]) {
      for (const hopLength of [1, 2, 17, 100]) {
        const y = noise(n);
        const D = stft(y, { nFft, hopLength });
        expect(D.re.every(Number.isFinite)).toBe(true);
        if (D.shape[1] > 0 && nFft > 1) istft(D, { nFft, hopLength, length: n });
      }
    }
  });

  it('gives zeros for silence and stays finite at full scale', () => {
    expect(stft(new Float32Array(5000)).re.every((v) => v === 0)).toBe(true);
    expect(stft(new Float32Array(5000).fill(3e38), { nFft: 4 }).re.some((v) => v !== 0)).toBe(true);
  });

  it('writes into `out` what it would have returned', () => {
    const y = noise(4000);
    const fresh = stft(y, { nFft: 512 });
    const out = {
      re: new Float32Array(fresh.re.length).fill(9),
      im: new Float32Array(fresh.im.length).fill(9),
      shape: fresh.shape,
    };
    const result = stft(y, { nFft: 512, out });
    expect(result.re).toBe(out.re);
    expect(out.re).toEqual(fresh.re);
    expect(out.im).toEqual(fresh.im);
    const z = new Float32Array(4000).fill(9);
    expect(istft(fresh, { length: 4000, out: z })).toBe(z);
    expect(z).toEqual(istft(fresh, { length: 4000 }));
  });

  it('cuts and fills to `length`', () => {
    const D = stft(noise(1000), { nFft: 64 });
    const whole = istft(D);
    expect(istft(D, { length: 500 })).toEqual(whole.slice(0, 500));
    const longer = istft(D, { length: 2000 });
    expect(longer.subarray(1100).every((v) => v === 0)).toBe(true);
  });

  it('takes a window as values', () => {
    const y = noise(1000);
    const window = Float32Array.from({ length: 100 }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / 100));
    const named = stft(y, { nFft: 128, winLength: 100 });
    expect(worst(stft(y, { nFft: 128, winLength: 100, window }).re, named.re)).toBeLessThan(1e-6);
  });
});

describe('stft and istft: promises', () => {
  it('resolve with the same numbers', async () => {
    const y = noise(30_000);
    const D = stft(y, { nFft: 1024, padMode: 'reflect' });
    const E = await promises.stft(y, { nFft: 1024, padMode: 'reflect' });
    expect(E).toEqual(D);
    expect(await promises.istft(E, { length: 30_000 })).toEqual(istft(D, { length: 30_000 }));
  });

  it('reject with the same errors, and refuse `out`', async () => {
    await expect(promises.stft(noise(10), { nFft: 0 })).rejects.toThrow('nFft: expected an integer >= 1');
    await expect(promises.stft(Float32Array.of(0, Number.NaN))).rejects.toThrow('received NaN at index 1');
    const out = stft(noise(10));
    await expect(promises.stft(noise(10), { out } as never)).rejects.toThrow("no 'out'");
  });
});

describe('stft: errors', () => {
  const y = noise(1000);
  it.each([
    [
      [y, { nFft: 0 }],
      RangeError,
      'ERR_COCHLEA_OUT_OF_RANGE',
      'nFft: expected an integer >= 1 and <= 1048576, received 0',
    ],
    [
      [y, { nFft: '64' }],
      TypeError,
      'ERR_COCHLEA_INVALID_TYPE',
      "nFft: expected an integer >= 1 and <= 1048576, received '64'",
    ],
    [[y, { hopLength: 0 }], RangeError, 'ERR_COCHLEA_OUT_OF_RANGE', 'hopLength: expected an integer >= 1, received 0'],
    [
      [y, { hopLength: 1.5 }],
      RangeError,
      'ERR_COCHLEA_OUT_OF_RANGE',
      'hopLength: expected an integer >= 1, received 1.5',
    ],
    [
      [y, { nFft: 64, winLength: 65 }],
      RangeError,
      'ERR_COCHLEA_OUT_OF_RANGE',
      'winLength: expected an integer >= 1 and <= nFft (64), received 65',
    ],
    [
      [y, { nFft: 64, window: new Float32Array(63) }],
      RangeError,
      'ERR_COCHLEA_OUT_OF_RANGE',
      'window: expected a Float32Array of winLength (64) values',
    ],
    [[y, { window: 'hanning!' }], TypeError, 'ERR_COCHLEA_INVALID_TYPE', "window: expected one of 'hann'"],
    [
      [y, { window: ['kaiser', -1] }],
      RangeError,
      'ERR_COCHLEA_OUT_OF_RANGE',
      'window[1]: expected a finite number >= 0',
    ],
    [[y, { padMode: 'wrap' }], RangeError, 'ERR_COCHLEA_OUT_OF_RANGE', "padMode: expected one of 'constant', 'edge'"],
    [[y, { center: 1 }], TypeError, 'ERR_COCHLEA_INVALID_TYPE', 'center: expected a boolean, received 1'],
    [
      [y, { center: false }],
      RangeError,
      'ERR_COCHLEA_OUT_OF_RANGE',
      'y: expected at least 2048 samples for nFft 2048 and center false, received 1000',
    ],
    [
      [y, { hoplength: 5 }],
      TypeError,
      'ERR_COCHLEA_UNKNOWN_OPTION',
      "options: expected the option 'hopLength', received 'hoplength'",
    ],
    [
      [new Float32Array(0), { padMode: 'edge' }],
      RangeError,
      'ERR_COCHLEA_OUT_OF_RANGE',
      "y: expected at least 1 samples for nFft 2048 and padMode 'edge', received 0",
    ],
    [
      [new Float64Array(9)],
      TypeError,
      'ERR_COCHLEA_INVALID_TYPE',
      'y: expected a Float32Array, received Float64Array of length 9',
    ],
    [
      [Float32Array.of(0, 0, -1 / 0)],
      RangeError,
      'ERR_COCHLEA_NOT_FINITE',
      'y: expected finite samples, received -Infinity at index 2',
    ],
    [
      [y, { out: { re: y, im: y, shape: [1, 1000] } }],
      RangeError,
      'ERR_COCHLEA_OUT_OF_RANGE',
      'out.shape: expected [1025, 2]',
    ],
  ])('%#', (args, type, code, message) => {
    expectError(() => stft(...(args as unknown as [Float32Array])), type, code, message);
  });

  it('refuses a result that overlaps the signal or itself', () => {
    const memory = new Float32Array(10_000);
    const [re, im] = [memory.subarray(0, 33 * 63), memory.subarray(33 * 63, 2 * 33 * 63)];
    const shape: [number, number] = [33, 63];
    const options = { nFft: 64 };
    stft(memory.subarray(5000, 6000), { ...options, out: { re, im, shape } });
    expectError(
      () => stft(memory.subarray(100, 1100), { ...options, out: { re, im, shape } }),
      RangeError,
      'ERR_COCHLEA_OVERLAP',
      'out.re: expected memory that does not overlap y',
    );
    expectError(
      () => stft(memory.subarray(5000, 6000), { ...options, out: { re, im: re, shape } }),
      RangeError,
      'ERR_COCHLEA_OVERLAP',
      'out.im: expected memory that does not overlap out.re',
    );
  });
});

it('stft refuses a window with a value that is not finite', () => {
  const window = new Float32Array(64).fill(1);
  window[7] = Number.NaN;
  expectError(
    () => stft(noise(1000), { nFft: 64, window }),
    RangeError,
    'ERR_COCHLEA_NOT_FINITE',
    'window[7]: expected a finite number, received NaN',
  );
});

describe('istft: errors', () => {
  const D = stft(noise(1000), { nFft: 64 });
  it.each([
    [
      [D, { nFft: 66 }],
      RangeError,
      'ERR_COCHLEA_OUT_OF_RANGE',
      'nFft: expected an integer <= 1048576 whose spectrum has the 33 rows of D, received 66',
    ],
    [[D, { length: 0 }], RangeError, 'ERR_COCHLEA_OUT_OF_RANGE', 'length: expected an integer >= 1, received 0'],
    [
      [D, { out: new Float32Array(3) }],
      RangeError,
      'ERR_COCHLEA_OUT_OF_RANGE',
      'out: expected a Float32Array of length 992',
    ],
    [[D.re], TypeError, 'ERR_COCHLEA_INVALID_TYPE', 'D.shape: expected [rows, columns], received undefined'],
    [
      [{ ...D, im: new Float32Array(3) }],
      RangeError,
      'ERR_COCHLEA_OUT_OF_RANGE',
      'D.im: expected a Float32Array of 33 x 63 values',
    ],
    [
      [{ ...D, re: D.re.map(() => Number.NaN) }],
      RangeError,
      'ERR_COCHLEA_NOT_FINITE',
      'D.re: expected finite samples, received NaN at index 0',
    ],
    [
      [{ re: new Float32Array(0), im: new Float32Array(0), shape: [33, 0] }],
      RangeError,
      'ERR_COCHLEA_OUT_OF_RANGE',
      'D: expected at least one frame',
    ],
  ])('%#', (args, type, code, message) => {
    expectError(() => istft(...(args as unknown as [ComplexMatrix])), type, code, message);
  });
});
