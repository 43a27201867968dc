import type { TrackingBankHandle } from '../../binding.js';
import * as check from '../runtime/check.js';
import { rangeError } from '../runtime/errors.js';
import {
  type ComplexMatrix,
  complexMatrix,
  complexMatrixRule,
  type Matrix,
  matrix,
  matrixRule,
} from '../runtime/matrix.js';
import { native } from '../runtime/native.js';
import { type BankParameters, bankRules, type PerResonator, resolveBank } from './resonators.js';

/** In the order of `TrackingRule` in native/core/resonators/tracking.h. */
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

export const trackingRules = {
  ...bankRules,
  gammas: check.optional(check.numbers({ min: 0, max: 1 })),
  rule: check.withDefault(check.oneOf(rules), 'chord'),
  threshold: check.withDefault(check.number({ min: 0 }), 1e-6),
};

/** With the arguments that make the bank in the addon. */
export function resolveTracking({ gammas, rule, threshold, ...given }: check.Values<typeof trackingRules>) {
  const { sampleRate, frequencies, alphas, betas } = resolveBank(given);
  if (gammas !== undefined && gammas.length !== frequencies.length) {
    throw rangeError('gammas', `as many values as frequencies (${frequencies.length})`, gammas);
  }
  const halves = gammas ?? alphas.map((alpha) => alpha / 2);
  const native = [sampleRate, frequencies, alphas, betas, halves, threshold, rules.indexOf(rule)] as const;
  return { sampleRate, frequencies, native };
}

/** What a tracking bank hears: all `[length, frames]`. */
export interface Tracked {
  /** Magnitude of each resonator's output: half the amplitude of a tone. */
  magnitude: Matrix;
  /** The frequency that it has moved to, in Hz. */
  frequency: Matrix;
  /**
   * The output itself, where it was asked for: its real part is half of what the resonator passes of the signal. The frame is
   * the signal's, not that of a phasor, as in `ResonatorBank`: resonators on one tone agree in phase, and add up.
   */
  complex?: ComplexMatrix;
}

/** Options of {@link TrackingBank.track}. */
export interface TrackOptions {
  /** Samples from one frame to the next. Integer >= 1. */
  hopLength: number;
  /** Whether to give complex values as well. Default false; with `out`, whether that has them. */
  complex?: boolean;
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
  readonly #frequencies: Float64Array;
  readonly #handle: TrackingBankHandle;
  #position = 0;

  /** @throws TypeError, RangeError for an option out of its range or lists of different lengths. */
  constructor(options: TrackingBankOptions) {
    const { sampleRate, frequencies, native: args } = resolveTracking(check.readOptions(options, trackingRules));
    this.sampleRate = sampleRate;
    this.length = frequencies.length;
    this.#frequencies = frequencies;
    this.#handle = native.trackingBank(...args);
  }

  /** The resonators' own frequencies in Hz; a copy. */
  get frequencies(): Float64Array {
    return this.#frequencies.slice();
  }

