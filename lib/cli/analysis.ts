/**
 * What `cochlea analyze` asks of the library. Everything here works through the recording in tiles and keeps a picture
 * of bounded size and the means of a bounded number of time steps, so memory does not grow with the spectrogram. The
 * functions are the synchronous ones: each recording has a thread of its own already, and there promises would only copy.
 */
import {
  chromaCqt,
  constantQLengths,
  cqt,
  cqtFrequencies,
  heuristicAlphas,
  logFrequencies,
  type Matrix,
  magnitude,
  noteToHz,
  piptrack,
  pitchTuning,
  ResonatorBank,
  stft,
} from '../index.js';
import type { Track } from './decode.js';
import { Raster, StepMeans, StepPowers } from './raster.js';
import { Signal } from './signal.js';

/** Hears the fraction of the work that is done, 0 to 1. */
export type Progress = (fraction: number) => void;

/** Power over time and frequency, pooled two ways. */
export interface TimeFrequency extends Pooled {
  /** Frequency of each bin in Hz, ascending. */
  frequencies: Float64Array;
  /** Frequencies in Hz at the lower edge of the picture's first row and the upper edge of its last. */
  edges: [low: number, high: number];
  /** Samples from one frame to the next. */
  hopLength: number;
  frames: number;
  /** The sample that frame 0 describes: its centre, or the last one that it has heard. */
  firstSample: number;
}

interface Pooled {
  /** Maximum power, for the picture. */
  picture: Raster;
  /** Mean power per time step, for the numbers. */
  means: StepMeans;
}

const TILE_FRAMES = 512;

/** What takes more memory than a tile is done in pieces of this length. */
export const PIECE_SECONDS = 60;

const noProgress: Progress = () => {};

/** The analysis, made once for each recording: several sections show the same from different sides. */
function once<T>(analyze: (track: Track, progress: Progress) => T): typeof analyze {
  const results = new WeakMap<Track, T>();
  return (track, progress) => {
    const result = results.has(track) ? results.get(track)! : analyze(track, progress);
    results.set(track, result);
    return result;
  };
}

/** A transform length of about 46 ms: 2048 at 44.1 kHz. */
export function transformLength(sampleRate: number): number {
  return 2 ** Math.max(5, Math.round(Math.log2(0.046 * sampleRate)));
}

/** Seconds per step of the numbers over time: a whole number of tenths, so that there are at most 200 steps. */
export function stepSeconds({ samples, sampleRate }: Track): number {
  return Math.ceil((10 * samples.length) / sampleRate / 200) / 10;
}

/** Gathers the mean squares of a track's time steps. */
export function stepPowers(track: Track): StepPowers {
  return new StepPowers(track.samples.length, stepSeconds(track) * track.sampleRate);
}

/** Gathers the means of a track's time steps from frames that are `hopLength` samples apart. */
export function stepMeans(track: Track, bins: number, hopLength: number): StepMeans {
  const samplesPerStep = stepSeconds(track) * track.sampleRate;
  return new StepMeans(bins, Math.ceil(track.samples.length / samplesPerStep), samplesPerStep / hopLength);
}

/** An empty pool, and how to add `count` frames to it. */
function pool(track: Track, bins: number, frames: number, hopLength: number) {
  const pooled: Pooled = { picture: new Raster(bins, frames), means: stepMeans(track, bins, hopLength) };
  const add = (power: Float32Array, first: number, count: number) => {
    pooled.picture.add(power, first, count);
    pooled.means.add(power, first, count);
  };
  return { pooled, add };
}

/**
 * The power of the centred short-time Fourier transform of a signal of the track's length and rate that comes piece by
 * piece; a full-scale sine has a power of about 1 (0 dBFS).
 */
