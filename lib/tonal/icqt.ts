import * as check from '../runtime/check.js';
import { rangeError } from '../runtime/errors.js';
import { type ComplexMatrix, complexMatrixRule } from '../runtime/matrix.js';
import { allocate } from '../runtime/memory.js';
import { type Operation, operation, run } from '../runtime/operation.js';
import { constantQ, filterRules, gridRules, type InverseFilterOptions, measure } from './constant-q.js';

export interface IcqtOptions extends InverseFilterOptions {
  /** Samples from one column to the next. Integer >= 1; default 512. */
  hopLength?: number;
  /** Whether the transform's rows were divided by the square roots of their filters' lengths. Default true. */
  scale?: boolean;
  /** Samples of the result; zeros follow where the columns end. Integer >= 1; default all that the columns make. */
  length?: number;
  /** A Float32Array of the result's length, to be overwritten instead of allocating a new one. */
  out?: Float32Array;
}

const { nBins: _, ...inverseRules } = filterRules;
const rules = {
  ...inverseRules,
  tuning: check.withDefault(check.number(), 0),
  hopLength: gridRules.hopLength,
  scale: gridRules.scale,
  length: check.optional(check.integer({ min: 1 })),
  out: check.optional(check.floats()),
};

export function planIcqt(C: ComplexMatrix, options: IcqtOptions): Operation<Float32Array> {
  const { length, out, ...given } = check.readOptions(options, rules);
  const { hopLength } = given;
  const { re, im, shape } = complexMatrixRule.read(C, 'C');
  const [nBins, columns] = shape;
  if (nBins === 0) throw rangeError('C', 'at least one row', nBins);
  if (columns === 0) throw rangeError('C', 'at least one column', columns);
  const spec = constantQ({ ...given, nBins }, { ...given, padMode: 'constant' });
  const { lengths } = measure(spec, 'inverse', 0, 'C.shape[0]');
  const longest = lengths.reduce((a, b) => Math.max(a, b));
  const frames = length === undefined ? columns : Math.min(columns, Math.ceil((length + longest) / hopLength));
  const samples = length ?? hopLength * (columns - 1);
  if (samples > check.MAX_COUNT) throw rangeError('hopLength', 'a result of fewer than 2^31 samples', hopLength);
  const y = out ?? allocate(Float32Array, samples);
  if (y.length !== samples) throw rangeError('out', `a Float32Array of length ${samples}`, y);
  check.noOverlap({ 'C.re': re, 'C.im': im }, { out: y });
  return operation('icqt', [re, im, columns, frames, spec, y], y);
}

/**
 * The signal of a constant-Q transform, approximately, with the numbers of `librosa.icqt`.
 *
 * The filters overlap and leave gaps, so the transform has no exact inverse: each column is projected back by the filters'
 * adjoint, weighted by their power, and frames are added up. Good for tones; what lies between columns whose filters are
 * shorter than the hop (at the defaults, above about 720 Hz) is lost, so use a smaller `hopLength` there. Options must be
 * those of the forward transform.
 *
 * @param C A transform by `cqt`, `[bins, columns]`, finite, with at least one row and one column.
 * @param options See {@link IcqtOptions}; `sampleRate` is required.
 * @returns The signal: `length` samples, or `hopLength * (columns - 1)`.
 * @throws TypeError, RangeError for an argument out of its range, for filters that reach above the Nyquist frequency, and
 *   for values that are not finite.
 * @see librosa.icqt 0.11, which returns double precision and takes filters above the Nyquist frequency. Where it raises an
 *   octave's rate by 8 or more, libsoxr cuts off what rings before the first sample: up to `1.3 * 2 ** octaves` samples at
 *   the start differ, by a few percent of that octave (of four recordings that begin at once, by up to 0.4 % of their
 *   largest sample). Everywhere else the results are equal, within 5e-7 of the largest sample.
 * @example
 * import { cqt, icqt } from 'cochlea';
 * const y = Float32Array.from({ length: 22050 }, (_, i) => Math.sin((2 * Math.PI * 220 * i) / 22050));
 * const again = icqt(cqt(y, { sampleRate: 22050 }), { sampleRate: 22050, length: y.length });
 * console.log(again.length); // 22050
 */
export function icqt(C: ComplexMatrix, options: IcqtOptions): Float32Array {
  return run(planIcqt(C, options));
}
