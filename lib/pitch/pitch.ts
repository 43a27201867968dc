import type { PitchTrackerHandle } from '../../binding.js';
import * as check from '../runtime/check.js';
import { rangeError, typeError } from '../runtime/errors.js';
import { allocate } from '../runtime/memory.js';
import { native } from '../runtime/native.js';
import { type Operation, operation, run } from '../runtime/operation.js';
import { type PadMode, padModes } from '../spectrum/stft.js';
import { roundHalfEven } from './convert.js';

/** The range of pitches to look for. */
export interface PitchRange {
  /** Samples per second. Number > 0; required. */
  sampleRate: number;
  /** The lowest pitch, in Hz. Number > 0 and < `fmax`, with `sampleRate / fmin < frameLength - 1`; required. */
  fmin: number;
  /** The highest pitch, in Hz. Number, at most `sampleRate / 2`; required. */
  fmax: number;
  /**
   * Samples per frame; should hold two periods of `fmin`, `2 * sampleRate / fmin`. Integer, 4 to 2^24; default 2048.
   */
  frameLength?: number;
  /** Samples from one frame to the next. Integer >= 1; default `floor(frameLength / 4)`. */
  hopLength?: number;
}

const rangeRules = {
  sampleRate: check.required(check.number({ above: 0 })),
  fmin: check.required(check.number()),
  fmax: check.required(check.number()),
  frameLength: check.withDefault(check.integer({ min: 4, max: 2 ** 24 }), 2048),
  hopLength: check.optional(check.integer({ min: 1 })),
};

/** The range in samples; refuses what librosa refuses, in its order. */
function readRange({ sampleRate, fmin, fmax, frameLength, hopLength }: check.Values<typeof rangeRules>) {
  if (fmax > sampleRate / 2) throw rangeError('fmax', `a number <= sampleRate / 2 (${sampleRate / 2})`, fmax);
  if (fmin >= fmax) throw rangeError('fmin', `a number < fmax (${fmax})`, fmin);
  if (fmin <= 0) throw rangeError('fmin', 'a number > 0', fmin);
  if (sampleRate / fmin >= frameLength - 1) {
    const lowest = sampleRate / (frameLength - 1);
    const longer = Math.floor(sampleRate / fmin) + 2;
    const expected = `a number > ${lowest} for frameLength ${frameLength}, or a frameLength >= ${longer}`;
    throw rangeError('fmin', expected, fmin);
  }
  return {
    frameLength,
    hopLength: hopLength ?? Math.floor(frameLength / 4),
    minPeriod: Math.floor(sampleRate / fmax),
    maxPeriod: Math.min(Math.ceil(sampleRate / fmin), frameLength - 1),
  };
}

/** How a signal is cut into the frames of `yin` and `pyin`. */
export interface PitchFrames extends PitchRange {
  /** Whether frame t is centred on sample `t * hopLength`; otherwise it starts there. Default true. */
  center?: boolean;
  /** How the signal is continued by `floor(frameLength / 2)` samples at both ends when `center` is true. Default `'constant'`. */
  padMode?: PadMode;
}

const framesRules = {
  ...rangeRules,
  center: check.withDefault(check.boolean(), true),
  padMode: check.withDefault(check.oneOf(padModes), 'constant'),
};

function readFrames(input: Float32Array, options: check.Values<typeof framesRules>) {
  const range = readRange(options);
  const { frameLength, hopLength } = range;
  const { center, padMode } = options;
  const y = check.float32Array('y', input);
  const padding = center ? 2 * Math.floor(frameLength / 2) : 0;
  const needed = Math.max(frameLength - padding, center && padMode !== 'constant' ? 1 : 0);
  if (y.length < needed) {
    const grid = center ? `padMode '${padMode}'` : 'center false';
    throw rangeError('y', `at least ${needed} samples for frameLength ${frameLength} and ${grid}`, y.length);
  }
  const frames = 1 + Math.floor((y.length + padding - frameLength) / hopLength);
  const { minPeriod, maxPeriod } = range;
  const mode = center ? padModes.indexOf(padMode) : -1;
  return { frames, args: [y, frameLength, hopLength, mode, minPeriod, maxPeriod] as const };
}

