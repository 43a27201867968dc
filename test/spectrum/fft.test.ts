import { type ComplexArray, fft, ifft, irfft, rfft } from 'cochlea';
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

const complexNoise = (n: number): ComplexArray => ({ re: noise(n, 1), im: noise(n, 2) });

/** The definition, in double. */
function dft({ re, im }: ComplexArray): { re: Float64Array; im: Float64Array } {
  const n = re.length;
  const cos = Float64Array.from({ length: n }, (_, i) => Math.cos((2 * Math.PI * i) / n));
  const sin = Float64Array.from({ length: n }, (_, i) => Math.sin((2 * Math.PI * i) / n));
  const out = { re: new Float64Array(n), im: new Float64Array(n) };
  for (let k = 0; k < n; k++) {
    let [a, b] = [0, 0];
    for (let i = 0, angle = 0; i < n; i++) {
      a += re[i] * cos[angle] + im[i] * sin[angle];
      b += im[i] * cos[angle] - re[i] * sin[angle];
      angle += k;
      if (angle >= n) angle -= n;
    }
    out.re[k] = a;
    out.im[k] = b;
  }
  return out;
}

/** Euclidean norm of the difference, over the first bins, relative to that of what was expected. */
function error(actual: ComplexArray, expected: { re: ArrayLike<number>; im: ArrayLike<number> }): number {
  let [difference, norm] = [0, 0];
  for (let k = 0; k < actual.re.length; k++) {
    difference += (actual.re[k] - expected.re[k]) ** 2 + (actual.im[k] - expected.im[k]) ** 2;
    norm += expected.re[k] ** 2 + expected.im[k] ** 2;
  }
  return Math.sqrt(difference / norm);
}

const zeros = (n: number) => new Float32Array(n);

// Every short length; then powers of two, products of 2, 3 and 5, primes and twice a prime, around the switches between
// one, two and three levels and between lanes filled and not.
const lengths = [
  ...Array.from({ length: 100 }, (_, i) => i + 1),
  ...[128, 243, 256, 360, 500, 509, 512, 625, 720, 1000, 1018, 1021, 1024, 1080, 1536, 2000, 2048, 2187, 4050],
];

describe('fft: known values', () => {
  it.each([
    [fft(Float32Array.of(1, 2, 3, 4)), [10, -2, -2, -2], [0, 2, 0, -2]],
    [fft({ re: Float32Array.of(0, 0), im: Float32Array.of(1, 3) }), [0, 0], [4, -2]],
    [rfft(Float32Array.of(1, 2, 3, 4)), [10, -2, -2], [0, 2, 0]],
    [fft(Float32Array.of(7)), [7], [0]],
    [rfft(Float32Array.of(7)), [7], [0]],
    [rfft(Float32Array.of(7, 3)), [10, 4], [0, 0]],
  ])('%#', (X, re, im) => {
    expect([...X.re]).toEqual(re);
    expect([...X.im]).toEqual(im);
  });

  it('equals the definition at every length', () => {
    for (const n of lengths) {
      const x = complexNoise(n);
      expect(error(fft(x), dft(x)), `fft ${n}`).toBeLessThan(5e-7);
      const real = { re: x.re, im: zeros(n) };
      expect(error(fft(x.re), dft(real)), `fft of real ${n}`).toBeLessThan(5e-7);
      expect(error(rfft(x.re), dft(real)), `rfft ${n}`).toBeLessThan(5e-7);
    }
  });

  it('keeps the relative error under 1e-6 at 4096', () => {
    const x = complexNoise(4096);
    expect(error(fft(x), dft(x))).toBeLessThan(1e-6);
    expect(error(rfft(x.re), dft({ re: x.re, im: zeros(4096) }))).toBeLessThan(1e-6);
  });

  // Around the switches: to the four-step method beyond 2^20 (of a real signal 2^21), with sides of any factors, and to
  // Bluestein's algorithm on it.
  it.each([1 << 16, 1 << 18, 3 ** 10, 65537, 2 * 65537, 1 << 21, 1 << 22, 5 ** 9, 3 ** 13, 2 * 3 ** 13, 1048583])(
    'puts a tone into its bin in a transform of %d',
    (n) => {
      const bin = Math.floor(n / 3);
      const x = Float32Array.from({ length: n }, (_, i) => Math.cos((2 * Math.PI * ((i * bin) % n)) / n));
      const X = rfft(x);
      expect(X.re[bin] / (n / 2)).toBeCloseTo(1, 6);
      X.re[bin] = 0;
      const rest = X.re.reduce((most, re, k) => Math.max(most, Math.hypot(re, X.im[k])), 0);
      expect(rest / (n / 2)).toBeLessThan(1e-6);
    },
  );
});

