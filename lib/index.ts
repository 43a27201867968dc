export {
  type ChromaCensOptions,
  type ChromaCqtOptions,
  type ChromaFiltersOptions,
  type ChromaStftOptions,
  type ChromaVqtOptions,
  type CqToChromaOptions,
  chromaCens,
  chromaCqt,
  chromaFilters,
  chromaStft,
  chromaVqt,
  cqToChroma,
  tonnetz,
} from './chroma.js';
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
} from './convert.js';

export {
  type ConstantQFilters,
  type ConstantQFiltersOptions,
  type CqtFilterOptions,
  type CqtFrequenciesOptions,
  type CqtOptions,
  constantQFilters,
  constantQLengths,
  cqt,
  cqtFrequencies,
  hybridCqt,
  type MagnitudeCqtOptions,
  pseudoCqt,
  type VqtOptions,
  vqt,
} from './cqt.js';
export { CqtStream, type CqtStreamOptions, type CqtStreamOutput } from './cqt-stream.js';
export type { CodedError, ErrorCode } from './errors.js';
export { type ComplexArray, type FftOptions, fft, type IrfftOptions, ifft, irfft, rfft } from './fft.js';
export {
  type LinearFrequenciesOptions,
  type LogFrequenciesOptions,
  linearFrequencies,
  logFrequencies,
  type MelFrequenciesOptions,
  type MidiFrequenciesOptions,
  melFrequencies,
  midiFrequencies,
} from './frequencies.js';
export {
  type HpssOptions,
  type HpssPartOptions,
  type HpssSpectrogramOptions,
  HpssStream,
  type HpssStreamOptions,
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
} from './hpss.js';
export { type IcqtOptions, icqt } from './icqt.js';
export type { Intervals } from './intervals.js';
export { estimateKey, type Key } from './key.js';
export type { ComplexMatrix, Matrix, Shape } from './matrix.js';
export { type BoundaryMode, type MedianFilterOptions, medianFilter } from './median.js';
export {
  type MelFiltersOptions,
  type MelSpectrogramOptions,
  melFilters,
  melSpectrogram,
} from './mel.js';
export {
  type PitchFrames,
  type PitchRange,
  PitchTracker,
  type PitchTrackerOptions,
  type Pyin,
  type PyinOptions,
  pyin,
  type YinDetails,
  type YinMethod,
  type YinOptions,
  yin,
} from './pitch.js';
export {
  type ResampleOptions,
  type ResampleQuality,
  Resampler,
  type ResamplerOptions,
  resample,
} from './resample.js';
export { Resonator, type ResonatorOptions } from './resonator.js';
export {
  type DopplerOptions,
  dopplerVelocity,
  type ResonatorChromaOptions,
  type ResonatorMfccOptions,
  resonatorChroma,
  resonatorMfcc,
} from './resonator-features.js';
export {
  type ResonatorFrame,
  ResonatorStream,
  type ResonatorStreamOptions,
  resonatorFrames,
} from './resonator-stream.js';
export {
  alphasOf,
  type BankParameters,
  type BankResonateOptions,
  type ConstantBandwidthOptions,
  type ConstantQOptions,
  constantBandwidthAlphas,
  constantQAlphas,
  type DynamicsOptions,
  type EqualizerOptions,
  equalizer,
  type HeuristicOptions,
  heuristicAlphas,
  type PerResonator,
  type Resonated,
  type ResonateOptions,
  ResonatorBank,
  type ResonatorBankOptions,
  type ResonatorOutput,
  resonate,
  timeConstantsOf,
} from './resonators.js';
export { type Configuration, configure, type SimdTier, simd } from './runtime.js';
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
} from './spectrum.js';
export { type FrameOptions, type IstftOptions, istft, type PadMode, type StftOptions, stft } from './stft.js';
export {
  type SynthesisMask,
  type SynthesizeOptions,
  Synthesizer,
  type SynthesizerOptions,
  synthesize,
} from './synthesis.js';
export {
  type SuperResolutionOptions,
  superResolution,
  type Tracked,
  TrackingBank,
  type TrackingBankOptions,
  type TrackingRule,
  type TrackOptions,
} from './tracking.js';
export {
  type EstimateTuningOptions,
  estimateTuning,
  type PeakOptions,
  type PiptrackOptions,
  type PitchPeaks,
  type PitchTuningOptions,
  piptrack,
  pitchTuning,
} from './tuning.js';
export type { Window, WindowName } from './window.js';
