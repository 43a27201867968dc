import type { ConstantQParameters } from '../../binding.js';
import * as check from '../runtime/check.js';
import {
  type ComplexMatrix,
  complexMatrix,
  complexMatrixRule,
  type Matrix,
  matrix,
  matrixRule,
} from '../runtime/matrix.js';
import { allocate } from '../runtime/memory.js';
import { type Operation, operation, run } from '../runtime/operation.js';
import type { PadMode } from '../spectrum/stft.js';
import {
  type CqtFilterOptions,
  type CqtMode,
  constantQ,
  filterRules,
  gammaRule,
  gridRules,
  measureAny,
  readCounts,
  transformCounts,
} from './constant-q.js';
import { type Intervals, intervalsRule } from './intervals.js';

export interface CqtOptions extends CqtFilterOptions {
  /** Samples from one column to the next. Integer >= 1; default 512. */
  hopLength?: number;
  /** Whether to divide each row by the square root of its filter's length. Default true. */
  scale?: boolean;
  /** How the signal is continued at both ends. Default `'constant'`: zeros. */
  padMode?: PadMode;
  /** A result of an earlier call with the same shape, to be overwritten instead of allocating a new one. */
  out?: ComplexMatrix;
}

export interface VqtOptions extends CqtOptions {
  /** Bandwidth added to every filter, Hz: shortens the low ones. >= 0; null (default): as the ear's (ERB). */
  gamma?: number | null;
  /** How an octave is divided. Default `'equal'`. */
  intervals?: Intervals;
}

/** Options of the transforms that return magnitudes. */
export interface MagnitudeCqtOptions extends Omit<CqtOptions, 'out'> {
  /** A result of an earlier call with the same shape, to be overwritten instead of allocating a new one. */
  out?: Matrix;
}

const magnitudeRules = { ...filterRules, ...gridRules, out: check.optional(matrixRule) };

const cqtRules = { ...filterRules, ...gridRules, out: check.optional(complexMatrixRule) };

const vqtRules = {
  ...cqtRules,
  gamma: check.nullable(gammaRule, null),
  intervals: check.withDefault(intervalsRule, 'equal'),
};

/** The first columns of each row. */
function trimmed<P extends Float32Array>(plane: P, rows: number, stride: number, columns: number): Float32Array {
  if (stride === columns) return plane;
  const out = allocate(Float32Array, rows * columns);
  for (let r = 0; r < rows; r++) out.set(plane.subarray(r * stride, r * stride + columns), r * columns);
  return out;
}

function planTransform(
  y: Float32Array,
  spec: ConstantQParameters,
  out: ComplexMatrix | undefined,
): Operation<ComplexMatrix> {
  check.float32Array('y', y);
  const { columns } = measureAny(spec, 'full', y);
  const rows = spec.ratios.length;
  const result = complexMatrix([rows, columns], out);
  check.noOverlap({ y }, { 'out.re': result.re, 'out.im': result.im });
  const counts = transformCounts();
  const { re, im } = result;
  return operation('cqt', [y, spec, columns, re, im, counts], () => {
    const written = readCounts(counts, y.length);
    if (written === columns) return result;
    const planes = { re: trimmed(re, rows, columns, written), im: trimmed(im, rows, columns, written) };
    return { ...planes, shape: [rows, written] };
  });
}

export function planCqt(y: Float32Array, options: CqtOptions): Operation<ComplexMatrix> {
  const { out, ...given } = check.readOptions(options, cqtRules);
  return planTransform(y, constantQ(given, given), out);
}

/**
 * Constant-Q transform, with the numbers of `librosa.cqt`: filters in equal ratios, each as long as a fixed number of its
 * periods, so that every octave is resolved alike.
 *
 * Computed octave by octave from the top, the rate halved in between (with the filters of libsoxr's `soxr_hq`).
 *
 * @param y The signal: finite samples.
 * @param options See {@link CqtOptions}; `sampleRate` is required.
 * @returns `[nBins, columns]`, row k the frequency `fmin * 2 ** ((k + tuning) / binsPerOctave)`, column t centred on sample
 *   `t * hopLength`; `1 + floor(y.length / hopLength)` columns (one more where the rate is halved early and the last hop is
 *   almost full).
 * @throws TypeError, RangeError for an argument out of its range, for filters that reach above the Nyquist frequency or would
 *   take minutes (transforms above 2^22 samples, or 2^28 samples in all), and for samples that are not finite.
 * @see librosa.cqt 0.11, from the first column to the last: filters below a quarter of the Nyquist frequency begin at a lower
 *   rate, and what libsoxr drops of its filters' ringing before the first sample is dropped here as well. Of a tone far above
 *   all filters only that ringing is left; of it, single precision leaves 1e-5. Schörkhuber & Klapuri,
 *   "Constant-Q transform toolbox for music processing", 2010.
 * @example
 * import { cqt } from 'cochlea';
 * const y = Float32Array.from({ length: 22050 }, (_, i) => Math.sin((2 * Math.PI * 440 * i) / 22050));
 * const { shape } = cqt(y, { sampleRate: 22050 });
 * console.log(shape); // [ 84, 44 ]
 */
