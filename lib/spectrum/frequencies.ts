import * as check from '../runtime/check.js';
import { rangeError } from '../runtime/errors.js';

export interface LogFrequenciesOptions {
  /** The lowest frequency, in Hz. Number > 0; default 32.70 (C1). */
  fmin?: number;
  /** How many. Integer >= 1; default 84, seven octaves. */
  nBins?: number;
  /** Frequencies in an octave. Number > 0; default 12. */
  binsPerOctave?: number;
}

const nBins = check.integer({ min: 1, max: 2 ** 20 });

/**
 * Frequencies in equal ratios: `fmin * 2 ** (i / binsPerOctave)`.
 *
 * @param options See {@link LogFrequenciesOptions}.
 * @returns `nBins` frequencies in Hz, rising.
 * @throws TypeError, RangeError for an option out of its range.
 * @example
 * import { logFrequencies } from 'cochlea';
 * const [c1, , d1] = logFrequencies();
 * console.log(c1, d1.toFixed(2)); // 32.7 36.70
 */
export function logFrequencies(options?: LogFrequenciesOptions): Float64Array {
  const given = check.readOptions(options, {
    fmin: check.withDefault(check.number({ above: 0 }), 32.7),
    nBins: check.withDefault(nBins, 84),
    binsPerOctave: check.withDefault(check.number({ above: 0 }), 12),
  });
  return Float64Array.from({ length: given.nBins }, (_, i) => given.fmin * 2 ** (i / given.binsPerOctave));
}

export interface LinearFrequenciesOptions {
  /** The lowest frequency, in Hz. Number >= 0. */
  fmin: number;
  /** The highest frequency, in Hz. Number >= `fmin`. */
  fmax: number;
  /** How many, both ends included. Integer >= 1. */
  nBins: number;
}

/**
 * Frequencies in equal steps, both ends included, as `numpy.linspace`.
 *
 * @param options See {@link LinearFrequenciesOptions}.
 * @returns `nBins` frequencies in Hz, rising; `fmin` alone for one.
 * @throws TypeError, RangeError for an option out of its range.
 * @example
 * import { linearFrequencies } from 'cochlea';
 * console.log(linearFrequencies({ fmin: 100, fmax: 200, nBins: 3 })); // Float64Array(3) [ 100, 150, 200 ]
 */
export function linearFrequencies(options: LinearFrequenciesOptions): Float64Array {
  const { fmin, fmax, ...given } = check.readOptions(options, {
    fmin: check.required(check.number({ min: 0 })),
    fmax: check.required(check.number({ min: 0 })),
    nBins: check.required(nBins),
  });
  if (fmax < fmin) throw rangeError('fmax', `a number >= fmin (${fmin})`, fmax);
  const step = (fmax - fmin) / Math.max(1, given.nBins - 1);
  return Float64Array.from({ length: given.nBins }, (_, i) => fmin + step * i);
}

export interface MidiFrequenciesOptions {
  /** The lowest MIDI note. Number, -128 to 256; default 21 (A0). */
  first?: number;
  /** The highest MIDI note. Number >= `first`, at most 256; default 108 (C8). */
  last?: number;
  /** The frequency of note 69 (A4), in Hz. Number > 0; default 440. */
  tuning?: number;
}

/**
 * Frequencies of the equal-tempered notes from `first` to `last`: `tuning * 2 ** ((note - 69) / 12)`. The default is the
 * piano's 88 keys.
 *
 * @param options See {@link MidiFrequenciesOptions}.
 * @returns A frequency in Hz for each note, rising.
 * @throws TypeError, RangeError for an option out of its range.
 * @example
 * import { midiFrequencies } from 'cochlea';
 * console.log(midiFrequencies({ first: 69, last: 81 })[12]); // 880
 */
export function midiFrequencies(options?: MidiFrequenciesOptions): Float64Array {
  const note = check.number({ min: -128, max: 256 });
  const { first, last, tuning } = check.readOptions(options, {
    first: check.withDefault(note, 21),
    last: check.withDefault(note, 108),
    tuning: check.withDefault(check.number({ above: 0 }), 440),
  });
  if (last < first) throw rangeError('last', `a number >= first (${first})`, last);
  return Float64Array.from({ length: Math.floor(last - first) + 1 }, (_, i) => tuning * 2 ** ((first + i - 69) / 12));
}

export interface MelFrequenciesOptions {
  /** The lowest frequency, in Hz. Number >= 0; default 0. */
  fmin?: number;
  /** The highest frequency, in Hz. Number >= `fmin`; default 11025. */
  fmax?: number;
  /** How many, both ends included. Integer >= 1; default 128. */
  nMels?: number;
  /** The formula of HTK, `2595 log10(1 + f / 700)`, instead of Slaney's. Default false. */
  htk?: boolean;
}

// Slaney's scale: 200/3 Hz a mel up to 1 kHz, from there 27 mels for each factor of 6.4.
const HZ_PER_MEL = 200 / 3;
const LINEAR_HZ = 1000;
const LINEAR_MELS = LINEAR_HZ / HZ_PER_MEL;
const LOG_STEP = Math.log(6.4) / 27;

const scales = {
  slaney: {
    toMel: (f: number) => (f < LINEAR_HZ ? f / HZ_PER_MEL : LINEAR_MELS + Math.log(f / LINEAR_HZ) / LOG_STEP),
    toHz: (mel: number) =>
      mel < LINEAR_MELS ? mel * HZ_PER_MEL : LINEAR_HZ * Math.exp((mel - LINEAR_MELS) * LOG_STEP),
  },
  htk: {
    toMel: (f: number) => 2595 * Math.log10(1 + f / 700),
    toHz: (mel: number) => 700 * (10 ** (mel / 2595) - 1),
  },
};

/**
 * Frequencies in equal steps of the mel scale, both ends included, as `librosa.mel_frequencies`.
 *
 * @param options See {@link MelFrequenciesOptions}.
 * @returns `nMels` frequencies in Hz, rising; `fmin` alone for one.
 * @throws TypeError, RangeError for an option out of its range.
 * @see Slaney, "Auditory Toolbox", Interval Research technical report 1998-010; Young et al., "The HTK Book".
 * @example
 * import { melFrequencies } from 'cochlea';
 * console.log(melFrequencies({ nMels: 40 })[1].toFixed(2)); // 85.32
 */
export function melFrequencies(options?: MelFrequenciesOptions): Float64Array {
  const { fmin, fmax, nMels, htk } = check.readOptions(options, {
    fmin: check.withDefault(check.number({ min: 0 }), 0),
    fmax: check.withDefault(check.number({ min: 0 }), 11025),
    nMels: check.withDefault(nBins, 128),
    htk: check.withDefault(check.boolean(), false),
  });
  if (fmax < fmin) throw rangeError('fmax', `a number >= fmin (${fmin})`, fmax);
  const { toMel, toHz } = htk ? scales.htk : scales.slaney;
  const mels = linearFrequencies({ fmin: toMel(fmin), fmax: toMel(fmax), nBins: nMels });
  return mels.map(toHz);
}
