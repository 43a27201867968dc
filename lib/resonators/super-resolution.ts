import * as check from '../runtime/check.js';
import { rangeError } from '../runtime/errors.js';
import {
  type ComplexMatrix,
  complexMatrix,
  complexMatrixRule,
  type Matrix,
  matrix,
  matrixRule,
  type Shape,
} from '../runtime/matrix.js';
import { type Operation, operation, run } from '../runtime/operation.js';
import type { PerResonator } from './alphas.js';
import { NONE } from './outputs.js';
import { checkCounts } from './parameters.js';
import type { Tracked } from './tracking.js';

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

/** The edges of rows: geometric means, and as far outside the outer rows as inside; a semitone for a single row. */
function edgesOf(frequencies: Float64Array): Float64Array {
  const rows = frequencies.length;
  const [first, last] = [frequencies[0]!, frequencies[rows - 1]!];
  const below = rows > 1 ? first ** 2 / frequencies[1]! : first / 2 ** (1 / 12);
  const above = rows > 1 ? last ** 2 / frequencies[rows - 2]! : last * 2 ** (1 / 12);
  const all = [below, ...frequencies, above];
  return Float64Array.from({ length: rows + 1 }, (_, i) => Math.sqrt(all[i]! * all[i + 1]!));
}

/** For natural frequencies that were not given. */
const NO_FREQUENCIES = new Float64Array(0);

const rules = {
  frequencies: check.required(check.numbers({ above: 0 })),
  collision: check.withDefault(check.oneOf(collisions), 'max'),
  natural: check.optional(check.numbers({ above: 0 })),
  complex: check.withDefault(check.boolean(), false),
};

export function planSuperResolution(
  tracked: Tracked,
  options: SuperResolutionOptions,
): Operation<Matrix | ComplexMatrix> {
  const { frequencies, collision, natural, complex } = check.readOptions(options, rules);
  const magnitude = matrixRule.read(tracked?.magnitude, 'tracked.magnitude');
  const { shape } = magnitude;
  const [bins, frames] = shape;
  const frequency = matrix(shape, matrixRule.read(tracked.frequency, 'tracked.frequency'), 'tracked.frequency');
  const values = complex
    ? complexMatrix(shape, complexMatrixRule.read(tracked.complex, 'tracked.complex'), 'tracked.complex')
    : { re: NONE, im: NONE };
  if (collision === 'nearest') {
    checkCounts({ natural: check.required(rules.natural).read(natural, 'natural') }, bins, 'rows of tracked');
  }
  for (let i = 1; i < frequencies.length; i++) {
    if (frequencies[i]! <= frequencies[i - 1]!) {
      throw rangeError(`frequencies[${i}]`, `a number > the one before (${frequencies[i - 1]})`, frequencies[i]);
    }
  }
  const size: Shape = [frequencies.length, frames];
  const result = complex ? complexMatrix(size, undefined, 'frequencies') : matrix(size, undefined, 'frequencies');
  const [re, im] = 'data' in result ? [result.data, NONE] : [result.re, result.im];
  const heard = { rows: bins, magnitude: magnitude.data, frequency: frequency.data, re: values.re, im: values.im };
  return operation(
    'superResolution',
    [heard, edgesOf(frequencies), collision, natural ?? NO_FREQUENCIES, re, im],
    result,
  );
}

/**
 * A spectrogram with finer rows than the bank that made it: each tracked value goes to the row whose frequency is
 * nearest, in ratio, to the frequency at which the resonator was. Values beyond the outer rows by more than half their
 * distance to the next are left out; rows that nobody reached are 0.
 *
 * @param tracked What `TrackingBank.track` returns.
 * @param options See {@link SuperResolutionOptions}.
 * @returns Magnitudes or complex values, `[frequencies.length, frames]`.
 * @throws TypeError, RangeError for an argument out of its range, or values that are not finite.
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
  return run(planSuperResolution(tracked, options));
}
