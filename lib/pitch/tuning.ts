import { types } from 'node:util';
import * as check from '../runtime/check.js';
import { rangeError } from '../runtime/errors.js';
import { type Matrix, matrix, matrixRule } from '../runtime/matrix.js';
import { type Operation, operation, run } from '../runtime/operation.js';
import { warn } from '../runtime/warning.js';
import { readSource, transformLength } from '../spectrum/source.js';
import { type FrameOptions, frameRules } from '../spectrum/stft.js';

/** What a spectral peak is. The frame options apply to a signal; of a spectrogram only `nFft` matters. */
export interface PeakOptions extends FrameOptions {
  /** Samples per second. Number > 0; required. */
  sampleRate: number;
  /**
   * The lowest frequency of a peak, in Hz, that of the bin before interpolation. Number; default 150; below 0 counts as 0.
   */
  fmin?: number;
  /** Peaks lie below this frequency, in Hz. Number; default 4000; above `sampleRate / 2` counts as that. */
  fmax?: number;
  /** A peak is above this times the largest magnitude of its frame. Number; default 0.1. */
  threshold?: number;
  /** If given, a peak is instead above this magnitude (its absolute value), whatever `threshold` is. Number. */
  ref?: number;
}

const peakRules = {
  ...frameRules,
  sampleRate: check.required(check.number({ above: 0 })),
  fmin: check.withDefault(check.number(), 150),
  fmax: check.withDefault(check.number(), 4000),
  threshold: check.withDefault(check.number(), 0.1),
  ref: check.optional(check.number()),
};

/** The spectrogram that `piptrack` and `estimateTuning` look for peaks in, and which peaks they take. */
function readPeaks(input: Float32Array | Matrix, options: check.Values<typeof peakRules>) {
  const { sampleRate, fmin, fmax, threshold, ref, ...frames } = options;
  const { source, shape, inputs } = readSource(input, { ...frames, power: 1 });
  if (shape[0] < 2) {
    throw source.frames === null
      ? rangeError('S', 'a matrix of at least two rows', shape[0])
      : rangeError('nFft', 'an integer >= 2', frames.nFft);
  }
  // As in librosa, so that the length of an odd transform is taken for one less.
  const nFft = transformLength(shape, frames.nFft);
  const reference = ref === undefined ? null : Math.abs(ref);
  return { args: [source, { sampleRate, nFft, fmin, fmax, threshold, reference }] as const, shape, inputs };
}

const none = new Float32Array(0);

/** The result of `piptrack`: two matrices of the spectrogram's shape, zero where there is no peak. */
export interface PitchPeaks {
  /** Frequencies of the peaks, in Hz. */
  pitches: Matrix;
  /** Their magnitudes. */
  magnitudes: Matrix;
}

export interface PiptrackOptions extends PeakOptions {
  /** A result of an earlier call with the same shape, to be overwritten instead of allocating a new one. */
  out?: PitchPeaks;
}

const outRule: check.Rule<PitchPeaks> = {
  read: (value, name) => ({
    pitches: matrixRule.read((value as PitchPeaks | null)?.pitches, `${name}.pitches`),
    magnitudes: matrixRule.read((value as PitchPeaks | null)?.magnitudes, `${name}.magnitudes`),
  }),
};

export function planPiptrack(input: Float32Array | Matrix, options: PiptrackOptions): Operation<PitchPeaks> {
  const { out, ...given } = check.readOptions(options, { ...peakRules, out: check.optional(outRule) });
  const { args, shape, inputs } = readPeaks(input, given);
  const pitches = matrix([...shape], out?.pitches);
  const magnitudes = matrix([...shape], out?.magnitudes);
  check.noOverlap(inputs, { 'out.pitches': pitches.data, 'out.magnitudes': magnitudes.data });
  return operation('piptrack', [...args, pitches.data, magnitudes.data], { pitches, magnitudes });
}

/**
 * Pitches as interpolated peaks of the short-time spectrum, with the numbers of `librosa.piptrack`.
 *
 * A peak is a bin above its lower and not below its upper neighbour; its pitch and height are those of the parabola
 * through the three, or of the bin itself where the parabola's vertex is more than a bin away.
 *
 * @param input A signal of finite samples, or a magnitude (or power) spectrogram with at least two rows.
 * @param options See {@link PiptrackOptions}; `sampleRate` is required.
 * @returns Pitches in Hz and their magnitudes, each `[1 + floor(nFft / 2), frames]`, zero where there is no peak.
 * @throws TypeError, RangeError for an argument out of its range or values that are not finite.
 * @see librosa.piptrack 0.11; Julius O. Smith, "Sinusoidal peak interpolation", Spectral Audio Signal Processing, 2011.
 * @example
 * import { piptrack } from 'cochlea';
 * const y = Float32Array.from({ length: 22050 }, (_, i) => Math.sin((2 * Math.PI * 440 * i) / 22050));
 * const { pitches } = piptrack(y, { sampleRate: 22050 });
 * console.log(Math.round(Math.max(...pitches.data))); // 440
 */
