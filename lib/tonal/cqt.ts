import { types } from 'node:util';
import type { ConstantQParameters } from '../../binding.js';
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
import { allocate } from '../runtime/memory.js';
import { native } from '../runtime/native.js';
import { type Operation, operation, run } from '../runtime/operation.js';
import { type PadMode, padModes } from '../spectrum/stft.js';
import { hann, type Window, windowRule } from '../spectrum/window.js';
import { type Intervals, intervalNames, octaveRatios } from './intervals.js';

/** C1, the default lowest frequency, in Hz. */
export const C1 = 440 * 2 ** (-45 / 12);

/** The filters of a constant-Q transform. */
export interface CqtFilterOptions {
  /** Sample rate of the signal, Hz. */
  sampleRate: number;
  /** Lowest frequency, Hz. > 0; default 32.70 (C1). */
  fmin?: number;
  /** How many frequencies. Integer >= 1; default 84. */
  nBins?: number;
  /** Frequencies in an octave. Integer >= 1; default 12. */
  binsPerOctave?: number;
  /** Deviation from A4 = 440 Hz in fractions of a bin; null estimates it from the signal. Default 0. */
  tuning?: number | null;
  /** Factor on the length of all filters: < 1 resolves time better and frequency worse. > 0; default 1. */
  filterScale?: number;
  /** The norm that each filter is divided by: 0, 1, 2, any p >= 0, or Infinity; null for none. Default 1. */
  norm?: number | null;
  /** Share of each filter's spectrum, by magnitude, that is dropped. 0 <= sparsity < 1; default 0.01. */
  sparsity?: number;
  /** The filters' window: a name, `['kaiser', beta]` or `['gaussian', deviation]`. Default `'hann'`. */
  window?: Exclude<Window, Float32Array>;
}

/** The filters of a transform to be inverted: its rows tell how many, and their tuning has to be known. */
export interface InverseFilterOptions extends Omit<CqtFilterOptions, 'nBins' | 'tuning'> {
  /** Deviation from A4 = 440 Hz in fractions of a bin, that of the transform. Default 0. */
  tuning?: number;
}

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

const normRule: check.Rule<number> = {
  read(value, name) {
    if (typeof value !== 'number') throw typeError(name, 'a number >= 0, Infinity or null', value);
    if (!(value >= 0)) throw rangeError(name, 'a number >= 0, Infinity or null', value);
    return value;
  },
};

/** The rule for a `norm` option; null is no norm. */
export const norm = (fallback: number | null) => check.nullable(normRule, fallback);

const namedWindow = {
  read(value: unknown, name: string) {
    if (types.isFloat32Array(value)) {
      throw typeError(name, 'a named window: the filters differ in length', value);
    }
    return windowRule.read(value, name);
  },
};

export const filterRules = {
  sampleRate: check.required(check.number({ above: 0 })),
  fmin: check.withDefault(check.number({ above: 0 }), C1),
  nBins: check.withDefault(check.integer({ min: 1, max: 2 ** 20 }), 84),
  binsPerOctave: check.withDefault(check.integer({ min: 1, max: 2 ** 16 }), 12),
  tuning: check.nullable(check.number(), 0),
  filterScale: check.withDefault(check.number({ above: 0 }), 1),
  norm: norm(1),
  sparsity: check.withDefault(check.number({ min: 0, below: 1 }), 0.01),
  window: check.withDefault(namedWindow, hann),
};

export const gridRules = {
  hopLength: check.withDefault(check.integer({ min: 1 }), 512),
  scale: check.withDefault(check.boolean(), true),
  padMode: check.withDefault(check.oneOf(padModes), 'constant'),
};

const magnitudeRules = { ...filterRules, ...gridRules, out: check.optional(matrixRule) };
const cqtRules = { ...filterRules, ...gridRules, out: check.optional(complexMatrixRule) };

const ratiosRule = check.numbers({ above: 0 });

export const intervalsRule: check.Rule<Intervals> = {
  read(value, name) {
    if (!Array.isArray(value) && !ArrayBuffer.isView(value)) return check.oneOf(intervalNames).read(value, name);
    const ratios = ratiosRule.read(value, name);
    const ascending = ratios.slice().sort();
    const different = ascending.every((ratio, i) => i === 0 || ratio > ascending[i - 1]!);
    if (!different || ascending.at(-1)! >= 2 * ascending[0]!) {
      throw rangeError(name, 'different ratios > 0, all within an octave of the lowest', value);
    }
    return [...ratios];
  },
};

export const gammaRule = check.number({ min: 0 });
const vqtRules = {
  ...cqtRules,
  gamma: check.nullable(gammaRule, null),
  intervals: check.withDefault(intervalsRule, 'equal'),
};

export type CqtMode = 'full' | 'pseudo' | 'hybrid';

