import * as check from '../runtime/check.js';
import { rangeError } from '../runtime/errors.js';
import { type Matrix, matrix } from '../runtime/matrix.js';
import { type Operation, operation, run } from '../runtime/operation.js';
import type { PerResonator } from './alphas.js';
import { readPower, UNWEIGHTED } from './power.js';

/** Options of {@link resonatorMfcc}. */
export interface ResonatorMfccOptions {
  /** A weight for each row's power, >= 0: those of `equalizer`. Default 1. */
  weights?: PerResonator;
  /** How many coefficients. Integer >= 1, at most the rows of `power`; default 20. */
  nMfcc?: number;
  /** Levels further than this below the highest are raised to it, in dB. Number >= 0, or null for none; default 80. */
  topDb?: number | null;
}

const rules = {
  weights: check.optional(check.numbers({ min: 0 })),
  nMfcc: check.withDefault(check.integer({ min: 1 }), 20),
  topDb: check.nullable(check.number({ min: 0 }), 80),
};

export function planResonatorMfcc(power: Matrix, options?: ResonatorMfccOptions): Operation<Matrix> {
  const { weights, nMfcc, topDb } = check.readOptions(options, rules);
  const { data, shape } = readPower(power, { weights });
  const [bins, frames] = shape;
  if (bins === 0) throw rangeError('power.shape[0]', 'at least one row', bins);
  if (nMfcc > bins) throw rangeError('nMfcc', `at most the rows of power (${bins})`, nMfcc);
  const result = matrix([nMfcc, frames]);
  return operation('resonatorMfcc', [data, bins, weights ?? UNWEIGHTED, topDb, result.data], result);
}

/**
 * Cepstral coefficients from a bank on the mel scale: the orthonormal DCT-II over the rows of weighted powers in dB below their
 * highest.
 *
 * @param power Powers, `[bins, frames]`, of a bank whose frequencies are those of `melFrequencies`.
 * @param options See {@link ResonatorMfccOptions}.
 * @returns `[nMfcc, frames]`.
 * @throws TypeError, RangeError for an argument out of its range, or powers that are not finite.
 * @see librosa.feature.mfcc, for the last two steps.
 * @example
 * import { melFrequencies, resonate, resonatorMfcc } from 'cochlea';
 * const frequencies = melFrequencies({ nMels: 129, fmax: 8000 }).subarray(1);
 * const power = resonate(new Float32Array(44100), { sampleRate: 44100, frequencies, hopLength: 441, output: 'power' });
 * console.log(resonatorMfcc(power).shape); // [ 20, 100 ]
 */
export function resonatorMfcc(power: Matrix, options?: ResonatorMfccOptions): Matrix {
  return run(planResonatorMfcc(power, options));
}
