import * as check from './check.js';
import { rangeError, typeError } from './errors.js';
import { allocate } from './memory.js';

/** Rows, then columns. */
export type Shape = [rows: number, columns: number];

/** A real matrix, row-major: `data[row * columns + column]`. Rows are bins from low to high, columns are frames. */
export interface Matrix {
  data: Float32Array;
  shape: Shape;
}

/** A complex signal or spectrum as two arrays of the same length. */
export interface ComplexArray {
  re: Float32Array;
  im: Float32Array;
}

/** A complex matrix as two row-major planes of the same shape. */
export interface ComplexMatrix {
  re: Float32Array;
  im: Float32Array;
  shape: Shape;
}

const count = check.integer({ min: 0 });

function readMatrix<Plane extends string>(value: unknown, name: string, planes: readonly Plane[]) {
  const expected = `an object { ${planes.join(', ')}, shape: [rows, columns] }`;
  if (value === null || typeof value !== 'object') throw typeError(name, expected, value);
  const { shape } = value as { shape: unknown };
  if (!Array.isArray(shape) || shape.length !== 2) throw typeError(`${name}.shape`, '[rows, columns]', shape);
  const rows = count.read(shape[0], `${name}.shape[0]`);
  const columns = count.read(shape[1], `${name}.shape[1]`);
  const arrays = planes.map((plane) => {
    const array = check.float32Array(`${name}.${plane}`, (value as Record<Plane, unknown>)[plane]);
    if (array.length !== rows * columns) {
      throw rangeError(`${name}.${plane}`, `a Float32Array of ${rows} x ${columns} values`, array);
    }
    return [plane, array] as const;
  });
  return { ...(Object.fromEntries(arrays) as Record<Plane, Float32Array>), shape: [rows, columns] as Shape };
}

/** The rule for a real matrix. */
export const matrixRule: check.Rule<Matrix> = { read: (value, name) => readMatrix(value, name, ['data']) };

/** The rule for a complex matrix. */
export const complexMatrixRule: check.Rule<ComplexMatrix> = {
  read: (value, name) => readMatrix(value, name, ['re', 'im']),
};

function checkShape(out: { shape: Shape }, [rows, columns]: Shape, name: string): void {
  if (out.shape[0] !== rows || out.shape[1] !== columns) {
    throw rangeError(`${name}.shape`, `[${rows}, ${columns}]`, `[${out.shape.join(', ')}]`);
  }
}

function size([rows, columns]: Shape, name: string): number {
  if (rows * columns > check.MAX_COUNT) {
    throw rangeError(
      name,
      `a result of fewer than 2^31 values per plane; this one has ${rows} x ${columns}`,
      rows * columns,
    );
  }
  return rows * columns;
}

// Arrays that nobody has cleared (`Buffer.allocUnsafeSlow`) are no faster: a result of 10 MB costs the same page faults.

/** A real matrix for a result: `out`, if its shape fits, or a new one. `name` is the argument to blame. */
export function matrix(shape: Shape, out?: Matrix, name = 'out'): Matrix {
  if (out === undefined) return { data: allocate(Float32Array, size(shape, name)), shape };
  checkShape(out, shape, name);
  return out;
}

/** A complex matrix for a result: `out`, if its shape fits, or a new one. `name` is the argument to blame. */
export function complexMatrix(shape: Shape, out?: ComplexMatrix, name = 'out'): ComplexMatrix {
  if (out === undefined)
    return { re: allocate(Float32Array, size(shape, name)), im: allocate(Float32Array, size(shape, name)), shape };
  checkShape(out, shape, name);
  return out;
}
