/**
 * The contract between lib/ and native/: every function of the addon, with plain numbers and typed arrays in fixed
 * positions. lib/ has checked every value and allocated every result; the addon checks memory safety only and throws
 * for samples that are not finite.
 *
 * A matrix is row-major, rows first. `frames` and `bins` name its columns and rows.
 */

/** Functions that also exist as `<name>Async(token, ...)`, returning a promise; see `Token`. */
export interface Functions {
  /** Complex Fourier transform, or its inverse divided by the length. An empty `im` stands for zeros. */
  fft(re: Float32Array, im: Float32Array, inverse: boolean, outRe: Float32Array, outIm: Float32Array): void;

  /** Fourier transform of a real signal of n samples to floor(n / 2) + 1 bins. */
  rfft(x: Float32Array, re: Float32Array, im: Float32Array): void;

  /** Its inverse, divided by n. */
  irfft(re: Float32Array, im: Float32Array, x: Float32Array): void;

  /**
   * Short-time Fourier transform. `re` and `im` are [1 + floor(nFft / 2), frames]. `window` is a shape of
   * native/core/spectrum/window.h with its parameter, or its `winLength` values; `padMode` indexes `padModes` of lib/spectrum/stft.ts, -1
   * for frames that are not centred.
   */
  stft(
    y: Float32Array,
    nFft: number,
    hopLength: number,
    windowShape: number,
    windowParameter: number,
    windowValues: Float32Array,
    winLength: number,
    padMode: number,
    re: Float32Array,
    im: Float32Array,
  ): void;

  /** Its inverse, from the first `frames` of `columns` columns; fills all of `y`. */
  istft(
    re: Float32Array,
    im: Float32Array,
    columns: number,
    frames: number,
    nFft: number,
    hopLength: number,
    windowShape: number,
    windowParameter: number,
    windowValues: Float32Array,
    winLength: number,
    center: boolean,
    y: Float32Array,
  ): void;

  /** `mask = x ** power / (x ** power + reference ** power)`; see lib/separation/hpss.ts. */
  softmask(x: Float32Array, reference: Float32Array, power: number, splitZeros: boolean, mask: Float32Array): void;

  /**
   * Harmonic and percussive part of a spectrogram [bins, frames], or the masks, which are real. Without imaginary parts
   * all `...Im` are empty; `residualRe` is empty where the residual is not wanted.
   */
  hpssSpectrogram(
    re: Float32Array,
    im: Float32Array,
    bins: number,
    frames: number,
    harmonicSize: number,
    percussiveSize: number,
    power: number,
    harmonicMargin: number,
    percussiveMargin: number,
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
    nFft: number,
    hopLength: number,
    windowShape: number,
    windowParameter: number,
    windowValues: Float32Array,
    winLength: number,
    padMode: number,
    harmonicSize: number,
    percussiveSize: number,
    power: number,
    harmonicMargin: number,
    percussiveMargin: number,
    harmonic: Float32Array,
    percussive: Float32Array,
  ): void;

  /**
   * Running medians of x [rows, columns] over windows of windowRows x windowColumns. `boundary` indexes `boundaryModes` of
   * lib/separation/median.ts, `outside` is the value for its last.
   */
  medianFilter(
    x: Float32Array,
    rows: number,
    columns: number,
    windowRows: number,
    windowColumns: number,
    boundary: number,
    outside: number,
    out: Float32Array,
  ): void;

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
   * `out = scale * log10(max(amin, |x|) / max(amin, reference))`, at least its maximum - topDb. A negative reference
   * stands for the largest |x|, a negative topDb for no limit. `out` may be `x`.
   */
  decibels(x: Float32Array, scale: number, reference: number, amin: number, topDb: number, out: Float32Array): void;

  /**
   * A bank of resonators over a whole signal: [bins, floor(y.length / hopLength)]. `output` indexes `resonatorOutputs`
   * of lib/resonators/resonators.ts; complex output fills `re` and `im`, any other `re`, interleaved output twice as much of it.
   */
  resonate(
    y: Float32Array,
    sampleRate: number,
    frequencies: Float64Array,
    alphas: Float64Array,
    betas: Float64Array,
    hopLength: number,
    output: number,
    re: Float32Array,
    im: Float32Array,
  ): void;