/** What `yin` and `PitchTracker` have in common. */
export interface YinMethod {
  /** The first trough of the normalised difference below this is the period. Number; default 0.1. */
  troughThreshold?: number;
  /**
   * `'librosa'`: the numbers of `librosa.yin`, see there. `'paper'`: the method of the paper, with a difference function
   * that sums over the same number of samples, `frameLength` less the longest period, for every lag. Default `'librosa'`.
   */
  variant?: 'librosa' | 'paper';
}

const methodRules = {
  troughThreshold: check.withDefault(check.number(), 0.1),
  variant: check.withDefault(check.oneOf(['librosa', 'paper']), 'librosa'),
};

export interface YinOptions extends PitchFrames, YinMethod {
  /** Whether to return the aperiodicity too. Default false. */
  details?: boolean;
}

/** Pitch with a measure of confidence. */
export interface YinDetails {
  /** Hz, a value per frame. */
  f0: Float32Array;
  /**
   * The normalised difference at the chosen lag: near 0 for a periodic frame, near 1 for noise. In the variant `'librosa'`
   * a periodic frame keeps about `period / frameLength / 2`, and silence has 0.
   */
  aperiodicity: Float32Array;
}

export function planYin(y: Float32Array, options: YinOptions): Operation<Float32Array | YinDetails> {
  const rules = { ...framesRules, ...methodRules, details: check.withDefault(check.boolean(), false) };
  const { troughThreshold, variant, details, ...given } = check.readOptions(options, rules);
  const { frames, args } = readFrames(y, given);
  const f0 = allocate(Float32Array, frames);
  const aperiodicity = allocate(Float32Array, details ? frames : 0);
  const paper = variant === 'paper';
  return operation(
    'yin',
    [...args, paper, given.sampleRate, troughThreshold, f0, aperiodicity],
    details ? { f0, aperiodicity } : f0,
  );
}

/**
 * Fundamental frequency of each frame by YIN, with the numbers of `librosa.yin`.
 *
 * The variant `'librosa'` has the reference's properties, bugs included:
 * - There is no unvoiced: a frame without a trough below the threshold gets the lag of the smallest value. Use the
 *   aperiodicity, `pyin`, or the variant `'paper'`, which has NaN there.
 * - A silent frame has all values 0 and the pitch `sampleRate / floor(sampleRate / fmax)`.
 * - The frame is continued by zeros, so the energy of its last samples counts as difference and long lags look worse
 *   than they are; and the difference at lag 1 is too large by the square of the first sample, which every mean over the
 *   lags inherits.
 * - Periods are whole samples, refined by a parabola (not at either end of the range), from `floor(sampleRate / fmax)` to
 *   `ceil(sampleRate / fmin)`: results may lie slightly outside `fmin` to `fmax`.
 *
 * With less than two periods of `fmin` in a frame (where librosa warns) low pitches are unreliable.
 *
 * @param y The signal: finite samples.
 * @param options See {@link YinOptions}; `sampleRate`, `fmin` and `fmax` are required.
 * @returns Pitch in Hz, a value per frame: `1 + floor(y.length / hopLength)` when centred with an even `frameLength`.
 *   With `details: true` an object, see {@link YinDetails}.
 * @throws TypeError, RangeError for an argument out of its range, for samples that are not finite, and for a signal
 *   shorter than a frame when `center` is false.
 * @see librosa.yin 0.11; de Cheveigné & Kawahara, "YIN, a fundamental frequency estimator for speech and music", 2002.
 * @example
 * import { yin } from 'cochlea';
 * const y = Float32Array.from({ length: 22050 }, (_, i) => Math.sin((2 * Math.PI * 440 * i) / 22050));
 * const f0 = yin(y, { sampleRate: 22050, fmin: 65, fmax: 2093 });
 * console.log(Math.round(f0[21])); // 440
 */