describe('fft: invariants', () => {
  it('is undone by its inverse, at every length', () => {
    for (const n of [...lengths, 1 << 16, 65537, 1 << 18, 1 << 21, 2 * 5 ** 9, 1048583]) {
      const x = complexNoise(n);
      expect(error(ifft(fft(x)), x), `ifft ${n}`).toBeLessThan(1e-6);
      expect(
        error({ re: irfft(rfft(x.re), { n }), im: zeros(n) }, { re: x.re, im: zeros(n) }),
        `irfft ${n}`,
      ).toBeLessThan(1e-6);
    }
  });

  it('turns a shift into a phase', () => {
    const n = 1000;
    const x = noise(n);
    const shifted = x.map((_, i) => x[(i + 1) % n]);
    const [X, Y] = [rfft(x), rfft(shifted)];
    for (let k = 0; k <= n / 2; k++) {
      const [c, s] = [Math.cos((2 * Math.PI * k) / n), Math.sin((2 * Math.PI * k) / n)];
      expect(Y.re[k]).toBeCloseTo(X.re[k] * c - X.im[k] * s, 3);
      expect(Y.im[k]).toBeCloseTo(X.re[k] * s + X.im[k] * c, 3);
    }
  });

  it.each([6, 7, 62, 64, 134])('ignores what a real signal of %d cannot have: the outer imaginary parts', (n) => {
    const X = rfft(noise(n));
    const Y = { re: X.re, im: X.im.slice() };
    Y.im[0] = 5;
    if (n % 2 === 0) Y.im[n / 2] = -5;
    expect(irfft(Y, { n })).toEqual(irfft(X, { n }));
  });
});

describe('fft: edges', () => {
  it('leaves its input alone and writes into `out` what it would have returned', () => {
    for (const n of [8, 15, 64, 134, 1024]) {
      const x = complexNoise(n);
      const before = { re: x.re.slice(), im: x.im.slice() };
      const [X, R] = [fft(x), rfft(x.re)];
      const out = { re: zeros(n).fill(9), im: zeros(n).fill(9) };
      expect(fft(x, { out }).re).toBe(out.re);
      expect(out).toEqual(X);
      expect(ifft(X, { out: { re: zeros(n), im: zeros(n) } })).toEqual(ifft(X));
      const bins = { re: zeros(R.re.length).fill(9), im: zeros(R.re.length).fill(9) };
      expect(rfft(x.re, { out: bins })).toEqual(R);
      const y = zeros(n).fill(9);
      expect(irfft(R, { n, out: y })).toBe(y);
      expect(y).toEqual(irfft(R, { n }));
      expect(x).toEqual(before);
    }
  });

  it('reads views of larger buffers', () => {
    const whole = noise(1003);
    expect(rfft(whole.subarray(3))).toEqual(rfft(whole.slice(3)));
  });

  it('gives zeros for silence', () => {
    for (const n of [1, 12, 17, 512]) {
      const { re, im } = fft(zeros(n));
      expect(re.every((v) => v === 0) && im.every((v) => v === 0)).toBe(true);
    }
  });
});

describe('fft: promises', () => {
  it('resolve with the same numbers', async () => {
    const x = complexNoise(3000);
    expect(await promises.fft(x)).toEqual(fft(x));
    expect(await promises.ifft(x)).toEqual(ifft(x));
    expect(await promises.rfft(x.re)).toEqual(rfft(x.re));
    expect(await promises.irfft(rfft(x.re))).toEqual(irfft(rfft(x.re)));
  });

  it('reject with the same errors', async () => {
    await expect(promises.fft(zeros(0))).rejects.toThrow('x: expected 1 to 16777216 values, received 0');
    await expect(promises.rfft(Float32Array.of(0, Number.NaN))).rejects.toThrow('received NaN at index 1');
  });
});