export class SpectrogramPool {
  private readonly sampleRate: number;
  private readonly nFft: number;
  private readonly hopLength: number;
  private readonly bins: number;
  private readonly frames: number;
  private readonly pool: ReturnType<typeof pool>;
  /** Frames done, and the samples that the next ones are made of: at first the zeros before the signal. */
  private done = 0;
  private rest: Float32Array;

  constructor(track: Track) {
    this.sampleRate = track.sampleRate;
    this.nFft = transformLength(track.sampleRate);
    this.hopLength = this.nFft / 4;
    this.bins = this.nFft / 2 + 1;
    this.frames = 1 + Math.floor(track.samples.length / this.hopLength);
    this.pool = pool(track, this.bins, this.frames, this.hopLength);
    this.rest = new Float32Array(this.nFft / 2);
  }

  /** Takes the next samples. */
  add(samples: Float32Array): void {
    const { nFft, hopLength } = this;
    const signal = new Float32Array(this.rest.length + samples.length);
    signal.set(this.rest);
    signal.set(samples, this.rest.length);
    const ready = Math.max(0, Math.floor((signal.length - nFft) / hopLength) + 1);
    const last = this.done + ready;
    let at = 0;
    while (this.done < last) {
      const count = Math.min(TILE_FRAMES, last - this.done);
      const tile = signal.subarray(at, at + (count - 1) * hopLength + nFft);
      const power = magnitude(stft(tile, { nFft, hopLength, center: false }), { power: 2 }).data;
      // A sine of amplitude 1 gives a Hann-windowed peak of nFft / 4.
      scale(power, (4 / nFft) ** 2);
      this.pool.add(power, this.done, count);
      this.done += count;
      at += count * hopLength;
    }
    this.rest = signal.slice(at);
  }

  /** The result, when the whole signal has been added. */
  finish(): TimeFrequency & { nFft: number } {
    const { nFft, hopLength, frames } = this;
    this.add(new Float32Array(nFft / 2));
    const { pooled } = this.pool;
    const spacing = this.sampleRate / nFft;
    const frequencies = Float64Array.from({ length: this.bins }, (_, bin) => bin * spacing);
    const edges: [number, number] = [-spacing / 2, (pooled.picture.binsCovered - 0.5) * spacing];
    return { nFft, frequencies, edges, hopLength, frames, firstSample: 0, ...pooled };
  }
}

/** The same of the track itself. */
export function spectrogram(track: Track, progress: Progress): TimeFrequency & { nFft: number } {
  const result = new SpectrogramPool(track);
  for (const { start, samples } of track.samples.pieces(PIECE_SECONDS * track.sampleRate)) {
    result.add(samples);
    progress((start + samples.length) / track.samples.length);
  }
  return result.finish();
}

function scale(values: Float32Array, factor: number): void {
  for (let i = 0; i < values.length; i++) values[i]! *= factor;
}

const LOWEST_HZ = noteToHz('C1');
const HIGHEST_HZ = 16_000;

/** Rows per octave of `resonances` and `constantQ`. */
export const BINS_PER_OCTAVE = 36;

/**
 * The power of a bank of resonators, three per semitone on the A440 grid from C1 (32.7 Hz) up to 16 kHz or 0.45 of the
 * sample rate; a full-scale sine has a power of 1 (0 dBFS).
 */
export const resonances = once((track, progress): TimeFrequency => {
  const { samples, sampleRate } = track;
  const hopLength = transformLength(sampleRate) / 8;
  const frames = Math.floor(samples.length / hopLength);
  const octaves = Math.log2(Math.min(HIGHEST_HZ, 0.45 * sampleRate) / LOWEST_HZ);
  const bins = 1 + Math.floor(BINS_PER_OCTAVE * octaves + 1e-6);
  const frequencies = logFrequencies({ fmin: LOWEST_HZ, nBins: bins, binsPerOctave: BINS_PER_OCTAVE });
  // Twice the usual time constants: neighbouring harmonics separate, and drum hits are still short.
  const alphas = heuristicAlphas(frequencies, { sampleRate, k: 2 });
  const bank = new ResonatorBank({ sampleRate, frequencies, alphas });
  const { pooled, add } = pool(track, bins, frames, hopLength);
  for (let first = 0; first < frames; first += TILE_FRAMES) {
    const count = Math.min(TILE_FRAMES, frames - first);
    const tile = samples.read(first * hopLength, count * hopLength);
    const power = bank.resonate(tile, { hopLength, output: 'power' }).data;
    // A sine of amplitude 1 settles at a magnitude of 1/2.
    scale(power, 4);
    add(power, first, count);
    progress((first + count) / frames);
  }
  const edges = logEdges(frequencies, pooled.picture);
  return { frequencies, edges, hopLength, frames, firstSample: hopLength - 1, ...pooled };
});

