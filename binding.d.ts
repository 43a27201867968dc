/**
 * The contract between lib/ and native/: every function of the addon. What belongs together is a group of named
 * parameters; what is called for each block of a stream takes plain numbers and typed arrays alone, because to read a named
 * one costs a fraction of a microsecond. lib/ has checked every value and allocated every result; the addon throws for
 * samples that are not finite, and repeats the checks without which core would touch foreign memory or compute nonsense.
 * A test compares this file with what the addon reads.
 *
 * A matrix is row-major, rows first. `frames` and `bins` name its columns and rows.
 */

/** `parameter`: of kaiser and gaussian. `values`: of a custom window, `winLength` of them; otherwise none. */
export interface WindowParameters {
  shape: 'hann' | 'hamming' | 'blackman' | 'blackmanharris' | 'bartlett' | 'kaiser' | 'gaussian' | 'ones' | 'custom';
  parameter: number;
  values: Float32Array;
}

/** How a signal is cut into frames. */
export interface FrameParameters {
  nFft: number;
  hopLength: number;
  winLength: number;
  window: WindowParameters;
  /** null: frames are not centred. */
  padMode: 'constant' | 'edge' | 'reflect' | 'symmetric' | 'linear_ramp' | null;
}

/** What a feature is made of: the spectrogram of a signal, or a matrix. */
export interface SourceParameters {
  /** The signal; or the matrix, row behind row. */
  data: Float32Array;
  /** Of the matrix; 0 for a signal. */
  rows: number;
  /** null: it is a matrix. */
  frames: FrameParameters | null;
  /** Exponent of the magnitudes of a signal's spectrogram; a matrix is taken as it is. */
  power: number;
}

export interface DecibelParameters {
  scale: number;
  /** null: the largest magnitude. */
  reference: number | null;
  amin: number;
  /** null: no limit. */
  topDb: number | null;
}

/** Filters of a spectrogram [1 + floor(nFft / 2), frames]. */
export interface MelParameters {
  sampleRate: number;
  nFft: number;
  /** Rising frequencies in Hz, two more than filters. */
  edges: Float64Array;
  /** Exponent of the norm that each filter is divided by; negative: half its width in Hz; null: nothing. */
  norm: number | null;
}

/** How the cosine transform of a mel spectrogram is made. */
export interface CepstrumParameters {
  /** Coefficients, at most as many as there are bands. */
  count: number;
  dctType: number;
  orthonormal: boolean;
  lifter: number;
}

/** What the rises of a spectrum are counted by. */
export interface OnsetParameters {
  lag: number;
  maxSize: number;
  aggregate: 'mean' | 'median';
  /** Frames that the result comes later. */
  shift: number;
  detrend: boolean;
}

/** What is looked for among a spectrogram's peaks. */
export interface PeakParameters {
  sampleRate: number;
  nFft: number;
  fmin: number;
  fmax: number;
  threshold: number;
  /** null: `threshold` times each column's largest value. */
  reference: number | null;
}

/** Frames, and the periods that are looked for in them. */
export interface PitchParameters {
  frameLength: number;
  hopLength: number;
  /** null: frames are not centred. */
  padMode: 'constant' | 'edge' | 'reflect' | 'symmetric' | 'linear_ramp' | null;
  /** In samples. */
  minPeriod: number;
  maxPeriod: number;
  /** The method of the paper instead of librosa's. */
  paper: boolean;
}

/** The model of pyin. */
export interface PyinParameters {
  sampleRate: number;
  fmin: number;
  thresholds: number;
  betaA: number;
  betaB: number;
  boltzmann: number;
  noTroughProbability: number;
  binsPerSemitone: number;
  pitchBins: number;
  transitionWidth: number;
  switchProbability: number;
  /** 0 cuts no transition. */
  minProbability: number;
}

/** Lengths of the medians, the masks' exponent, and margins >= 1. */
export interface SeparationParameters {
  harmonicSize: number;
  percussiveSize: number;
  power: number;
  harmonicMargin: number;
  percussiveMargin: number;
}

/** Size of the window, and what lies beyond the ends of the matrix: `outside`, for a constant. */
export interface MedianParameters {
  rows: number;
  columns: number;
  boundary: 'reflect' | 'nearest' | 'mirror' | 'wrap' | 'constant';
  outside: number;
}

