import * as check from '../runtime/check.js';
import { rangeError } from '../runtime/errors.js';
import { ResonatorBank } from './bank.js';
import { bankRules } from './parameters.js';

/** Options of {@link Resonator}. */
export interface ResonatorOptions {
  /** Samples per second. Number > 0. */
  sampleRate: number;
  /** The resonator's frequency in Hz. Number > 0 and < `sampleRate / 2`. */
  frequency: number;
  /** Smoothing factor. Number > 0 and <= 1; default that of `heuristicAlphas`. */
  alpha?: number;
  /** Smoothing factor of the second stage; 1 switches it off. Number > 0 and <= 1; default `alpha`. */
  beta?: number;
}

/**
 * One resonator: how much of one frequency a signal holds, and at what phase, as it comes in.
 *
 * It multiplies the signal with a cosine and with a sine of its frequency and smooths both products: its two quadratures.
 * From them follow, after any sample, the amplitude and the phase offset of the tone that it hears:
 * `amplitude * cos(2 pi frequency t + phaseOffset)`, where t = 0 at the first sample. A {@link ResonatorBank} of one, in
 * the words of a tone.
 *
 * @see Francois's digital resonator of 2023 and "Resonate", ICMC 2025.
 * @example
 * import { Resonator } from 'cochlea';
 * const resonator = new Resonator({ sampleRate: 44100, frequency: 440 });
 * resonator.process(Float32Array.from({ length: 22050 }, (_, i) => 0.8 * Math.cos((2 * Math.PI * 440 * i) / 44100 + 1)));
 * console.log(resonator.amplitude.toFixed(2), resonator.phaseOffset.toFixed(2)); // 0.80 1.00
 */
export class Resonator {
  readonly #bank: ResonatorBank;
  readonly #value = { re: new Float32Array(1), im: new Float32Array(1) };

  /** @throws TypeError, RangeError for an option out of its range. */
  constructor(options: ResonatorOptions) {
    const smoothing = check.optional(check.number({ above: 0, max: 1 }));
    const { sampleRate, frequency, alpha, beta } = check.readOptions(options, {
      sampleRate: bankRules.sampleRate,
      frequency: check.required(check.number({ above: 0 })),
      alpha: smoothing,
      beta: smoothing,
    });
    if (frequency >= sampleRate / 2) {
      throw rangeError('frequency', `a number < sampleRate / 2 (${sampleRate / 2})`, frequency);
    }
    this.#bank = new ResonatorBank({
      sampleRate,
      frequencies: [frequency],
      ...(alpha !== undefined && { alphas: [alpha] }),
      ...(beta !== undefined && { betas: [beta] }),
    });
  }

  /**
   * Processes samples.
   *
   * @param samples Any number of samples from -1e18 to 1e18.
   * @throws TypeError, RangeError for something else; nothing has then changed.
   */
  process(samples: Float32Array): void {
    this.#bank.process(samples);
  }

  /**
   * The smoothed products of the signal with the cosine and with the sine: `(amplitude / 2) * cos(phaseOffset)` and
   * `-(amplitude / 2) * sin(phaseOffset)`.
   */
  get quadratures(): { cosine: number; sine: number } {
    const { re, im } = this.#bank.complex(this.#value);
    return { cosine: re[0]!, sine: -im[0]! };
  }

  /** Amplitude of the tone at the resonator's frequency. */
  get amplitude(): number {
    const { cosine, sine } = this.quadratures;
    return 2 * Math.hypot(cosine, sine);
  }

  /** The tone's phase at the first sample, against a cosine, in radians, -pi to pi. */
  get phaseOffset(): number {
    const { cosine, sine } = this.quadratures;
    return Math.atan2(-sine, cosine);
  }

  /** The frequency that is heard, in Hz: the resonator's own, and how fast the phase offset changes. */
  get heardFrequency(): number {
    return this.#bank.frequency()[0]!;
  }

  /** Back to silence and to the first sample. */
  reset(): void {
    this.#bank.reset();
  }
}
