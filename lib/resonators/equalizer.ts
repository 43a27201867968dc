import * as check from '../runtime/check.js';
import { rangeError } from '../runtime/errors.js';
import { ResonatorBank } from './bank.js';
import { type BankParameters, bankRules, resolveBank } from './parameters.js';

/** Options of {@link equalizer}. */
export interface EqualizerOptions extends BankParameters {
  /**
   * How the power for a tone is found: `'exact'` from the bank's steady response, averaged over the tone's phase, `'sweep'` as
   * published, from a run of each tone for 40 of its time constants, whose last phase shows in the result by up to 0.6 %.
   * Default `'exact'`.
   */
  method?: 'exact' | 'sweep';
}

/**
 * Weights that make a bank's whole power equal for a tone at any of its frequencies: `0.25 / sqrt(sum)`, where the sum is the
 * steady power of all resonators for a full-scale tone at that frequency. Multiply powers by them.
 *
 * @param options See {@link EqualizerOptions}.
 * @returns A weight for each resonator.
 * @throws TypeError, RangeError for an option out of its range.
 * @see Francois's `frequencySweep`.
 * @example
 * import { equalizer, logFrequencies } from 'cochlea';
 * const weights = equalizer({ sampleRate: 44100, frequencies: logFrequencies() });
 */
export function equalizer(options: EqualizerOptions): Float64Array {
  const { method, ...given } = check.readOptions(options, {
    ...bankRules,
    method: check.withDefault(check.oneOf(['exact', 'sweep']), 'exact'),
  });
  const bank = resolveBank(given);
  const powers = method === 'exact' ? steadyPowers(bank) : sweptPowers(bank);
  return powers.map((power) => 0.25 / Math.sqrt(power));
}

/** The whole power of the bank for a tone at each of its frequencies, averaged over the tone's phase. */
function steadyPowers({ sampleRate, frequencies, alphas, betas }: ReturnType<typeof resolveBank>): Float64Array {
  // |alpha / (1 - (1 - alpha) e^(i angle))|^2 without the cancellation near angle 0, and for alphas whose squares are 0.
  const gain = (alpha: number, angle: number) => 1 / (1 + 4 * (1 - alpha) * (Math.sin(angle / 2) / alpha) ** 2);
  return frequencies.map((f) =>
    frequencies.reduce((sum, g, j) => {
      const [alpha, beta] = [alphas[j]!, betas[j]!];
      // A real tone is half a phasor at f and half one at -f.
      const angles = [f - g, -f - g].map((offset) => (2 * Math.PI * offset) / sampleRate);
      return sum + angles.reduce((part, angle) => part + (gain(alpha, angle) * gain(beta, angle)) / 4, 0);
    }, 0),
  );
}

/** The most samples of one tone of a sweep, six minutes at 48 kHz. */
const MAX_SWEEP = 2 ** 24;

/** The same at the end of a tone that lasts 40 time constants of the resonator there. */
function sweptPowers(parameters: ReturnType<typeof resolveBank>): Float64Array {
  const { sampleRate, frequencies, alphas } = parameters;
  const lengths = alphas.map((alpha, k) => {
    const length = Math.max(1, Math.round(-40 / Math.log1p(-alpha)));
    if (length <= MAX_SWEEP) return length;
    throw rangeError(
      `alphas[${k}]`,
      `a time constant of at most ${Math.floor(MAX_SWEEP / 40)} samples for 'sweep'`,
      alpha,
    );
  });
  const bank = new ResonatorBank(parameters);
  return frequencies.map((f, k) => {
    bank.reset();
    const length = lengths[k]!;
    const block = 1 << 16;
    for (let start = 0; start < length; start += block) {
      const samples = Math.min(block, length - start);
      bank.process(
        Float32Array.from({ length: samples }, (_, i) => Math.cos(2 * Math.PI * (((start + i) * f) / sampleRate))),
      );
    }
    return bank.power().reduce((sum, power) => sum + power, 0);
  });
}