export function cqt(y: Float32Array, options: CqtOptions): ComplexMatrix {
  return run(planCqt(y, options));
}

export function planVqt(y: Float32Array, options: VqtOptions): Operation<ComplexMatrix> {
  const { out, ...given } = check.readOptions(options, vqtRules);
  return planTransform(y, constantQ(given, given), out);
}

/**
 * Variable-Q transform, with the numbers of `librosa.vqt`: the constant-Q transform with a bandwidth `gamma` added to all
 * filters, which shortens the low ones, and with intervals other than equal temperament.
 *
 * `gamma` is null by default, the ear's bandwidths: `vqt` with defaults is not `cqt`.
 *
 * @param y The signal: finite samples.
 * @param options See {@link VqtOptions}; `sampleRate` is required.
 * @returns `[nBins, columns]`, as `cqt`.
 * @throws TypeError, RangeError as `cqt`.
 * @see librosa.vqt 0.11; Schörkhuber, Klapuri, Holighaus & Dörfler, "A Matlab toolbox for efficient perfect reconstruction
 *   time-frequency transforms with log-frequency resolution", 2014.
 * @example
 * import { vqt } from 'cochlea';
 * const { shape } = vqt(new Float32Array(22050), { sampleRate: 22050, intervals: 'ji5' });
 * console.log(shape); // [ 84, 44 ]
 */
export function vqt(y: Float32Array, options: VqtOptions): ComplexMatrix {
  return run(planVqt(y, options));
}

function planMagnitudes(y: Float32Array, options: MagnitudeCqtOptions, mode: CqtMode): Operation<Matrix> {
  const { out, ...given } = check.readOptions(options, magnitudeRules);
  const spec = constantQ(given, given);
  check.float32Array('y', y);
  const { columns } = measureAny(spec, mode, y);
  const rows = spec.ratios.length;
  const result = matrix([rows, columns], out);
  check.noOverlap({ y }, { 'out.data': result.data });
  const counts = transformCounts();
  return operation('cqtMagnitudes', [y, spec, mode, columns, result.data, counts], () => {
    const written = readCounts(counts, y.length);
    if (written === columns) return result;
    return { data: trimmed(result.data, rows, columns, written), shape: [rows, written] };
  });
}

export function planPseudoCqt(y: Float32Array, options: MagnitudeCqtOptions): Operation<Matrix> {
  return planMagnitudes(y, options, 'pseudo');
}

/**
 * Magnitudes of a pseudo constant-Q transform, with the numbers of `librosa.pseudo_cqt`: one spectrogram, its magnitudes
 * weighted with those of the filters' spectra. Fast, and blurred where filters are shorter or longer than its frames.
 *
 * @param y The signal: finite samples.
 * @param options See {@link MagnitudeCqtOptions}; `sampleRate` is required.
 * @returns `[nBins, 1 + floor(y.length / hopLength)]`, >= 0. Frequencies above the Nyquist frequency are not refused.
 * @throws TypeError, RangeError for an argument out of its range, for filters that would take minutes, all of them as long as
 *   the longest and as two hops (above 2^22 samples, or 2^28 in all), and for samples that are not finite.
 * @see librosa.pseudo_cqt 0.11
 * @example
 * import { pseudoCqt } from 'cochlea';
 * console.log(pseudoCqt(new Float32Array(22050), { sampleRate: 22050 }).shape); // [ 84, 44 ]
 */
export function pseudoCqt(y: Float32Array, options: MagnitudeCqtOptions): Matrix {
  return run(planPseudoCqt(y, options));
}

export function planHybridCqt(y: Float32Array, options: MagnitudeCqtOptions): Operation<Matrix> {
  return planMagnitudes(y, options, 'hybrid');
}

/**
 * Magnitudes of a hybrid constant-Q transform, with the numbers of `librosa.hybrid_cqt`: `pseudoCqt` for filters that fit
 * in two hops, `cqt` for the longer ones below.
 *
 * @param y The signal: finite samples.
 * @param options See {@link MagnitudeCqtOptions}; `sampleRate` is required.
 * @returns `[nBins, columns]`, >= 0.
 * @throws TypeError, RangeError as `cqt`.
 * @see librosa.hybrid_cqt 0.11
 * @example
 * import { hybridCqt } from 'cochlea';
 * console.log(hybridCqt(new Float32Array(22050), { sampleRate: 22050 }).shape); // [ 84, 44 ]
 */
export function hybridCqt(y: Float32Array, options: MagnitudeCqtOptions): Matrix {
  return run(planHybridCqt(y, options));
}
