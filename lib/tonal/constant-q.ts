import type { ConstantQParameters } from '../../binding.js';
import { warnOfSilence } from '../pitch/tuning.js';
import * as check from '../runtime/check.js';
import { rangeError } from '../runtime/errors.js';
import { native } from '../runtime/native.js';
import { warn } from '../runtime/warning.js';
import { norm } from '../spectrum/norm.js';
import { padModes } from '../spectrum/stft.js';
import { hann, namedWindow, type Window } from '../spectrum/window.js';
import { type Intervals, octaveRatios } from './intervals.js';

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

export const filterRules = {
  sampleRate: check.required(check.number({ above: 0 })),
  fmin: check.withDefault(check.number({ above: 0 }), C1),
  nBins: check.withDefault(check.integer({ min: 1, max: 2 ** 20 }), 84),
  binsPerOctave: check.withDefault(check.integer({ min: 1, max: 2 ** 16 }), 12),
  tuning: check.nullable(check.number(), 0),
  filterScale: check.withDefault(check.number({ above: 0 }), 1),
  norm: norm(1),
  sparsity: check.withDefault(check.number({ min: 0, below: 1 }), 0.01),
  window: check.withDefault(namedWindow('a named window: the filters differ in length'), hann),
};

export const gridRules = {
  hopLength: check.withDefault(check.integer({ min: 1 }), 512),
  scale: check.withDefault(check.boolean(), true),
  padMode: check.withDefault(check.oneOf(padModes), 'constant'),
};

export const gammaRule = check.number({ min: 0 });

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

/** The longest transform of filters, and the samples of those of all filters: about ten seconds of work. */
const LONGEST_TRANSFORM = 2 ** 22;
export const MOST_SAMPLES = 2 ** 28;

interface Measures {
  columns: number;
  /** The least samples that the transform takes. */
  least: number;
  lengths: Float64Array;
}

/** What filters are measured for: a transform, that of `icqt`, or no transform at all. */
type MeasuredMode = CqtMode | 'inverse' | 'none';

/**
 * What the filters make of a signal's length. Refuses those that no transform could use; `culprit` is what tells how many
 * there are.
 */
export function measure(spec: ConstantQParameters, mode: MeasuredMode, samples: number, culprit = 'nBins'): Measures {
  const counts = new Int32Array(2);
  const size = new Float64Array(2);
  const lengths = new Float64Array(spec.ratios.length + 1);
  const { fmin } = spec;
  const tuning = spec.tuning ?? 0;
  const lowest = fmin * 2 ** (tuning / spec.binsPerOctave);
  if (!(lowest > 0 && Number.isFinite(lowest))) {
    throw rangeError('tuning', 'a tuning at which the lowest frequency is finite and > 0', tuning);
  }
  if (!Number.isFinite(lowest * spec.ratios.at(-1)!)) throw tooHigh(spec, Number.POSITIVE_INFINITY, culprit);
  try {
    native.cqtMeasure(spec, mode === 'pseudo' || mode === 'hybrid' ? mode : 'full', samples, counts, size, lengths);
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ERR_COCHLEA_OUT_OF_RANGE') throw error;
    // The one thing that may be wrong with checked values.
    throw rangeError('fmin', `filters shorter than ${LONGEST} samples: a higher fmin or a lower filterScale`, fmin);
  }
  const cutoff = lengths.at(-1)!;
  const recursive = mode !== 'pseudo' && mode !== 'hybrid';
  if (recursive && cutoff > spec.sampleRate / 2) throw tooHigh(spec, cutoff, culprit);
  if (mode === 'inverse') native.icqtMeasure(spec, size);
  if (mode !== 'none') checkSize(spec, size[0]!, size[1]!, mode);
  return { columns: counts[0]!, least: counts[1]!, lengths: lengths.subarray(0, -1) };
}

/** The smallest power of two that no filter is longer than. */
export function transformSize(lengths: Float64Array): number {
  return 2 ** Math.ceil(Math.log2(lengths.reduce((a, b) => Math.max(a, b))));
}

function checkSize(spec: ConstantQParameters, transform: number, samples: number, mode: MeasuredMode): void {
  if (transform <= LONGEST_TRANSFORM && samples <= MOST_SAMPLES) return;
  const limits = `filters whose transforms take at most ${LONGEST_TRANSFORM} samples each and ${MOST_SAMPLES} in all`;
  const expected = `${limits}, not ${transform} and ${samples}`;
  // The filters of a pseudo transform are as long as two hops at least.
  const ofHop = 2 ** (1 + Math.ceil(Math.log2(spec.hopLength)));
  if ((mode === 'pseudo' || mode === 'hybrid') && transform === ofHop) {
    throw rangeError('hopLength', `${expected}: a smaller hopLength`, spec.hopLength);
  }
  if (spec.filterScale > 1) throw rangeError('filterScale', `${expected}: a smaller filterScale`, spec.filterScale);
  throw rangeError('fmin', `${expected}: a higher fmin, or fewer bins in an octave or in all`, spec.fmin);
}

function tooHigh(spec: ConstantQParameters, cutoff: number, culprit: string): Error {
  const end = Number.isFinite(cutoff) ? Math.round(cutoff) : 'infinity';
  const expected = `filters that end below the Nyquist frequency of ${spec.sampleRate / 2} Hz, not at ${end} Hz: fewer bins or a lower fmin`;
  return rangeError(culprit, expected, spec.ratios.length);
}

/** The same with the tuning still unknown: the lowest one makes the most columns and the longest filters. */
export function measureAny(spec: ConstantQParameters, mode: CqtMode, y: Float32Array): Measures {
  const samples = y.length;
  if (samples === 0 && spec.padMode !== 'constant') {
    throw rangeError('y', `at least one sample to pad from with padMode '${spec.padMode}'`, samples);
  }
  // And it is the last to reach the Nyquist frequency: what it does not mend no other tuning does.
  const measures = measure({ ...spec, tuning: spec.tuning ?? -0.5 }, mode, samples);
  const { least } = measures;
  if (samples < least) {
    throw rangeError('y', `at least ${least} samples, for the rate to be halved before the top octave`, samples);
  }
  return measures;
}

/** What a transform tells besides its result. */
export const transformCounts = () => new Int32Array(3);

/** The columns that were written. Warns of a signal without pitch, where that was looked for, and of a short one. */
export function readCounts(counts: Int32Array, samples: number): number {
  const [written, peaks, enough] = counts as unknown as [number, number, number];
  if (peaks === 0) warnOfSilence();
  if (samples < enough) {
    const message = `the longest filters ask for ${enough} samples, the signal has ${samples}: most of a column is padding`;
    warn('COCHLEA_WARN_SHORT_SIGNAL', message);
  }
  return written;
}
