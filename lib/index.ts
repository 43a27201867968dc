export {
  a4ToTuning,
  hzToMidi,
  hzToNote,
  hzToOcts,
  midiToHz,
  midiToNote,
  type NoteOptions,
  noteToHz,
  noteToMidi,
  type OctaveOptions,
  octsToHz,
  tuningToA4,
} from './pitch/convert.js';
export type { PitchFrames, PitchRange } from './pitch/pitch-frames.js';
export { PitchTracker, type PitchTrackerOptions } from './pitch/pitch-tracker.js';
export { type Pyin, type PyinOptions, pyin } from './pitch/pyin.js';
export {
  type EstimateTuningOptions,
  estimateTuning,
  type PeakOptions,
  type PiptrackOptions,
  type PitchPeaks,
  type PitchTuningOptions,
  piptrack,
  pitchTuning,
} from './pitch/tuning.js';
export { type YinDetails, type YinMethod, type YinOptions, yin } from './pitch/yin.js';
export {
  alphasOf,
  type ConstantBandwidthOptions,
  type ConstantQOptions,
  constantBandwidthAlphas,
  constantQAlphas,
  type DynamicsOptions,
  type HeuristicOptions,
  heuristicAlphas,
  type PerResonator,
  timeConstantsOf,
} from './resonators/alphas.js';
export { type BankResonateOptions, ResonatorBank, type ResonatorBankOptions } from './resonators/bank.js';
export { type ResonatorChromaOptions, resonatorChroma } from './resonators/chroma.js';
export { type DopplerOptions, dopplerVelocity } from './resonators/doppler.js';
export { type EqualizerOptions, equalizer } from './resonators/equalizer.js';
export { type ResonatorMfccOptions, resonatorMfcc } from './resonators/mfcc.js';
export type { Resonated, ResonatorOutput } from './resonators/outputs.js';
export type { BankParameters } from './resonators/parameters.js';
export { type ResonateOptions, resonate } from './resonators/resonate.js';
export { Resonator, type ResonatorOptions } from './resonators/resonator.js';
export {
  type ResonatorFrame,
  ResonatorStream,
  type ResonatorStreamOptions,
  resonatorFrames,
} from './resonators/stream.js';
export { type SuperResolutionOptions, superResolution } from './resonators/super-resolution.js';
export {
  type SynthesisMask,
  type SynthesizeOptions,
  Synthesizer,
  type SynthesizerOptions,
  synthesize,
} from './resonators/synthesis.js';
export {
  type Tracked,
  TrackingBank,
  type TrackingBankOptions,
  type TrackingRule,
  type TrackOptions,
} from './resonators/tracking.js';
export { type OnsetStrengthOptions, onsetStrength } from './rhythm/onset.js';
export type { CodedError, ErrorCode } from './runtime/errors.js';
export type { ComplexArray, ComplexMatrix, Matrix, Shape } from './runtime/matrix.js';
export { type Configuration, configure, type SimdTier, simd } from './runtime/runtime.js';
export type { WarningCode } from './runtime/warning.js';
export {
  type HpssOptions,
  type HpssPartOptions,
  type HpssSpectrogramOptions,
  harmonic,
  hpss,
  hpssSpectrogram,
  type Pair,
  type Parts,
  percussive,
  type SeparationOptions,
  type SoftmaskOptions,
  type SpectrogramParts,
  softmask,
} from './separation/hpss.js';
export { HpssStream, type HpssStreamOptions } from './separation/hpss-stream.js';
export { type BoundaryMode, type MedianFilterOptions, medianFilter } from './separation/median.js';
export {
  type ResampleOptions,
  type ResampleQuality,
  Resampler,
  type ResamplerOptions,
  resample,
} from './signal/resample.js';
export { type FftOptions, fft, type IrfftOptions, ifft, irfft, rfft } from './spectrum/fft.js';
export {
  type LinearFrequenciesOptions,
  type LogFrequenciesOptions,
  linearFrequencies,
  logFrequencies,
  type MelFrequenciesOptions,
  type MidiFrequenciesOptions,
  melFrequencies,
  midiFrequencies,
} from './spectrum/frequencies.js';
export {
  type MelFiltersOptions,
  type MelSpectrogramOptions,
  melFilters,
  melSpectrogram,
} from './spectrum/mel.js';
export {
  amplitudeToDb,
  type DecibelOptions,
  type MagnitudeOptions,
  type Magphase,
  type MagphaseOptions,
  magnitude,
  magphase,
  type PhaseOptions,
  phase,
  powerToDb,
} from './spectrum/spectrum.js';
export { type FrameOptions, type IstftOptions, istft, type PadMode, type StftOptions, stft } from './spectrum/stft.js';
export type { Window, WindowName } from './spectrum/window.js';
export { type MfccOptions, mfcc } from './timbre/mfcc.js';
export {
  type ChromaCensOptions,
  type ChromaCqtOptions,
  type ChromaVqtOptions,
  chromaCens,
  chromaCqt,
  chromaVqt,
} from './tonal/chroma.js';
export {
  type ChromaFiltersOptions,
  type CqToChromaOptions,
  chromaFilters,
  cqToChroma,
} from './tonal/chroma-filters.js';
export { type ChromaStftOptions, chromaStft } from './tonal/chroma-stft.js';
export type { CqtFilterOptions } from './tonal/constant-q.js';
export {
  type ConstantQFilters,
  type ConstantQFiltersOptions,
  type CqtFrequenciesOptions,
  constantQFilters,
  constantQLengths,
  cqtFrequencies,
} from './tonal/constant-q-filters.js';
export {
  type CqtOptions,
  cqt,
  hybridCqt,
  type MagnitudeCqtOptions,
  pseudoCqt,
  type VqtOptions,
  vqt,
} from './tonal/cqt.js';
export { CqtStream, type CqtStreamOptions, type CqtStreamOutput } from './tonal/cqt-stream.js';
export { type IcqtOptions, icqt } from './tonal/icqt.js';
export type { Intervals } from './tonal/intervals.js';
export { estimateKey, type Key } from './tonal/key.js';
export { tonnetz } from './tonal/tonnetz.js';
