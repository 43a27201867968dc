import type { ChromaFilterParameters } from '../../binding.js';
import * as check from '../runtime/check.js';
import { rangeError } from '../runtime/errors.js';
import { type Matrix, matrix } from '../runtime/matrix.js';
import { allocate } from '../runtime/memory.js';
import { operation, run } from '../runtime/operation.js';
import { roundHalfEven } from '../runtime/round.js';
import { norm } from '../spectrum/norm.js';
import { C1, filterRules } from './constant-q.js';

/** The rule for how many classes an octave has. */
export const classes = check.withDefault(check.integer({ min: 1, max: 2 ** 12 }), 12);

/** The rule for weights along the bins of a transform. */
export const windowRow = check.optional(check.numbers());

export interface ChromaFiltersOptions {
  /** Sample rate, Hz. */
  sampleRate: number;
  /** Length of the transform. Integer, 1 to 2^24. */
  nFft: number;
  /** Classes in an octave. Integer >= 1; default 12. */
  nChroma?: number;
  /** Deviation from A4 = 440 Hz in fractions of a class. Default 0. */
  tuning?: number;
  /** Octave that counts most, 5 being that of A4 = 440 Hz and above. Default 5. */
  ctroct?: number;
  /** Standard deviation of the weighting in octaves; null for none. > 0; default 2. */
  octwidth?: number | null;
  /** The norm that each frequency's column is divided by: Infinity, 1, 2, any p >= 0; null for none. Default 2. */
  norm?: number | null;
  /** Whether row 0 is C; otherwise A. Default true. */
  baseC?: boolean;
}

export const weightingRules = {
  ctroct: check.withDefault(check.number(), 5),
  octwidth: check.nullable(check.number({ above: 0 }), 2),
  baseC: check.withDefault(check.boolean(), true),
};

export const chromaFilterRules = {
  sampleRate: check.required(check.number({ above: 0 })),
  nFft: check.required(check.integer({ min: 1, max: 2 ** 24 })),
  nChroma: classes,
  tuning: check.withDefault(check.number(), 0),
  norm: norm(2),
  ...weightingRules,
};

type FilterOptions = Omit<check.Values<typeof chromaFilterRules>, 'tuning' | 'nFft'> & { tuning: number | null };

export function filterParameters(options: FilterOptions): ChromaFilterParameters {
  const { sampleRate, nChroma, tuning, ctroct, octwidth, norm, baseC } = options;
  return { sampleRate, classes: nChroma, tuning, centreOctave: ctroct, octaveWidth: octwidth, norm, baseC };
}

/**
 * The weights that fold a spectrogram into chroma, with the numbers of `librosa.filters.chroma`.
 *
 * @param options See {@link ChromaFiltersOptions}; `sampleRate` and `nFft` are required.
 * @returns `[nChroma, 1 + floor(nFft / 2)]`.
 * @throws TypeError, RangeError for an option out of its range.
 * @see librosa.filters.chroma 0.11; Ellis, "Chroma feature analysis and synthesis", 2007.
 * @example
 * import { chromaFilters } from 'cochlea';
 * console.log(chromaFilters({ sampleRate: 22050, nFft: 2048 }).shape); // [ 12, 1025 ]
 */
export function chromaFilters(options: ChromaFiltersOptions): Matrix {
  const given = check.readOptions(options, chromaFilterRules);
  const bins = 1 + Math.floor(given.nFft / 2);
  checkWeights(bins, given.nChroma);
  const result = matrix([given.nChroma, bins]);
  return run(operation('chromaFilters', [filterParameters(given), given.nFft, result.data], result));
}

interface Folding {
  bins: number;
  binsPerOctave: number;
  nChroma: number;
  fmin: number;
  window: Float64Array | undefined;
  baseC?: boolean;
}

export function checkMultiple(binsPerOctave: number, nChroma: number): void {
  if (binsPerOctave % nChroma !== 0) {
    throw rangeError('binsPerOctave', `an integer multiple of nChroma (${nChroma})`, binsPerOctave);
  }
}

const modulo = (a: number, n: number) => ((a % n) + n) % n;

