import * as check from '../runtime/check.js';
import { rangeError } from '../runtime/errors.js';
import { countFrames, type PadMode, padModes } from '../spectrum/stft.js';

/** The range of pitches to look for. */
export interface PitchRange {
  /** Samples per second. Number > 0; required. */
  sampleRate: number;
  /** The lowest pitch, in Hz. Number > 0 and < `fmax`, with `sampleRate / fmin < frameLength - 1`; required. */
  fmin: number;
  /** The highest pitch, in Hz. Number, at most `sampleRate / 2`; required. */
  fmax: number;
  /**
   * Samples per frame; should hold two periods of `fmin`, `2 * sampleRate / fmin`. Integer, 4 to 2^20; default 2048.
   */
  frameLength?: number;
  /** Samples from one frame to the next. Integer >= 1; default `floor(frameLength / 4)`. */
  hopLength?: number;
}

// Sixteen frames are transformed at once, each to twice its length: 600 MB of them at this one.
const MAX_FRAME_LENGTH = 2 ** 20;

export const rangeRules = {
  sampleRate: check.required(check.number({ above: 0 })),
  fmin: check.required(check.number()),
  fmax: check.required(check.number()),
  frameLength: check.withDefault(check.integer({ min: 4, max: MAX_FRAME_LENGTH }), 2048),
  hopLength: check.optional(check.integer({ min: 1 })),
};

/** The range in samples; refuses what librosa refuses, in its order. */
export function readRange({ sampleRate, fmin, fmax, frameLength, hopLength }: check.Values<typeof rangeRules>) {
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

export const framesRules = {
  ...rangeRules,
  center: check.withDefault(check.boolean(), true),
  padMode: check.withDefault(check.oneOf(padModes), 'constant'),
};

/** The signal, its frames and periods as the addon takes them, and how many frames there are. */
export function readFrames(input: Float32Array, options: check.Values<typeof framesRules>) {
  const range = readRange(options);
  const { frameLength, hopLength } = range;
  const y = check.float32Array('y', input);
  const padMode = options.center ? options.padMode : null;
  const count = countFrames(y.length, { nFft: frameLength, hopLength, padMode }, 'frameLength');
  return { y, frames: { ...range, padMode, paper: false }, count };
}