export function yin(y: Float32Array, options: YinOptions & { details: true }): YinDetails;
export function yin(y: Float32Array, options: YinOptions & { details?: false }): Float32Array;
export function yin(y: Float32Array, options: YinOptions): Float32Array | YinDetails;
export function yin(y: Float32Array, options: YinOptions): Float32Array | YinDetails {
  return run(planYin(y, options));
}

export interface PyinOptions extends PitchFrames {
  /** How many YIN thresholds to weigh, equally spaced up to 1. Integer, 1 to 10000; default 100. */
  nThresholds?: number;
  /** Parameters of the beta distribution that weighs the thresholds. Two numbers > 0; default [2, 18]. */
  betaParameters?: [alpha: number, beta: number];
  /** How strongly shorter periods are preferred among the candidates of a threshold. Number > 0; default 2. */
  boltzmannParameter?: number;
  /** Width of a pitch bin in semitones, rounded so that a whole number makes a semitone. Number, 0.001 to 1; default 0.1. */
  resolution?: number;
  /** The fastest change of pitch, in octaves per second. Number >= 0; default 35.92. */
  maxTransitionRate?: number;
  /** Probability that voicing changes from one frame to the next. Number, 0 to 1; default 0.01. */
  switchProb?: number;
  /** Probability of the best candidate when no trough is below the threshold. Number, 0 to 1; default 0.01. */
  noTroughProb?: number;
  /** `f0` of unvoiced frames; null keeps the best guess at their pitch. Number or null; default NaN. */
  fillNa?: number | null;
  /**
   * Leaves transitions less likely than this out of the search, as `librosa.pyin` does since 1.0 with 1e-4, where pitch
   * and voicing can differ from 0.11. Number, 0 to 1, or null to search all; default null.
   */
  transitionMinProb?: number | null;
}

const unit = check.number({ min: 0, max: 1 });

const pyinRules = {
  ...framesRules,
  nThresholds: check.withDefault(check.integer({ min: 1, max: 10_000 }), 100),
  betaParameters: check.optional(check.numbers({ above: 0 })),
  boltzmannParameter: check.withDefault(check.number({ above: 0 }), 2),
  resolution: check.withDefault(check.number({ min: 0.001, max: 1 }), 0.1),
  maxTransitionRate: check.withDefault(check.number({ min: 0 }), 35.92),
  switchProb: check.withDefault(unit, 0.01),
  noTroughProb: check.withDefault(unit, 0.01),
  fillNa: check.nullable(
    check.either(check.number(), {
      read(value, name) {
        if (typeof value !== 'number') throw typeError(name, 'a number or null', value);
        return value;
      },
    }),
    Number.NaN,
  ),
  transitionMinProb: check.nullable(unit, null),
};

/** The result of `pyin`, a value per frame. */
export interface Pyin {
  /** Hz, in steps of `resolution` from `fmin` on; `fillNa` where the frame is unvoiced. */
  f0: Float32Array;
  /** 1 where the frame is voiced, else 0. */
  voicedFlag: Uint8Array;
  /** The probability that the frame is voiced, by itself. */
  voicedProbability: Float32Array;
}

/** The bins of the model: how many, and how many of them a pitch can reach in one hop. */
function pyinBins(hopLength: number, options: check.Values<typeof pyinRules>) {
  const { sampleRate, fmin, fmax, resolution, maxTransitionRate } = options;
  const binsPerSemitone = Math.ceil(1 / resolution);
  const pitchBins = Math.floor(12 * binsPerSemitone * Math.log2(fmax / fmin)) + 1;
  if (pitchBins < 2 || pitchBins > MAX_PITCH_BINS) {
    const expected = `a width of which fmin to fmax holds 2 to ${MAX_PITCH_BINS} (it holds ${pitchBins})`;
    throw rangeError('resolution', expected, resolution);
  }
  const width = roundHalfEven((maxTransitionRate * 12 * hopLength) / sampleRate) * binsPerSemitone + 1;
  if (width > pitchBins) {
    const semitones = Math.floor((pitchBins - 1) / binsPerSemitone);
    const rate = (semitones * sampleRate) / (12 * hopLength);
    throw rangeError(
      'maxTransitionRate',
      `a rate at which pitch cannot cross the whole range in one hop: fmin to fmax is ${pitchBins} bins, the moves ` +
        `allowed in ${hopLength} samples span ${width}; lower it to ${rate.toPrecision(4)}, shorten hopLength or widen ` +
        `fmin to fmax`,
      maxTransitionRate,
    );
  }
  return { binsPerSemitone, pitchBins, width };
}