describe('fft: errors', () => {
  const x = noise(8);
  const X = rfft(x);
  const range = [RangeError, 'ERR_COCHLEA_OUT_OF_RANGE'] as const;
  const type = [TypeError, 'ERR_COCHLEA_INVALID_TYPE'] as const;
  it.each([
    [() => fft(zeros(0)), ...range, 'x: expected 1 to 16777216 values, received 0'],
    [() => rfft(zeros(0)), ...range, 'x: expected 1 to 16777216 values, received 0'],
    [() => fft([1, 2] as never), ...type, 'x: expected a Float32Array'],
    [() => fft({ re: x } as never), ...type, 'x.im: expected a Float32Array, received undefined'],
    [
      () => fft({ re: x, im: zeros(7) }),
      ...range,
      'x: expected an object { re, im } of two Float32Arrays of the same length',
    ],
    [
      () => ifft(new Float64Array(4) as never),
      ...type,
      'x: expected a Float32Array, received Float64Array of length 4',
    ],
    [() => fft(x, { out: X }), ...range, 'out: expected two Float32Arrays of length 8'],
    [() => rfft(x, { out: { re: x, im: x } }), ...range, 'out: expected two Float32Arrays of length 5'],
    [() => irfft(X, { n: 7 }), ...range, 'n: expected an integer whose spectrum has the 5 bins of X, received 7'],
    [
      () => irfft({ re: zeros(1), im: zeros(1) }),
      ...range,
      'n: expected an integer whose spectrum has the 1 bins of X',
    ],
    [() => irfft(x as never), ...type, 'X: expected an object { re, im }'],
    [() => irfft(X, { out: zeros(9) }), ...range, 'out: expected a Float32Array of length 8'],
    [
      () => fft({ re: x, im: x }, { out: { re: zeros(8), im: x } }),
      RangeError,
      'ERR_COCHLEA_OVERLAP',
      'out.im: expected memory that does not overlap x.re',
    ],
    [
      () => fft({ re: x, im: Float32Array.from(x, (v, i) => (i === 3 ? Infinity : v)) }),
      RangeError,
      'ERR_COCHLEA_NOT_FINITE',
      'x.im: expected finite samples, received Infinity at index 3',
    ],
    [
      () => irfft({ re: X.re.map(() => Number.NaN), im: X.im }),
      RangeError,
      'ERR_COCHLEA_NOT_FINITE',
      'X.re: expected finite samples, received NaN at index 0',
    ],
    [
      () => rfft(x, { n: 4 } as never),
      TypeError,
      'ERR_COCHLEA_UNKNOWN_OPTION',
      "options: expected one of the options out, received 'n'",
    ],
  ])('%#', (call, kind, code, message) => expectError(call, kind, code, message));
});

describe('magnitudes up to the limit', () => {
  // The largest sum is that of a constant: 1021 is a prime, the others have the factors 2, 3 and 5.
  it.each([
    [8, 3e38 / 8],
    [1000, 3e38 / 1000],
    [65536, 3e38 / 65536],
    [1021, 1.5e38 / 1021 ** 2],
    [65537, 1.5e38 / 65537 ** 2],
  ])('of %i values are transformed, there and back; those beyond are not finite', (n, limit) => {
    const constant = zeros(n).fill(limit);
    const X = rfft(constant);
    expect(X.re[0]! / (Math.fround(limit) * n)).toBeCloseTo(1, 5);
    const both = fft({ re: constant, im: constant });
    expect(both.im[0]! / (Math.fround(limit) * n)).toBeCloseTo(1, 5);
    for (const part of [X.re, X.im, both.re, both.im]) expect(part.every(Number.isFinite)).toBe(true);
    expect(irfft(rfft(constant.map((x) => x / n)), { n })[n - 1]! / (limit / n)).toBeCloseTo(1, 4);
    const beyond = rfft(constant.map((x) => 2.5 * x));
    expect(beyond.re.every(Number.isFinite)).toBe(false);
  });
});
