import { types } from 'node:util';
import type { ChromaFilterParameters, ChromaFinishParameters, WindowParameters } from '../../binding.js';
import * as check from '../runtime/check.js';
import { rangeError, typeError } from '../runtime/errors.js';
import { type Matrix, matrix, matrixRule } from '../runtime/matrix.js';
import { allocate } from '../runtime/memory.js';
import { type Operation, operation, run } from '../runtime/operation.js';
import { roundHalfEven } from '../runtime/round.js';
import { countFrames, type FrameOptions, frameRules, resolveFrames } from '../spectrum/stft.js';
import { hann, type Window, windowRule } from '../spectrum/window.js';
import { C1, constantQ, filterRules, intervalsRule, measureAny, norm } from './cqt.js';
import type { Intervals } from './intervals.js';

interface CqtChromaOptions {
  /** Sample rate of the signal, Hz. Required for a signal; of no meaning for a matrix. */
  sampleRate?: number;
  /** Samples from one column to the next. Integer >= 1; default 512. */
  hopLength?: number;
  /** Lowest frequency, Hz. > 0; default 32.70 (C1). */
  fmin?: number;
  /** The norm that each column is divided by: Infinity (the largest value becomes 1), 1, 2, any p >= 0; null for none. */
  norm?: number | null;
  /** Octaves to look at. Integer >= 1; default 7. */
  nOctaves?: number;
}

export interface ChromaCqtOptions extends CqtChromaOptions {
  /** Deviation from A4 = 440 Hz in fractions of a bin of the transform; null (default) estimates it from the signal. */
  tuning?: number | null;
  /** Classes in an octave. Integer >= 1; default 12. */
  nChroma?: number;
  /** Bins of the transform in an octave, a multiple of `nChroma`; default 36. null: `nChroma`. */
  binsPerOctave?: number | null;
  /** Which transform: `'full'` (default) is `cqt`, `'hybrid'` is `hybridCqt`. */
  cqtMode?: 'full' | 'hybrid';
  /** Weights to smooth the folding with, along the bins of the transform: an odd number. Default none. */
  window?: Float32Array | Float64Array | readonly number[];
  /** Smaller sums become 0; null for none. Default 0. */
  threshold?: number | null;
}

export interface ChromaCensOptions extends Omit<ChromaCqtOptions, 'threshold'> {
  /** Length of the smoothing window in columns, less its zeros at both ends. Integer >= 1; null for none. Default 41. */
  winLenSmooth?: number | null;
  /** The smoothing window. Default `'hann'`. */
  smoothingWindow?: Exclude<Window, Float32Array>;
}

export interface ChromaVqtOptions extends CqtChromaOptions {
  /** How an octave is divided; each interval is a class. */
  intervals: Intervals;
  /** Intervals in an octave, unless `intervals` lists them. Integer >= 1; default 12. */
  binsPerOctave?: number;
  /** Bandwidth added to every filter, Hz. >= 0; null: as the ear's. Default 0. */
  gamma?: number | null;
  /** Smaller sums become 0; null for none. Default 0. */
  threshold?: number | null;
}

const windowRow = check.optional(check.numbers());
const sharedRules = {
  sampleRate: check.optional(check.number({ above: 0 })),
  hopLength: check.withDefault(check.integer({ min: 1 }), 512),
  fmin: filterRules.fmin,
  norm: norm(Number.POSITIVE_INFINITY),
  nOctaves: check.withDefault(check.integer({ min: 1, max: 64 }), 7),
  threshold: check.nullable(check.number(), 0),
};

const classes = check.withDefault(check.integer({ min: 1, max: 2 ** 12 }), 12);

const chromaCqtRules = {
  ...sharedRules,
  tuning: check.nullable(check.number(), null),
  nChroma: classes,
  binsPerOctave: check.nullable(check.integer({ min: 1, max: 2 ** 16 }), 36),
  cqtMode: check.withDefault(check.oneOf(['full', 'hybrid']), 'full'),
  window: windowRow,
};

