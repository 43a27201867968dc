/** Laws of smoothing factors: how fast resonators forget, by their frequencies or time constants. */
import * as check from '../runtime/check.js';

/** A parameter per resonator; copied when it is read. */
export type PerResonator = Float64Array | Float32Array | readonly number[];

export interface HeuristicOptions {
  /** Samples per second. Number > 0. */
  sampleRate: number;
  /** Scales the time constants. Number > 0; default 1. */
  k?: number;
  /** Exponent of the logarithm. Number; default 1. */
  n?: number;
}

export const sampleRateRule = check.required(check.number({ above: 0 }));
export const smoothingFactors = check.numbers({ above: 0, max: 1 });
const positive = check.numbers({ above: 0 });

/** The least smoothing factor of a law: the addon takes smaller numbers for zero. */
const LEAST_ALPHA = 2 ** -1022;

/** The smoothing factor of a time constant in seconds. */
const alphaOf = (tau: number, sampleRate: number) => Math.max(LEAST_ALPHA, -Math.expm1(-1 / (tau * sampleRate)));

/**
 * The smoothing factors that suit music: a resonator's time constant is `k * log10(1 + f) ** n / f` seconds, some 1.5 of
 * its periods at 27.5 Hz and 3.6 at 4186 Hz.
 *
 * @param frequencies Frequencies in Hz, > 0.
 * @param options See {@link HeuristicOptions}.
 * @returns alpha for each frequency, in (0, 1].
 * @throws TypeError, RangeError for an argument out of its range.
 * @see Francois, "Resonate", ICMC 2025.
 * @example
 * import { heuristicAlphas } from 'cochlea';
 * console.log(heuristicAlphas([440], { sampleRate: 44100 })[0].toFixed(6)); // 0.003766
 */
export function heuristicAlphas(frequencies: PerResonator, options: HeuristicOptions): Float64Array {
  const { sampleRate, k, n } = check.readOptions(options, {
    sampleRate: sampleRateRule,
    k: check.withDefault(check.number({ above: 0 }), 1),
    n: check.withDefault(check.number(), 1),
  });
  const fs = positive.read(frequencies, 'frequencies');
  return fs.map((f) => alphaOf((k * Math.log10(1 + f) ** n) / f, sampleRate));
}

export interface DynamicsOptions {
  /** Samples per second. Number > 0. */
  sampleRate: number;
}

/**
 * The smoothing factors of time constants: `1 - exp(-1 / (tau * sampleRate))`.
 *
 * A bank with one frequency and many time constants shows the dynamics of that frequency.
 *
 * @param timeConstants Time constants in seconds, > 0.
 * @param options See {@link DynamicsOptions}.
 * @returns alpha for each, in (0, 1].
 * @throws TypeError, RangeError for an argument out of its range.
 * @example
 * import { alphasOf } from 'cochlea';
 * console.log(alphasOf([0.1], { sampleRate: 44100 })[0].toFixed(9)); // 0.000226732
 */
export function alphasOf(timeConstants: PerResonator, options: DynamicsOptions): Float64Array {
  const { sampleRate } = check.readOptions(options, { sampleRate: sampleRateRule });
  const taus = positive.read(timeConstants, 'timeConstants');
  return taus.map((tau) => alphaOf(tau, sampleRate));
}

/**
 * The time constants of smoothing factors, in seconds: `-1 / (sampleRate * ln(1 - alpha))`; 0 for an alpha of 1.
 *
 * @param alphas Smoothing factors, > 0 and <= 1.
 * @param options See {@link DynamicsOptions}.
 * @returns tau for each, in seconds.
 * @throws TypeError, RangeError for an argument out of its range.
 * @example
 * import { timeConstantsOf } from 'cochlea';
 * console.log(timeConstantsOf([1 / 4410], { sampleRate: 44100 })[0].toFixed(6)); // 0.099989
 */
export function timeConstantsOf(alphas: PerResonator, options: DynamicsOptions): Float64Array {
  const { sampleRate } = check.readOptions(options, { sampleRate: sampleRateRule });
  return smoothingFactors.read(alphas, 'alphas').map((alpha) => -1 / (sampleRate * Math.log1p(-alpha)));
}

export interface ConstantQOptions extends DynamicsOptions {
  /** The quality: frequency over bandwidth. Number > 0. */
  q: number;
}

/**
 * The smoothing factors of one quality at all frequencies: bandwidths of `f / q`, see {@link constantBandwidthAlphas}.
 *
 * @param frequencies Frequencies in Hz, > 0.
 * @param options See {@link ConstantQOptions}.
 * @returns alpha for each frequency, in (0, 1].
 * @throws TypeError, RangeError for an argument out of its range.
 * @example
 * import { constantQAlphas, logFrequencies } from 'cochlea';
 * const alphas = constantQAlphas(logFrequencies(), { sampleRate: 44100, q: 17 });
 */
export function constantQAlphas(frequencies: PerResonator, options: ConstantQOptions): Float64Array {
  const { sampleRate, q } = check.readOptions(options, {
    sampleRate: sampleRateRule,
    q: check.required(check.number({ above: 0 })),
  });
  const fs = positive.read(frequencies, 'frequencies');
  return fs.map((f) => alphaOf(q / (2 * Math.PI * f), sampleRate));
}

export interface ConstantBandwidthOptions extends DynamicsOptions {
  /** The bandwidth in Hz. Number > 0. */
  bandwidth: number;
}

/**
 * The smoothing factors of one bandwidth B at all frequencies: time constants of `1 / (2 pi B)` seconds. One stage then falls
 * by 3 dB at B to either side of a resonator's frequency, two stages at 0.64 B.
 *
 * @param frequencies Frequencies in Hz, > 0.
 * @param options See {@link ConstantBandwidthOptions}.
 * @returns alpha for each frequency, in (0, 1].
 * @throws TypeError, RangeError for an argument out of its range.
 * @example
 * import { constantBandwidthAlphas, linearFrequencies } from 'cochlea';
 * const frequencies = linearFrequencies({ fmin: 100, fmax: 8000, nBins: 80 });
 * const alphas = constantBandwidthAlphas(frequencies, { sampleRate: 44100, bandwidth: 50 });
 */
export function constantBandwidthAlphas(frequencies: PerResonator, options: ConstantBandwidthOptions): Float64Array {
  const { sampleRate, bandwidth } = check.readOptions(options, {
    sampleRate: sampleRateRule,
    bandwidth: check.required(check.number({ above: 0 })),
  });
  const fs = positive.read(frequencies, 'frequencies');
  return fs.map(() => alphaOf(1 / (2 * Math.PI * bandwidth), sampleRate));
}
