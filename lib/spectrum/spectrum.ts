import * as check from '../runtime/check.js';
import { rangeError, typeError } from '../runtime/errors.js';
import {
  type ComplexMatrix,
  complexMatrix,
  complexMatrixRule,
  type Matrix,
  matrix,
  matrixRule,
} from '../runtime/matrix.js';
import { type Operation, operation, run } from '../runtime/operation.js';

export interface MagnitudeOptions {
  /** Exponent of the magnitude: 1 for amplitude, 2 for power. Number > 0; default 1. */
  power?: number;
  /** A matrix of the same shape, to be overwritten instead of allocating a new one. */
  out?: Matrix;
}

const magnitudeRules = {
  power: check.withDefault(check.number({ above: 0 }), 1),
  out: check.optional(matrixRule),
};

export function planMagnitude(D: ComplexMatrix, options?: MagnitudeOptions): Operation<Matrix> {
  const { power, out } = check.readOptions(options, magnitudeRules);
  const { re, im, shape } = complexMatrixRule.read(D, 'D');
  const result = matrix(shape, out);
  check.noOverlap({ 'D.re': re, 'D.im': im }, { 'out.data': result.data });
  return operation('magnitude', [re, im, power, result.data], result);
}

/**
 * Magnitude of a complex matrix, to a power: `|D| ** power`.
 *
 * @param D A spectrogram, finite.
 * @param options See {@link MagnitudeOptions}.
 * @returns A matrix of the same shape, in the unit of D to that power.
 * @throws TypeError, RangeError for an argument out of its range or values that are not finite.
 * @example
 * import { magnitude, stft } from 'cochlea';
 * const S = magnitude(stft(new Float32Array(4096)), { power: 2 });
 * console.log(S.shape); // [ 1025, 9 ]
 */
export function magnitude(D: ComplexMatrix, options?: MagnitudeOptions): Matrix {
  return run(planMagnitude(D, options));
}

export interface PhaseOptions {
  /** A matrix of the same shape, to be overwritten instead of allocating a new one. */
  out?: Matrix;
}

export function planPhase(D: ComplexMatrix, options?: PhaseOptions): Operation<Matrix> {
  const { out } = check.readOptions(options, { out: check.optional(matrixRule) });
  const { re, im, shape } = complexMatrixRule.read(D, 'D');
  const result = matrix(shape, out);
  check.noOverlap({ 'D.re': re, 'D.im': im }, { 'out.data': result.data });
  return operation('phase', [re, im, result.data], result);
}

/**
 * Phase angle of a complex matrix, as `numpy.angle`.
 *
 * @param D A spectrogram, finite.
 * @param options See {@link PhaseOptions}.
 * @returns A matrix of the same shape, in radians, -pi to pi.
 * @throws TypeError, RangeError for an argument out of its range or values that are not finite.
 * @example
 * import { phase } from 'cochlea';
 * const angles = phase({ re: Float32Array.of(0), im: Float32Array.of(1), shape: [1, 1] });
 * console.log(angles.data[0]); // 1.5707963705062866
 */
export function phase(D: ComplexMatrix, options?: PhaseOptions): Matrix {
  return run(planPhase(D, options));
}

export interface MagphaseOptions {
  /** Exponent of the magnitude. Number > 0; default 1. */
  power?: number;
}

/** A spectrogram in its two factors. */
export interface Magphase {
  /** `|D| ** power`. */
  magnitude: Matrix;
  /** `D / |D|`, of magnitude 1; 1 where D is 0, or both its parts are subnormal. */
  phase: ComplexMatrix;
}

export function planMagphase(D: ComplexMatrix, options?: MagphaseOptions): Operation<Magphase> {
  const { power } = check.readOptions(options, { power: magnitudeRules.power });
  const { re, im, shape } = complexMatrixRule.read(D, 'D');
  const result = { magnitude: matrix(shape), phase: complexMatrix(shape) };
  return operation('magphase', [re, im, power, result.magnitude.data, result.phase.re, result.phase.im], result);
}