/** A constant-Q or variable-Q transform. */
export interface ConstantQParameters {
  sampleRate: number;
  fmin: number;
  /** Of the filters' frequencies to fmin, ascending. */
  ratios: Float64Array;
  binsPerOctave: number;
  /** In bins; null: that of the signal. */
  tuning: number | null;
  filterScale: number;
  /** Hz; null: as the ear's. */
  gamma: number | null;
  /** Exponent of the norm that each filter is divided by; null: none. */
  norm: number | null;
  sparsity: number;
  window: WindowParameters;
  hopLength: number;
  scale: boolean;
  padMode: 'constant' | 'edge' | 'reflect' | 'symmetric' | 'linear_ramp';
}

/** What becomes of the weighted sums of a transform. */
export interface ChromaFinishParameters {
  /** Smaller sums become 0; null: none does. */
  threshold: number | null;
  /** Exponent of the norm that each column is divided by; null: none. */
  norm: number | null;
  stage: 'chroma' | 'cens' | 'tonnetz';
  /** Length of the smoothing window in columns, 0 for none. */
  smoothing: number;
  window: WindowParameters;
}

/** The filters that gather a spectrogram's bins to classes. */
export interface ChromaFilterParameters {
  sampleRate: number;
  classes: number;
  /** In fractions of a class; null: that of the spectrogram. */
  tuning: number | null;
  centreOctave: number;
  /** null: no weighting. */
  octaveWidth: number | null;
  /** Exponent of the norm that each bin's column is divided by; null: none. */
  norm: number | null;
  /** Whether class 0 is C; otherwise A. */
  baseC: boolean;
}

/** A bank of resonators: a value for each in every list. */
export interface ResonatorBankParameters {
  sampleRate: number;
  frequencies: Float64Array;
  alphas: Float64Array;
  betas: Float64Array;
}

/** How resonators follow what they hear. */
export interface TrackingParameters {
  /** One for each resonator. */
  gammas: Float64Array;
  rule: 'chord' | 'tangent' | 'ewma';
  /** A power. */
  threshold: number;
}

/** Which of several trackers on one tone sounds. */
export interface MaskParameters {
  mask: 'greedy' | 'nearest';
  /** In octaves. */
  exclusion: number;
  /** As a part of the distance. */
  hysteresis: number;
}

/** What trackers heard, all [rows, frames]. `re` and `im` are empty where complex values are not wanted. */
export interface TrackedParameters {
  rows: number;
  magnitude: Float32Array;
  frequency: Float32Array;
  re: Float32Array;
  im: Float32Array;
}

/** Functions that also exist as `<name>Async(token, ...)`, returning a promise; see `Token`. */
export interface Functions {
  /** Complex Fourier transform, or its inverse divided by the length. An empty `im` stands for zeros. */
  fft(re: Float32Array, im: Float32Array, inverse: boolean, outRe: Float32Array, outIm: Float32Array): void;

  /** Fourier transform of a real signal of n samples to floor(n / 2) + 1 bins. */
  rfft(x: Float32Array, re: Float32Array, im: Float32Array): void;

  /** Its inverse, divided by n. */
  irfft(re: Float32Array, im: Float32Array, x: Float32Array): void;

  /**
   * Short-time Fourier transform. `re` and `im` are [1 + floor(nFft / 2), frames].
   */
  stft(y: Float32Array, frames: FrameParameters, re: Float32Array, im: Float32Array): void;

  /** Its inverse, from the first `frames` of `columns` columns; fills all of `y`. */
  istft(
    re: Float32Array,
    im: Float32Array,
    columns: number,
    frames: number,
    grid: FrameParameters,
    y: Float32Array,
  ): void;

  /** `mask = x ** power / (x ** power + reference ** power)`; see lib/separation/hpss.ts. */
  softmask(x: Float32Array, reference: Float32Array, power: number, splitZeros: boolean, mask: Float32Array): void;

  /**
   * Harmonic and percussive part of a spectrogram of so many rows, or the masks, which are real. Without imaginary parts
   * all `...Im` are empty; `residualRe` is empty where the residual is not wanted.
   */
  hpssSpectrogram(
    re: Float32Array,
    im: Float32Array,
    rows: number,
    separation: SeparationParameters,
    masks: boolean,
    harmonicRe: Float32Array,
    harmonicIm: Float32Array,
    percussiveRe: Float32Array,
    percussiveIm: Float32Array,
    residualRe: Float32Array,
    residualIm: Float32Array,
  ): void;

