import type { ChromaFinishParameters, WindowParameters } from '../../binding.js';
import * as check from '../runtime/check.js';
import { type Matrix, matrix, matrixRule } from '../runtime/matrix.js';
import { type Operation, operation, run } from '../runtime/operation.js';
import { norm } from '../spectrum/norm.js';
import { hann, namedWindow, type Window } from '../spectrum/window.js';
import { checkMultiple, classes, folding, windowRow } from './chroma-filters.js';
import { constantQ, filterRules, measureAny, readCounts, transformCounts } from './constant-q.js';
import { type Intervals, intervalsRule } from './intervals.js';

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

const sharedRules = {
  sampleRate: check.optional(check.number({ above: 0 })),
  hopLength: check.withDefault(check.integer({ min: 1 }), 512),
  fmin: filterRules.fmin,
  norm: norm(Number.POSITIVE_INFINITY),
  nOctaves: check.withDefault(check.integer({ min: 1, max: 64 }), 7),
  threshold: check.nullable(check.number(), 0),
};

export const chromaCqtRules = {
  ...sharedRules,
  tuning: check.nullable(check.number(), null),
  nChroma: classes,
  binsPerOctave: check.nullable(check.integer({ min: 1, max: 2 ** 16 }), 36),
  cqtMode: check.withDefault(check.oneOf(['full', 'hybrid']), 'full'),
  window: windowRow,
};

const { threshold: _, ...unthresholded } = chromaCqtRules;

const censRules = {
  ...unthresholded,
  norm: norm(2),
  winLenSmooth: check.nullable(check.integer({ min: 1, max: 2 ** 20 }), 41),
  smoothingWindow: check.withDefault(namedWindow(), hann),
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

export function finishParameters({ smoothing, window = hann, ...finish }: Finish): ChromaFinishParameters {
  return { ...finish, smoothing: smoothing ?? 0, window };
}

type Given = Omit<check.Values<typeof chromaCqtRules>, 'threshold'>;

/** Chroma of a signal's transform, or of a transform that is given. */
export function chromaOperation(
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
  const counts = transformCounts();
  return operation('chromaOfCqt', [y, spec, cqtMode, weights, parameters, columns, result.data, counts], () => {
    const written = readCounts(counts, y.length);
    // The columns that were written follow each other without a gap.
    return written === columns ? result : { data: result.data.slice(0, rows * written), shape: [rows, written] };
  });
}

export function planChromaCqt(y: Float32Array | Matrix, options: ChromaCqtOptions): Operation<Matrix> {
  const given = check.readOptions(options, chromaCqtRules);
  return chromaOperation(y, given, { stage: 'chroma', threshold: given.threshold, norm: given.norm });
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
 * const y = Float32Array.from({ length: 66150 }, (_, i) => Math.sin((2 * Math.PI * 440 * i) / 22050));
 * const { data, shape } = chromaCqt(y, { sampleRate: 22050 });
 * console.log(shape, data[9 * shape[1] + 20]); // [ 12, 130 ] 1
 */
export function chromaCqt(y: Float32Array | Matrix, options: ChromaCqtOptions): Matrix {
  return run(planChromaCqt(y, options));
}

export function planChromaCens(y: Float32Array | Matrix, options: ChromaCensOptions): Operation<Matrix> {
  const given = check.readOptions(options, censRules);
  return chromaOperation(y, given, {
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
 * console.log(chromaCens(new Float32Array(66150), { sampleRate: 22050, tuning: 0 }).shape); // [ 12, 130 ]
 */
export function chromaCens(y: Float32Array | Matrix, options: ChromaCensOptions): Matrix {
  return run(planChromaCens(y, options));
}

export function planChromaVqt(y: Float32Array | Matrix, options: ChromaVqtOptions): Operation<Matrix> {
  const given = check.readOptions(options, vqtRules);
  const { intervals } = given;
  const binsPerOctave = typeof intervals === 'string' ? given.binsPerOctave : intervals.length;
  const shape = { ...given, binsPerOctave, nChroma: binsPerOctave, window: undefined };
  return chromaOperation(y, shape, { stage: 'chroma', threshold: given.threshold, norm: given.norm });
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
