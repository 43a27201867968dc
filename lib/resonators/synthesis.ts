import type { SynthesizerHandle } from '../../binding.js';
import * as check from '../runtime/check.js';
import { rangeError } from '../runtime/errors.js';
import { allocate } from '../runtime/memory.js';
import { native } from '../runtime/native.js';
import { type Operation, operation, run } from '../runtime/operation.js';
import { resolveTracking, type TrackingBankOptions, trackingRules } from './tracking.js';

const masks = ['greedy', 'nearest'] as const;

/**
 * Which resonators sound, of those that have moved to one tone: always those nearest to their own frequencies.
 * `'greedy'`: the nearest first, and nobody within `exclusion` of one that sounds. `'nearest'`: one in each cell between
 * the midpoints of the bank's frequencies.
 */
export type SynthesisMask = (typeof masks)[number];

/** Options of {@link Synthesizer}. */
export interface SynthesizerOptions extends TrackingBankOptions {
  /** Samples per second. Number > 0 and <= 1e9. */
  sampleRate: number;
  /** Ratio of the result's frequencies to the signal's. Number, 1/16 to 16; default 1. */
  pitch?: number;
  /** How much faster than the signal the result runs. Number, 1/16 to 16; default 1. */
  speed?: number;
  /** Who sounds. Default `'greedy'`. */
  mask?: SynthesisMask;
  /** The least distance between two that sound, for `'greedy'`, in octaves. Number, 0 to 64; default 1/12. */
  exclusion?: number;
  /** How much nearer a rival must be to take the place of one that sounds, as a part. Number, 0 to 1; default 0.1. */
  hysteresis?: number;
}

/** Options of {@link synthesize}. */
export interface SynthesizeOptions extends SynthesizerOptions {
  /** A Float32Array of the result's length, to be overwritten instead of allocating a new one. */
  out?: Float32Array;
}

const lengthRule = check.integer({ min: 0 });
const ratio = check.number({ min: 1 / 16, max: 16 });
const rules = {
  ...trackingRules,
  sampleRate: check.required(check.number({ above: 0, max: 1e9 })),
  pitch: check.withDefault(ratio, 1),
  speed: check.withDefault(ratio, 1),
  mask: check.withDefault(check.oneOf(masks), 'greedy'),
  exclusion: check.withDefault(check.number({ min: 0, max: 64 }), 1 / 12),
  hysteresis: check.withDefault(check.number({ min: 0, max: 1 }), 0.1),
};

function resolve({ pitch, speed, mask, exclusion, hysteresis, ...given }: check.Values<typeof rules>) {
  return { ...resolveTracking(given), mask: { mask, exclusion, hysteresis }, pitch, speed };
}

/**
 * The sound of a {@link TrackingBank}, as a stream: every resonator hums what it hears, at a pitch and a speed of its own.
 *
 * The result is made of tones alone: each resonator is given the slowly changing amplitude and phase that it measures, and
 * the frequency that it has moved to. What it lacks is what the bank's time constants smooth away, so that attacks are
 * softer, and noise more tonal. Cuts of any size give the same samples. Everything is allocated at construction, whatever
 * the length of the stream. The choice of who sounds is made every millisecond and averaged over ten.
 *
 * @see Francois, "Phase Matters", ICMC 2026.
 * @example
 * import { logFrequencies, Synthesizer } from 'cochlea';
 * const frequencies = logFrequencies({ fmin: 55, nBins: 96 });
 * const higher = new Synthesizer({ sampleRate: 44100, frequencies, pitch: 2 ** (2 / 12) });
 * const block = new Float32Array(128);
 * console.log(higher.process(block).length); // 128
 */
export class Synthesizer {
  /** Samples per second, of the signal and of the result. */
  readonly sampleRate: number;
  readonly #handle: SynthesizerHandle;
  readonly #counts = new Int32Array(1);
  #pitch: number;
  #speed: number;