  /** Harmonic and percussive part of a signal, each of its length; an empty one is not computed. */
  hpss(
    y: Float32Array,
    frames: FrameParameters,
    separation: SeparationParameters,
    harmonic: Float32Array,
    percussive: Float32Array,
  ): void;

  /**
   * Running medians of x [rows, columns] over a window.
   */
  medianFilter(x: Float32Array, rows: number, columns: number, window: MedianParameters, out: Float32Array): void;

  /** `out = |re + j im| ** power`. */
  magnitude(re: Float32Array, im: Float32Array, power: number, out: Float32Array): void;

  /** `out = atan2(im, re)`, radians. */
  phase(re: Float32Array, im: Float32Array, out: Float32Array): void;

  /** `magnitude = |D| ** power`, `cosine + j sine = D / |D|`, 1 where D is 0. */
  magphase(
    re: Float32Array,
    im: Float32Array,
    power: number,
    magnitude: Float32Array,
    cosine: Float32Array,
    sine: Float32Array,
  ): void;

  /**
   * `out = scale * log10(max(amin, |x|) / max(amin, reference))`, at least its maximum - topDb. `out` may be `x`.
   */
  decibels(x: Float32Array, decibels: DecibelParameters, out: Float32Array): void;

  /**
   * A bank of resonators over a whole signal: [bins, floor(y.length / hopLength)]. Complex output fills `re` and `im`, any
   * other `re`, interleaved output twice as much of it.
   */
  resonate(
    y: Float32Array,
    bank: ResonatorBankParameters,
    hopLength: number,
    output: 'complex' | 'magnitude' | 'power' | 'db' | 'phase' | 'frequency' | 'interleaved',
    re: Float32Array,
    im: Float32Array,
  ): void;

  /**
   * Pitch classes of powers [classes.length, frames]: row k, times weights[k] if there are weights, is added to row
   * classes[k] of `out`, [classCount, frames].
   */
  resonatorChroma(
    power: Float32Array,
    classes: Int32Array,
    weights: Float64Array,
    normalize: boolean,
    classCount: number,
    out: Float32Array,
  ): void;
  /**
   * The first rows of the orthonormal DCT-II of powers [rows, frames] in dB below the largest, weighted if there are
   * weights, at most topDb below it; null: no limit. As many rows as there is room for in `out`.
   */
  resonatorMfcc(
    power: Float32Array,
    rows: number,
    weights: Float64Array,
    topDb: number | null,
    out: Float32Array,
  ): void;
  /**
   * What trackers heard, in the rows between these edges: [edges.length - 1, frames]. `natural`, the trackers' own
   * frequencies, is read for 'nearest' alone. Without complex values `re` takes the magnitudes.
   */
  superResolution(
    tracked: TrackedParameters,
    edges: Float64Array,
    collision: 'max' | 'nearest' | 'sum',
    natural: Float64Array,
    re: Float32Array,
    im: Float32Array,
  ): void;

  /** The sound of a tracking bank. Fills all of `out`, past the end of y with what silence gives. */
  synthesize(
    y: Float32Array,
    bank: ResonatorBankParameters,
    tracking: TrackingParameters,
    mask: MaskParameters,
    pitch: number,
    speed: number,
    out: Float32Array,
  ): void;

  /** Fills `out` with `y`, taken from rate `from` to rate `to`, times `gain`. */
  resample(
    y: Float32Array,
    from: number,
    to: number,
    quality: 'soxr_vhq' | 'soxr_hq' | 'soxr_mq' | 'soxr_lq' | 'polyphase' | 'fft',
    gain: number,
    out: Float32Array,
  ): void;

  /**
   * Pitch of each frame by YIN, in Hz; `aperiodicity` is empty if it is not wanted. The paper's
   * method has NaN for frames without a pitch.
   */
  yin(
    y: Float32Array,
    frames: PitchParameters,
    sampleRate: number,
    threshold: number,
    f0: Float32Array,
    aperiodicity: Float32Array,
  ): void;

  /**
   * The most likely state of each frame by pYIN: voiced pitch i is state i, unvoiced pitch i state pitchBins + i.
   */
  pyin(
    y: Float32Array,
    frames: PitchParameters,
    pyin: PyinParameters,
    states: Int32Array,
    voicedProbability: Float32Array,
  ): void;

