import { type Matrix, matrixRule } from '../runtime/matrix.js';
import { checkCounts } from './parameters.js';

/** A matrix of powers, whose rows each of the lists has a value for, if it is given. */
export function readPower(power: Matrix, lists: Record<string, Float64Array | undefined>): Matrix {
  const read = matrixRule.read(power, 'power');
  checkCounts(lists, read.shape[0], 'rows of power');
  return read;
}

/** For weights that were not given. */
export const UNWEIGHTED = new Float64Array(0);