type Filters = check.Values<typeof filterRules> & { gamma?: number | null; intervals?: Intervals };
type Grid = check.Values<typeof gridRules>;
const noGrid: Grid = { hopLength: 512, scale: true, padMode: 'constant' };

/** A transform's parameters, complete, as the addon takes them. */
export function constantQ(filters: Filters, grid: Grid = noGrid): ConstantQParameters {
  const { gamma = 0, intervals = 'equal', window, nBins } = filters;
  const octave = octaveRatios(intervals, filters.binsPerOctave);
  const ratio = (k: number) =>
    intervals === 'equal' ? 2 ** (k / octave.length) : 2 ** Math.floor(k / octave.length) * octave[k % octave.length]!;
  return {
    sampleRate: filters.sampleRate,
    fmin: filters.fmin,
    // Those that were given in another order are sorted as librosa does, after what is above the last bin is left out.
    ratios: Float64Array.from({ length: nBins }, (_, k) => ratio(k)).sort(),
    binsPerOctave: octave.length,
    tuning: filters.tuning,
    filterScale: filters.filterScale,
    gamma,
    norm: filters.norm,
    sparsity: filters.sparsity,
    window,
    hopLength: grid.hopLength,
    scale: grid.scale,
    padMode: grid.padMode,
  };
}

const LONGEST = 2 ** 24;

interface Measures {
  columns: number;
  least: number;
  lengths: Float64Array;
}

/**
 * What the filters make of a signal's length. Checks them against the Nyquist frequency, for modes that do; `culprit` is
 * what tells how many there are.
 */
export function measure(spec: ConstantQParameters, mode: CqtMode, samples: number, culprit = 'nBins'): Measures {
  const counts = new Int32Array(2);
  const lengths = new Float64Array(spec.ratios.length + 1);
  const { fmin } = spec;
  if (!Number.isFinite(fmin * spec.ratios.at(-1)!)) throw tooHigh(spec, Number.POSITIVE_INFINITY, culprit);
  try {
    native.cqtMeasure(spec, mode, samples, counts, lengths);
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ERR_COCHLEA_OUT_OF_RANGE') throw error;
    // The one thing that may be wrong with checked values.
    throw rangeError('fmin', `filters shorter than ${LONGEST} samples: a higher fmin or a lower filterScale`, fmin);
  }
  const cutoff = lengths.at(-1)!;
  if (mode === 'full' && cutoff > spec.sampleRate / 2) throw tooHigh(spec, cutoff, culprit);
  return { columns: counts[0]!, least: counts[1]!, lengths: lengths.subarray(0, -1) };
}

function tooHigh(spec: ConstantQParameters, cutoff: number, culprit: string): Error {
  const end = Number.isFinite(cutoff) ? Math.round(cutoff) : 'infinity';
  const expected = `filters that end below the Nyquist frequency of ${spec.sampleRate / 2} Hz, not at ${end} Hz: fewer bins or a lower fmin`;
  return rangeError(culprit, expected, spec.ratios.length);
}

/** The same with the tuning still unknown: the most columns that any tuning makes. */
export function measureAny(spec: ConstantQParameters, mode: CqtMode, y: Float32Array): Measures {
  const samples = y.length;
  if (samples === 0 && spec.padMode !== 'constant') {
    throw rangeError('y', `at least one sample to pad from with padMode '${spec.padMode}'`, samples);
  }
  const tunings = spec.tuning === null ? [-0.5, 0, 0.49] : [spec.tuning];
  const all = tunings.map((tuning) => {
    // Of an unknown tuning only what no tuning could mend is an error here.
    return measure({ ...spec, tuning }, tuning > tunings[0]! ? 'pseudo' : mode, samples);
  });
  const measures = all.reduce((a, b) => (b.columns > a.columns ? b : a));
  const least = all[0]!.least;
  if (samples < least) {
    throw rangeError('y', `at least ${least} samples, for the rate to be halved before the top octave`, samples);
  }
  return measures;
}