const namedWindow: check.Rule<ReturnType<typeof windowRule.read>> = {
  read(value, name) {
    if (types.isFloat32Array(value)) throw typeError(name, 'a named window', value);
    return windowRule.read(value, name);
  },
};

const { threshold: _, ...unthresholded } = chromaCqtRules;
const censRules = {
  ...unthresholded,
  norm: norm(2),
  winLenSmooth: check.nullable(check.integer({ min: 1, max: 2 ** 20 }), 41),
  smoothingWindow: check.withDefault(namedWindow, hann),
};

const vqtRules = {
  ...sharedRules,
  intervals: check.required(intervalsRule),
  binsPerOctave: filterRules.binsPerOctave,
  gamma: check.nullable(check.number({ min: 0 }), 0),
};

interface Finish {
  stage: ChromaFinishParameters['stage'];
  threshold: number | null;
  norm: number | null;
  smoothing?: number | null;
  window?: WindowParameters;
}

function finishParameters({ smoothing, window = hann, ...finish }: Finish): ChromaFinishParameters {
  return { ...finish, smoothing: smoothing ?? 0, window };
}

interface Folding {
  bins: number;
  binsPerOctave: number;
  nChroma: number;
  fmin: number;
  window: Float64Array | undefined;
  baseC?: boolean;
}

function checkMultiple(binsPerOctave: number, nChroma: number): void {
  if (binsPerOctave % nChroma !== 0) {
    throw rangeError('binsPerOctave', `an integer multiple of nChroma (${nChroma})`, binsPerOctave);
  }
}

const modulo = (a: number, n: number) => ((a % n) + n) % n;

function folding({ bins, binsPerOctave, nChroma, fmin, window, baseC = true }: Folding): Float32Array {
  checkMultiple(binsPerOctave, nChroma);
  const merge = binsPerOctave / nChroma;
  const midi = modulo(12 * (Math.log2(fmin) - Math.log2(440)) + 69, 12);
  const roll = roundHalfEven((baseC ? midi : midi - 9) * (nChroma / 12));
  const weights = allocate(Float32Array, nChroma * bins);
  for (let bin = 0; bin < bins; bin++) {
    const inOctave = modulo((bin % binsPerOctave) + Math.floor(merge / 2), binsPerOctave);
    weights[modulo(Math.floor(inOctave / merge) + roll, nChroma) * bins + bin] = 1;
  }
  return window === undefined ? weights : smoothed(weights, bins, window);
}

/** Each row convolved with the window, of the same length, centred as scipy does. */
function smoothed(weights: Float32Array, bins: number, window: Float64Array): Float32Array {
  const centre = Math.floor((window.length - 1) / 2);
  return weights.map((_, at) => {
    const bin = at % bins;
    return window.reduce((sum, w, i) => {
      const from = bin + centre - i;
      return from < 0 || from >= bins ? sum : sum + w * weights[at - bin + from]!;
    }, 0);
  });
}

type Given = Omit<check.Values<typeof chromaCqtRules>, 'threshold'>;

