import type { SeparationParameters } from '../../binding.js';
import * as check from '../runtime/check.js';
import { rangeError, typeError } from '../runtime/errors.js';
import {
  type ComplexMatrix,
  complexMatrix,
  complexMatrixRule,
  type Matrix,
  matrix,
  matrixRule,
} from '../runtime/matrix.js';
import { allocate } from '../runtime/memory.js';
import { type Operation, operation, run } from '../runtime/operation.js';
import { countFrames, type FrameOptions, frameRules, resolveFrames } from '../spectrum/stft.js';

/** A value for both parts, or one for each. */
export type Pair = number | readonly [harmonic: number, percussive: number];

/** What separates harmonic from percussive sound. */
export interface SeparationOptions {
  /** Lengths of the median filters: of the harmonic one along time in frames, of the percussive one along frequency in bins. Integers, 1 to 2^24; default 31. */
  kernelSize?: Pair;
  /** Exponent of the masks: 1 or 2 share a cell's energy, `Infinity` gives it to the greater. Number > 0; default 2. */
  power?: number;
  /** How many times stronger than the other a part must be: above 1 something remains that is in neither. Numbers >= 1; default 1. */
  margin?: Pair;
}

const pairRule = (rule: check.Rule<number>) => check.pair(rule, 'a number or [harmonic, percussive]');

/** A number > 0, or Infinity. */
const powerRule: check.Rule<number> = {
  read(value, name) {
    if (typeof value !== 'number') throw typeError(name, 'a number > 0', value);
    if (!(value > 0)) throw rangeError(name, 'a number > 0', value);
    return value;
  },
};

// A median keeps its whole window: 64 MB of it at this length.
const MAX_KERNEL_SIZE = 2 ** 24;

export const separationRules = {
  kernelSize: check.withDefault(pairRule(check.integer({ min: 1, max: MAX_KERNEL_SIZE })), [31, 31]),
  power: check.withDefault(powerRule, 2),
  margin: check.withDefault(pairRule(check.number({ min: 1 })), [1, 1]),
};

export function separationParameters(values: check.Values<typeof separationRules>): SeparationParameters {
  const [harmonicSize, percussiveSize] = values.kernelSize;
  const [harmonicMargin, percussiveMargin] = values.margin;
  return { harmonicSize, percussiveSize, power: values.power, harmonicMargin, percussiveMargin };
}

export interface SoftmaskOptions {
  /** Exponent. Number > 0; `Infinity` compares: 1 where X is greater, 0 elsewhere. Default 1. */
  power?: number;
  /** What the mask is where X and Xref are both below the smallest normal float, 2^-126: 0.5 if true, otherwise 0. Without effect for an infinite power. Default false. */
  splitZeros?: boolean;
  /** A matrix of the same shape, to be overwritten instead of allocating a new one. */
  out?: Matrix;
}

export function planSoftmask(X: Matrix, Xref: Matrix, options?: SoftmaskOptions): Operation<Matrix> {
  const { power, splitZeros, out } = check.readOptions(options, {
    power: check.withDefault(powerRule, 1),
    splitZeros: check.withDefault(check.boolean(), false),
    out: check.optional(matrixRule),
  });
  const { data, shape } = matrixRule.read(X, 'X');
  const reference = matrixRule.read(Xref, 'Xref');
  if (reference.shape[0] !== shape[0] || reference.shape[1] !== shape[1]) {
    throw rangeError('Xref.shape', `[${shape.join(', ')}]`, `[${reference.shape.join(', ')}]`);
  }
  const result = matrix(shape, out);
  check.noOverlap({ 'X.data': data, 'Xref.data': reference.data }, { 'out.data': result.data });
  return operation('softmask', [data, reference.data, power, splitZeros, result.data], result);
}

/**
 * Soft mask of one matrix against another, `X ** power / (X ** power + Xref ** power)`, as `librosa.util.softmask`.
 *
 * @param X The part to keep: a matrix of finite values >= 0.
 * @param Xref The rest: a matrix of the same shape, finite values >= 0.
 * @param options See {@link SoftmaskOptions}.
 * @returns A matrix of the same shape, 0 to 1.
 * @throws TypeError, RangeError for an argument out of its range.
 * @see librosa.util.softmask 0.11, whose result for an infinite power is boolean; here it is 0 and 1.
 * @example
 * import { softmask } from 'cochlea';
 * const X = { data: Float32Array.of(3, 1, 0), shape: [1, 3] };
 * const Xref = { data: Float32Array.of(1, 1, 0), shape: [1, 3] };
 * console.log(softmask(X, Xref).data); // Float32Array(3) [ 0.75, 0.5, 0 ]
 */
