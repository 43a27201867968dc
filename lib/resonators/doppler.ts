import * as check from '../runtime/check.js';

/** Options of {@link dopplerVelocity}. */
export interface DopplerOptions {
  /** In m/s. Number > 0; default 346, in air of 25 degrees. */
  speedOfSound?: number;
}

/**
 * The speed at which a source of a known tone comes nearer: `speedOfSound * (observed - reference) / reference`, for speeds
 * far below that of sound. Positive: approaching, the tone is heard higher. Negative: receding.
 *
 * @param observed The frequency that is heard, in Hz. Number > 0.
 * @param reference The frequency that is sounded, in Hz. Number > 0.
 * @param options See {@link DopplerOptions}.
 * @returns Metres per second.
 * @throws TypeError, RangeError for an argument out of its range.
 * @example
 * import { dopplerVelocity } from 'cochlea';
 * console.log(dopplerVelocity(441, 440).toFixed(3)); // 0.786
 */
export function dopplerVelocity(observed: number, reference: number, options?: DopplerOptions): number {
  const { speedOfSound } = check.readOptions(options, {
    speedOfSound: check.withDefault(check.number({ above: 0 }), 346),
  });
  const frequency = check.number({ above: 0 });
  const sounded = frequency.read(reference, 'reference');
  return (speedOfSound * (frequency.read(observed, 'observed') - sounded)) / sounded;
}