/** The edges of a picture whose bins are equal parts of an octave. */
function logEdges(frequencies: Float64Array, { binsCovered }: Raster): [number, number] {
  const low = frequencies[0]! / 2 ** (0.5 / BINS_PER_OCTAVE);
  return [low, low * 2 ** (binsCovered / BINS_PER_OCTAVE)];
}

/** How far a recording is from A4 = 440 Hz. */
export interface Tuning {
  /** In semitones. */
  deviation: number;
  /** The magnitudes of spectral peaks by their deviation from the nearest semitone, cent by cent from -50 to 50. */
  histogram: Float64Array;
}

/**
 * The tuning as `estimateTuning` has it, from a transform four times as fine as the pictures': peaks are found tile by
 * tile, and those below the median magnitude do not count.
 */
export const tuning = once((track, progress): Tuning => {
  const { samples, sampleRate } = track;
  const nFft = 4 * transformLength(sampleRate);
  const hopLength = nFft / 4;
  const frames = 1 + Math.floor(samples.length / hopLength);
  const peaks = { pitches: new Signal(), magnitudes: new Signal() };
  const histogram = new Float64Array(100);
  for (let first = 0; first < frames; first += TILE_FRAMES) {
    const count = Math.min(TILE_FRAMES, frames - first);
    const tile = samples.read(first * hopLength - nFft / 2, (count - 1) * hopLength + nFft);
    const found = piptrack(tile, { sampleRate, nFft, hopLength, center: false });
    const pitches = found.pitches.data.filter((pitch) => pitch > 0);
    const magnitudes = found.magnitudes.data.filter((_, i) => found.pitches.data[i]! > 0);
    for (const [i, pitch] of pitches.entries()) {
      const semitones = 12 * Math.log2(pitch / 440);
      const bin = Math.floor(100 * (semitones - Math.round(semitones) + 0.5));
      histogram[Math.min(99, bin)]! += magnitudes[i]!;
    }
    peaks.pitches.append(pitches);
    peaks.magnitudes.append(magnitudes);
    progress((first + count) / frames);
  }
  return { deviation: pitchTuning(strongerHalf(peaks.pitches, peaks.magnitudes)), histogram };
});

/** The pitches whose magnitudes are not below the median. There may be many: hence no more copies than are needed. */
function strongerHalf(pitches: Signal, magnitudes: Signal): Float32Array {
  const sorted = magnitudes.read(0, magnitudes.length).sort();
  const half = sorted.length / 2;
  const median = (sorted[Math.ceil(half) - 1]! + sorted[Math.floor(half)]!) / 2;
  let count = 0;
  for (const piece of magnitudes.pieces(PEAKS)) {
    const strong = pitches.read(piece.start, piece.samples.length).filter((_, i) => piece.samples[i]! >= median);
    // What is chosen is never ahead of what is read, so that it takes the place of what has been sorted.
    sorted.set(strong, count);
    count += strong.length;
  }
  return sorted.subarray(0, count);
}

/** Peaks worked on at once. */
const PEAKS = 2 ** 20;

/** Octaves of `constantQ` at most: from C1 up to C9. */
const MOST_OCTAVES = 8;

