/** A real matrix, row-major: `data[row * columns + column]`. Rows are bins from low to high, columns are frames. */
export interface Matrix {
  data: Float32Array;
  shape: [rows: number, columns: number];
}

/** A complex matrix as two row-major planes of the same shape. */
export interface ComplexMatrix {
  re: Float32Array;
  im: Float32Array;
  shape: [rows: number, columns: number];
}
