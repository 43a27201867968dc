import { rangeError } from '../runtime/errors.js';
import { type Matrix, matrixRule } from '../runtime/matrix.js';

/** A matrix of powers, whose rows each of the lists has a value for, if it is given. */
export function readPower(power: Matrix, lists: Record<string, Float64Array | undefined>): Matrix {
  const read = matrixRule.read(power, 'power');
  for (const [name, values] of Object.entries(lists)) {
    if (values !== undefined && values.length !== read.shape[0]) {
      throw rangeError(name, `as many values as rows of power (${read.shape[0]})`, values);
    }
  }
  return read;
}

/** For weights that were not given. */
export const UNWEIGHTED = new Float64Array(0);
