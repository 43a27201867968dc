import type { TrackingBankHandle } from '../binding.js';
import * as check from './check.js';
import { rangeError } from './errors.js';
import { type Matrix, matrix, matrixRule } from './matrix.js';
import { native } from './native.js';
import { type BankParameters, bankRules, type PerResonator, resolveBank } from './resonators.js';

/** In the order of `TrackingRule` in native/core/tracking.h. */
const rules = ['chord', 'tangent', 'ewma'] as const;

/**
 * How a resonator moves towards what it hears, by a part gamma of the angle between two samples: `'chord'` along the chord
 * between the directions, `'tangent'` along the tangent, `'ewma'` by the angle itself. They land on the same trajectory;
 * the first two are faster.
 */
export type TrackingRule = (typeof rules)[number];

/** Options of {@link TrackingBank}. */
export interface TrackingBankOptions extends BankParameters {
  /** How fast each resonator follows, each >= 0 and <= 1. Default half of `alphas`. */
  gammas?: PerResonator;
  /** The rule that moves a resonator. Default `'chord'`. */
  rule?: TrackingRule;
  /** The power above which a resonator follows; below it, it goes back to its own frequency. Number >= 0; default 1e-6. */
  threshold?: number;
}

/** What a tracking bank hears: both `[length, frames]`. */
export interface Tracked {
  /** Magnitude of each resonator's output: half the amplitude of a tone. */
  magnitude: Matrix;
  /** The frequency that it has moved to, in Hz. */
  frequency: Matrix;
}

/** Options of {@link TrackingBank.track}. */
export interface TrackOptions {
  /** Samples from one frame to the next. Integer >= 1. */
  hopLength: number;
  /** An earlier result of the same shape, to be overwritten instead of allocating a new one. */
  out?: Tracked;
}

/**
 * A bank of resonators that tune themselves to the tones they hear, so that each reports a frequency of its own.
 *
 * Each sample moves a resonator that is loud enough by a part of the phase by which the input ran ahead. A tone between two
 * resonators pulls both to its frequency; the magnitudes tell how near they stood. Chunks of any length give the frames of
 * the whole signal. Everything is allocated at construction.
 *
 * @see Francois, "Phase Matters", ICMC 2026, and the package Oscillators 5, whose rules these are.
 * @example
 * import { midiFrequencies, TrackingBank } from 'cochlea';
 * const bank = new TrackingBank({ sampleRate: 44100, frequencies: midiFrequencies() });
 * const y = Float32Array.from({ length: 44100 }, (_, i) => Math.sin((2 * Math.PI * 445 * i) / 44100));
 * const { frequency } = bank.track(y, { hopLength: 441 });
 * console.log(Math.round(frequency.data[48 * 100 + 99])); // 445
 */
export class TrackingBank {
  /** Samples per second. */
  readonly sampleRate: number;
  /** How many resonators. */
  readonly length: number;
  readonly #handle: TrackingBankHandle;
  #position = 0;

