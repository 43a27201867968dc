/**
 * What `cochlea analyze` asks of the library. Everything here works through the recording in tiles and keeps a picture
 * of bounded size and the means of a bounded number of time steps, so memory does not grow with the spectrogram. The
 * functions are the synchronous ones: each recording has a thread of its own already, and there promises would only copy.
 */
import { heuristicAlphas, magnitude, ResonatorBank, stft } from '../index.js';
import type { Track } from './decode.js';
import { Raster, StepMeans } from './raster.js';

/** Hears the fraction of the work that is done, 0 to 1. */
export type Progress = (fraction: number) => void;

/** Power over time and frequency, pooled two ways. */
export interface TimeFrequency {
  /** Frequency of each bin in Hz, ascending. */
  frequencies: Float64Array;
  /** Samples from one frame to the next. */
  hopLength: number;
  frames: number;
  /** The sample that frame 0 describes: its centre, or the last one that it has heard. */
  firstSample: number;
  /** Maximum power, for the picture. */
  picture: Raster;
  /** Mean power per time step, for the numbers. */
  means: StepMeans;
}

const TILE_FRAMES = 512;

/** A transform length of about 46 ms: 2048 at 44.1 kHz. */
export function transformLength(sampleRate: number): number {
  return 2 ** Math.max(5, Math.round(Math.log2(0.046 * sampleRate)));
}

/** Seconds per step of the numbers over time: a whole number of tenths, so that there are at most 200 steps. */
export function stepSeconds({ samples, sampleRate }: Track): number {
  return Math.ceil((10 * samples.length) / sampleRate / 200) / 10;
}

/** The mean square of each step. */
export function stepPowers(samples: Float32Array, samplesPerStep: number): number[] {
  return Array.from({ length: Math.ceil(samples.length / samplesPerStep) }, (_, step) => {
    const piece = samples.subarray(Math.round(step * samplesPerStep), Math.round((step + 1) * samplesPerStep));
    return piece.reduce((sum, x) => sum + x * x, 0) / Math.max(1, piece.length);
  });
}

/** Gathers the means of a track's time steps from frames that are `hopLength` samples apart. */
function stepMeans(track: Track, bins: number, hopLength: number): StepMeans {
  const samplesPerStep = stepSeconds(track) * track.sampleRate;
  return new StepMeans(bins, Math.ceil(track.samples.length / samplesPerStep), samplesPerStep / hopLength);
}

/** The power of the centred short-time Fourier transform; a full-scale sine has a power of about 1 (0 dBFS). */
export function spectrogram(track: Track, progress: Progress): TimeFrequency & { nFft: number } {
  const { samples, sampleRate } = track;
  const nFft = transformLength(sampleRate);
  const hopLength = nFft / 4;
  const frames = 1 + Math.floor(samples.length / hopLength);
  const bins = nFft / 2 + 1;
  const frequencies = Float64Array.from({ length: bins }, (_, bin) => (bin * sampleRate) / nFft);
  const picture = new Raster(bins, frames);
  const means = stepMeans(track, bins, hopLength);
  // A sine of amplitude 1 gives a Hann-windowed peak of nFft / 4.
  const scale = (4 / nFft) ** 2;
  for (let first = 0; first < frames; first += TILE_FRAMES) {
    const count = Math.min(TILE_FRAMES, frames - first);
    const tile = window(samples, first * hopLength - nFft / 2, (count - 1) * hopLength + nFft);
    const power = magnitude(stft(tile, { nFft, hopLength, center: false }), { power: 2 }).data.map((x) => scale * x);
    picture.add(power, first, count);
    means.add(power, first, count);
    progress((first + count) / frames);
  }
  return { nFft, frequencies, hopLength, frames, firstSample: 0, picture, means };
}

/** `length` samples from `start` on, with zeros where the signal does not reach. */
function window(samples: Float32Array, start: number, length: number): Float32Array {
  const piece = new Float32Array(length);
  piece.set(samples.subarray(Math.max(0, start), start + length), Math.max(0, -start));
  return piece;
}

const LOWEST_HZ = 440 * 2 ** (-45 / 12);
const HIGHEST_HZ = 16_000;

/** Resonators per octave of `resonances`. */
export const BINS_PER_OCTAVE = 36;

/**
 * The power of a bank of resonators, three per semitone on the A440 grid from C1 (32.7 Hz) up to 16 kHz or 0.45 of the
 * sample rate; a full-scale sine has a power of 1 (0 dBFS).
 */
export function resonances(track: Track, progress: Progress): TimeFrequency {
  const { samples, sampleRate } = track;
  const hopLength = transformLength(sampleRate) / 8;
  const frames = Math.floor(samples.length / hopLength);
  const octaves = Math.log2(Math.min(HIGHEST_HZ, 0.45 * sampleRate) / LOWEST_HZ);
  const bins = 1 + Math.floor(BINS_PER_OCTAVE * octaves + 1e-6);
  const frequencies = Float64Array.from({ length: bins }, (_, bin) => LOWEST_HZ * 2 ** (bin / BINS_PER_OCTAVE));
  // Twice the usual time constants: neighbouring harmonics separate, and drum hits are still short.
  const alphas = heuristicAlphas(frequencies, { sampleRate, k: 2 });
  const bank = new ResonatorBank({ sampleRate, frequencies, alphas });
  const picture = new Raster(bins, frames);
  const means = stepMeans(track, bins, hopLength);
  // A sine of amplitude 1 settles at a magnitude of 1/2.
  const scale = 4;
  for (let first = 0; first < frames; first += TILE_FRAMES) {
    const count = Math.min(TILE_FRAMES, frames - first);
    const tile = samples.subarray(first * hopLength, (first + count) * hopLength);
    const power = bank.resonate(tile, { hopLength, output: 'power' }).data.map((x) => scale * x);
    picture.add(power, first, count);
    means.add(power, first, count);
    progress((first + count) / frames);
  }
  return { frequencies, hopLength, frames, firstSample: hopLength - 1, picture, means };
}
