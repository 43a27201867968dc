export type { CodedError, ErrorCode } from './errors.js';
export type { ComplexMatrix, Matrix } from './matrix.js';
export * from './runtime.js';