/** The first columns of each row. */
export function trimmed<P extends Float32Array>(plane: P, rows: number, stride: number, columns: number): Float32Array {
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
  check.noOverlap({ y, 'out.re': result.re, 'out.im': result.im });
  const counts = new Int32Array(1);
  const { re, im } = result;
  return operation('cqt', [y, spec, columns, re, im, counts], () => {
    const written = counts[0]!;
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
 * @throws TypeError, RangeError for an argument out of its range, for filters that reach above the Nyquist frequency, and
 *   for samples that are not finite.
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
  check.noOverlap({ y, 'out.data': result.data });
  const counts = new Int32Array(1);
  return operation('cqtMagnitudes', [y, spec, mode, columns, result.data, counts], () => {
    const written = counts[0]!;
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
 * @throws TypeError, RangeError for an argument out of its range or samples that are not finite.
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

/** The filters of `constantQFilters`, and how long they are. */
export interface ConstantQFilters extends ComplexMatrix {
  /** Length of each filter in samples, before rounding. */
  lengths: Float64Array;
}

export interface ConstantQFiltersOptions extends Omit<CqtFilterOptions, 'tuning' | 'sparsity'> {
  /** Deviation from A4 = 440 Hz in fractions of a bin. Default 0. */
  tuning?: number;
  /** Bandwidth added to every filter, Hz. >= 0; null: as the ear's (ERB). Default 0. */
  gamma?: number | null;
  /** How an octave is divided. Default `'equal'`. */
  intervals?: Intervals;
  /** Whether to pad to a power of two. Default true. */
  padFft?: boolean;
}

const { sparsity: _, ...designRules } = filterRules;
const constantQRules = {
  ...designRules,
  tuning: check.withDefault(check.number(), 0),
  gamma: check.nullable(gammaRule, 0),
  intervals: check.withDefault(intervalsRule, 'equal'),
  padFft: check.withDefault(check.boolean(), true),
};

/**
 * The filters of constant-Q and variable-Q transforms in the time domain, with the numbers of `librosa.filters.wavelet`:
 * complex exponentials under a window.
 *
 * @param options See {@link ConstantQFiltersOptions}; `sampleRate` is required.
 * @returns `[nBins, size]`, each filter centred; `size` is the longest filter's length, rounded up, or to a power of two. And
 *   the filters' lengths.
 * @throws TypeError, RangeError for an option out of its range, and for filters that reach above the Nyquist frequency.
 * @see librosa.filters.wavelet and librosa.filters.wavelet_lengths 0.11
 * @example
 * import { constantQFilters } from 'cochlea';
 * const { shape, lengths } = constantQFilters({ sampleRate: 22050, nBins: 12 });
 * console.log(shape, Math.round(lengths[0])); // [ 12, 16384 ] 11686
 */
export function constantQFilters(options: ConstantQFiltersOptions): ConstantQFilters {
  const { padFft, ...given } = check.readOptions(options, constantQRules);
  const spec = constantQ({ ...given, sparsity: 0 });
  const { lengths } = measure(spec, 'full', 0);
  const longest = lengths.reduce((a, b) => Math.max(a, b));
  const size = padFft ? 2 ** Math.ceil(Math.log2(longest)) : Math.ceil(longest);
  const result = complexMatrix([lengths.length, Math.max(1, size)]);
  run(operation('cqtFilters', [spec, result.shape[1], result.re, result.im], undefined));
  return { ...result, lengths: lengths.slice() };
}

/** The lengths alone, in samples, before rounding; options as for {@link constantQFilters}. */
export function constantQLengths(options: Omit<ConstantQFiltersOptions, 'padFft' | 'norm'>): Float64Array {
  const { padFft, norm: _, ...rules } = constantQRules;
  const given = check.readOptions(options, rules);
  return measure(constantQ({ ...given, norm: 1, sparsity: 0 }), 'full', 0).lengths.slice();
}

export interface CqtFrequenciesOptions {
  /** Lowest frequency, Hz. > 0; default 32.70 (C1). */
  fmin?: number;
  /** How many frequencies. Integer >= 1; default 84. */
  nBins?: number;
  /** Frequencies in an octave. Integer >= 1; default 12. */
  binsPerOctave?: number;
  /** Deviation from A4 = 440 Hz in fractions of a bin. Default 0. */
  tuning?: number;
  /** How an octave is divided. Default `'equal'`. */
  intervals?: Intervals;
}

const frequencyRules = {
  fmin: filterRules.fmin,
  nBins: filterRules.nBins,
  binsPerOctave: filterRules.binsPerOctave,
  tuning: constantQRules.tuning,
  intervals: constantQRules.intervals,
};

/**
 * The frequencies of the rows of `cqt` and `vqt`.
 *
 * @param options See {@link CqtFrequenciesOptions}.
 * @returns `nBins` frequencies in Hz, ascending.
 * @throws TypeError, RangeError for an option out of its range.
 * @see librosa.cqt_frequencies and librosa.interval_frequencies 0.11
 * @example
 * import { cqtFrequencies } from 'cochlea';
 * console.log(cqtFrequencies().length, cqtFrequencies({ nBins: 1 })[0].toFixed(4)); // 84 32.7032
 */
export function cqtFrequencies(options?: CqtFrequenciesOptions): Float64Array {
  const { tuning, ...given } = check.readOptions(options, frequencyRules);
  const filler = { sampleRate: 1, filterScale: 1, norm: 1, sparsity: 0, window: hann };
  const { ratios, binsPerOctave } = constantQ({ ...given, ...filler, tuning });
  const lowest = given.fmin * 2 ** (tuning / binsPerOctave);
  return ratios.map((ratio) => ratio * lowest);
}