/** Chroma of a signal's transform, or of a transform that is given. */
function planFolded(
  input: Float32Array | Matrix,
  given: Omit<Given, 'tuning' | 'cqtMode'> & { gamma?: number | null; intervals?: Intervals } & Partial<Given>,
  finish: Finish,
): Operation<Matrix> {
  const { fmin, nChroma, window, tuning = 0, cqtMode = 'full' } = given;
  const binsPerOctave = given.binsPerOctave ?? nChroma;
  checkMultiple(binsPerOctave, nChroma);
  const parameters = finishParameters(finish);
  const rows = finish.stage === 'tonnetz' ? 6 : nChroma;
  if (!ArrayBuffer.isView(input)) {
    const { data, shape } = matrixRule.read(input, 'C');
    const [bins, columns] = shape;
    const weights = folding({ bins, binsPerOctave, nChroma, fmin, window });
    const result = matrix([rows, columns]);
    return operation('chromaOfMatrix', [data, columns, weights, nChroma, parameters, result.data], result);
  }
  const y = check.float32Array('y', input);
  const sampleRate = check.required(check.number({ above: 0 })).read(given.sampleRate, 'sampleRate');
  const bins = given.nOctaves * binsPerOctave;
  const filters = { sampleRate, fmin, nBins: bins, binsPerOctave, tuning, filterScale: 1, norm: 1, sparsity: 0.01 };
  const { gamma = 0, intervals = 'equal' } = given;
  const grid = { hopLength: given.hopLength, scale: true, padMode: 'constant' as const };
  const spec = constantQ({ ...filters, window: hann, gamma, intervals }, grid);
  const { columns } = measureAny(spec, cqtMode, y);
  const weights = folding({ bins, binsPerOctave, nChroma, fmin, window });
  const result = matrix([rows, columns]);
  const counts = new Int32Array(1);
  return operation('chromaOfCqt', [y, spec, cqtMode, weights, parameters, columns, result.data, counts], () => {
    const written = counts[0]!;
    // The columns that were written follow each other without a gap.
    return written === columns ? result : { data: result.data.slice(0, rows * written), shape: [rows, written] };
  });
}

export function planChromaCqt(y: Float32Array | Matrix, options: ChromaCqtOptions): Operation<Matrix> {
  const given = check.readOptions(options, chromaCqtRules);
  return planFolded(y, given, { stage: 'chroma', threshold: given.threshold, norm: given.norm });
}

/**
 * Chromagram from a constant-Q transform, with the numbers of `librosa.feature.chroma_cqt`.
 *
 * Three bins of the transform per semitone by default, the middle one on the note; all octaves of a class are summed.
 *
 * @param y The signal, finite samples; or the magnitudes of a transform that you have, `[bins, columns]`, taken as they are.
 * @param options See {@link ChromaCqtOptions}; `sampleRate` is required for a signal.
 * @returns `[nChroma, columns]`: row 0 is C, row 1 C#, and so on.
 * @throws TypeError, RangeError for an argument out of its range, for `binsPerOctave` that is no multiple of `nChroma`, for
 *   filters above the Nyquist frequency (the default 7 octaves from C1 need a sample rate above 8.4 kHz), and for samples
 *   that are not finite.
 * @see librosa.feature.chroma_cqt 0.11
 * @example
 * import { chromaCqt } from 'cochlea';
 * const y = Float32Array.from({ length: 22050 }, (_, i) => Math.sin((2 * Math.PI * 440 * i) / 22050));
 * const { data, shape } = chromaCqt(y, { sampleRate: 22050 });
 * console.log(shape, data[9 * shape[1] + 20]); // [ 12, 44 ] 1
 */
export function chromaCqt(y: Float32Array | Matrix, options: ChromaCqtOptions): Matrix {
  return run(planChromaCqt(y, options));
}

export function planChromaCens(y: Float32Array | Matrix, options: ChromaCensOptions): Operation<Matrix> {
  const given = check.readOptions(options, censRules);
  return planFolded(y, given, {
    stage: 'cens',
    threshold: 0,
    norm: given.norm,
    smoothing: given.winLenSmooth,
    window: given.smoothingWindow,
  });
}

/**
 * Chroma energy normalised statistics, with the numbers of `librosa.feature.chroma_cens`: chroma on a loudness scale of
 * four steps, smoothed over time, for comparing recordings of one piece.
 *
 * @param y The signal, or the magnitudes of a constant-Q transform, as for `chromaCqt`.
 * @param options See {@link ChromaCensOptions}; `sampleRate` is required for a signal.
 * @returns `[nChroma, columns]`; row 0 is C.
 * @throws TypeError, RangeError as `chromaCqt`.
 * @see librosa.feature.chroma_cens 0.11; Müller & Ewert, "Chroma toolbox", 2011.
 * @example
 * import { chromaCens } from 'cochlea';
 * console.log(chromaCens(new Float32Array(22050), { sampleRate: 22050 }).shape); // [ 12, 44 ]
 */
