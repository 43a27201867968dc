import type { FrameParameters, WindowParameters } from '../../binding.js';
import * as check from '../runtime/check.js';
import { rangeError } from '../runtime/errors.js';
import type { ComplexMatrix } from '../runtime/matrix.js';
import { complexMatrix, complexMatrixRule } from '../runtime/matrix.js';
import { allocate } from '../runtime/memory.js';
import { type Operation, operation, run } from '../runtime/operation.js';
import { warn } from '../runtime/warning.js';
import { hann, type Window, windowRule } from './window.js';

/** How a signal is continued beyond its ends; the names are numpy's. */
export const padModes = ['constant', 'edge', 'reflect', 'symmetric', 'linear_ramp'] as const;

/**
 * `'constant'`: zeros. `'edge'`: the outermost sample. `'reflect'`: mirrored about the outermost sample. `'symmetric'`:
 * mirrored, with the outermost sample repeated. `'linear_ramp'`: from the outermost sample down to zero.
 */
export type PadMode = (typeof padModes)[number];

/** The transform's grid, common to `stft` and everything built on it. */
export interface FrameOptions {
  /** Length of the transform in samples, zero padding of the window included. Integer, 1 to 2^20; default 2048. */
  nFft?: number;
  /** Samples from one frame to the next. Integer >= 1; default `floor(winLength / 4)`, at least 1. */
  hopLength?: number;
  /** Length of the window in samples; it is centred in the frame. Integer, 1 to `nFft`; default `nFft`. */
  winLength?: number;
  /** The window; a Float32Array must have `winLength` values. Default `'hann'`. */
  window?: Window;
  /** Whether frame t is centred on sample `t * hopLength`; otherwise it starts there. Default true. */
  center?: boolean;
  /** How the signal is continued by `floor(nFft / 2)` samples at both ends when `center` is true. Default `'constant'`. */
  padMode?: PadMode;
}

export interface StftOptions extends FrameOptions {
  /** A result of an earlier call with the same shape, to be overwritten instead of allocating a new one. */
  out?: ComplexMatrix;
}

// Sixteen frames are transformed at once: 64 MB of them at this length.
export const MAX_N_FFT = 2 ** 20;

export const frameRules = {
  nFft: check.withDefault(check.integer({ min: 1, max: MAX_N_FFT }), 2048),
  hopLength: check.optional(check.integer({ min: 1 })),
  winLength: check.optional(check.integer({ min: 1 })),
  window: check.withDefault(windowRule, hann),
  center: check.withDefault(check.boolean(), true),
  padMode: check.withDefault(check.oneOf(padModes), 'constant'),
};

/** What every feature of a spectrogram takes. */
export interface FeatureOptions extends FrameOptions {
  /** Sample rate of the signal, Hz. */
  sampleRate: number;
  /** Samples from one frame to the next. Integer >= 1; default 512. */
  hopLength?: number;
}

export const featureRules = {
  ...frameRules,
  sampleRate: check.required(check.number({ above: 0 })),
  hopLength: check.withDefault(check.integer({ min: 1 }), 512),
};

/** Fills in the options whose defaults depend on others, and checks them against each other. */
export function resolveFrames(options: check.Values<typeof frameRules>): FrameParameters {
  const { nFft, window, center } = options;
  const winLength = options.winLength ?? nFft;
  if (winLength > nFft) throw rangeError('winLength', `an integer >= 1 and <= nFft (${nFft})`, winLength);
  checkWindow(window, winLength);
  const hopLength = options.hopLength ?? Math.max(1, Math.floor(winLength / 4));
  return { nFft, hopLength, winLength, window, padMode: center ? options.padMode : null };
}

function checkWindow({ values }: WindowParameters, winLength: number): void {
  if (values.length > 0 && values.length !== winLength) {
    throw rangeError('window', `a Float32Array of winLength (${winLength}) values`, values);
  }
}

/**
 * How many frames a signal of `samples` has, at least one. Throws for a signal that is too short to have one; `length`
 * is the name of the option that says how long a frame is.
 */
export function countFrames(
  samples: number,
  { nFft, hopLength, padMode }: Pick<FrameParameters, 'nFft' | 'hopLength' | 'padMode'>,
  length = 'nFft',
): number {
  const padding = padMode === null ? 0 : 2 * Math.floor(nFft / 2);
  // Every mode but zeros continues the signal from a sample of its own.
  const needed = Math.max(nFft - padding, padMode === null || padMode === 'constant' ? 0 : 1);
  if (samples < needed) {
    const grid = padMode === null ? 'center false' : `padMode '${padMode}'`;
    throw rangeError('y', `at least ${needed} samples for ${length} ${nFft} and ${grid}`, samples);
  }
  if (padMode !== null && samples < nFft && length === 'nFft') {
    warn(
      'COCHLEA_WARN_SHORT_SIGNAL',
      `nFft ${nFft} is too large for a signal of ${samples} samples: most of it is padding`,
    );
  }
  return 1 + Math.floor((samples + padding - nFft) / hopLength);
}

const stftRules = { ...frameRules, out: check.optional(complexMatrixRule) };

export function planStft(y: Float32Array, options?: StftOptions): Operation<ComplexMatrix> {
  const { out, ...given } = check.readOptions(options, stftRules);
  const frames = resolveFrames(given);
  check.float32Array('y', y);
  const result = complexMatrix([Math.floor(frames.nFft / 2) + 1, countFrames(y.length, frames)], out);
  check.noOverlap({ y, window: frames.window.values }, { 'out.re': result.re, 'out.im': result.im });
  return operation('stft', [y, frames, result.re, result.im], result);
}