  /**
   * The sound of a tracking bank, with the arguments of `synthesizer` and `synthesizerTune`. Fills all of `out`, past the
   * end of y with what silence gives.
   */
  synthesize(
    y: Float32Array,
    sampleRate: number,
    frequencies: Float64Array,
    alphas: Float64Array,
    betas: Float64Array,
    gammas: Float64Array,
    threshold: number,
    rule: number,
    mask: number,
    exclusion: number,
    hysteresis: number,
    pitch: number,
    speed: number,
    out: Float32Array,
  ): void;

  /** Fills `out` with `y`, taken from rate `from` to rate `to`, times `gain`. `quality` indexes `qualities` of lib/signal/resample.ts. */
  resample(y: Float32Array, from: number, to: number, quality: number, gain: number, out: Float32Array): void;

  /**
   * Pitch of each frame by YIN, in Hz; `aperiodicity` is empty if it is not wanted. Periods are in samples; `padMode` as
   * for `stft`; `paper` selects the paper's method, with NaN for frames without a pitch.
   */
  yin(
    y: Float32Array,
    frameLength: number,
    hopLength: number,
    padMode: number,
    minPeriod: number,
    maxPeriod: number,
    paper: boolean,
    sampleRate: number,
    threshold: number,
    f0: Float32Array,
    aperiodicity: Float32Array,
  ): void;

  /**
   * The most likely state of each frame by pYIN: voiced pitch i is state i, unvoiced pitch i state pitchBins + i.
   * `minProbability` 0 cuts no transition.
   */
  pyin(
    y: Float32Array,
    frameLength: number,
    hopLength: number,
    padMode: number,
    minPeriod: number,
    maxPeriod: number,
    sampleRate: number,
    fmin: number,
    thresholds: number,
    betaA: number,
    betaB: number,
    boltzmann: number,
    noTroughProbability: number,
    binsPerSemitone: number,
    pitchBins: number,
    transitionWidth: number,
    switchProbability: number,
    minProbability: number,
    states: Int32Array,
    voicedProbability: Float32Array,
  ): void;

  /**
   * Spectral peaks: their frequency and height, zero elsewhere, [bins, frames]. `x` is a signal, to be transformed as by
   * `stft`, if `rows` is 0, otherwise a matrix of magnitudes with that many rows. A negative `reference` stands for
   * `threshold` times each column's largest value.
   */
  piptrack(
    x: Float32Array,
    rows: number,
    nFft: number,
    hopLength: number,
    windowShape: number,
    windowParameter: number,
    windowValues: Float32Array,
    winLength: number,
    padMode: number,
    sampleRate: number,
    fmin: number,
    fmax: number,
    threshold: number,
    reference: number,
    pitches: Float32Array,
    magnitudes: Float32Array,
  ): void;

