import * as check from '../runtime/check.js';
import { rangeError, typeError } from '../runtime/errors.js';
import { allocate } from '../runtime/memory.js';
import { type Operation, operation, run } from '../runtime/operation.js';
import { roundHalfEven } from '../runtime/round.js';
import { framesRules, type PitchFrames, readFrames } from './pitch-frames.js';

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
/** Of the candidates of all frames a gigabyte or two stays in memory. */
const MAX_FRAMES = 2 ** 22;
/** Of the search: the transitions and the values that it comes back to. */
const MAX_SEARCH_BYTES = 2 ** 30;

/** Refuses what would take more memory than a pitch track is worth, before any of it is taken. */
function checkMemory(
  frames: number,
  samples: number,
  { pitchBins, width }: ReturnType<typeof pyinBins>,
  { hopLength, resolution }: { hopLength: number; resolution: number },
) {
  if (frames > MAX_FRAMES) {
    const least = Math.ceil(samples / (MAX_FRAMES - 1));
    throw rangeError('hopLength', `an integer >= ${least}, for at most ${MAX_FRAMES} frames`, hopLength);
  }
  // Two tables, and twice the values of as many frames as the root of all; see native/core/pitch/viterbi.h.
  const band = 2 * Math.floor(width / 2) + 1;
  const transitions = 16 * pitchBins * band;
  const values = 2 * Math.ceil(Math.sqrt(frames)) * 16 * (pitchBins + band);
  if (transitions + values > MAX_SEARCH_BYTES) {
    const gigabytes = ((transitions + values) / 2 ** 30).toFixed(1);
    const expected = `a width for which the search takes at most 1 GB (with ${pitchBins} bins, moves of up to ${width} of them and ${frames} frames it takes ${gigabytes} GB)`;
    throw rangeError('resolution', expected, resolution);
  }
}

export function planPyin(y: Float32Array, options: PyinOptions): Operation<Pyin> {
  const given = check.readOptions(options, pyinRules);
  const { sampleRate, fmin, betaParameters = [2, 18], fillNa } = given;
  if (betaParameters.length !== 2) throw rangeError('betaParameters', 'two numbers', options.betaParameters);
  const { frames, count } = readFrames(y, given);
  const bins = pyinBins(frames.hopLength, given);
  const { binsPerSemitone, pitchBins, width } = bins;
  checkMemory(count, y.length, bins, { hopLength: frames.hopLength, resolution: given.resolution });
  const states = allocate(Int32Array, count);
  const voicedProbability = allocate(Float32Array, count);
  const [alpha, beta] = betaParameters as [number, number];
  return operation(
    'pyin',
    [
      y,
      frames,
      {
        sampleRate,
        fmin,
        thresholds: given.nThresholds,
        betaA: alpha,
        betaB: beta,
        boltzmann: given.boltzmannParameter,
        noTroughProbability: given.noTroughProb,
        binsPerSemitone,
        pitchBins,
        transitionWidth: width,
        switchProbability: given.switchProb,
        minProbability: given.transitionMinProb ?? 0,
      },
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
 * Time grows with frames, bins and the reach of a move; memory with the frames, and with bins times the reach of a move.
 * More than 4,194,304 frames, and bins and moves that take more than 1 GB, are refused.
 *
 * @param y The signal: finite samples.
 * @param options See {@link PyinOptions}; `sampleRate`, `fmin` and `fmax` are required.
 * @returns See {@link Pyin}; frames as for `yin`.
 * @throws TypeError, RangeError as `yin`, for a range of pitch that one move could cross, and for what would
 *   take too much memory.
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
