import type { SourceParameters } from '../../binding.js';
import * as check from '../runtime/check.js';
import { rangeError } from '../runtime/errors.js';
import { type Matrix, matrixRule, type Shape } from '../runtime/matrix.js';
import { countFrames, type frameRules, resolveFrames } from './stft.js';

/** What a feature is made of: the spectrogram of a signal, or a matrix that is there. */
export interface Source {
  /** As the addon takes it. */
  source: SourceParameters;
  /** Of the spectrogram, or of the matrix. */
  shape: Shape;
  /** What no result may share memory with. */
  inputs: Record<string, Float32Array>;
}

export type SourceOptions = check.Values<typeof frameRules> & {
  /** Exponent of the magnitudes of a signal's spectrogram. */
  power: number;
};

/** Every feature of "a signal or a matrix" reads it here: `y` is cut into frames by these options, a matrix is taken as it is. */
export function readSource(input: Float32Array | Matrix, { power, ...options }: SourceOptions): Source {
  if (typeof input === 'object' && input !== null && !ArrayBuffer.isView(input)) {
    const { data, shape } = matrixRule.read(input, 'S');
    const [rows] = shape;
    if (rows < 1) throw rangeError('S', 'at least one row', rows);
    return { source: { data, rows, frames: null, power }, shape, inputs: { S: data } };
  }
  const data = check.float32Array('y', input);
  const frames = resolveFrames(options);
  return {
    source: { data, rows: 0, frames, power },
    shape: [Math.floor(frames.nFft / 2) + 1, countFrames(data.length, frames)],
    inputs: { y: data, window: frames.window.values },
  };
}

/** The length of the transform that a spectrogram of so many rows comes from: `nFft` if it fits, otherwise the even one. */
export function transformLength([rows]: Shape, nFft: number): number {
  if (Math.floor(nFft / 2) + 1 === rows) return nFft;
  if (rows < 2) throw rangeError('S', 'a matrix of at least two rows', rows);
  return 2 * (rows - 1);
}