export function softmask(X: Matrix, Xref: Matrix, options?: SoftmaskOptions): Matrix {
  return run(planSoftmask(X, Xref, options));
}

export interface HpssSpectrogramOptions extends SeparationOptions {
  /** Whether to return the masks, 0 to 1, instead of the masked spectrograms. Default false. */
  mask?: boolean;
  /** Whether to return what is in neither part as well. Default false. */
  residual?: boolean;
}

/** The parts of a spectrogram or of a signal. */
export interface Parts<T> {
  /** What is steady along time: tones. */
  harmonic: T;
  /** What is spread along frequency: clicks, drums. */
  percussive: T;
}

/** The parts of a spectrogram. */
export interface SpectrogramParts<T> extends Parts<T> {
  /** The rest, so that all add up to the spectrogram (or, of masks, to 1); if asked for. */
  residual?: T;
}

const spectrogramRules = {
  ...separationRules,
  mask: check.withDefault(check.boolean(), false),
  residual: check.withDefault(check.boolean(), false),
};

const none = new Float32Array(0);

export function planHpssSpectrogram(
  S: Matrix | ComplexMatrix,
  options?: HpssSpectrogramOptions,
): Operation<SpectrogramParts<Matrix | ComplexMatrix>> {
  const { mask, residual, ...given } = check.readOptions(options, spectrogramRules);
  const complex = S !== null && typeof S === 'object' && 're' in S;
  const { shape, ...planes } = complex ? complexMatrixRule.read(S, 'S') : matrixRule.read(S, 'S');
  const [re, im = none] = Object.values(planes) as [Float32Array, Float32Array?];
  const make = () => (complex && !mask ? complexMatrix(shape) : matrix(shape));
  const result: SpectrogramParts<Matrix | ComplexMatrix> = { harmonic: make(), percussive: make() };
  if (residual) result.residual = make();
  const arrays = [result.harmonic, result.percussive, result.residual].flatMap((part) =>
    part === undefined ? [none, none] : 're' in part ? [part.re, part.im] : [part.data, none],
  ) as [Float32Array, Float32Array, Float32Array, Float32Array, Float32Array, Float32Array];
  return operation('hpssSpectrogram', [re, im, shape[0], separationParameters(given), mask, ...arrays], result);
}

/**
 * Separates a spectrogram into a harmonic and a percussive part by median filtering, with the numbers of
 * `librosa.decompose.hpss`.
 *
 * The magnitudes are filtered by a median along time, which keeps tones, and by one along frequency, which keeps clicks.
 * Each part is the spectrogram times a {@link softmask} of the two, each compared with `margin` times the other.
 *
 * @param S A spectrogram, `[bins, frames]`: complex, or magnitudes >= 0. Finite.
 * @param options See {@link HpssSpectrogramOptions}.
 * @returns Both parts in the shape and kind of S, or two masks. With a margin of 1 they add up to S, or 1.
 * @throws TypeError, RangeError for an argument out of its range or values that are not finite.
 * @see librosa.decompose.hpss 0.11; Fitzgerald, "Harmonic/percussive separation using median filtering", 2010; Driedger,
 *   Müller & Disch, "Extending harmonic-percussive separation of audio signals", 2014. For an infinite power librosa's
 *   masks are boolean; here they are 0 and 1.
 * @example
 * import { hpssSpectrogram, stft } from 'cochlea';
 * const { harmonic, percussive } = hpssSpectrogram(stft(new Float32Array(22050)), { margin: [1, 5] });
 * console.log(harmonic.shape, percussive.shape); // [ 1025, 44 ] [ 1025, 44 ]
 */
export function hpssSpectrogram(S: Matrix, options?: HpssSpectrogramOptions): SpectrogramParts<Matrix>;
export function hpssSpectrogram(
  S: ComplexMatrix,
  options: HpssSpectrogramOptions & { mask: true },
): SpectrogramParts<Matrix>;
export function hpssSpectrogram(
  S: ComplexMatrix,
  options?: HpssSpectrogramOptions & { mask?: false },
): SpectrogramParts<ComplexMatrix>;
export function hpssSpectrogram(
  S: Matrix | ComplexMatrix,
  options?: HpssSpectrogramOptions,
): SpectrogramParts<Matrix | ComplexMatrix> {
  return run(planHpssSpectrogram(S, options));
}

/** Options of `hpss`: the separation's, and the transform's grid. */
export interface HpssOptions extends SeparationOptions, FrameOptions {}

/** Options of `harmonic` and `percussive`. */
export interface HpssPartOptions extends HpssOptions {
  /** A Float32Array of the signal's length, to be overwritten instead of allocating a new one. */
  out?: Float32Array;
}

