import * as check from '../runtime/check.js';
import { rangeError, typeError } from '../runtime/errors.js';
import type { ComplexArray } from '../runtime/matrix.js';
import { allocate } from '../runtime/memory.js';
import { type Operation, operation, run } from '../runtime/operation.js';

/** The longest transform. */
export const MAX_FFT = 2 ** 24;

const expected = 'an object { re, im } of two Float32Arrays of the same length';

const complexArrayRule: check.Rule<ComplexArray> = {
  read(value, name) {
    if (!check.isOptions(value)) throw typeError(name, expected, value);
    const given = value as ComplexArray;
    const re = check.float32Array(`${name}.re`, given.re);
    const im = check.float32Array(`${name}.im`, given.im);
    if (re.length !== im.length) throw rangeError(name, expected, `lengths ${re.length} and ${im.length}`);
    return { re, im };
  },
};

function checkLength(name: string, length: number): void {
  if (length < 1 || length > MAX_FFT) throw rangeError(name, `1 to ${MAX_FFT} values`, length);
}

/** A complex array for a result: `out`, if its length fits, or a new one. */
function complexArray(length: number, out?: ComplexArray): ComplexArray {
  if (out === undefined) return { re: allocate(Float32Array, length), im: allocate(Float32Array, length) };
  if (out.re.length !== length) throw rangeError('out', `two Float32Arrays of length ${length}`, out.re);
  return out;
}

export interface FftOptions {
  /** A complex array of the result's length, to be overwritten instead of allocating a new one. */
  out?: ComplexArray;
}

const fftRules = { out: check.optional(complexArrayRule) };

function planComplex(
  x: Float32Array | ComplexArray,
  options: FftOptions | undefined,
  inverse: boolean,
): Operation<ComplexArray> {
  const { out } = check.readOptions(options, fftRules);
  const real = check.isOptions(x) ? undefined : check.float32Array('x', x);
  const { re, im } = real ? { re: real, im: new Float32Array(0) } : complexArrayRule.read(x, 'x');
  checkLength('x', re.length);
  const result = complexArray(re.length, out);
  const outputs = { 'out.re': result.re, 'out.im': result.im };
  check.noOverlap({ 'x.re': re, 'x.im': im }, outputs);
  return operation('fft', [re, im, inverse, result.re, result.im], result);
}

export function planFft(x: Float32Array | ComplexArray, options?: FftOptions): Operation<ComplexArray> {
  return planComplex(x, options, false);
}

/**
 * Discrete Fourier transform, `X[k] = sum over i of x[i] * exp(-2 pi j i k / n)`, as `numpy.fft.fft`.
 *
 * Any length: mixed radix where its factors are 2, 3 and 5, Bluestein's algorithm otherwise. Single precision: the error
 * is about 2e-7 of the result's Euclidean norm, at any length. For a real signal `rfft` does half the work; for frames
 * of a signal `stft` is several times faster than one call per frame.
 *
 * Single precision ends at 3.4e38, and so do the sums: results are right as long as no part of x reaches `3e38 / n` or, where n
 * has a prime factor above 5, `1.5e38 / n ** 2`. The parts of a result that are beyond it are not finite, without an error.
 * With `nFft` for n the same limit holds for all that is made of a signal's spectrum; where that is squared, as in power and
 * mel spectrograms and what follows from them, it is `1.8e19 / nFft`.
 *
 * @param x The signal, real or complex: 1 to 2^24 finite values.
 * @param options See {@link FftOptions}.
 * @returns The spectrum, as long as x: bin k is the frequency `k * sampleRate / n`, the negative ones in the second half.
 * @throws TypeError, RangeError for an argument out of its range or values that are not finite.
 * @see numpy.fft.fft; Bluestein, "A linear filtering approach to the computation of discrete Fourier transform", 1970.
 * @example
 * import { fft } from 'cochlea';
 * const { re } = fft(Float32Array.of(1, 2, 3, 4));
 * console.log(re); // Float32Array(4) [ 10, -2, -2, -2 ]
 */
export function fft(x: Float32Array | ComplexArray, options?: FftOptions): ComplexArray {
  return run(planFft(x, options));
}

export function planIfft(x: Float32Array | ComplexArray, options?: FftOptions): Operation<ComplexArray> {
  return planComplex(x, options, true);
}