export function piptrack(input: Float32Array | Matrix, options: PiptrackOptions): PitchPeaks {
  return run(planPiptrack(input, options));
}

export interface PitchTuningOptions {
  /** Width of a step of the answer, in fractions of a bin: 0.01 is a cent of a semitone. Number, 1e-6 to 1; default 0.01. */
  resolution?: number;
  /** Bins in an octave. Integer >= 1; default 12, semitones. */
  binsPerOctave?: number;
}

const tuningRules = {
  resolution: check.withDefault(check.number({ min: 1e-6, max: 1 }), 0.01),
  binsPerOctave: check.withDefault(check.integer({ min: 1, max: 2 ** 20 }), 12),
};

/** Warns of a tuning that was estimated from nothing. */
export function warnOfSilence(): void {
  warn('COCHLEA_WARN_NO_PITCH', 'no frequency to tell a tuning from: it is taken as 0');
}

export function planPitchTuning(
  frequencies: Float32Array | Float64Array | number[],
  options?: PitchTuningOptions,
): Operation<number> {
  const { resolution, binsPerOctave } = check.readOptions(options, tuningRules);
  const isSingle = types.isFloat32Array(frequencies);
  const single = isSingle ? check.float32Array('frequencies', frequencies) : none;
  const numbers = check.numbers({}, { mayBeEmpty: true });
  const double = isSingle ? new Float64Array(0) : numbers.read(frequencies, 'frequencies');
  const tuning = new Float64Array(1);
  return operation('pitchTuning', [single, double, resolution, binsPerOctave, tuning], () => {
    const positive = (frequency: number) => frequency > 0;
    if (tuning[0] === 0 && !single.some(positive) && !double.some(positive)) warnOfSilence();
    return tuning[0]!;
  });
}

/**
 * How far frequencies lie from the nearest note of equal temperament at A4 = 440 Hz, with the numbers of
 * `librosa.pitch_tuning`: the lower edge of the fullest bin of a histogram of their deviations, so that the answer is
 * half a `resolution` low on average.
 *
 * @param frequencies In Hz, finite; those that are not above 0 are skipped, and those below 1e-36 of a Float32Array, or
 *   1e-306. A Float32Array is evaluated in single precision, as numpy would, which matters for frequencies that lie on
 *   the edge between two bins.
 * @param options See {@link PitchTuningOptions}.
 * @returns The deviation in fractions of a bin, -0.5 to 0.5 less the resolution; 0 without any frequency above 0.
 * @throws TypeError, RangeError for an argument out of its range and for frequencies that are not finite.
 * @see librosa.pitch_tuning 0.11
 * @example
 * import { pitchTuning } from 'cochlea';
 * console.log(pitchTuning([442, 663.1, 884.3]).toFixed(2)); // 0.07
 */
export function pitchTuning(frequencies: Float32Array | Float64Array | number[], options?: PitchTuningOptions): number {
  return run(planPitchTuning(frequencies, options));
}

export interface EstimateTuningOptions extends PeakOptions, PitchTuningOptions {}

export function planEstimateTuning(input: Float32Array | Matrix, options: EstimateTuningOptions): Operation<number> {
  const { resolution, binsPerOctave, ...peaks } = check.readOptions(options, { ...peakRules, ...tuningRules });
  const { args } = readPeaks(input, peaks);
  const tuning = new Float64Array(2);
  return operation('estimateTuning', [...args, resolution, binsPerOctave, tuning], () => {
    if (tuning[1] === 0) warnOfSilence();
    return tuning[0]!;
  });
}

/**
 * The tuning of a recording, with the numbers of `librosa.estimate_tuning`: `pitchTuning` of those peaks of `piptrack`
 * whose magnitude is at least the median of all.
 *
 * @param input A signal of finite samples, or a magnitude (or power) spectrogram with at least two rows.
 * @param options See {@link EstimateTuningOptions}; `sampleRate` is required.
 * @returns The deviation from A4 = 440 Hz in fractions of a bin (with the default `binsPerOctave`, of a semitone); 0
 *   when there are no peaks. `tuningToA4` turns it into Hz.
 * @throws TypeError, RangeError for an argument out of its range or values that are not finite.
 * @see librosa.estimate_tuning 0.11
 * @example
 * import { estimateTuning } from 'cochlea';
 * const y = Float32Array.from({ length: 22050 }, (_, i) => Math.sin((2 * Math.PI * 445 * i) / 22050));
 * console.log(estimateTuning(y, { sampleRate: 22050 }).toFixed(2)); // 0.17
 */
export function estimateTuning(input: Float32Array | Matrix, options: EstimateTuningOptions): number {
  return run(planEstimateTuning(input, options));
}