export const hpssRules = { ...separationRules, ...frameRules };

function planSignal<R>(
  y: Float32Array,
  given: check.Values<typeof hpssRules>,
  harmonic: Float32Array,
  percussive: Float32Array,
  result: R,
): Operation<R> {
  const grid = resolveFrames(given);
  countFrames(y.length, grid);
  check.noOverlap({ y, window: grid.window.values }, { out: harmonic.length > 0 ? harmonic : percussive });
  return operation('hpss', [y, grid, separationParameters(given), harmonic, percussive], result);
}

export function planHpss(y: Float32Array, options?: HpssOptions): Operation<Parts<Float32Array>> {
  const given = check.readOptions(options, hpssRules);
  const { length } = check.float32Array('y', y);
  const parts = { harmonic: allocate(Float32Array, length), percussive: allocate(Float32Array, length) };
  return planSignal(y, given, parts.harmonic, parts.percussive, parts);
}

function planPart(y: Float32Array, options: HpssPartOptions | undefined, part: keyof Parts<never>) {
  const { out, ...given } = check.readOptions(options, { ...hpssRules, out: check.optional(check.floats()) });
  const { length } = check.float32Array('y', y);
  const result = out ?? allocate(Float32Array, length);
  if (result.length !== length) throw rangeError('out', `a Float32Array of length ${length}`, result);
  return part === 'harmonic' ? planSignal(y, given, result, none, result) : planSignal(y, given, none, result, result);
}

export function planHarmonic(y: Float32Array, options?: HpssPartOptions): Operation<Float32Array> {
  return planPart(y, options, 'harmonic');
}

export function planPercussive(y: Float32Array, options?: HpssPartOptions): Operation<Float32Array> {
  return planPart(y, options, 'percussive');
}

/**
 * Separates a signal into its harmonic and its percussive part, with the numbers of `librosa.effects.hpss`.
 *
 * Transforms, separates as {@link hpssSpectrogram} and transforms back, tile by tile: memory beyond the signals does not
 * grow with their length. With a margin of 1 the parts add up to the signal.
 *
 * The masks compare quiet cells, too, so the forward transform runs in double precision, as librosa's does. Only lengths
 * above 2^17 that are no power of two have single precision: then both parts may differ from librosa's by about 1e-6 of full
 * scale, and with an infinite `power` by 1e-4.
 *
 * Magnitudes have the limit that {@link fft} states.
 *
 * @param y The signal: finite samples, of any length.
 * @param options See {@link HpssOptions}.
 * @returns Two signals of the length of y.
 * @throws TypeError, RangeError for an argument out of its range, for samples that are not finite and for a signal that
 *   is too short for the grid (see `stft`).
 * @see librosa.effects.hpss 0.11, which takes a `window` and ignores it; here it is used. Its `mask` is left out: it would
 *   return the masks' inverse transforms.
 * @example
 * import { hpss } from 'cochlea';
 * const y = Float32Array.from({ length: 22050 }, (_, i) => Math.sin(i / 8) + (i % 5000 === 0 ? 1 : 0));
 * const { harmonic, percussive } = hpss(y, { kernelSize: [31, 17] });
 * console.log(harmonic.length, percussive.length); // 22050 22050
 */
export function hpss(y: Float32Array, options?: HpssOptions): Parts<Float32Array> {
  return run(planHpss(y, options));
}

/**
 * The harmonic part of a signal: {@link hpss} without the work for the other part.
 *
 * @param y The signal: finite samples, of any length.
 * @param options See {@link HpssPartOptions}.
 * @returns A signal of the length of y.
 * @throws As `hpss`.
 * @see librosa.effects.harmonic 0.11
 * @example
 * import { harmonic } from 'cochlea';
 * console.log(harmonic(new Float32Array(22050), { margin: 3 }).length); // 22050
 */
export function harmonic(y: Float32Array, options?: HpssPartOptions): Float32Array {
  return run(planHarmonic(y, options));
}

/**
 * The percussive part of a signal: {@link hpss} without the work for the other part.
 *
 * @param y The signal: finite samples, of any length.
 * @param options See {@link HpssPartOptions}.
 * @returns A signal of the length of y.
 * @throws As `hpss`.
 * @see librosa.effects.percussive 0.11
 * @example
 * import { percussive } from 'cochlea';
 * console.log(percussive(new Float32Array(22050), { margin: [1, 5] }).length); // 22050
 */
export function percussive(y: Float32Array, options?: HpssPartOptions): Float32Array {
  return run(planPercussive(y, options));
}
