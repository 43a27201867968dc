import type { ResamplerHandle } from '../../binding.js';
import * as check from '../runtime/check.js';
import { rangeError } from '../runtime/errors.js';
import { allocate } from '../runtime/memory.js';
import { native } from '../runtime/native.js';
import { type Operation, operation, run } from '../runtime/operation.js';

// The Fourier method needs the whole signal.
const filters = ['soxr_vhq', 'soxr_hq', 'soxr_mq', 'soxr_lq', 'polyphase'] as const;
const qualities = [...filters, 'fft'] as const;

/**
 * How rates are converted; the names are librosa's `res_type`.
 *
 * `'soxr_hq'`, `'soxr_vhq'`, `'soxr_mq'`, `'soxr_lq'`: linear-phase filters that pass 91 % of the lower Nyquist frequency
 * (`'soxr_lq'`: 67 %) and reject everything above it, by 125 dB (hq), 100 dB (mq, lq) or as far as single precision goes
 * (vhq). At 2:1 and 1:2 they are libsoxr's own filters, at other ratios the same design, where libsoxr joins several.
 *
 * `'polyphase'`: `scipy.signal.resample_poly`, short and soft; integer rates only. `'fft'`: `scipy.signal.resample`, which
 * takes the signal as periodic and all of it at once.
 */
export type ResampleQuality = (typeof qualities)[number];

const MAX_RATIO = 4096;

interface Rates {
  /** Sample rate of the input, Hz. > 0. */
  from: number;
  /** Sample rate of the result, Hz. > 0, and within a factor of 4096 of `from`. The two need not be integers. */
  to: number;
}

export interface ResampleOptions extends Rates {
  /** Default `'soxr_hq'`. */
  quality?: ResampleQuality;
  /** Whether to keep the energy rather than the amplitude: divides by `sqrt(to / from)`. Default false. */
  scale?: boolean;
  /** A Float32Array of the result's length, to be overwritten instead of allocating a new one. */
  out?: Float32Array;
}

const rateRules = {
  from: check.required(check.number({ above: 0 })),
  to: check.required(check.number({ above: 0 })),
};

const rules = {
  ...rateRules,
  quality: check.withDefault(check.oneOf(qualities), 'soxr_hq'),
  scale: check.withDefault(check.boolean(), false),
  out: check.optional(check.floats()),
};

function checkRates({ from, to, quality }: Required<Rates> & { quality: ResampleQuality }): void {
  if (from / to > MAX_RATIO || to / from > MAX_RATIO) {
    throw rangeError(
      'to',
      `a rate from ${from / MAX_RATIO} to ${from * MAX_RATIO}, a factor of ${MAX_RATIO} from 'from'`,
      to,
    );
  }
  if (quality === 'polyphase') {
    for (const [name, rate] of Object.entries({ from, to })) {
      if (!Number.isInteger(rate)) throw rangeError(name, "an integer with quality 'polyphase'", rate);
    }
  }
}

export function planResample(y: Float32Array, options: ResampleOptions): Operation<Float32Array> {
  const { out, scale, ...rest } = check.readOptions(options, rules);
  checkRates(rest);
  check.float32Array('y', y);
  const { from, to, quality } = rest;
  const length = Math.ceil(y.length * (to / from));
  if (length > check.MAX_COUNT) throw rangeError('to', 'a result of fewer than 2^31 samples', to);
  const result = out ?? allocate(Float32Array, length);
  if (result.length !== length) throw rangeError('out', `a Float32Array of length ${length}`, result);
  check.noOverlap({ y }, { out: result });
  const gain = scale ? 1 / Math.sqrt(to / from) : 1;
  return operation('resample', [y, from, to, quality, gain, result], result);
}

/**
 * Converts a signal to another sample rate, any ratio, with the conventions of `librosa.resample`.
 *
 * There is no delay: sample m of the result is the signal at time `m / to`, the signal being zero outside its ends.
 * Equal rates copy.
 *
 * @param y The signal: finite samples, of magnitudes below 1e30 (greater ones may overflow on the way).
 * @param options See {@link ResampleOptions}; `from` and `to` are required.
 * @returns `ceil(y.length * (to / from))` samples.
 * @throws TypeError, RangeError for an argument out of its range or samples that are not finite.
 * @see librosa.resample 0.11. Equal to it at 2:1 and 1:2, to 3e-6 of full scale. At other ratios libsoxr's transition band
 *   differs slightly, by up to 3e-3 for noise, and it stops up to one sample early, where librosa appends a zero and this
 *   function computes the sample. From 4:1 on libsoxr loses what its first steps ring before the first sample, so that its
 *   first few samples differ by up to 0.05 of a signal that begins at once.
 * @example
 * import { resample } from 'cochlea';
 * const y = Float32Array.from({ length: 44100 }, (_, i) => Math.sin((2 * Math.PI * 440 * i) / 44100));
 * console.log(resample(y, { from: 44100, to: 22050 }).length); // 22050
 */
