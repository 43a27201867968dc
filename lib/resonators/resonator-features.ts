import * as check from '../runtime/check.js';
import { rangeError } from '../runtime/errors.js';
import { type Matrix, matrix, matrixRule } from '../runtime/matrix.js';
import { powerToDb } from '../spectrum/spectrum.js';
import type { PerResonator } from './resonators.js';

function readPower(power: Matrix, values: Float64Array | undefined, name: string): Matrix {
  const read = matrixRule.read(power, 'power');
  if (values !== undefined && values.length !== read.shape[0]) {
    throw rangeError(name, `as many values as rows of power (${read.shape[0]})`, values);
  }
  return read;
}

const perRow = check.numbers({ above: 0 });

/** Options of {@link resonatorChroma}. */
export interface ResonatorChromaOptions {
  /** The frequency of each row, in Hz, > 0, in any layout. */
  frequencies: PerResonator;
  /** A weight for each row's power, >= 0: those of `equalizer`. Default 1. */
  weights?: PerResonator;
  /** How many pitch classes an octave has. Integer, 1 to 4096; default 12. */
  nChroma?: number;
  /** The frequency of A4 in Hz. Number > 0; default 440. */
  a4?: number;
  /** Whether to divide each column by its largest value, where that is not 0. Default true. */
  normalize?: boolean;
}

/**
 * Pitch classes from a bank's powers: each row goes to the class of the nearest pitch, whatever the layout, octaves are added,
 * and each column is divided by its largest value.
 *
 * @param power Powers, `[bins, frames]`: of `resonate` or of a squared `superResolution`.
 * @param options See {@link ResonatorChromaOptions}.
 * @returns `[nChroma, frames]`; class 0 is C.
 * @throws TypeError, RangeError for an argument out of its range.
 * @example
 * import { midiFrequencies, resonate, resonatorChroma } from 'cochlea';
 * const frequencies = midiFrequencies();
 * const y = Float32Array.from({ length: 44100 }, (_, i) => Math.sin((2 * Math.PI * 440 * i) / 44100));
 * const power = resonate(y, { sampleRate: 44100, frequencies, hopLength: 441, output: 'power' });
 * const chroma = resonatorChroma(power, { frequencies });
 * console.log(chroma.data[9 * 100 + 99]); // 1: an A
 */
export function resonatorChroma(power: Matrix, options: ResonatorChromaOptions): Matrix {
  const { frequencies, weights, nChroma, a4, normalize } = check.readOptions(options, {
    frequencies: check.required(perRow),
    weights: check.optional(check.numbers({ min: 0 })),
    nChroma: check.withDefault(check.integer({ min: 1, max: 4096 }), 12),
    a4: check.withDefault(check.number({ above: 0 }), 440),
    normalize: check.withDefault(check.boolean(), true),
  });
  readPower(power, weights, 'weights');
  const { data, shape } = readPower(power, frequencies, 'frequencies');
  const frames = shape[1];
  const result = matrix([nChroma, frames]);
  for (const [k, f] of frequencies.entries()) {
    // A is three quarters of an octave above C.
    const pitch = Math.round(nChroma * (Math.log2(f / a4) + 0.75));
    const row = (((pitch % nChroma) + nChroma) % nChroma) * frames;
    const weight = weights === undefined ? 1 : weights[k]!;
    for (let t = 0; t < frames; t++) result.data[row + t]! += weight * data[k * frames + t]!;
  }
  for (let t = 0; normalize && t < frames; t++) {
    let most = 0;
    for (let c = 0; c < nChroma; c++) most = Math.max(most, result.data[c * frames + t]!);
    for (let c = 0; most > 0 && c < nChroma; c++) result.data[c * frames + t]! /= most;
  }
  return result;
}

/** Options of {@link resonatorMfcc}. */
export interface ResonatorMfccOptions {
  /** A weight for each row's power, >= 0: those of `equalizer`. Default 1. */
  weights?: PerResonator;
  /** How many coefficients. Integer >= 1, at most the rows of `power`; default 20. */
  nMfcc?: number;
  /** Levels further than this below the highest are raised to it, in dB. Number >= 0, or null for none; default 80. */
  topDb?: number | null;
}

/**
 * Cepstral coefficients from a bank on the mel scale: the orthonormal DCT-II over the rows of weighted powers in dB below their
 * highest.
 *
 * @param power Powers, `[bins, frames]`, of a bank whose frequencies are those of `melFrequencies`.
 * @param options See {@link ResonatorMfccOptions}.
 * @returns `[nMfcc, frames]`.
 * @throws TypeError, RangeError for an argument out of its range.
 * @see librosa.feature.mfcc, for the last two steps.
 * @example
 * import { melFrequencies, resonate, resonatorMfcc } from 'cochlea';
 * const frequencies = melFrequencies({ nMels: 129, fmax: 8000 }).subarray(1);
 * const power = resonate(new Float32Array(44100), { sampleRate: 44100, frequencies, hopLength: 441, output: 'power' });
 * console.log(resonatorMfcc(power).shape); // [ 20, 100 ]
 */
export function resonatorMfcc(power: Matrix, options?: ResonatorMfccOptions): Matrix {
  const { weights, nMfcc, topDb } = check.readOptions(options, {
    weights: check.optional(check.numbers({ min: 0 })),
    nMfcc: check.withDefault(check.integer({ min: 1 }), 20),
    topDb: check.nullable(check.number({ min: 0 }), 80),
  });
  const { data, shape } = readPower(power, weights, 'weights');
  const [bins, frames] = shape;
  if (nMfcc > bins) throw rangeError('nMfcc', `at most the rows of power (${bins})`, nMfcc);
  const weighted = weights ? data.map((x, i) => x * weights[Math.floor(i / frames)]!) : data;
  const levels = powerToDb({ data: weighted, shape }, { ref: 'max', topDb }).data;
  const result = matrix([nMfcc, frames]);
  for (let c = 0; c < nMfcc; c++) {
    const scale = Math.sqrt((c === 0 ? 1 : 2) / bins);
    for (let k = 0; k < bins; k++) {
      const weight = scale * Math.cos((Math.PI * c * (2 * k + 1)) / (2 * bins));
      for (let t = 0; t < frames; t++) result.data[c * frames + t]! += weight * levels[k * frames + t]!;
    }
  }
  return result;
}

/** Options of {@link dopplerVelocity}. */
export interface DopplerOptions {
  /** In m/s. Number > 0; default 346, in air of 25 degrees. */
  speedOfSound?: number;
}

/**
 * The speed at which a source of a known tone comes nearer: `speedOfSound * (observed - reference) / reference`, for speeds
 * far below that of sound. Positive: approaching, the tone is heard higher. Negative: receding.
 *
 * @param observed The frequency that is heard, in Hz. Number > 0.
 * @param reference The frequency that is sounded, in Hz. Number > 0.
 * @param options See {@link DopplerOptions}.
 * @returns Metres per second.
 * @throws TypeError, RangeError for an argument out of its range.
 * @example
 * import { dopplerVelocity } from 'cochlea';
 * console.log(dopplerVelocity(441, 440).toFixed(3)); // 0.786
 */
export function dopplerVelocity(observed: number, reference: number, options?: DopplerOptions): number {
  const { speedOfSound } = check.readOptions(options, {
    speedOfSound: check.withDefault(check.number({ above: 0 }), 346),
  });
  const frequency = check.number({ above: 0 });
  const sounded = frequency.read(reference, 'reference');
  return (speedOfSound * (frequency.read(observed, 'observed') - sounded)) / sounded;
}
