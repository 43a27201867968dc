import * as check from '../runtime/check.js';
import { rangeError } from '../runtime/errors.js';
import { type ComplexMatrix, complexMatrix } from '../runtime/matrix.js';
import { operation, run } from '../runtime/operation.js';
import { hann } from '../spectrum/window.js';
import {
  type CqtFilterOptions,
  constantQ,
  filterRules,
  gammaRule,
  MOST_SAMPLES,
  measure,
  transformSize,
} from './constant-q.js';
import { type Intervals, intervalsRule } from './intervals.js';

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
 * @throws TypeError, RangeError for an option out of its range, for filters that reach above the Nyquist frequency, and for
 *   more than 2^28 samples in all.
 * @see librosa.filters.wavelet and librosa.filters.wavelet_lengths 0.11
 * @example
 * import { constantQFilters } from 'cochlea';
 * const { shape, lengths } = constantQFilters({ sampleRate: 22050, nBins: 12 });
 * console.log(shape, Math.round(lengths[0])); // [ 12, 16384 ] 11686
 */
export function constantQFilters(options: ConstantQFiltersOptions): ConstantQFilters {
  const { padFft, ...given } = check.readOptions(options, constantQRules);
  const spec = constantQ({ ...given, sparsity: 0 });
  const { lengths } = measure(spec, 'none', 0);
  const size = padFft ? transformSize(lengths) : Math.ceil(lengths.reduce((a, b) => Math.max(a, b)));
  const samples = lengths.length * size;
  if (samples > MOST_SAMPLES) {
    const expected = `filters of at most ${MOST_SAMPLES} samples in all, not ${samples}: fewer bins or a higher fmin`;
    throw rangeError('nBins', expected, lengths.length);
  }
  const result = complexMatrix([lengths.length, Math.max(1, size)]);
  run(operation('cqtFilters', [spec, result.shape[1], result.re, result.im], undefined));
  return { ...result, lengths: lengths.slice() };
}

/** The lengths alone, in samples, before rounding; options as for {@link constantQFilters}. */
export function constantQLengths(options: Omit<ConstantQFiltersOptions, 'padFft' | 'norm'>): Float64Array {
  const { padFft, norm: _, ...rules } = constantQRules;
  const given = check.readOptions(options, rules);
  return measure(constantQ({ ...given, norm: 1, sparsity: 0 }), 'none', 0).lengths.slice();
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