export function folding({ bins, binsPerOctave, nChroma, fmin, window, baseC = true }: Folding): Float32Array {
  checkMultiple(binsPerOctave, nChroma);
  checkWeights(bins, nChroma);
  if (window !== undefined && bins * Math.min(bins, window.length) > MOST_WEIGHTS) {
    throw rangeError('window', `at most ${Math.floor(MOST_WEIGHTS / bins)} values for ${bins} bins`, window);
  }
  const merge = binsPerOctave / nChroma;
  const midi = modulo(12 * (Math.log2(fmin) - Math.log2(440)) + 69, 12);
  const roll = roundHalfEven((baseC ? midi : midi - 9) * (nChroma / 12));
  const classOf = Array.from({ length: bins }, (_, bin) => {
    const inOctave = modulo((bin % binsPerOctave) + Math.floor(merge / 2), binsPerOctave);
    return modulo(Math.floor(inOctave / merge) + roll, nChroma);
  });
  if (window !== undefined) return smoothed(classOf, nChroma, window);
  const weights = allocate(Float32Array, nChroma * bins);
  for (const [bin, own] of classOf.entries()) weights[own * bins + bin] = 1;
  return weights;
}

/** A filter takes at most so many weights, and a window's convolution so many products: some seconds. */
const MOST_WEIGHTS = 2 ** 28;

function checkWeights(bins: number, nChroma: number): void {
  if (bins * nChroma <= MOST_WEIGHTS) return;
  const expected = `at most ${MOST_WEIGHTS} weights, not ${nChroma} for each of ${bins} bins`;
  throw rangeError('nChroma', expected, nChroma);
}

/** Each class's row of ones convolved with the window, of the same length, centred as scipy does. */
function smoothed(classOf: number[], nChroma: number, window: Float64Array): Float32Array {
  const bins = classOf.length;
  const centre = Math.floor((window.length - 1) / 2);
  const sums = allocate(Float64Array, nChroma * bins);
  for (const [bin, own] of classOf.entries()) {
    const first = Math.max(0, bin - centre);
    const end = Math.min(bins, bin - centre + window.length);
    for (let to = first; to < end; to++) sums[own * bins + to]! += window[to - bin + centre]!;
  }
  return Float32Array.from(sums);
}

export interface CqToChromaOptions {
  /** Bins of the transform in an octave, a multiple of `nChroma`. Integer >= 1; default 12. */
  binsPerOctave?: number;
  /** Classes in an octave. Integer >= 1; default 12. */
  nChroma?: number;
  /** Frequency of the first bin, Hz. > 0; default 32.70 (C1). */
  fmin?: number;
  /** Weights to smooth each row with. Default none. */
  window?: Float32Array | Float64Array | readonly number[];
  /** Whether row 0 is C; otherwise A. Default true. */
  baseC?: boolean;
}

/**
 * The matrix that folds a constant-Q transform into chroma, with the numbers of `librosa.filters.cq_to_chroma`.
 *
 * @param nInput Rows of the transform. Integer >= 1.
 * @param options See {@link CqToChromaOptions}.
 * @returns `[nChroma, nInput]`; with several bins per class they are centred on the note.
 * @throws TypeError, RangeError for an argument out of its range, or `binsPerOctave` that is no multiple of `nChroma`.
 * @see librosa.filters.cq_to_chroma 0.11
 * @example
 * import { cqToChroma } from 'cochlea';
 * console.log(cqToChroma(252, { binsPerOctave: 36 }).shape); // [ 12, 252 ]
 */
export function cqToChroma(nInput: number, options?: CqToChromaOptions): Matrix {
  const given = check.readOptions(options, {
    binsPerOctave: filterRules.binsPerOctave,
    nChroma: classes,
    fmin: check.withDefault(check.number({ above: 0 }), C1),
    window: windowRow,
    baseC: weightingRules.baseC,
  });
  const bins = check.integer({ min: 1, max: 2 ** 20 }).read(nInput, 'nInput');
  return { data: folding({ ...given, bins }), shape: [given.nChroma, bins] };
}