export function chromaCens(y: Float32Array | Matrix, options: ChromaCensOptions): Matrix {
  return run(planChromaCens(y, options));
}

export function planChromaVqt(y: Float32Array | Matrix, options: ChromaVqtOptions): Operation<Matrix> {
  const given = check.readOptions(options, vqtRules);
  const { intervals } = given;
  const binsPerOctave = typeof intervals === 'string' ? given.binsPerOctave : intervals.length;
  const shape = { ...given, binsPerOctave, nChroma: binsPerOctave, window: undefined };
  return planFolded(y, shape, { stage: 'chroma', threshold: given.threshold, norm: given.norm });
}

/**
 * Chromagram from a variable-Q transform, with the numbers of `librosa.feature.chroma_vqt`: one class for each interval, in
 * any tuning system.
 *
 * @param y The signal, or the magnitudes of a variable-Q transform, `[bins, columns]`.
 * @param options See {@link ChromaVqtOptions}; `intervals`, and `sampleRate` for a signal, are required.
 * @returns `[intervals, columns]`.
 * @throws TypeError, RangeError as `chromaCqt`.
 * @see librosa.feature.chroma_vqt 0.11
 * @example
 * import { chromaVqt } from 'cochlea';
 * console.log(chromaVqt(new Float32Array(22050), { sampleRate: 22050, intervals: 'ji5' }).shape); // [ 12, 44 ]
 */
export function chromaVqt(y: Float32Array | Matrix, options: ChromaVqtOptions): Matrix {
  return run(planChromaVqt(y, options));
}

export function planTonnetz(y: Float32Array | Matrix, options?: ChromaCqtOptions): Operation<Matrix> {
  const given = check.readOptions(options, chromaCqtRules);
  if (ArrayBuffer.isView(y)) {
    return planFolded(y, given, { stage: 'tonnetz', threshold: given.threshold, norm: given.norm });
  }
  const { data, shape } = matrixRule.read(y, 'chroma');
  const [nChroma, columns] = shape;
  if (nChroma === 0) throw rangeError('chroma', 'at least one row', nChroma);
  const identity = Float32Array.from({ length: nChroma * nChroma }, (_, i) => (i % (nChroma + 1) === 0 ? 1 : 0));
  const finish = finishParameters({ stage: 'tonnetz', threshold: null, norm: null });
  const result = matrix([6, columns]);
  return operation('chromaOfMatrix', [data, columns, identity, nChroma, finish, result.data], result);
}

/**
 * Tonal centroids, with the numbers of `librosa.feature.tonnetz`: chroma as a point on the circles of fifths, minor thirds
 * and major thirds.
 *
 * @param y The signal; or a chromagram `[classes, columns]`, of which `librosa`'s own tests take any.
 * @param options As for `chromaCqt`, for a signal; `sampleRate` is then required.
 * @returns `[6, columns]`: fifth x and y, minor third x and y, major third x and y.
 * @throws TypeError, RangeError as `chromaCqt`.
 * @see librosa.feature.tonnetz 0.11; Harte, Sandler & Gasser, "Detecting harmonic change in musical audio", 2006.
 * @example
 * import { tonnetz } from 'cochlea';
 * console.log(tonnetz(new Float32Array(22050), { sampleRate: 22050 }).shape); // [ 6, 44 ]
 */
export function tonnetz(y: Float32Array | Matrix, options?: ChromaCqtOptions): Matrix {
  return run(planTonnetz(y, options));
}

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

const weightingRules = {
  ctroct: check.withDefault(check.number(), 5),
  octwidth: check.nullable(check.number({ above: 0 }), 2),
  baseC: check.withDefault(check.boolean(), true),
};

