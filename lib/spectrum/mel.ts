import type { MelParameters } from '../../binding.js';
import * as check from '../runtime/check.js';
import { rangeError } from '../runtime/errors.js';
import { type Matrix, matrix, matrixRule } from '../runtime/matrix.js';
import { type Operation, operation, run } from '../runtime/operation.js';
import { warn } from '../runtime/warning.js';
import { melFrequencies } from './frequencies.js';
import { normRule } from './norm.js';
import { readSource, type Source, transformLength } from './source.js';
import { type FeatureOptions, featureRules, MAX_N_FFT } from './stft.js';

export interface MelOptions {
  /** Samples per second. Number > 0. */
  sampleRate: number;
  /** How many filters. Integer >= 1; default 128. */
  nMels?: number;
  /** Lower end of the lowest filter, in Hz. Number >= 0; default 0. */
  fmin?: number;
  /** Upper end of the highest filter, in Hz. Number > `fmin`; default `sampleRate / 2`. */
  fmax?: number;
  /** The mel scale of HTK instead of Slaney's. Default false. */
  htk?: boolean;
  /**
   * What each filter is divided by: `'slaney'` (default), half its width in Hz, which gives all the same area; 1, 2, any
   * p >= 0 or Infinity, that norm of its weights; null, nothing: its peak is 1.
   */
  norm?: 'slaney' | number | null;
}

/** Options of {@link melFilters}. */
export interface MelFiltersOptions extends MelOptions {
  /** Length of the transform in samples. Integer, 1 to 2^20; default 2048. */
  nFft?: number;
}

/** Options of {@link melSpectrogram}. */
export interface MelSpectrogramOptions extends MelOptions, FeatureOptions {
  /** Exponent of the magnitudes of a signal's spectrogram: 1 for amplitude, 2 for power. Number > 0; default 2. */
  power?: number;
  /** A result of an earlier call with the same shape, to be overwritten instead of allocating a new one. */
  out?: Matrix;
}

const SLANEY = -1;
const exponent = normRule("'slaney', ");
const slaneyOrNorm: check.Rule<number> = {
  read: (value, name) => (value === 'slaney' ? SLANEY : exponent.read(value, name)),
};
export const melNormRule = check.nullable(slaneyOrNorm, SLANEY);

const melRules = {
  sampleRate: featureRules.sampleRate,
  nMels: check.withDefault(check.integer({ min: 1, max: 2 ** 16 }), 128),
  fmin: check.withDefault(check.number({ min: 0 }), 0),
  fmax: check.optional(check.number({ above: 0 })),
  htk: check.withDefault(check.boolean(), false),
  norm: melNormRule,
};

/** The filters as the addon takes them: where they begin, peak and end, and their norm. */
function melBank(options: check.Values<typeof melRules>, nFft: number): MelParameters {
  const { sampleRate, nMels, fmin, fmax = sampleRate / 2, htk, norm } = options;
  if (fmax <= fmin) throw rangeError('fmax', `a number > fmin (${fmin})`, fmax);
  const bank = { sampleRate, nFft, edges: melFrequencies({ fmin, fmax, htk, nMels: nMels + 2 }), norm };
  warnOfEmptyFilters(bank);
  return bank;
}

/**
 * Warns of filters that no bin of the transform falls into, as librosa does: their rows stay 0. Those that begin at 0 Hz are
 * not meant.
 */
function warnOfEmptyFilters({ edges, sampleRate, nFft }: MelParameters): void {
  const spacing = sampleRate / nFft;
  const last = Math.floor(nFft / 2);
  let empty = 0;
  for (let m = 0; m + 2 < edges.length; m++) {
    const bin = Math.floor(edges[m]! / spacing) + 1;
    if (edges[m]! > 0 && (bin > last || bin * spacing >= edges[m + 2]!)) empty++;
  }
  if (empty === 0) return;
  const message = `${empty} of ${edges.length - 2} mel filters are empty: fewer of them, a larger nFft or a higher fmax would help`;
  warn('COCHLEA_WARN_EMPTY_FILTERS', message);
}

