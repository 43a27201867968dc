/** What the frames of a bank are: where they stand, what they hold, and the results that take them. */
import * as check from '../runtime/check.js';
import {
  type ComplexMatrix,
  complexMatrix,
  complexMatrixRule,
  type Matrix,
  matrix,
  matrixRule,
} from '../runtime/matrix.js';

const resonatorOutputs = ['complex', 'magnitude', 'power', 'db', 'phase', 'frequency', 'interleaved'] as const;

/**
 * What a resonator's state is read as. A tone of amplitude A at the resonator's frequency gives: `'complex'`: A/2 at the
 * tone's phase. `'magnitude'`: A/2. `'power'`: A²/4. `'db'`: ten times the logarithm of the power, at least -100.
 * `'phase'`: the angle of the complex value, -pi to pi. `'frequency'`: the instantaneous frequency in Hz, from the turn of
 * the complex value over the last sample; the resonator's own while it is silent. `'interleaved'`: as `'complex'`, real and
 * imaginary part in turn, in twice as many columns.
 */
export type ResonatorOutput = (typeof resonatorOutputs)[number];

/** The result for that output. */
export type Resonated<Output extends ResonatorOutput> = Output extends 'complex' ? ComplexMatrix : Matrix;

export interface HopOptions<Output extends ResonatorOutput> {
  /** Samples from one frame to the next. Integer >= 1. */
  hopLength: number;
  /** What to read. Default `'complex'`. */
  output?: Output;
  /** A result of the same kind and shape, to be overwritten instead of allocating a new one. */
  out?: Resonated<Output>;
}

export const hopLengthRule = check.required(check.integer({ min: 1 }));
export const outputRule = check.oneOf(resonatorOutputs);

export const hopRules = {
  hopLength: hopLengthRule,
  output: check.withDefault(outputRule, 'complex'),
  out: { read: (value: unknown) => value },
};

const samplesRule = check.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });

/** How many multiples of `hopLength` lie among the next `samples` samples of a stream. */
export function countHops(position: number, samples: number, hopLength: number): number {
  const count = samplesRule.read(samples, 'samples');
  const hop = hopLengthRule.read(hopLength, 'hopLength');
  // By remainders: the sum of a position and a count may be beyond what a number counts exactly.
  const left = count % hop;
  return (count - left) / hop + (left + (position % hop) >= hop ? 1 : 0);
}

/** For a plane that nobody wants. */
export const NONE = new Float32Array(0);

/** The result of that shape, and its planes as the addon takes them. */
export function resonatedInto(
  output: ResonatorOutput,
  shape: [number, number],
  out: unknown,
  signal: Record<string, Float32Array>,
) {
  const blamed = out === undefined ? 'hopLength' : 'out';
  if (output === 'complex') {
    const result = complexMatrix(shape, check.optional(complexMatrixRule).read(out, 'out'), blamed);
    check.noOverlap(signal, { 'out.re': result.re, 'out.im': result.im });
    return { result, re: result.re, im: result.im };
  }
  const [rows, frames] = shape;
  const columns = output === 'interleaved' ? 2 * frames : frames;
  const result = matrix([rows, columns], check.optional(matrixRule).read(out, 'out'), blamed);
  check.noOverlap(signal, { 'out.data': result.data });
  return { result, re: result.data, im: NONE };
}