  /** @throws TypeError, RangeError for an option out of its range or lists of different lengths. */
  constructor(options: TrackingBankOptions) {
    const { gammas, rule, threshold, ...given } = check.readOptions(options, {
      ...bankRules,
      gammas: check.optional(check.numbers({ min: 0, max: 1 })),
      rule: check.withDefault(check.oneOf(rules), 'chord'),
      threshold: check.withDefault(check.number({ min: 0 }), 1e-6),
    });
    const { sampleRate, frequencies, alphas, betas } = resolveBank(given);
    if (gammas !== undefined && gammas.length !== frequencies.length) {
      throw rangeError('gammas', `as many values as frequencies (${frequencies.length})`, gammas);
    }
    this.sampleRate = sampleRate;
    this.length = frequencies.length;
    this.#handle = native.trackingBank(
      sampleRate,
      frequencies,
      alphas,
      betas,
      gammas ?? alphas.map((alpha) => alpha / 2),
      threshold,
      rules.indexOf(rule),
    );
  }

  /**
   * Processes a signal and reads every resonator at the last sample of each hop. Frames stand at the multiples of
   * `hopLength` samples since construction or `reset()`.
   *
   * @param signal Any number of finite samples.
   * @param options See {@link TrackOptions}.
   * @returns Magnitudes and frequencies, each `[length, frames]`.
   * @throws TypeError, RangeError for an argument out of its range or samples that are not finite; the bank is then
   *   unchanged.
   */
  track(signal: Float32Array, options: TrackOptions): Tracked {
    const { hopLength, out } = check.readOptions(options, trackRules);
    check.float32Array('signal', signal);
    const shape: [number, number] = [this.length, this.frameCount(signal.length, hopLength)];
    const result = out ?? { magnitude: matrix([...shape]), frequency: matrix([...shape]) };
    const planes = [
      matrix(shape, matrixRule.read(result.magnitude, 'out.magnitude')).data,
      matrix(shape, matrixRule.read(result.frequency, 'out.frequency')).data,
    ] as const;
    check.noOverlap({ signal, 'out.magnitude.data': planes[0], 'out.frequency.data': planes[1] });
    native.trackingTrack(this.#handle, signal, hopLength, planes[0], planes[1]);
    this.#position += signal.length;
    return result;
  }

  /** Frames that `track` would give for the next `samples` samples. */
  frameCount(samples: number, hopLength: number): number {
    return Math.floor((this.#position + samples) / hopLength) - Math.floor(this.#position / hopLength);
  }

  /** Back to silence, to the resonators' own frequencies and to position 0. */
  reset(): void {
    native.trackingReset(this.#handle);
    this.#position = 0;
  }
}

const trackRules = {
  hopLength: check.required(check.integer({ min: 1 })),
  out: check.optional<Tracked>({
    read(value, name) {
      const { magnitude, frequency } = (value ?? {}) as Tracked;
      matrixRule.read(magnitude, `${name}.magnitude`);
      matrixRule.read(frequency, `${name}.frequency`);
      return value as Tracked;
    },
  }),
};

/** Options of {@link superResolution}. */
export interface SuperResolutionOptions {
  /** The frequencies of the result's rows in Hz, > 0, rising. */
  frequencies: PerResonator;
  /**
   * What a cell holds when several resonators fall into it: `'max'` the largest magnitude, `'sum'` the root of the summed
   * powers. Default `'max'`.
   */
  collision?: 'max' | 'sum';
}

/**
 * A spectrogram with finer rows than the bank that made it: each tracked magnitude goes to the row whose frequency is
 * nearest, in ratio, to the frequency at which the resonator was. Values beyond the outer rows by more than half their
 * distance to the next are left out; rows that nobody reached are 0.
 *
 * @param tracked What `TrackingBank.track` returns.
 * @param options See {@link SuperResolutionOptions}.
 * @returns Magnitudes, `[frequencies.length, frames]`.
 * @throws TypeError, RangeError for an argument out of its range.
 * @see Francois's super-resolution spectrogram, generalised from equal steps to any layout.
 * @example
 * import { logFrequencies, superResolution, TrackingBank } from 'cochlea';
 * const bank = new TrackingBank({ sampleRate: 44100, frequencies: logFrequencies({ nBins: 84 }) });
 * const tracked = bank.track(new Float32Array(44100), { hopLength: 512 });
 * const S = superResolution(tracked, { frequencies: logFrequencies({ nBins: 252, binsPerOctave: 36 }) });
 * console.log(S.shape); // [ 252, 86 ]
 */
export function superResolution(tracked: Tracked, options: SuperResolutionOptions): Matrix {
  const { frequencies, collision } = check.readOptions(options, {
    frequencies: check.required(check.numbers({ above: 0 })),
    collision: check.withDefault(check.oneOf(['max', 'sum']), 'max'),
  });
  const magnitude = matrixRule.read(tracked?.magnitude, 'tracked.magnitude');
  const frequency = matrixRule.read(tracked?.frequency, 'tracked.frequency');
  const [bins, frames] = magnitude.shape;
  matrix([bins, frames], frequency);
  for (let i = 1; i < frequencies.length; i++) {
    if (frequencies[i]! <= frequencies[i - 1]!) {
      throw rangeError(`frequencies[${i}]`, `a number > the one before (${frequencies[i - 1]})`, frequencies[i]);
    }
  }
  // Edges between rows: geometric means, and as far outside the outer rows as inside.
  const rows = frequencies.length;
  const first = rows > 1 ? frequencies[0]! ** 1.5 / frequencies[1]! ** 0.5 : frequencies[0]! / 2 ** (1 / 24);
  const last =
    rows > 1 ? frequencies[rows - 1]! ** 1.5 / frequencies[rows - 2]! ** 0.5 : frequencies[0]! * 2 ** (1 / 24);
  const edges = Float64Array.from({ length: rows + 1 }, (_, i) =>
    i === 0 ? first : i === rows ? last : Math.sqrt(frequencies[i - 1]! * frequencies[i]!),
  );
  const result = matrix([rows, frames]);
  for (let i = 0; i < bins * frames; i++) {
    const f = frequency.data[i]!;
    if (!(f >= edges[0]! && f < edges[rows]!)) continue;
    let [low, high] = [0, rows];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (edges[middle]! <= f) low = middle;
      else high = middle;
    }
    const cell = low * frames + (i % frames);
    const [held, value] = [result.data[cell]!, magnitude.data[i]!];
    result.data[cell] = collision === 'max' ? Math.max(held, value) : Math.hypot(held, value);
  }
  return result;
}