  /** @throws TypeError, RangeError for an option out of its range or lists of different lengths. */
  constructor(options: SynthesizerOptions) {
    const { bank, tracking, mask, pitch, speed } = resolve(check.readOptions(options, rules));
    this.sampleRate = bank.sampleRate;
    this.#pitch = pitch;
    this.#speed = speed;
    this.#handle = native.synthesizer(bank, tracking, mask);
    native.synthesizerTune(this.#handle, pitch, speed);
  }

  /** Ratio of the result's frequencies to the signal's; may be set at any time, without a jump. */
  get pitch(): number {
    return this.#pitch;
  }

  set pitch(value: number) {
    native.synthesizerTune(this.#handle, ratio.read(value, 'pitch'), this.#speed);
    this.#pitch = value;
  }

  /** How much faster than the signal the result runs; may be set at any time, without a jump. */
  get speed(): number {
    return this.#speed;
  }

  set speed(value: number) {
    native.synthesizerTune(this.#handle, this.#pitch, ratio.read(value, 'speed'));
    this.#speed = value;
  }

  /** The most samples that `process` returns for an input of `length` samples; 0 for none. */
  maxOutput(length: number): number {
    const samples = lengthRule.read(length, 'length');
    return samples === 0 ? 0 : Math.floor(samples / this.#speed) + 1;
  }

  /**
   * Takes any number of samples and returns those of the result whose time has come.
   *
   * @param samples Any number of samples from -1e18 to 1e18.
   * @param out Room for the result, at least `maxOutput(samples.length)` samples; the result is then a view of its beginning
   *   and nothing is allocated but that view.
   * @throws TypeError, RangeError for samples that are not finite or beyond 1e18, or an `out` that is too small; nothing
   *   has then changed.
   */
  process(samples: Float32Array, out?: Float32Array): Float32Array {
    const longest = this.maxOutput(check.float32Array('samples', samples).length);
    if (out !== undefined && check.float32Array('out', out).length < longest) {
      throw rangeError('out', `a Float32Array of length >= ${longest}`, out);
    }
    const room = out ?? allocate(Float32Array, longest);
    check.noOverlap({ samples }, { out: room });
    native.synthesizerProcess(this.#handle, samples, room, this.#counts);
    const count = this.#counts[0]!;
    return out === undefined && count < longest ? room.slice(0, count) : room.subarray(0, count);
  }

  /** Back to silence and to the resonators' own frequencies; pitch and speed stay. */
  reset(): void {
    native.synthesizerReset(this.#handle);
  }
}

export function planSynthesize(y: Float32Array, options: SynthesizeOptions): Operation<Float32Array> {
  const { out, ...given } = check.readOptions(options, { ...rules, out: check.optional(check.floats()) });
  const { bank, tracking, mask, pitch, speed } = resolve(given);
  const length = Math.round(check.float32Array('y', y).length / speed);
  if (length > check.MAX_COUNT) throw rangeError('speed', 'a result of fewer than 2^31 samples', length);
  const result = out === undefined ? allocate(Float32Array, length) : check.floats(length).read(out, 'out');
  check.noOverlap({ y }, { out: result });
  return operation('synthesize', [y, bank, tracking, mask, pitch, speed, result], result);
}

/**
 * A whole signal through a new {@link Synthesizer}: another pitch, another speed, or both, in one call and with a promise
 * form.
 *
 * @param y The signal: samples from -1e18 to 1e18, of any length.
 * @param options See {@link SynthesizerOptions}.
 * @returns `round(y.length / speed)` samples.
 * @throws TypeError, RangeError for an argument out of its range or samples that are not finite or beyond 1e18.
 * @example
 * import { logFrequencies, synthesize } from 'cochlea';
 * const y = Float32Array.from({ length: 44100 }, (_, i) => Math.sin((2 * Math.PI * 440 * i) / 44100));
 * const slow = synthesize(y, { sampleRate: 44100, frequencies: logFrequencies(), speed: 0.5 });
 * console.log(slow.length); // 88200
 */
export function synthesize(y: Float32Array, options: SynthesizeOptions): Float32Array {
  return run(planSynthesize(y, options));
}
