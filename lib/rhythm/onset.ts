import * as check from '../runtime/check.js';
import type { Matrix } from '../runtime/matrix.js';
import { allocate } from '../runtime/memory.js';
import { type Operation, operation, run } from '../runtime/operation.js';
import { type MelSpectrogramOptions, melSpectrogramRules, readBands } from '../spectrum/mel.js';

/** Options of {@link onsetStrength}. */
export interface OnsetStrengthOptions extends Omit<MelSpectrogramOptions, 'center' | 'out'> {
  /** Frames from a spectrum to the one it is compared with. Integer >= 1; default 1. */
  lag?: number;
  /** How many neighbouring bands the earlier spectrum's maximum is taken over: more than 1 suppresses vibrato. Integer >= 1; default 1. */
  maxSize?: number;
  /** Whether the mean is filtered away, by a difference and a leaky sum. Default false. */
  detrend?: boolean;
  /** Whether the result is shifted by half a transform, so that onsets stand where they are heard. Default true. */
  center?: boolean;
  /** What becomes of a frame's bands. Default `'mean'`. */
  aggregate?: 'mean' | 'median';
}

const rules = {
  ...melSpectrogramRules,
  lag: check.withDefault(check.integer({ min: 1 }), 1),
  maxSize: check.withDefault(check.integer({ min: 1 }), 1),
  detrend: check.withDefault(check.boolean(), false),
  aggregate: check.withDefault(check.oneOf(['mean', 'median']), 'mean'),
};

export function planOnsetStrength(y: Float32Array | Matrix, options: OnsetStrengthOptions): Operation<Float32Array> {
  const { lag, maxSize, detrend, center, aggregate, ...given } = check.readOptions(options, rules);
  const { source, mel, shape } = readBands(y, { ...given, center: true });
  const shift = center ? Math.floor(given.nFft / (2 * given.hopLength)) : 0;
  const result = allocate(Float32Array, shape[1]);
  return operation('onsetStrength', [source, mel, { lag, maxSize, aggregate, shift, detrend }, result], result);
}

/**
 * How much louder the spectrum becomes from frame to frame, with the numbers of `librosa.onset.onset_strength`: the rises
 * of a mel spectrogram in decibels, averaged over its bands. Peaks are onsets. The transform runs in double precision, as
 * that of `mfcc`.
 *
 * Magnitudes have the limit that {@link fft} states.
 *
 * @param y The signal, finite samples; or a spectrogram in decibels `[bands, frames]`, which is compared as it is.
 * @param options See {@link OnsetStrengthOptions}; `sampleRate` is required. Those of {@link melSpectrogram} are passed on;
 * its frames are always centred, and `nFft` and `hopLength` also say how far `center` shifts.
 * @returns One value per frame, >= 0 unless `detrend`.
 * @throws TypeError, RangeError for an argument out of its range or samples that are not finite.
 * @see librosa.onset.onset_strength 0.11; Böck & Widmer, "Maximum filter vibrato suppression for onset detection", DAFx
 * 2013.
 * @example
 * import { onsetStrength } from 'cochlea';
 * const click = Float32Array.from({ length: 22050 }, (_, i) => (i === 11264 ? 1 : 0));
 * const strength = onsetStrength(click, { sampleRate: 22050 });
 * console.log(strength.indexOf(Math.max(...strength))); // 23
 */
export function onsetStrength(y: Float32Array | Matrix, options: OnsetStrengthOptions): Float32Array {
  return run(planOnsetStrength(y, options));
}