/** A moment whose strongest pitch class is this far below the recording's, in magnitude, is silent. */
const SILENCE = 10 ** (-50 / 20);

export interface ConstantQ extends TimeFrequency {
  /** The pitch classes, C first, of each frame relative to the strongest in it; zero where it is silent. */
  chroma: Matrix;
}

/**
 * The power of the constant-Q transform, three bins per semitone, the middle one on the notes as the recording is tuned,
 * from C1 as far up as the sample rate allows; a full-scale sine has a power of 1 (0 dBFS). And the chroma folded from it.
 */
export const constantQ = once((track, progress): ConstantQ => {
  const { samples, sampleRate } = track;
  const hopLength = transformLength(sampleRate) / 4;
  const frames = 1 + Math.floor(samples.length / hopLength);
  const octaves = Math.min(MOST_OCTAVES, Math.floor(Math.log2((0.45 * sampleRate) / LOWEST_HZ)));
  const bins = BINS_PER_OCTAVE * octaves;
  const grid = {
    fmin: LOWEST_HZ,
    nBins: bins,
    binsPerOctave: BINS_PER_OCTAVE,
    tuning: (BINS_PER_OCTAVE / 12) * tuning(track, noProgress).deviation,
  };
  const lengths = constantQLengths({ ...grid, sampleRate });
  const { pooled, add } = pool(track, bins, frames, hopLength);
  const chroma: Matrix = { data: new Float32Array(12 * frames), shape: [12, frames] };
  // Each piece is heard with what its longest filter reaches of its neighbours.
  const margin = Math.ceil(lengths[0]! / hopLength);
  const piece = Math.ceil((PIECE_SECONDS * sampleRate) / hopLength);
  for (let first = 0; first < frames; first += piece) {
    const count = Math.min(piece, frames - first);
    const heard = samples.read((first - margin) * hopLength, (count + 2 * margin) * hopLength);
    const whole = magnitude(cqt(heard, { ...grid, sampleRate, hopLength }));
    const part: Matrix = { data: new Float32Array(bins * count), shape: [bins, count] };
    copyColumns(whole, margin, part, 0, count);
    // A sine of amplitude 1 gives half the square root of its filter's length.
    for (const [bin, length] of lengths.entries()) {
      scale(part.data.subarray(bin * count, (bin + 1) * count), 2 / Math.sqrt(length));
    }
    copyColumns(
      chromaCqt(part, { fmin: LOWEST_HZ, binsPerOctave: BINS_PER_OCTAVE, norm: null }),
      0,
      chroma,
      first,
      count,
    );
    for (let i = 0; i < part.data.length; i++) part.data[i]! *= part.data[i]!;
    add(part.data, first, count);
    progress((first + count) / frames);
  }
  relativeToStrongest(chroma);
  const frequencies = cqtFrequencies(grid);
  const edges = logEdges(frequencies, pooled.picture);
  return { frequencies, edges, hopLength, frames, firstSample: 0, ...pooled, chroma };
});

/** Copies `count` columns between matrices of as many rows. */
function copyColumns(source: Matrix, first: number, target: Matrix, at: number, count: number): void {
  for (let row = 0; row < source.shape[0]; row++) {
    const from = row * source.shape[1] + first;
    target.data.set(source.data.subarray(from, from + count), row * target.shape[1] + at);
  }
}

/** Divides each column by its largest value, and clears the silent ones. */
function relativeToStrongest({ data, shape: [, columns] }: Matrix): void {
  const strongest = new Float32Array(columns);
  for (let i = 0; i < data.length; i++) strongest[i % columns] = Math.max(strongest[i % columns]!, data[i]!);
  const silent = SILENCE * strongest.reduce((a, b) => Math.max(a, b), 0);
  for (let i = 0; i < data.length; i++) {
    const most = strongest[i % columns]!;
    data[i] = most > silent ? data[i]! / most : 0;
  }
}