/**
 * Separates a spectrogram into magnitude and phase, `D = magnitude * phase`, as `librosa.magphase`.
 *
 * @param D A spectrogram, finite.
 * @param options See {@link MagphaseOptions}.
 * @returns Both factors, in the shape of D.
 * @throws TypeError, RangeError for an argument out of its range or values that are not finite.
 * @example
 * import { magphase, stft } from 'cochlea';
 * const { magnitude, phase } = magphase(stft(new Float32Array(4096)));
 * console.log(magnitude.data[0], phase.re[0]); // 0 1
 */
export function magphase(D: ComplexMatrix, options?: MagphaseOptions): Magphase {
  return run(planMagphase(D, options));
}

export interface DecibelOptions {
  /** The value that is 0 dB: a number (its absolute value counts), or `'max'` for the largest absolute value of S. Default 1. */
  ref?: number | 'max';
  /** Smaller absolute values, and a smaller `ref`, count as this. Number > 0; default 1e-10 for power, 1e-5 for amplitude. */
  amin?: number;
  /** Levels further than this below the highest are raised to it, in dB. Number >= 0, or null for none; default 80. */
  topDb?: number | null;
  /** A matrix of the same shape, to be overwritten instead of allocating a new one. May be S itself. */
  out?: Matrix;
}

function planDecibels(
  S: Matrix,
  options: DecibelOptions | undefined,
  scale: number,
  smallest: number,
): Operation<Matrix> {
  const { ref, amin, topDb, out } = check.readOptions(options, {
    ref: check.withDefault(check.either(check.number(), reference), 1),
    amin: check.withDefault(check.number({ above: 0 }), smallest),
    topDb: check.nullable(check.number({ min: 0 }), 80),
    out: check.optional(matrixRule),
  });
  const { data, shape } = matrixRule.read(S, 'S');
  if (Math.fround(amin) < 2 ** -126) throw rangeError('amin', 'a number >= 2^-126', amin);
  const result = matrix(shape, out);
  if (result.data !== data) check.noOverlap({ 'S.data': data }, { 'out.data': result.data });
  const level = ref === 'max' ? null : Math.abs(ref);
  return operation('decibels', [data, { scale, reference: level, amin, topDb }, result.data], result);
}

const reference: check.Rule<'max'> = {
  read(value, name) {
    if (value !== 'max') throw typeError(name, "a finite number or 'max'", value);
    return value;
  },
};

export function planPowerToDb(S: Matrix, options?: DecibelOptions): Operation<Matrix> {
  return planDecibels(S, options, 10, 1e-10);
}

/**
 * Power to decibels, as `librosa.power_to_db`: `10 log10(max(amin, |S|) / max(amin, |ref|))`, then cut off `topDb` below
 * the highest level of the whole matrix. The result therefore depends on all frames; use `topDb: null` for parts of a
 * signal that are to fit together.
 *
 * @param S A power spectrogram, finite.
 * @param options See {@link DecibelOptions}.
 * @returns A matrix of the same shape, in dB.
 * @throws TypeError, RangeError for an argument out of its range or values that are not finite.
 * @example
 * import { powerToDb } from 'cochlea';
 * const levels = powerToDb({ data: Float32Array.of(1, 0.1, 0), shape: [1, 3] });
 * console.log(levels.data); // Float32Array(3) [ 0, -10, -80 ]
 */
export function powerToDb(S: Matrix, options?: DecibelOptions): Matrix {
  return run(planPowerToDb(S, options));
}

export function planAmplitudeToDb(S: Matrix, options?: DecibelOptions): Operation<Matrix> {
  return planDecibels(S, options, 20, 1e-5);
}

/**
 * Amplitude to decibels, as `librosa.amplitude_to_db`: `20 log10(max(amin, |S|) / max(amin, |ref|))`, then cut off
 * `topDb` below the highest level of the whole matrix.
 *
 * @param S A magnitude spectrogram, finite.
 * @param options See {@link DecibelOptions}.
 * @returns A matrix of the same shape, in dB.
 * @throws TypeError, RangeError for an argument out of its range or values that are not finite.
 * @example
 * import { amplitudeToDb } from 'cochlea';
 * const levels = amplitudeToDb({ data: Float32Array.of(1, 0.5), shape: [1, 2] }, { ref: 'max' });
 * console.log(levels.data[1].toFixed(2)); // -6.02
 */
export function amplitudeToDb(S: Matrix, options?: DecibelOptions): Matrix {
  return run(planAmplitudeToDb(S, options));
}
