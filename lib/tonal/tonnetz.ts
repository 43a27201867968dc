import * as check from '../runtime/check.js';
import { rangeError } from '../runtime/errors.js';
import { type Matrix, matrix, matrixRule } from '../runtime/matrix.js';
import { type Operation, operation, run } from '../runtime/operation.js';
import { type ChromaCqtOptions, chromaCqtRules, chromaOperation, finishParameters } from './chroma.js';

export function planTonnetz(y: Float32Array | Matrix, options?: ChromaCqtOptions): Operation<Matrix> {
  const given = check.readOptions(options, chromaCqtRules);
  if (ArrayBuffer.isView(y)) {
    return chromaOperation(y, given, { stage: 'tonnetz', threshold: given.threshold, norm: given.norm });
  }
  const { data, shape } = matrixRule.read(y, 'chroma');
  const [nChroma, columns] = shape;
  if (nChroma === 0) throw rangeError('chroma', 'at least one row', nChroma);
  const finish = finishParameters({ stage: 'tonnetz', threshold: null, norm: null });
  const result = matrix([6, columns]);
  return operation('chromaOfMatrix', [data, columns, new Float32Array(0), nChroma, finish, result.data], result);
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
 * console.log(tonnetz(new Float32Array(66150), { sampleRate: 22050, tuning: 0 }).shape); // [ 6, 130 ]
 */
export function tonnetz(y: Float32Array | Matrix, options?: ChromaCqtOptions): Matrix {
  return run(planTonnetz(y, options));
}