  /**
   * Spectral peaks: their frequency and height, zero elsewhere, each of the shape of the spectrogram.
   */
  piptrack(source: SourceParameters, peaks: PeakParameters, pitches: Float32Array, magnitudes: Float32Array): void;

  /** `tuning`: what the peaks of `piptrack` agree on, in fractions of a bin, and how many peaks these are. */
  estimateTuning(
    source: SourceParameters,
    peaks: PeakParameters,
    resolution: number,
    binsPerOctave: number,
    tuning: Float64Array,
  ): void;

  /** `tuning[0]`: of frequencies, in one of the two arrays; the other is empty. */
  pitchTuning(
    single: Float32Array,
    double: Float64Array,
    resolution: number,
    binsPerOctave: number,
    tuning: Float64Array,
  ): void;

  /**
   * Constant-Q and variable-Q transforms. re, im: [ratios.length, columns]. counts: how many of the columns were written;
   * how many peaks the tuning was estimated from, -1 if it was given; the samples of a signal that no transform is longer
   * than.
   */
  cqt(
    y: Float32Array,
    transform: ConstantQParameters,
    columns: number,
    re: Float32Array,
    im: Float32Array,
    counts: Int32Array,
  ): void;
  /** Magnitudes alone: of the same transform, the pseudo or the hybrid one. */
  cqtMagnitudes(
    y: Float32Array,
    transform: ConstantQParameters,
    mode: 'full' | 'pseudo' | 'hybrid',
    columns: number,
    out: Float32Array,
    counts: Int32Array,
  ): void;
  /**
   * counts: the columns for a signal of `samples`, and the least samples that it takes. size: of the longest transform,
   * and of those of all filters, in samples. lengths: of the filters, in samples, then the frequency where the highest
   * ends.
   */
  cqtMeasure(
    transform: ConstantQParameters,
    mode: 'full' | 'pseudo' | 'hybrid',
    samples: number,
    counts: Int32Array,
    size: Float64Array,
    lengths: Float64Array,
  ): void;
  /** The same size for icqt. */
  icqtMeasure(transform: ConstantQParameters, size: Float64Array): void;
  /** The filters themselves, [ratios.length, size], centred. */
  cqtFilters(transform: ConstantQParameters, size: number, re: Float32Array, im: Float32Array): void;
  /** The inverse of cqt, from the first `frames` of `columns` columns; fills all of `y`. */
  icqt(
    re: Float32Array,
    im: Float32Array,
    columns: number,
    frames: number,
    transform: ConstantQParameters,
    y: Float32Array,
  ): void;

  /**
   * Chroma of a constant-Q transform (see cqtMagnitudes). weights: [classes, ratios.length].
   * out: [classes, columns], 6 rows for tonnetz; of the columns counts[0] are written, one after the other.
   */
  chromaOfCqt(
    y: Float32Array,
    transform: ConstantQParameters,
    mode: 'full' | 'pseudo' | 'hybrid',
    weights: Float32Array,
    finish: ChromaFinishParameters,
    columns: number,
    out: Float32Array,
    counts: Int32Array,
  ): void;
  /** The same of magnitudes [bins, columns]; no weights, of chroma itself. */
  chromaOfMatrix(
    magnitudes: Float32Array,
    columns: number,
    weights: Float32Array,
    classes: number,
    finish: ChromaFinishParameters,
    out: Float32Array,
  ): void;
  /** The sum of each row of a chromagram; `totals` has as many values as it has rows. */
  classTotals(chroma: Float32Array, columns: number, totals: Float64Array): void;
  /** out: [classes, 1 + floor(nFft / 2)]. */
  chromaFilters(filter: ChromaFilterParameters, nFft: number, out: Float32Array): void;
  /** Chroma of a power spectrogram [1 + floor(nFft / 2), columns], each column divided by its `norm`. */
  chromaStft(
    source: SourceParameters,
    filter: ChromaFilterParameters,
    nFft: number,
    norm: number | null,
    out: Float32Array,
    peaks: Int32Array,
  ): void;

  /** out: [edges.length - 2, 1 + floor(nFft / 2)]. */
  melFilters(mel: MelParameters, out: Float32Array): void;
  /** A spectrogram through these filters. out: [edges.length - 2, columns]. */
  melSpectrogram(source: SourceParameters, mel: MelParameters, out: Float32Array): void;

