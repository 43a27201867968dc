import type { PitchTrackerHandle } from '../../binding.js';
import * as check from '../runtime/check.js';
import { rangeError } from '../runtime/errors.js';
import { allocate } from '../runtime/memory.js';
import { native } from '../runtime/native.js';
import { framesRules, type PitchRange, rangeRules, readRange } from './pitch-frames.js';
import { methodRules, type YinMethod } from './yin.js';

export interface PitchTrackerOptions extends PitchRange, YinMethod {
  /** As for `yin`: whether frame t is centred on sample `t * hopLength`, zeros standing before the first. Default true. */
  center?: boolean;
}

const trackerRules = { ...rangeRules, ...methodRules, center: framesRules.center };
const none = new Float32Array(0);

/**
 * Pitch of a stream of samples, by YIN. The values of all calls, joined, are those of `yin` on the joined blocks, however
 * they are cut; only a stream without samples has no frames. Everything is allocated at construction.
 *
 * A frame's value is returned by the call that brings its last sample: {@link PitchTracker.latency} samples after the
 * time it stands for.
 *
 * @throws TypeError, RangeError for an option out of its range; `hopLength` is at most `frameLength`.
 * @example
 * import { PitchTracker } from 'cochlea';
 * const tracker = new PitchTracker({ sampleRate: 48000, fmin: 80, fmax: 1000, hopLength: 256 });
 * const out = new Float32Array(tracker.maxOutput(128));
 * for (let i = 0; i < 40; i++) {
 *   const block = Float32Array.from({ length: 128 }, (_, j) => Math.sin(((i * 128 + j) * 2 * Math.PI * 220) / 48000));
 *   const f0 = tracker.process(block, out);
 *   if (i === 39) console.log(Math.round(f0[0])); // 220
 * }
 */
export class PitchTracker {
  readonly #handle: PitchTrackerHandle;
  readonly #count = new Int32Array(1);
  /** Samples from the time that a value stands for to the end of its frame, where it becomes known. */
  readonly latency: number;
  readonly #lead: number;
  readonly #hopLength: number;

  /** @param options See {@link PitchTrackerOptions}; `sampleRate`, `fmin` and `fmax` are required. */
  constructor(options: PitchTrackerOptions) {
    const { troughThreshold, variant, center, ...given } = check.readOptions(options, trackerRules);
    const { frameLength, hopLength, minPeriod, maxPeriod } = readRange(given);
    if (hopLength > frameLength) throw rangeError('hopLength', `an integer <= frameLength (${frameLength})`, hopLength);
    this.#lead = center ? Math.floor(frameLength / 2) : 0;
    this.#hopLength = hopLength;
    this.latency = frameLength - this.#lead;
    this.#handle = native.pitchTracker(
      { frameLength, hopLength, padMode: center ? 'constant' : null, minPeriod, maxPeriod, paper: variant === 'paper' },
      given.sampleRate,
      troughThreshold,
    );
  }

  /** The most values that `process` returns for a block of `length` samples; for 0, the most that `flush` returns. */
  maxOutput(length: number): number {
    return this.#most(check.integer({ min: 0 }).read(length, 'length') || this.#lead);
  }

  /** The most frames that so many more samples can complete. */
  #most(samples: number): number {
    return samples === 0 ? 0 : Math.floor(samples / this.#hopLength) + 1;
  }

  /**
   * Takes any number of samples and returns the pitch, in Hz, of the frames that they complete.
   * @param x Finite samples.
   * @param out Room for the result, at least `maxOutput(x.length)` values; the result is then a view of its beginning and
   *   nothing is allocated but that view.
   * @param aperiodicity Room for as many values, filled with the frames' aperiodicity (see {@link YinDetails}).
   * @throws TypeError, RangeError for samples that are not finite, or an array that is too small.
   */
  process(x: Float32Array, out?: Float32Array, aperiodicity?: Float32Array): Float32Array {
    check.float32Array('x', x);
    const [room, details] = this.#rooms(this.#most(x.length), out, aperiodicity);
    check.noOverlap({ x }, { out: room, aperiodicity: details });
    native.pitchTrackerPush(this.#handle, x, room, details, this.#count);
    return this.#taken(room, out);
  }

  /**
   * The frames that are left when the stream ends here, zeros standing behind it; none if no sample has come. The tracker
   * is then as after `reset`.
   * @param out Room for the result, at least `maxOutput(0)` values.
   * @param aperiodicity Room for as many values.
   * @throws TypeError, RangeError for an array that is too small.
   */
  flush(out?: Float32Array, aperiodicity?: Float32Array): Float32Array {
    const [room, details] = this.#rooms(this.#most(this.#lead), out, aperiodicity);
    check.noOverlap({}, { out: room, aperiodicity: details });
    native.pitchTrackerFinish(this.#handle, room, details, this.#count);
    return this.#taken(room, out);
  }

  /** Forgets the stream so far. */
  reset(): void {
    native.pitchTrackerReset(this.#handle);
  }

  #rooms(most: number, out: Float32Array | undefined, aperiodicity: Float32Array | undefined) {
    const room = (name: string, array: Float32Array) => {
      if (check.float32Array(name, array).length < most) {
        throw rangeError(name, `a Float32Array of length >= ${most}`, array);
      }
      return array;
    };
    return [
      out === undefined ? allocate(Float32Array, most) : room('out', out),
      aperiodicity === undefined ? none : room('aperiodicity', aperiodicity),
    ] as const;
  }

  #taken(room: Float32Array, out: Float32Array | undefined): Float32Array {
    const count = this.#count[0]!;
    return out === undefined ? room.slice(0, count) : out.subarray(0, count);
  }
}