  /**
   * Processes a signal and reads every resonator at the last sample of each hop. Frames stand at the multiples of
   * `hopLength` samples since construction or `reset()`.
   *
   * @param signal Any number of finite samples.
   * @param options See {@link TrackOptions}.
   * @returns Magnitudes and frequencies, and complex values if asked for, each `[length, frames]`.
   * @throws TypeError, RangeError for an argument out of its range or samples that are not finite; the bank is then
   *   unchanged.
   */
  track(signal: Float32Array, options: TrackOptions): Tracked {
    const { hopLength, out, complex } = check.readOptions(options, trackRules);
    check.float32Array('signal', signal);
    const shape: [number, number] = [this.length, this.frameCount(signal.length, hopLength)];
    const result: Tracked = {
      magnitude: matrix([...shape], out?.magnitude),
      frequency: matrix([...shape], out?.frequency),
      ...((complex ?? out?.complex !== undefined) && { complex: complexMatrix([...shape], out?.complex) }),
    };
    const { re, im } = result.complex ?? { re: NONE, im: NONE };
    const [magnitude, frequency] = [result.magnitude.data, result.frequency.data];
    check.noOverlap({
      signal,
      'out.magnitude.data': magnitude,
      'out.frequency.data': frequency,
      ...(result.complex && { 'out.complex.re': re, 'out.complex.im': im }),
    });
    native.trackingTrack(this.#handle, signal, hopLength, magnitude, frequency, re, im);
    this.#position += signal.length;
    return out ?? result;
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

const NONE = new Float32Array(0);

const trackRules = {
  hopLength: check.required(check.integer({ min: 1 })),
  complex: check.optional(check.boolean()),
  out: check.optional<Tracked>({
    read(value, name) {
      const { magnitude, frequency, complex } = (value ?? {}) as Tracked;
      matrixRule.read(magnitude, `${name}.magnitude`);
      matrixRule.read(frequency, `${name}.frequency`);
      if (complex !== undefined) complexMatrixRule.read(complex, `${name}.complex`);
      return value as Tracked;
    },
  }),
};

const collisions = ['max', 'nearest', 'sum'] as const;

/** Options of {@link superResolution}. */
export interface SuperResolutionOptions<Complex extends boolean = boolean> {
  /** The frequencies of the result's rows in Hz, > 0, rising. */
  frequencies: PerResonator;
  /**
   * What a cell holds when several resonators fall into it: `'max'` that of the largest magnitude, `'nearest'` that of the
   * one nearest, in Hz, to its own frequency, `'sum'` the root of the summed powers, or the sum of complex values. Default
   * `'max'`.
   */
  collision?: (typeof collisions)[number];
  /** The resonators' own frequencies in Hz, for `'nearest'`: the bank's `frequencies`. */
  natural?: PerResonator;
  /** Whether to give complex values; `tracked` must have them. Default false. */
  complex?: Complex;
}

/**
 * A spectrogram with finer rows than the bank that made it: each tracked value goes to the row whose frequency is
 * nearest, in ratio, to the frequency at which the resonator was. Values beyond the outer rows by more than half their
 * distance to the next are left out; rows that nobody reached are 0.
 *
 * @param tracked What `TrackingBank.track` returns.
 * @param options See {@link SuperResolutionOptions}.
 * @returns Magnitudes or complex values, `[frequencies.length, frames]`.
 * @throws TypeError, RangeError for an argument out of its range.
 * @see Francois's super-resolution spectrogram, generalised from equal steps to any layout.
 * @example
 * import { logFrequencies, superResolution, TrackingBank } from 'cochlea';
 * const bank = new TrackingBank({ sampleRate: 44100, frequencies: logFrequencies({ nBins: 84 }) });
 * const tracked = bank.track(new Float32Array(44100), { hopLength: 512 });
 * const S = superResolution(tracked, { frequencies: logFrequencies({ nBins: 252, binsPerOctave: 36 }) });
 * console.log(S.shape); // [ 252, 86 ]
 */
export function superResolution<Complex extends boolean = false>(
  tracked: Tracked,
  options: SuperResolutionOptions<Complex>,
): Complex extends true ? ComplexMatrix : Matrix;
export function superResolution(tracked: Tracked, options: SuperResolutionOptions): Matrix | ComplexMatrix {
  const { frequencies, collision, natural, complex } = check.readOptions(options, {
    frequencies: check.required(check.numbers({ above: 0 })),
    collision: check.withDefault(check.oneOf(collisions), 'max'),
    natural: check.optional(check.numbers({ above: 0 })),
    complex: check.withDefault(check.boolean(), false),
  });
  const magnitude = matrixRule.read(tracked?.magnitude, 'tracked.magnitude');
  const frequency = matrixRule.read(tracked?.frequency, 'tracked.frequency');
  const [bins, frames] = magnitude.shape;
  matrix([bins, frames], frequency);
  const values = complex ? complexMatrixRule.read(tracked.complex, 'tracked.complex') : undefined;
  if (values) complexMatrix([bins, frames], values);
  if (collision === 'nearest' && natural?.length !== bins) {
    throw rangeError('natural', `as many values as rows of tracked (${bins})`, natural);
  }
  for (let i = 1; i < frequencies.length; i++) {
    if (frequencies[i]! <= frequencies[i - 1]!) {
      throw rangeError(`frequencies[${i}]`, `a number > the one before (${frequencies[i - 1]})`, frequencies[i]);
    }
  }
  const edges = edgesOf(frequencies);
  const rows = frequencies.length;
  const shape: [number, number] = [rows, frames];
  const result = values ? complexMatrix(shape) : matrix(shape);
  // Of each cell's best so far: the larger the better.
  const best = collision === 'sum' ? undefined : new Float32Array(rows * frames).fill(Number.NEGATIVE_INFINITY);
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
    if (best !== undefined) {
      const merit = collision === 'max' ? magnitude.data[i]! : -Math.abs(f - natural![Math.floor(i / frames)]!);
      if (!(merit > best[cell]!)) continue;
      best[cell] = merit;
    }
    if ('data' in result) {
      result.data[cell] = best ? magnitude.data[i]! : Math.hypot(result.data[cell]!, magnitude.data[i]!);
    } else {
      result.re[cell] = values!.re[i]! + (best ? 0 : result.re[cell]!);
      result.im[cell] = values!.im[i]! + (best ? 0 : result.im[cell]!);
    }
  }
  return result;
}

/** The edges of rows: geometric means, and as far outside the outer rows as inside; a semitone for a single row. */
function edgesOf(frequencies: Float64Array): Float64Array {
  const rows = frequencies.length;
  const [first, last] = [frequencies[0]!, frequencies[rows - 1]!];
  const below = rows > 1 ? first ** 2 / frequencies[1]! : first / 2 ** (1 / 12);
  const above = rows > 1 ? last ** 2 / frequencies[rows - 2]! : last * 2 ** (1 / 12);
  const all = [below, ...frequencies, above];
  return Float64Array.from({ length: rows + 1 }, (_, i) => Math.sqrt(all[i]! * all[i + 1]!));
}