export function resample(y: Float32Array, options: ResampleOptions): Float32Array {
  return run(planResample(y, options));
}

export interface ResamplerOptions extends Rates {
  /** Default `'soxr_hq'`. Not `'fft'`, which needs the whole signal. */
  quality?: Exclude<ResampleQuality, 'fft'>;
}

const resamplerRules = { ...rateRules, quality: check.withDefault(check.oneOf(filters), 'soxr_hq') };

/**
 * Converts a stream of samples to another rate. However the stream is cut, the outputs of all calls, joined, are the same
 * numbers: those of `resample` on the joined inputs, to 1e-6 where that converts in large blocks (2:1, 4:1, 8:1 and 1:2).
 * Equal rates copy, without latency.
 *
 * @throws TypeError, RangeError for an option out of its range.
 * @example
 * import { Resampler } from 'cochlea';
 * const resampler = new Resampler({ from: 48000, to: 22050 });
 * const parts = [new Float32Array(1000), new Float32Array(500)].map((x) => resampler.process(x));
 * parts.push(resampler.flush());
 * console.log(parts.reduce((n, part) => n + part.length, 0)); // 690
 */
export class Resampler {
  readonly #handle: ResamplerHandle;
  readonly #counts = new Int32Array(2);

  /** @param options See {@link ResamplerOptions}; `from` and `to` are required. */
  constructor(options: ResamplerOptions) {
    const read = check.readOptions(options, resamplerRules);
    checkRates(read);
    this.#handle = native.resampler(read.from, read.to, read.quality);
  }

  /** How many input samples after its own time an output needs: the latency, in samples at the rate `from`. */
  get latency(): number {
    native.resamplerLimits(this.#handle, 0, this.#counts);
    return this.#counts[1]!;
  }

  /** The most samples that `process` returns for an input of `length` samples; for 0, the most that `flush` returns. */
  maxOutput(length: number): number {
    native.resamplerLimits(this.#handle, check.integer({ min: 0 }).read(length, 'length'), this.#counts);
    return this.#counts[0]!;
  }

  /**
   * Takes any number of samples and returns the outputs that have become computable.
   * @param x Finite samples, as for `resample`; none are fine, and need no room.
   * @param out Room for the result, at least `maxOutput(x.length)` samples; the result is then a view of its beginning and
   *   nothing is allocated but that view.
   * @throws TypeError, RangeError for samples that are not finite, or an `out` that is too small.
   */
  process(x: Float32Array, out?: Float32Array): Float32Array {
    check.float32Array('x', x);
    // Nothing comes of no samples, whatever the room.
    const room = this.#room(x.length === 0 ? 0 : this.maxOutput(x.length), out);
    check.noOverlap({ x }, { out: room });
    native.resamplerPush(this.#handle, x, room, this.#counts);
    return this.#taken(room, out);
  }

  /** The outputs that are left when the signal ends here. The next `process` begins a new signal. */
  flush(out?: Float32Array): Float32Array {
    const room = this.#room(this.maxOutput(0), out);
    native.resamplerFinish(this.#handle, room, this.#counts);
    return this.#taken(room, out);
  }

  /** Forgets the signal so far. */
  reset(): void {
    native.resamplerReset(this.#handle);
  }

  #room(length: number, out: Float32Array | undefined): Float32Array {
    if (out === undefined) return allocate(Float32Array, length);
    if (check.float32Array('out', out).length < length)
      throw rangeError('out', `a Float32Array of length >= ${length}`, out);
    return out;
  }

  #taken(room: Float32Array, out: Float32Array | undefined): Float32Array {
    const count = this.#counts[0]!;
    return out === undefined ? room.slice(0, count) : out.subarray(0, count);
  }
}
