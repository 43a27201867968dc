import * as check from '../runtime/check.js';
import { rangeError } from '../runtime/errors.js';
import { heuristicAlphas, type PerResonator, sampleRateRule, smoothingFactors } from './alphas.js';

/** What a bank is made of. */
export interface BankParameters {
  /** Samples per second. Number > 0. */
  sampleRate: number;
  /** The resonators' frequencies in Hz, each > 0 and < `sampleRate / 2`, in any order. */
  frequencies: PerResonator;
  /** The resonators' smoothing factors, each > 0 and <= 1. Default {@link heuristicAlphas}. */
  alphas?: PerResonator;
  /** The smoothing factors of the second stage, each > 0 and <= 1; 1 switches it off. Default `alphas`. */
  betas?: PerResonator;
}

export const bankRules = {
  sampleRate: sampleRateRule,
  frequencies: check.required(check.numbers({ above: 0 })),
  alphas: check.optional(smoothingFactors),
  betas: check.optional(smoothingFactors),
};

/** Refuses lists that have not a value for each of `count`; `each` names what these are. Those left out are fine. */
export function checkCounts(lists: Record<string, Float64Array | undefined>, count: number, each: string): void {
  for (const [name, values] of Object.entries(lists)) {
    if (values !== undefined && values.length !== count) {
      throw rangeError(name, `as many values as ${each} (${count})`, values);
    }
  }
}

/** The parameters, checked against each other and complete. */
export function resolveBank({ sampleRate, frequencies, ...given }: check.Values<typeof bankRules>) {
  for (const [i, f] of frequencies.entries()) {
    if (f >= sampleRate / 2) throw rangeError(`frequencies[${i}]`, `a number < sampleRate / 2 (${sampleRate / 2})`, f);
  }
  const alphas = given.alphas ?? heuristicAlphas(frequencies, { sampleRate });
  const betas = given.betas ?? alphas;
  checkCounts({ alphas, betas }, frequencies.length, 'frequencies');
  return { sampleRate, frequencies, alphas, betas };
}