  /** `tuning[0]`: what the peaks of `piptrack` agree on, in fractions of a bin. */
  estimateTuning(
    x: Float32Array,
    rows: number,
    nFft: number,
    hopLength: number,
    windowShape: number,
    windowParameter: number,
    windowValues: Float32Array,
    winLength: number,
    padMode: number,
    sampleRate: number,
    fmin: number,
    fmax: number,
    threshold: number,
    reference: number,
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
   * Constant-Q and variable-Q transforms. `spec`: sample rate, fmin, binsPerOctave, tuning in bins (NaN: that of y),
   * filterScale, gamma (NaN: as the ear's), norm (NaN: none), sparsity, window's shape, its parameter, hopLength, scale
   * (0 or 1), padMode. `ratios`: of the filters' frequencies to fmin, ascending.
   * re, im: [ratios.length, columns]; counts[0]: how many of the columns were written.
   */
  cqt(
    y: Float32Array,
    spec: Float64Array,
    ratios: Float64Array,
    columns: number,
    re: Float32Array,
    im: Float32Array,
    counts: Int32Array,
  ): void;
  /** Magnitudes alone: of the same transform (mode 0), the pseudo (1) or the hybrid one (2). */
  cqtMagnitudes(
    y: Float32Array,
    spec: Float64Array,
    ratios: Float64Array,
    mode: number,
    columns: number,
    out: Float32Array,
    counts: Int32Array,
  ): void;
  /**
   * counts: the columns for a signal of `samples`, and the least samples that it takes. lengths: of the filters, in
   * samples, then the frequency where the highest ends.
   */
  cqtMeasure(
    spec: Float64Array,
    ratios: Float64Array,
    mode: number,
    samples: number,
    counts: Int32Array,
    lengths: Float64Array,
  ): void;
  /** The filters themselves, [ratios.length, size], centred. */
  cqtFilters(spec: Float64Array, ratios: Float64Array, size: number, re: Float32Array, im: Float32Array): void;
  /** The inverse of cqt, from the first `frames` of `columns` columns; fills all of `y`. */
  icqt(
    re: Float32Array,
    im: Float32Array,
    columns: number,
    frames: number,
    spec: Float64Array,
    ratios: Float64Array,
    y: Float32Array,
  ): void;

  /**
   * Chroma of a constant-Q transform (see cqtMagnitudes). weights: [classes, ratios.length]. finish: threshold (NaN: none),
   * norm (NaN: none), what to return (0 chroma, 1 CENS, 2 tonnetz), smoothing window's length, its shape, its parameter.
   * out: [classes, columns], 6 rows for tonnetz; of the columns counts[0] are written, one after the other.
   */
  chromaOfCqt(
    y: Float32Array,
    spec: Float64Array,
    ratios: Float64Array,
    mode: number,
    weights: Float32Array,
    finish: Float64Array,
    columns: number,
    out: Float32Array,
    counts: Int32Array,
  ): void;
  /** The same of magnitudes [bins, columns]. */
  chromaOfMatrix(
    magnitudes: Float32Array,
    columns: number,
    weights: Float32Array,
    classes: number,
    finish: Float64Array,
    out: Float32Array,
  ): void;
  /**
   * filter: sample rate, nFft, classes, tuning, centre octave, octave width (NaN: no weighting), norm (NaN: none), whether
   * class 0 is C. out: [classes, 1 + floor(nFft / 2)].
   */
  chromaFilters(filter: Float64Array, out: Float32Array): void;
  /** Chroma of a power spectrogram; of the filter the tuning may be NaN: that of the spectrogram. */
  chromaOfStft(
    y: Float32Array,
    hopLength: number,
    windowShape: number,
    windowParameter: number,
    windowValues: Float32Array,
    winLength: number,
    padMode: number,
    filter: Float64Array,
    norm: number,
    out: Float32Array,
  ): void;
  chromaOfPower(power: Float32Array, columns: number, filter: Float64Array, norm: number, out: Float32Array): void;

  /**
   * edges: rising frequencies in Hz, two more than filters. norm: the exponent of the norm that each filter is divided by;
   * negative: half its width in Hz, NaN: nothing. out: [edges.length - 2, 1 + floor(nFft / 2)].
   */
  melFilters(sampleRate: number, nFft: number, edges: Float64Array, norm: number, out: Float32Array): void;
  /** The spectrogram's magnitudes, raised to `power`, through these filters. out: [edges.length - 2, frames]. */
  melOfStft(
    y: Float32Array,
    nFft: number,
    hopLength: number,
    windowShape: number,
    windowParameter: number,
    windowValues: Float32Array,
    winLength: number,
    padMode: number,
    power: number,
    sampleRate: number,
    edges: Float64Array,
    norm: number,
    out: Float32Array,
  ): void;
  /** A spectrogram [1 + floor(nFft / 2), columns] through these filters. out: [edges.length - 2, columns]. */
  melOfPower(
    S: Float32Array,
    columns: number,
    nFft: number,
    sampleRate: number,
    edges: Float64Array,
    norm: number,
    out: Float32Array,
  ): void;
}

/** Functions without an asynchronous form. */
export interface SyncFunctions {
  /** The active tier, then every tier that this machine can run, slowest first. */
  simd(): string[];
  /** A bank of resonators, with a state for each of `channels` signals. */
  resonatorBank(
    sampleRate: number,
    frequencies: Float64Array,
    alphas: Float64Array,
    betas: Float64Array,
    channels: number,
  ): ResonatorBankHandle;
  resonatorProcess(bank: ResonatorBankHandle, channel: number, samples: Float32Array): void;
  /** [bins, frames], a frame at each multiple of `hopLength` samples since the start; `output` as for `resonate`. */
  resonatorResonate(
    bank: ResonatorBankHandle,
    channel: number,
    signal: Float32Array,
    hopLength: number,
    output: number,
    re: Float32Array,
    im: Float32Array,
  ): void;
  /** The output at the last sample, a value per resonator. */
  resonatorRead(bank: ResonatorBankHandle, channel: number, output: number, re: Float32Array, im: Float32Array): void;
  /** Silence, with `position` samples of the stream behind it. */
  resonatorReset(bank: ResonatorBankHandle, channel: number, position: number): void;
  /** New parameters from the next sample on, for all channels. */
  resonatorRetune(
    bank: ResonatorBankHandle,
    frequencies: Float64Array,
    alphas: Float64Array,
    betas: Float64Array,
  ): void;
  /** `68 + 8 * bins` numbers: header, pending samples, then f, alpha, beta, phase and state of each resonator. */
  resonatorSnapshot(bank: ResonatorBankHandle, channel: number, out: Float64Array): void;
  /** Throws for numbers that no bank of this size can have written; the bank is then unchanged. */
  resonatorRestore(bank: ResonatorBankHandle, channel: number, snapshot: Float64Array): void;
  /** A bank of resonators that follow what they hear; `rule` indexes `rules` of lib/resonators/tracking.ts, `threshold` is a power. */
  trackingBank(
    sampleRate: number,
    frequencies: Float64Array,
    alphas: Float64Array,
    betas: Float64Array,
    gammas: Float64Array,
    threshold: number,
    rule: number,
  ): TrackingBankHandle;
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
  /** The sound of a tracking bank; arguments as for `trackingBank`, `mask` indexes `masks` of lib/resonators/synthesis.ts. */
  synthesizer(
    sampleRate: number,
    frequencies: Float64Array,
    alphas: Float64Array,
    betas: Float64Array,
    gammas: Float64Array,
    threshold: number,
    rule: number,
    mask: number,
    exclusion: number,
    hysteresis: number,
  ): SynthesizerHandle;
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
  resampler(from: number, to: number, quality: number): ResamplerHandle;
  /** `counts[0]`: the most samples that a push of n samples (or finish, if n is 0) writes. `counts[1]`: its reach. */
  resamplerLimits(resampler: ResamplerHandle, n: number, counts: Int32Array): void;
  /** `counts[0]`: how many samples it wrote to `out`. */
  resamplerPush(resampler: ResamplerHandle, x: Float32Array, out: Float32Array, counts: Int32Array): void;
  resamplerFinish(resampler: ResamplerHandle, out: Float32Array, counts: Int32Array): void;
  resamplerReset(resampler: ResamplerHandle): void;

  /** YIN over a stream; arguments as for `yin`. */
  pitchTracker(
    frameLength: number,
    hopLength: number,
    center: boolean,
    minPeriod: number,
    maxPeriod: number,
    paper: boolean,
    sampleRate: number,
    threshold: number,
  ): PitchTrackerHandle;
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
  hpssStream(
    nFft: number,
    hopLength: number,
    windowShape: number,
    windowParameter: number,
    windowValues: Float32Array,
    winLength: number,
    harmonicSize: number,
    percussiveSize: number,
    power: number,
    harmonicMargin: number,
    percussiveMargin: number,
  ): HpssStreamHandle;
  /** `latency[0]`: in samples. */
  hpssStreamLatency(stream: HpssStreamHandle, latency: Float64Array): void;
  /** Both results have the length of x. */
  hpssStreamProcess(stream: HpssStreamHandle, x: Float32Array, harmonic: Float32Array, percussive: Float32Array): void;
  hpssStreamReset(stream: HpssStreamHandle): void;
  /** A constant-Q transform that runs along with a signal; `spec` and `ratios` as for `cqt`, the tuning known. */
  cqtStream(spec: Float64Array, ratios: Float64Array, magnitudes: boolean): CqtStreamHandle;
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