/**
 * Filters that gather the bins of a Fourier transform on the mel scale, with the numbers of `librosa.filters.mel`:
 * overlapping triangles whose peaks are equally far apart in mels.
 *
 * @param options See {@link MelFiltersOptions}; `sampleRate` is required.
 * @returns `[nMels, 1 + floor(nFft / 2)]`. A filter narrower than the distance of two bins may be all zeros.
 * @throws TypeError, RangeError for an option out of its range.
 * @see librosa.filters.mel 0.11; Slaney, "Auditory Toolbox", Interval Research technical report 1998-010.
 * @example
 * import { melFilters } from 'cochlea';
 * console.log(melFilters({ sampleRate: 22050, nMels: 40 }).shape); // [ 40, 1025 ]
 */
export function melFilters(options: MelFiltersOptions): Matrix {
  const { nFft, ...given } = check.readOptions(options, {
    ...melRules,
    nFft: check.withDefault(check.integer({ min: 1, max: MAX_N_FFT }), 2048),
  });
  const bank = melBank(given, nFft);
  const result = matrix([given.nMels, 1 + Math.floor(nFft / 2)]);
  return run(operation('melFilters', [bank, result.data], result));
}

/** What a mel spectrogram of a signal is made by. */
export const melSpectrogramRules = {
  ...melRules,
  ...featureRules,
  power: check.withDefault(check.number({ above: 0 }), 2),
};

type MelValues = check.Values<typeof melSpectrogramRules>;

/** The filters that a spectrogram of this shape goes through. */
function melBankFor({ shape }: Source, options: MelValues): MelParameters {
  const nFft = transformLength(shape, options.nFft);
  if (nFft > MAX_N_FFT) throw rangeError('S', `at most ${MAX_N_FFT / 2 + 1} rows`, shape[0]);
  return melBank(options, nFft);
}

/**
 * What features of a mel spectrogram in decibels begin with: a signal's spectrogram and its filters, or without filters
 * a matrix, whose rows are such bands already.
 */
export function readBands(input: Float32Array | Matrix, options: MelValues): Source & { mel: MelParameters | null } {
  const read = readSource(input, options);
  if (read.source.frames === null) return { ...read, mel: null };
  return { ...read, shape: [options.nMels, read.shape[1]], mel: melBankFor(read, options) };
}

export function planMelSpectrogram(y: Float32Array | Matrix, options: MelSpectrogramOptions): Operation<Matrix> {
  const { out, ...given } = check.readOptions(options, { ...melSpectrogramRules, out: check.optional(matrixRule) });
  const read = readSource(y, given);
  const mel = melBankFor(read, given);
  const result = matrix([given.nMels, read.shape[1]], out);
  check.noOverlap(read.inputs, { 'out.data': result.data });
  return operation('melSpectrogram', [read.source, mel, result.data], result);
}

/**
 * Mel spectrogram, with the numbers of `librosa.feature.melspectrogram`: a power spectrogram gathered by {@link melFilters}.
 *
 * Magnitudes have the limit that {@link fft} states.
 *
 * @param y The signal, finite samples; or a spectrogram `[1 + floor(nFft / 2), frames]`, which is gathered as it is.
 * @param options See {@link MelSpectrogramOptions}; `sampleRate` is required.
 * @returns `[nMels, frames]`, >= 0; row m is centred on the frequency `melFrequencies({ nMels: nMels + 2, ... })[m + 1]`.
 * @throws TypeError, RangeError for an argument out of its range or samples that are not finite.
 * @see librosa.feature.melspectrogram 0.11
 * @example
 * import { melSpectrogram, powerToDb } from 'cochlea';
 * const y = Float32Array.from({ length: 22050 }, (_, i) => Math.sin((2 * Math.PI * 440 * i) / 22050));
 * const S = melSpectrogram(y, { sampleRate: 22050, nMels: 64 });
 * console.log(powerToDb(S, { ref: 'max' }).shape); // [ 64, 44 ]
 */
export function melSpectrogram(y: Float32Array | Matrix, options: MelSpectrogramOptions): Matrix {
  return run(planMelSpectrogram(y, options));
}