/** Two states per bin, numbered in 16 bits by librosa. */
const MAX_PITCH_BINS = 32_767;

export function planPyin(y: Float32Array, options: PyinOptions): Operation<Pyin> {
  const given = check.readOptions(options, pyinRules);
  const { sampleRate, fmin, betaParameters = [2, 18], fillNa } = given;
  if (betaParameters.length !== 2) throw rangeError('betaParameters', 'two numbers', options.betaParameters);
  const { frames, args } = readFrames(y, given);
  const [, , hopLength] = args;
  const { binsPerSemitone, pitchBins, width } = pyinBins(hopLength, given);
  const states = allocate(Int32Array, frames);
  const voicedProbability = allocate(Float32Array, frames);
  const [alpha, beta] = betaParameters as [number, number];
  return operation(
    'pyin',
    [
      ...args,
      sampleRate,
      fmin,
      given.nThresholds,
      alpha,
      beta,
      given.boltzmannParameter,
      given.noTroughProb,
      binsPerSemitone,
      pitchBins,
      width,
      given.switchProb,
      given.transitionMinProb ?? 0,
      states,
      voicedProbability,
    ],
    () => {
      const voicedFlag = Uint8Array.from(states, (state) => (state < pitchBins ? 1 : 0));
      const f0 = Float32Array.from(states, (state) =>
        state < pitchBins || fillNa === null ? fmin * 2 ** ((state % pitchBins) / (12 * binsPerSemitone)) : fillNa,
      );
      return { f0, voicedFlag, voicedProbability };
    },
  );
}

/**
 * Fundamental frequency and voicing by probabilistic YIN, with the numbers of `librosa.pyin`.
 *
 * Pitch is one of equally spaced bins, a tenth of a semitone apart by default; the interpolated period only decides which.
 * Candidates above the highest bin are lost, and of two in one bin the longer period counts, as in the reference. Pitch
 * moves at most `maxTransitionRate`, so the track lags behind a jump.
 *
 * Time grows with frames, bins and the reach of a move; memory with the signal and the square root of the frames.
 *
 * @param y The signal: finite samples.
 * @param options See {@link PyinOptions}; `sampleRate`, `fmin` and `fmax` are required.
 * @returns See {@link Pyin}; frames as for `yin`.
 * @throws TypeError, RangeError as `yin`, and for a range of pitch that one move could cross.
 * @see librosa.pyin 0.11; Mauch & Dixon, "pYIN: a fundamental frequency estimator using probabilistic threshold
 *   distributions", 2014.
 * @example
 * import { pyin } from 'cochlea';
 * const y = Float32Array.from({ length: 22050 }, (_, i) => Math.sin((2 * Math.PI * 440 * i) / 22050));
 * const { f0, voicedFlag } = pyin(y, { sampleRate: 22050, fmin: 65, fmax: 2093 });
 * console.log(voicedFlag[20], Math.round(f0[20])); // 1 440
 */
export function pyin(y: Float32Array, options: PyinOptions): Pyin {
  return run(planPyin(y, options));
}

export interface PitchTrackerOptions extends PitchRange, YinMethod {
  /** As for `yin`: whether frame t is centred on sample `t * hopLength`, zeros standing before the first. Default true. */
  center?: boolean;
}

const trackerRules = { ...rangeRules, ...methodRules, center: framesRules.center };
const none = new Float32Array(0);

