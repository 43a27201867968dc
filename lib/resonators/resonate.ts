import * as check from '../runtime/check.js';
import type { ComplexMatrix, Matrix } from '../runtime/matrix.js';
import { type Operation, operation, run } from '../runtime/operation.js';
import { type HopOptions, hopRules, type Resonated, type ResonatorOutput, resonatedInto } from './outputs.js';
import { type BankParameters, bankRules, resolveBank } from './parameters.js';

/** Options of {@link resonate}. */
export interface ResonateOptions<Output extends ResonatorOutput = ResonatorOutput>
  extends HopOptions<Output>,
    BankParameters {}

const resonateRules = { ...bankRules, ...hopRules };

export function planResonate(y: Float32Array, options: ResonateOptions): Operation<ComplexMatrix | Matrix> {
  const { hopLength, output, out, ...given } = check.readOptions(options, resonateRules);
  const bank = resolveBank(given);
  check.float32Array('y', y);
  const shape: [number, number] = [bank.frequencies.length, Math.floor(y.length / hopLength)];
  const { result, re, im } = resonatedInto(output, shape, out, { y });
  return operation('resonate', [y, bank, hopLength, output, re, im], result);
}

/**
 * A whole signal through a new {@link ResonatorBank}: the bank's `resonate` in one call, with a promise form.
 *
 * @param y The signal: samples from -1e18 to 1e18, of any length.
 * @param options See {@link ResonateOptions}.
 * @returns `[frequencies.length, floor(y.length / hopLength)]`, complex or real by `output`: column t is the state after
 *   sample `(t + 1) * hopLength - 1`.
 * @throws TypeError, RangeError for an argument out of its range or samples that are not finite or beyond 1e18.
 * @example
 * import { midiFrequencies, resonate } from 'cochlea';
 * const y = Float32Array.from({ length: 44100 }, (_, i) => Math.sin((2 * Math.PI * 440 * i) / 44100));
 * const S = resonate(y, { sampleRate: 44100, frequencies: midiFrequencies(), hopLength: 441, output: 'magnitude' });
 * console.log(S.shape); // [ 88, 100 ]
 */
export function resonate<Output extends ResonatorOutput = 'complex'>(
  y: Float32Array,
  options: ResonateOptions<Output>,
): Resonated<Output> {
  return run(planResonate(y, options as ResonateOptions)) as Resonated<Output>;
}