/**
 * Inverse of `fft`, divided by n, as `numpy.fft.ifft`.
 *
 * Magnitudes have the limit that {@link fft} states.
 *
 * @param x The spectrum: 1 to 2^24 finite values.
 * @param options See {@link FftOptions}.
 * @returns The signal, as long as x.
 * @throws TypeError, RangeError for an argument out of its range or values that are not finite.
 * @see numpy.fft.ifft
 * @example
 * import { fft, ifft } from 'cochlea';
 * const { re } = ifft(fft(Float32Array.of(1, 2, 3, 4)));
 * console.log(re); // Float32Array(4) [ 1, 2, 3, 4 ]
 */
export function ifft(x: Float32Array | ComplexArray, options?: FftOptions): ComplexArray {
  return run(planIfft(x, options));
}

export function planRfft(x: Float32Array, options?: FftOptions): Operation<ComplexArray> {
  const { out } = check.readOptions(options, fftRules);
  check.float32Array('x', x);
  checkLength('x', x.length);
  const result = complexArray(Math.floor(x.length / 2) + 1, out);
  check.noOverlap({ x }, { 'out.re': result.re, 'out.im': result.im });
  return operation('rfft', [x, result.re, result.im], result);
}

/**
 * Discrete Fourier transform of a real signal: the bins up to half the sample rate, as `numpy.fft.rfft`.
 *
 * Magnitudes have the limit that {@link fft} states.
 *
 * @param x The signal: 1 to 2^24 finite samples.
 * @param options See {@link FftOptions}.
 * @returns `floor(n / 2) + 1` bins: bin k is the frequency `k * sampleRate / n`. The first, and for an even n the last,
 *   are real.
 * @throws TypeError, RangeError for an argument out of its range or values that are not finite.
 * @see numpy.fft.rfft
 * @example
 * import { rfft } from 'cochlea';
 * const { re, im } = rfft(Float32Array.of(1, 2, 3, 4));
 * console.log(re, im); // Float32Array(3) [ 10, -2, -2 ] Float32Array(3) [ 0, 2, 0 ]
 */
export function rfft(x: Float32Array, options?: FftOptions): ComplexArray {
  return run(planRfft(x, options));
}

export interface IrfftOptions {
  /** Samples of the result. Integer whose spectrum has as many bins as X; default the even one, `2 * (bins - 1)`. */
  n?: number;
  /** A Float32Array of the result's length, to be overwritten instead of allocating a new one. */
  out?: Float32Array;
}

const irfftRules = {
  n: check.optional(check.integer({ min: 1, max: MAX_FFT })),
  out: check.optional(check.floats()),
};

export function planIrfft(X: ComplexArray, options?: IrfftOptions): Operation<Float32Array> {
  const { n: given, out } = check.readOptions(options, irfftRules);
  const { re, im } = complexArrayRule.read(X, 'X');
  const n = given ?? 2 * (re.length - 1);
  if (n < 1 || re.length !== Math.floor(n / 2) + 1) {
    throw rangeError('n', `an integer whose spectrum has the ${re.length} bins of X`, n);
  }
  checkLength('X', n);
  const x = out ?? allocate(Float32Array, n);
  if (x.length !== n) throw rangeError('out', `a Float32Array of length ${n}`, x);
  check.noOverlap({ 'X.re': re, 'X.im': im }, { out: x });
  return operation('irfft', [re, im, x], x);
}

/**
 * Inverse of `rfft`, divided by n, as `numpy.fft.irfft` with as many bins as n has.
 *
 * The imaginary part of the first bin, and of the last when n is even, is ignored: a real signal has none.
 *
 * Magnitudes have the limit that {@link fft} states.
 *
 * @param X The spectrum: `floor(n / 2) + 1` finite bins.
 * @param options See {@link IrfftOptions}.
 * @returns The signal, n samples.
 * @throws TypeError, RangeError for an argument out of its range or values that are not finite.
 * @see numpy.fft.irfft
 * @example
 * import { irfft, rfft } from 'cochlea';
 * console.log(irfft(rfft(Float32Array.of(1, 2, 3)), { n: 3 })); // Float32Array(3) [ 1, 2, 3 ]
 */
export function irfft(X: ComplexArray, options?: IrfftOptions): Float32Array {
  return run(planIrfft(X, options));
}