const chromaFilterRules = {
  sampleRate: check.required(check.number({ above: 0 })),
  nFft: check.required(check.integer({ min: 1, max: 2 ** 24 })),
  nChroma: classes,
  tuning: check.withDefault(check.number(), 0),
  norm: norm(2),
  ...weightingRules,
};

type FilterOptions = Omit<check.Values<typeof chromaFilterRules>, 'tuning' | 'nFft'> & { tuning: number | null };

function filterParameters(options: FilterOptions): ChromaFilterParameters {
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
  const result = matrix([given.nChroma, 1 + Math.floor(given.nFft / 2)]);
  return run(operation('chromaFilters', [filterParameters(given), given.nFft, result.data], result));
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

export interface ChromaStftOptions extends FrameOptions {
  /** Sample rate of the signal, Hz. */
  sampleRate: number;
  /** Samples from one frame to the next. Integer >= 1; default 512. */
  hopLength?: number;
  /** The norm that each column is divided by: Infinity (default), 1, 2, any p >= 0; null for none. */
  norm?: number | null;
  /** Deviation from A4 = 440 Hz in fractions of a class; null (default) estimates it from the spectrogram. */
  tuning?: number | null;
  /** Classes in an octave. Integer >= 1; default 12. */
  nChroma?: number;
  /** Octave that counts most. Default 5, from A4 up. */
  ctroct?: number;
  /** Standard deviation of the weighting in octaves; null for none. > 0; default 2. */
  octwidth?: number | null;
  /** Whether row 0 is C; otherwise A. Default true. */
  baseC?: boolean;
}

const chromaStftRules = {
  ...frameRules,
  hopLength: check.withDefault(check.integer({ min: 1 }), 512),
  sampleRate: chromaFilterRules.sampleRate,
  norm: norm(Number.POSITIVE_INFINITY),
  tuning: check.nullable(check.number(), null),
  nChroma: classes,
  ...weightingRules,
};

export function planChromaStft(y: Float32Array | Matrix, options: ChromaStftOptions): Operation<Matrix> {
  const given = check.readOptions(options, chromaStftRules);
  const { nChroma, norm } = given;
  const filter = filterParameters({ ...given, norm: 2 });
  if (!ArrayBuffer.isView(y)) {
    const { data, shape } = matrixRule.read(y, 'S');
    const [bins, columns] = shape;
    const nFft = Math.floor(given.nFft / 2) + 1 === bins ? given.nFft : 2 * (bins - 1);
    if (nFft < 1) throw rangeError('S', 'at least 2 rows', bins);
    const result = matrix([nChroma, columns]);
    return operation('chromaOfPower', [data, columns, filter, nFft, norm, result.data], result);
  }
  const signal = check.float32Array('y', y);
  const grid = resolveFrames(given);
  const result = matrix([nChroma, countFrames(signal.length, grid)]);
  return operation('chromaOfStft', [signal, grid, filter, norm, result.data], result);
}

/**
 * Chromagram from a power spectrogram, with the numbers of `librosa.feature.chroma_stft`.
 *
 * @param y The signal, finite samples; or a power spectrogram `[1 + floor(nFft / 2), frames]`.
 * @param options See {@link ChromaStftOptions}; `sampleRate` is required.
 * @returns `[nChroma, frames]`: row 0 is C, row 1 C#, and so on.
 * @throws TypeError, RangeError for an argument out of its range or samples that are not finite.
 * @see librosa.feature.chroma_stft 0.11
 * @example
 * import { chromaStft } from 'cochlea';
 * const y = Float32Array.from({ length: 22050 }, (_, i) => Math.sin((2 * Math.PI * 440 * i) / 22050));
 * const { data, shape } = chromaStft(y, { sampleRate: 22050 });
 * console.log(shape, data[9 * shape[1] + 20]); // [ 12, 44 ] 1
 */
export function chromaStft(y: Float32Array | Matrix, options: ChromaStftOptions): Matrix {
  return run(planChromaStft(y, options));
}