  // Without `mel` the source is a mel spectrogram in decibels already.

  /** Cepstral coefficients. out: [count, columns]. */
  mfcc(source: SourceParameters, mel: MelParameters | null, cepstrum: CepstrumParameters, out: Float32Array): void;
  /** Onset strength. out: [columns]. */
  onsetStrength(source: SourceParameters, mel: MelParameters | null, onset: OnsetParameters, out: Float32Array): void;
}

/** Functions without an asynchronous form. */
export interface SyncFunctions {
  /** The active tier, then every tier that this machine can run, slowest first. */
  simd(): string[];
  /** What the addon reads, for the test that compares it with this file. */
  contract(): { functions: Record<string, string[]>; groups: Record<string, Record<string, string>> };
  /** A bank of resonators, with a state for each of `channels` signals. */
  resonatorBank(bank: ResonatorBankParameters, channels: number): ResonatorBankHandle;
  resonatorProcess(bank: ResonatorBankHandle, channel: number, samples: Float32Array): void;
  /** [bins, frames], a frame at each multiple of `hopLength` samples since the start; `output` as for `resonate`. */
  resonatorResonate(
    bank: ResonatorBankHandle,
    channel: number,
    signal: Float32Array,
    hopLength: number,
    output: 'complex' | 'magnitude' | 'power' | 'db' | 'phase' | 'frequency' | 'interleaved',
    re: Float32Array,
    im: Float32Array,
  ): void;
  /** The output at the last sample, a value per resonator. */
  resonatorRead(
    bank: ResonatorBankHandle,
    channel: number,
    output: 'complex' | 'magnitude' | 'power' | 'db' | 'phase' | 'frequency' | 'interleaved',
    re: Float32Array,
    im: Float32Array,
  ): void;
  /** Silence, with `position` samples of the stream behind it. */
  resonatorReset(bank: ResonatorBankHandle, channel: number, position: number): void;
  /** New parameters from the next sample on, for all channels. The sample rate must stay. */
  resonatorRetune(bank: ResonatorBankHandle, parameters: ResonatorBankParameters): void;
  /** Copies of the present parameters. */
  resonatorParameters(
    bank: ResonatorBankHandle,
    frequencies: Float64Array,
    alphas: Float64Array,
    betas: Float64Array,
  ): void;
  /** The position of each channel in its stream. */
  resonatorPositions(bank: ResonatorBankHandle, positions: Float64Array): void;
  /** `size[0]`: how many numbers a snapshot has. */
  resonatorSnapshotSize(bank: ResonatorBankHandle, size: Float64Array): void;
  /** A channel's state and the parameters, in a layout that the addon alone knows. */
  resonatorSnapshot(bank: ResonatorBankHandle, channel: number, out: Float64Array): void;
  /** Throws for numbers that no bank of this size and sample rate can have written; the bank is then unchanged. */
  resonatorRestore(bank: ResonatorBankHandle, channel: number, snapshot: Float64Array): void;
  /** A bank of resonators that follow what they hear. */
  trackingBank(bank: ResonatorBankParameters, tracking: TrackingParameters): TrackingBankHandle;
  /**
   * All [bins, frames], a frame at each multiple of `hopLength` samples since the start; frequencies in Hz. `re` and `im`
   * are empty where the complex values are not wanted.
   */
  trackingTrack(
    bank: TrackingBankHandle,
    signal: Float32Array,
    hopLength: number,
    magnitude: Float32Array,
    frequency: Float32Array,
    re: Float32Array,
    im: Float32Array,
  ): void;
  trackingReset(bank: TrackingBankHandle): void;
  /** The sound of a tracking bank, as a stream. */
  synthesizer(bank: ResonatorBankParameters, tracking: TrackingParameters, mask: MaskParameters): SynthesizerHandle;
  /** Pitch and speed from the next sample on, both 1/16 to 16. */
  synthesizerTune(synthesizer: SynthesizerHandle, pitch: number, speed: number): void;
  /** `counts[0]`: how many samples it wrote to `out`, at most floor(samples / speed) + 1. */
  synthesizerProcess(
    synthesizer: SynthesizerHandle,
    samples: Float32Array,
    out: Float32Array,
    counts: Int32Array,
  ): void;
  synthesizerReset(synthesizer: SynthesizerHandle): void;
  /** The size of the pool, after setting it when `count` is given. */
  threads(count?: number): number;

