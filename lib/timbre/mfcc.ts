import * as check from '../runtime/check.js';
import { rangeError } from '../runtime/errors.js';
import { type Matrix, matrix, matrixRule } from '../runtime/matrix.js';
import { type Operation, operation, run } from '../runtime/operation.js';
import { type MelSpectrogramOptions, melNormRule, melSpectrogramRules, readBands } from '../spectrum/mel.js';

/** Options of {@link mfcc}. */
export interface MfccOptions extends Omit<MelSpectrogramOptions, 'norm'> {
  /** How many coefficients. Integer >= 1, at most the number of bands; default 20. */
  nMfcc?: number;
  /** Type of the discrete cosine transform: 1, 2 (default) or 3. */
  dctType?: 1 | 2 | 3;
  /** `'ortho'` (default): the transform is orthonormal. null: it is not scaled. */
  norm?: 'ortho' | null;
  /** Coefficient k, counted from 1, is multiplied by `1 + lifter / 2 * sin(pi * k / lifter)`. Number >= 0; default 0: none is. */
  lifter?: number;
  /** What each mel filter is divided by: `norm` of `melSpectrogram`. Default `'slaney'`. */
  melNorm?: 'slaney' | number | null;
}

const { norm: _, ...melRules } = melSpectrogramRules;
const rules = {
  ...melRules,
  melNorm: melNormRule,
  nMfcc: check.withDefault(check.integer({ min: 1 }), 20),
  dctType: check.withDefault(check.integer({ min: 1, max: 3 }), 2),
  norm: check.nullable(check.oneOf(['ortho']), 'ortho'),
  lifter: check.withDefault(check.number({ min: 0 }), 0),
  out: check.optional(matrixRule),
};

export function planMfcc(y: Float32Array | Matrix, options: MfccOptions): Operation<Matrix> {
  const { nMfcc, dctType, norm, lifter, melNorm, out, ...given } = check.readOptions(options, rules);
  const { source, mel, shape, inputs } = readBands(y, { ...given, norm: melNorm });
  const [bands, columns] = shape;
  if (nMfcc > bands) throw rangeError('nMfcc', `at most the number of bands (${bands})`, nMfcc);
  if (dctType === 1 && bands < 2) throw rangeError('dctType', '2 or 3 for a single band', dctType);
  const result = matrix([nMfcc, columns], out);
  check.noOverlap(inputs, { 'out.data': result.data });
  const cepstrum = { count: nMfcc, dctType, orthonormal: norm === 'ortho', lifter };
  return operation('mfcc', [source, mel, cepstrum, result.data], result);
}

/**
 * Mel-frequency cepstral coefficients, with the numbers of `librosa.feature.mfcc`: a mel spectrogram in decibels, at most
 * 80 below its highest value, and the cosine transform of each of its columns.
 * The transform runs in double precision, as librosa's: decibels show what is small beside the large. Only lengths above
 * 2^17 that are no power of two run in single precision.
 *
 * Magnitudes have the limit that {@link fft} states.
 *
 * @param y The signal, finite samples; or a mel spectrogram in decibels `[bands, frames]`, which is transformed as it is.
 * @param options See {@link MfccOptions}; `sampleRate` is required. Those of {@link melSpectrogram} are passed on.
 * @returns `[nMfcc, frames]`.
 * @throws TypeError, RangeError for an argument out of its range or samples that are not finite.
 * @see librosa.feature.mfcc 0.11; Davis & Mermelstein, "Comparison of parametric representations for monosyllabic word
 * recognition in continuously spoken sentences", 1980.
 * @example
 * import { mfcc } from 'cochlea';
 * const y = Float32Array.from({ length: 22050 }, (_, i) => Math.sin((2 * Math.PI * 440 * i) / 22050));
 * console.log(mfcc(y, { sampleRate: 22050, nMfcc: 13 }).shape); // [ 13, 44 ]
 */
export function mfcc(y: Float32Array | Matrix, options: MfccOptions): Matrix {
  return run(planMfcc(y, options));
}
