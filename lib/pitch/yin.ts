import * as check from '../runtime/check.js';
import { allocate } from '../runtime/memory.js';
import { type Operation, operation, run } from '../runtime/operation.js';
import { framesRules, type PitchFrames, readFrames } from './pitch-frames.js';

/** What `yin` and `PitchTracker` have in common. */
export interface YinMethod {
  /** The first trough of the normalised difference below this is the period. Number; default 0.1. */
  troughThreshold?: number;
  /**
   * `'librosa'`: the numbers of `librosa.yin`, see there. `'paper'`: the method of the paper, with a difference function
   * that sums over the same number of samples, `frameLength` less the longest period, for every lag. Default `'librosa'`.
   */
  variant?: 'librosa' | 'paper';
}

export const methodRules = {
  troughThreshold: check.withDefault(check.number(), 0.1),
  variant: check.withDefault(check.oneOf(['librosa', 'paper']), 'librosa'),
};

export interface YinOptions extends PitchFrames, YinMethod {
  /** Whether to return the aperiodicity too. Default false. */
  details?: boolean;
}

/** Pitch with a measure of confidence. */
export interface YinDetails {
  /** Hz, a value per frame. */
  f0: Float32Array;
  /**
   * The normalised difference at the chosen lag: near 0 for a periodic frame, near 1 for noise. In the variant `'librosa'`
   * a periodic frame keeps about `period / frameLength / 2`, and silence has 0.
   */
  aperiodicity: Float32Array;
}

export function planYin(y: Float32Array, options: YinOptions): Operation<Float32Array | YinDetails> {
  const rules = { ...framesRules, ...methodRules, details: check.withDefault(check.boolean(), false) };
  const { troughThreshold, variant, details, ...given } = check.readOptions(options, rules);
  const { frames, count } = readFrames(y, given);
  const f0 = allocate(Float32Array, count);
  const aperiodicity = allocate(Float32Array, details ? count : 0);
  const paper = variant === 'paper';
  return operation(
    'yin',
    [y, { ...frames, paper }, given.sampleRate, troughThreshold, f0, aperiodicity],
    details ? { f0, aperiodicity } : f0,
  );
}

/**
 * Fundamental frequency of each frame by YIN, with the numbers of `librosa.yin`.
 *
 * The variant `'librosa'` has the reference's properties, bugs included:
 * - There is no unvoiced: a frame without a trough below the threshold gets the lag of the smallest value. Use the
 *   aperiodicity, `pyin`, or the variant `'paper'`, which has NaN there.
 * - A silent frame has all values 0 and the pitch `sampleRate / floor(sampleRate / fmax)`.
 * - The frame is continued by zeros, so the energy of its last samples counts as difference and long lags look worse
 *   than they are; and the difference at lag 1 is too large by the square of the first sample, which every mean over the
 *   lags inherits.
 * - Periods are whole samples, refined by a parabola (not at either end of the range), from `floor(sampleRate / fmax)` to
 *   `ceil(sampleRate / fmin)`: results may lie slightly outside `fmin` to `fmax`.
 *
 * A constant offset of a recording costs no precision, as it does in librosa's single precision; its double precision
 * gives the same numbers. Nor does the level matter, from 1e-37 to the largest number there is.
 *
 * With less than two periods of `fmin` in a frame (where librosa warns) low pitches are unreliable.
 *
 * @param y The signal: finite samples.
 * @param options See {@link YinOptions}; `sampleRate`, `fmin` and `fmax` are required.
 * @returns Pitch in Hz, a value per frame: `1 + floor(y.length / hopLength)` when centred with an even `frameLength`.
 *   With `details: true` an object, see {@link YinDetails}.
 * @throws TypeError, RangeError for an argument out of its range, for samples that are not finite, and for a signal
 *   shorter than a frame when `center` is false.
 * @see librosa.yin 0.11; de Cheveigné & Kawahara, "YIN, a fundamental frequency estimator for speech and music", 2002.
 * @example
 * import { yin } from 'cochlea';
 * const y = Float32Array.from({ length: 22050 }, (_, i) => Math.sin((2 * Math.PI * 440 * i) / 22050));
 * const f0 = yin(y, { sampleRate: 22050, fmin: 65, fmax: 2093 });
 * console.log(Math.round(f0[21])); // 440
 */
export function yin(y: Float32Array, options: YinOptions & { details: true }): YinDetails;
export function yin(y: Float32Array, options: YinOptions & { details?: false }): Float32Array;
export function yin(y: Float32Array, options: YinOptions): Float32Array | YinDetails;
export function yin(y: Float32Array, options: YinOptions): Float32Array | YinDetails {
  return run(planYin(y, options));
}