  /** A stateful resampler. */
  resampler(
    from: number,
    to: number,
    quality: 'soxr_vhq' | 'soxr_hq' | 'soxr_mq' | 'soxr_lq' | 'polyphase' | 'fft',
  ): ResamplerHandle;
  /** `counts[0]`: the most samples that a push of n samples (or finish, if n is 0) writes. `counts[1]`: its reach. */
  resamplerLimits(resampler: ResamplerHandle, n: number, counts: Int32Array): void;
  /** `counts[0]`: how many samples it wrote to `out`. */
  resamplerPush(resampler: ResamplerHandle, x: Float32Array, out: Float32Array, counts: Int32Array): void;
  resamplerFinish(resampler: ResamplerHandle, out: Float32Array, counts: Int32Array): void;
  resamplerReset(resampler: ResamplerHandle): void;

  /** YIN over a stream; arguments as for `yin`. */
  pitchTracker(frames: PitchParameters, sampleRate: number, threshold: number): PitchTrackerHandle;
  /**
   * `count[0]`: how many values it wrote. There must be room for floor(samples / hopLength) + 1, at the end for those of
   * half a frame; `aperiodicity` may be empty.
   */
  pitchTrackerPush(
    tracker: PitchTrackerHandle,
    x: Float32Array,
    f0: Float32Array,
    aperiodicity: Float32Array,
    count: Int32Array,
  ): void;
  pitchTrackerFinish(
    tracker: PitchTrackerHandle,
    f0: Float32Array,
    aperiodicity: Float32Array,
    count: Int32Array,
  ): void;
  pitchTrackerReset(tracker: PitchTrackerHandle): void;
  /** A separation that runs along with a signal. */
  hpssStream(frames: FrameParameters, separation: SeparationParameters): HpssStreamHandle;
  /** `latency[0]`: in samples. */
  hpssStreamLatency(stream: HpssStreamHandle, latency: Float64Array): void;
  /** Both results have the length of x. */
  hpssStreamProcess(stream: HpssStreamHandle, x: Float32Array, harmonic: Float32Array, percussive: Float32Array): void;
  hpssStreamReset(stream: HpssStreamHandle): void;
  /** A constant-Q transform that runs along with a signal; the tuning is known. */
  cqtStream(transform: ConstantQParameters, magnitudes: boolean): CqtStreamHandle;
  /**
   * `counts[0]`: the most columns that a push of n samples (or finish, if n is 0) writes. `counts[1]`: the samples from a
   * column's own to the one that completes it.
   */
  cqtStreamLimits(stream: CqtStreamHandle, n: number, counts: Int32Array): void;
  /**
   * `counts[0]`: how many columns it wrote, [bins, columns], into room for the most (at least those of one sample). `im`
   * is empty for magnitudes.
   */
  cqtStreamPush(stream: CqtStreamHandle, x: Float32Array, re: Float32Array, im: Float32Array, counts: Int32Array): void;
  cqtStreamFinish(stream: CqtStreamHandle, re: Float32Array, im: Float32Array, counts: Int32Array): void;
  cqtStreamReset(stream: CqtStreamHandle): void;
}

declare const handle: unique symbol;
/** A native object; only the functions that take it look inside. */
export interface ResonatorBankHandle {
  [handle]: 'ResonatorBank';
}
export interface ResamplerHandle {
  [handle]: 'Resampler';
}
export interface PitchTrackerHandle {
  [handle]: 'PitchTracker';
}
export interface HpssStreamHandle {
  [handle]: 'HpssStream';
}
export interface CqtStreamHandle {
  [handle]: 'CqtStream';
}
export interface TrackingBankHandle {
  [handle]: 'TrackingBank';
}
export interface SynthesizerHandle {
  [handle]: 'Synthesizer';
}

/** `[0]`: set to 1 to cancel the call. `[1]`: its progress in thousandths. Nothing else may use the array. */
export type Token = Int32Array;

export type Binding = Functions &
  SyncFunctions & {
    [Name in keyof Functions as `${Name}Async`]: (token: Token, ...args: Parameters<Functions[Name]>) => Promise<void>;
  };