/**
 * Short-time Fourier transform, with the numbers of `librosa.stft`.
 *
 * Nothing is scaled: a full-scale sine that falls on a bin has the magnitude of half the sum of the window. The
 * transform runs in single precision, about 1e-7 of a frame's largest value; librosa's runs in double. Magnitudes have the limit that
 * {@link fft} states.
 *
 * @param y The signal: finite samples, of any length.
 * @param options See {@link StftOptions}.
 * @returns `[1 + floor(nFft / 2), frames]`: row k is the frequency `k * sampleRate / nFft`, column t the frame. When
 *   centred there are `1 + floor(y.length / hopLength)` frames for an even `nFft`, otherwise
 *   `1 + floor((y.length - nFft) / hopLength)`.
 * @throws TypeError, RangeError for an argument out of its range, for samples that are not finite, for a signal shorter
 *   than a frame when `center` is false, and for an empty signal with an odd `nFft` or a `padMode` other than
 *   `'constant'`.
 * @see librosa.stft 0.11, whose tail padding is kept: frames that reach past the end are padded from the piece of signal
 *   that starts with the first of them, which shows when `hopLength > nFft / 2` and `padMode` mirrors.
 * @example
 * import { stft } from 'cochlea';
 * const y = Float32Array.from({ length: 22050 }, (_, i) => Math.sin((2 * Math.PI * 440 * i) / 22050));
 * const { re, im, shape } = stft(y, { nFft: 2048, hopLength: 512 });
 * console.log(shape); // [ 1025, 44 ]
 */
export function stft(y: Float32Array, options?: StftOptions): ComplexMatrix {
  return run(planStft(y, options));
}

export interface IstftOptions {
  /** Length of the transform in samples. Integer, 1 to 2^20; default `2 * (rows - 1)`, so an odd one must be given. */
  nFft?: number;
  /** Samples from one frame to the next. Integer >= 1; default `floor(winLength / 4)`, at least 1. */
  hopLength?: number;
  /** Length of the window in samples. Integer, 1 to `nFft`; default `nFft`. */
  winLength?: number;
  /** The window of the forward transform. Default `'hann'`. */
  window?: Window;
  /** Whether the forward transform was centred. Default true. */
  center?: boolean;
  /** Samples of the result; zeros follow where the frames end. Integer >= 1; default all that the frames cover. */
  length?: number;
  /** A Float32Array of the result's length, to be overwritten instead of allocating a new one. */
  out?: Float32Array;
}

const istftRules = {
  nFft: check.optional(check.integer({ min: 1, max: MAX_N_FFT })),
  hopLength: frameRules.hopLength,
  winLength: frameRules.winLength,
  window: frameRules.window,
  center: frameRules.center,
  length: check.optional(check.integer({ min: 1 })),
  out: check.optional(check.floats()),
};

export function planIstft(D: ComplexMatrix, options?: IstftOptions): Operation<Float32Array> {
  const { nFft: given, length, out, ...rest } = check.readOptions(options, istftRules);
  const { re, im, shape } = complexMatrixRule.read(D, 'D');
  const [rows, columns] = shape;
  const nFft = given ?? 2 * (rows - 1);
  if (nFft < 1 || nFft > MAX_N_FFT || rows !== Math.floor(nFft / 2) + 1) {
    throw rangeError('nFft', `an integer <= ${MAX_N_FFT} whose spectrum has the ${rows} rows of D`, nFft);
  }
  const grid = resolveFrames({ ...rest, nFft, padMode: 'constant' });
  const { hopLength } = grid;
  if (columns === 0) throw rangeError('D', 'at least one frame', columns);
  const pad = rest.center ? 2 * Math.floor(nFft / 2) : 0;
  const frames = length === undefined ? columns : Math.min(columns, Math.ceil((length + pad) / hopLength));
  const samples = length ?? Math.max(0, nFft + hopLength * (columns - 1) - pad);
  if (samples > check.MAX_COUNT) throw rangeError('hopLength', 'a result of fewer than 2^31 samples', hopLength);
  const y = out ?? allocate(Float32Array, samples);
  if (y.length !== samples) throw rangeError('out', `a Float32Array of length ${samples}`, y);
  check.noOverlap({ 'D.re': re, 'D.im': im, window: grid.window.values }, { out: y });
  return operation('istft', [re, im, columns, frames, grid, y], y);
}

/**
 * Inverse short-time Fourier transform by overlap-add of windowed frames, with the numbers of `librosa.istft`.
 *
 * Divides by the sum of the squared windows wherever that exceeds the smallest normal float. Where it does not (a gap
 * between frames, or a window that starts at zero without `center`) the overlap-add stays as it is. The imaginary parts
 * of the first bin, and of the last when `nFft` is even, are ignored.
 *
 * Magnitudes have the limit that {@link fft} states.
 *
 * @param D The spectrogram, `[1 + floor(nFft / 2), frames]`, at least one frame, finite.
 * @param options See {@link IstftOptions}.
 * @returns The signal: `length` samples, or `nFft + hopLength * (frames - 1)` less `2 * floor(nFft / 2)` when centred.
 * @throws TypeError, RangeError for an argument out of its range or values that are not finite.
 * @see librosa.istft 0.11; Griffin & Lim, "Signal estimation from modified short-time Fourier transform", 1984.
 * @example
 * import { istft, stft } from 'cochlea';
 * const y = new Float32Array(22050).fill(0.5);
 * const again = istft(stft(y), { length: y.length });
 * console.log(again.length); // 22050
 */
export function istft(D: ComplexMatrix, options?: IstftOptions): Float32Array {
  return run(planIstft(D, options));
}
