import * as check from '../runtime/check.js';
import { rangeError } from '../runtime/errors.js';
import { type Matrix, matrix, matrixRule } from '../runtime/matrix.js';
import { type Operation, operation, run } from '../runtime/operation.js';

/** How a matrix is continued beyond its ends; the names are scipy's. */
export const boundaryModes = ['reflect', 'nearest', 'mirror', 'wrap', 'constant'] as const;

/**
 * `'reflect'`: mirrored, with the outermost element repeated (`d c b a | a b c d | d c b a`). `'nearest'`: the outermost
 * element. `'mirror'`: mirrored about the outermost element (`d c b | a b c d | c b a`). `'wrap'`: from the other end.
 * `'constant'`: the value `cval`.
 */
export type BoundaryMode = (typeof boundaryModes)[number];

export interface MedianFilterOptions {
  /** The window, `[rows, columns]` or one number for both. Integers >= 1, odd or even, fewer than 2^31 elements in all. Required. */
  size: number | readonly [rows: number, columns: number];
  /** What lies beyond the ends. Default `'reflect'`. */
  mode?: BoundaryMode;
  /** The value beyond the ends for mode `'constant'`. Finite; default 0. */
  cval?: number;
  /** A matrix of the same shape, to be overwritten instead of allocating a new one. */
  out?: Matrix;
}

const rules = {
  size: check.required(check.pair(check.integer({ min: 1 }), 'an integer or [rows, columns]')),
  mode: check.withDefault(check.oneOf(boundaryModes), 'reflect'),
  cval: check.withDefault(check.number(), 0),
  out: check.optional(matrixRule),
};

export function planMedianFilter(S: Matrix, options: MedianFilterOptions): Operation<Matrix> {
  const { size, mode, cval, out } = check.readOptions(options, rules);
  const { data, shape } = matrixRule.read(S, 'S');
  const [rows, columns] = size;
  if (rows * columns > check.MAX_COUNT) throw rangeError('size', 'fewer than 2^31 elements', `${rows} x ${columns}`);
  const result = matrix(shape, out);
  check.noOverlap({ 'S.data': data }, { 'out.data': result.data });
  const window = { rows, columns, boundary: mode, outside: cval };
  return operation('medianFilter', [data, ...shape, window, result.data], result);
}

/**
 * Median of the window around every element, bit-equal to `scipy.ndimage.median_filter`.
 *
 * The window reaches `floor(size / 2)` elements back and the rest forward. Of an even number of elements the upper one of
 * the two in the middle is taken. Windows of up to 255 elements run as sorting networks, a few nanoseconds per element;
 * larger ones by a sliding histogram of ranks, about a hundred nanoseconds. A window both higher and wider than 1 costs
 * about its shorter side times as much. Where a window holds both +0 and -0, either may come out. For mode `'reflect'` and a window
 * eight times as long as its axis or longer, scipy 1.17 reads past its buffer; here the mirror goes on.
 *
 * @param S The matrix, finite.
 * @param options See {@link MedianFilterOptions}.
 * @returns A matrix of the same shape and unit.
 * @throws TypeError, RangeError for an argument out of its range or values that are not finite.
 * @see scipy.ndimage.median_filter; A. Adams, "Fast median filters using separable sorting networks", 2021.
 * @example
 * import { medianFilter } from 'cochlea';
 * const S = { data: Float32Array.of(1, 9, 2, 3, 8), shape: [1, 5] };
 * console.log(medianFilter(S, { size: [1, 3] }).data); // Float32Array(5) [ 1, 2, 3, 3, 8 ]
 */
export function medianFilter(S: Matrix, options: MedianFilterOptions): Matrix {
  return run(planMedianFilter(S, options));
}
