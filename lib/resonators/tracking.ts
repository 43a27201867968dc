import type { TrackingBankHandle } from '../../binding.js';
import * as check from '../runtime/check.js';
import {
  type ComplexMatrix,
  complexMatrix,
  complexMatrixRule,
  type Matrix,
  matrix,
  matrixRule,
} from '../runtime/matrix.js';
import { allocate } from '../runtime/memory.js';
import { native } from '../runtime/native.js';
import type { PerResonator } from './alphas.js';
import { countHops, hopLengthRule, NONE } from './outputs.js';
import { type BankParameters, bankRules, checkCounts, resolveBank } from './parameters.js';

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
  /**
   * The power above which a resonator follows; up to it, it goes back to its own frequency. Number >= 0; default 1e-6. At
   * 0 it follows whatever has a power in single precision, which begins at 1.2e-38: magnitudes above 1.1e-19.
   */
  threshold?: number;
}

export const trackingRules = {
  ...bankRules,
  gammas: check.optional(check.numbers({ min: 0, max: 1 })),
  rule: check.withDefault(check.oneOf(rules), 'chord'),
  threshold: check.withDefault(check.number({ min: 0 }), 1e-6),
};

/** The parameters of a bank and of how it follows what it hears, checked against each other and complete. */
export function resolveTracking({ gammas, rule, threshold, ...given }: check.Values<typeof trackingRules>) {
  const bank = resolveBank(given);
  const { frequencies, alphas } = bank;
  checkCounts({ gammas }, frequencies.length, 'frequencies');
  return { bank, tracking: { gammas: gammas ?? alphas.map((alpha) => alpha / 2), rule, threshold } };
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
  /** Whether to give complex values as well; an `out` must then have room for them. Default: whether `out` has, or false. */
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
    const { bank, tracking } = resolveTracking(check.readOptions(options, trackingRules));
    this.sampleRate = bank.sampleRate;
    this.length = bank.frequencies.length;
    this.#frequencies = bank.frequencies;
    this.#handle = native.trackingBank(bank, tracking);
  }

  /** The resonators' own frequencies in Hz; a copy. */
  get frequencies(): Float64Array {
    const copy = allocate(Float64Array, this.length);
    copy.set(this.#frequencies);
    return copy;
  }

  /**
   * Processes a signal and reads every resonator at the last sample of each hop. Frames stand at the multiples of
   * `hopLength` samples since construction or `reset()`.
   *
   * @param signal Any number of samples from -1e18 to 1e18.
   * @param options See {@link TrackOptions}.
   * @returns Magnitudes and frequencies, and complex values if asked for, each `[length, frames]`.
   * @throws TypeError, RangeError for an argument out of its range or samples that are not finite or beyond
   *   1e18; the bank is then unchanged.
   */
  track(signal: Float32Array, options: TrackOptions): Tracked {
    const { hopLength, out, complex } = check.readOptions(options, trackRules);
    check.float32Array('signal', signal);
    const shape: [number, number] = [this.length, this.frameCount(signal.length, hopLength)];
    const blamed = (name: string) => (out === undefined ? 'hopLength' : name);
    const result: Tracked = {
      magnitude: matrix([...shape], out?.magnitude, blamed('out.magnitude')),
      frequency: matrix([...shape], out?.frequency, blamed('out.frequency')),
    };
    if (complex ?? out?.complex !== undefined) {
      const room = out === undefined ? undefined : complexMatrixRule.read(out.complex, 'out.complex');
      result.complex = complexMatrix([...shape], room, blamed('out.complex'));
    }
    const { re, im } = result.complex ?? { re: NONE, im: NONE };
    const [magnitude, frequency] = [result.magnitude.data, result.frequency.data];
    const outputs = { 'out.magnitude.data': magnitude, 'out.frequency.data': frequency };
    check.noOverlap({ signal }, { ...outputs, ...(result.complex && { 'out.complex.re': re, 'out.complex.im': im }) });
    native.trackingTrack(this.#handle, signal, hopLength, magnitude, frequency, re, im);
    this.#position += signal.length;
    return out ?? result;
  }

  /**
   * Frames that `track` would give for the next `samples` samples.
   *
   * @throws TypeError, RangeError for a number of samples that is no integer >= 0, or a hop that is no integer >= 1.
   */
  frameCount(samples: number, hopLength: number): number {
    return countHops(this.#position, samples, hopLength);
  }

  /** Back to silence, to the resonators' own frequencies and to position 0. */
  reset(): void {
    native.trackingReset(this.#handle);
    this.#position = 0;
  }
}

const trackRules = {
  hopLength: hopLengthRule,
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
