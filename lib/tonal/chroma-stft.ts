import { warnOfSilence } from '../pitch/tuning.js';
import * as check from '../runtime/check.js';
import { type Matrix, matrix } from '../runtime/matrix.js';
import { type Operation, operation, run } from '../runtime/operation.js';
import { norm } from '../spectrum/norm.js';
import { readSource, transformLength } from '../spectrum/source.js';
import { type FeatureOptions, featureRules } from '../spectrum/stft.js';
import { classes, filterParameters, weightingRules } from './chroma-filters.js';

export interface ChromaStftOptions extends FeatureOptions {
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
  ...featureRules,
  norm: norm(Number.POSITIVE_INFINITY),
  tuning: check.nullable(check.number(), null),
  nChroma: classes,
  ...weightingRules,
};

export function planChromaStft(y: Float32Array | Matrix, options: ChromaStftOptions): Operation<Matrix> {
  const given = check.readOptions(options, chromaStftRules);
  const { nChroma, norm } = given;
  const filter = filterParameters({ ...given, norm: 2 });
  const { source, shape } = readSource(y, { ...given, power: 2 });
  const nFft = transformLength(shape, given.nFft);
  const result = matrix([nChroma, shape[1]]);
  const peaks = new Int32Array(1);
  return operation('chromaStft', [source, filter, nFft, norm, result.data, peaks], () => {
    if (peaks[0] === 0) warnOfSilence();
    return result;
  });
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