/**
 * Pitch of a stream of samples, by YIN. The values of all calls, joined, are those of `yin` on the joined blocks, however
 * they are cut. Everything is allocated at construction.
 *
 * A frame's value is returned by the call that brings its last sample: {@link PitchTracker.latency} samples after the
 * time it stands for.
 *
 * @throws TypeError, RangeError for an option out of its range; `hopLength` is at most `frameLength`.
 * @example
 * import { PitchTracker } from 'cochlea';
 * const tracker = new PitchTracker({ sampleRate: 48000, fmin: 80, fmax: 1000, hopLength: 256 });
 * const out = new Float32Array(tracker.maxOutput(128));
 * for (let i = 0; i < 40; i++) {
 *   const block = Float32Array.from({ length: 128 }, (_, j) => Math.sin(((i * 128 + j) * 2 * Math.PI * 220) / 48000));
 *   const f0 = tracker.process(block, out);
 *   if (i === 39) console.log(Math.round(f0[0])); // 220
 * }
 */
export class PitchTracker {
  readonly #handle: PitchTrackerHandle;
  readonly #count = new Int32Array(1);
  /** Samples from the time that a value stands for to the end of its frame, where it becomes known. */
  readonly latency: number;
  readonly #lead: number;
  readonly #hopLength: number;

  /** @param options See {@link PitchTrackerOptions}; `sampleRate`, `fmin` and `fmax` are required. */
  constructor(options: PitchTrackerOptions) {
    const { troughThreshold, variant, center, ...given } = check.readOptions(options, trackerRules);
    const { frameLength, hopLength, minPeriod, maxPeriod } = readRange(given);
    if (hopLength > frameLength) throw rangeError('hopLength', `an integer <= frameLength (${frameLength})`, hopLength);
    this.#lead = center ? Math.floor(frameLength / 2) : 0;
    this.#hopLength = hopLength;
    this.latency = frameLength - this.#lead;
    this.#handle = native.pitchTracker(
      frameLength,
      hopLength,
      center,
      minPeriod,
      maxPeriod,
      variant === 'paper',
      given.sampleRate,
      troughThreshold,
    );
  }

  /** The most values that `process` returns for a block of `length` samples; for 0, the most that `flush` returns. */
  maxOutput(length: number): number {
    const samples = check.integer({ min: 0 }).read(length, 'length') || this.#lead;
    return Math.floor(samples / this.#hopLength) + 1;
  }

  /**
   * Takes any number of samples and returns the pitch, in Hz, of the frames that they complete.
   * @param x Finite samples.
   * @param out Room for the result, at least `maxOutput(x.length)` values; the result is then a view of its beginning and
   *   nothing is allocated but that view.
   * @param aperiodicity Room for as many values, filled with the frames' aperiodicity (see {@link YinDetails}).
   * @throws TypeError, RangeError for samples that are not finite, or an array that is too small.
   */
  process(x: Float32Array, out?: Float32Array, aperiodicity?: Float32Array): Float32Array {
    check.float32Array('x', x);
    const [room, details] = this.#rooms(x.length, out, aperiodicity);
    check.noOverlap({ x, out: room, aperiodicity: details });
    native.pitchTrackerPush(this.#handle, x, room, details, this.#count);
    return this.#taken(room, out);
  }

  /** The frames that are left when the stream ends here, zeros standing behind it. The next `process` begins anew. */
  flush(out?: Float32Array, aperiodicity?: Float32Array): Float32Array {
    const [room, details] = this.#rooms(0, out, aperiodicity);
    check.noOverlap({ out: room, aperiodicity: details });
    native.pitchTrackerFinish(this.#handle, room, details, this.#count);
    return this.#taken(room, out);
  }

  /** Forgets the stream so far. */
  reset(): void {
    native.pitchTrackerReset(this.#handle);
  }

  #rooms(length: number, out: Float32Array | undefined, aperiodicity: Float32Array | undefined) {
    const most = this.maxOutput(length);
    const room = (name: string, array: Float32Array) => {
      if (check.float32Array(name, array).length < most) {
        throw rangeError(name, `a Float32Array of length >= ${most}`, array);
      }
      return array;
    };
    return [
      out === undefined ? allocate(Float32Array, most) : room('out', out),
      aperiodicity === undefined ? none : room('aperiodicity', aperiodicity),
    ] as const;
  }

  #taken(room: Float32Array, out: Float32Array | undefined): Float32Array {
    const count = this.#count[0]!;
    return out === undefined ? room.slice(0, count) : out.subarray(0, count);
  }
}
