/**
 * The functions of `cochlea` on a pool of threads: the same names and options, returning promises, with two more options,
 * `signal` and `onProgress`. Arguments are checked, and inputs copied, before a call returns; errors reject the promise.
 */

import { planPyin } from './pitch/pyin.js';
import { planEstimateTuning, planPiptrack, planPitchTuning } from './pitch/tuning.js';
import { planYin, type YinDetails, type YinOptions } from './pitch/yin.js';
import { planResonatorChroma } from './resonators/chroma.js';
import { planResonatorMfcc } from './resonators/mfcc.js';
import type { Resonated, ResonatorOutput } from './resonators/outputs.js';
import { planResonate, type ResonateOptions } from './resonators/resonate.js';
import { planSuperResolution, type SuperResolutionOptions } from './resonators/super-resolution.js';
import { planSynthesize } from './resonators/synthesis.js';
import type { Tracked } from './resonators/tracking.js';
import { planOnsetStrength } from './rhythm/onset.js';
import type { ComplexMatrix, Matrix } from './runtime/matrix.js';
import { type AsyncOptions, promised } from './runtime/operation.js';
import {
  type HpssSpectrogramOptions,
  planHarmonic,
  planHpss,
  planHpssSpectrogram,
  planPercussive,
  planSoftmask,
  type SpectrogramParts,
} from './separation/hpss.js';
import { planMedianFilter } from './separation/median.js';
import { planResample } from './signal/resample.js';
import { planFft, planIfft, planIrfft, planRfft } from './spectrum/fft.js';
import { planMelSpectrogram } from './spectrum/mel.js';
import { planAmplitudeToDb, planMagnitude, planMagphase, planPhase, planPowerToDb } from './spectrum/spectrum.js';
import { planIstft, planStft } from './spectrum/stft.js';
import { planMfcc } from './timbre/mfcc.js';
import { planChromaCens, planChromaCqt, planChromaVqt } from './tonal/chroma.js';
import { planChromaStft } from './tonal/chroma-stft.js';
import { planCqt, planHybridCqt, planPseudoCqt, planVqt } from './tonal/cqt.js';
import { planIcqt } from './tonal/icqt.js';
import { type Key, planEstimateKey } from './tonal/key.js';
import { planTonnetz } from './tonal/tonnetz.js';

export type { AsyncOptions } from './runtime/operation.js';

export const medianFilter = promised(planMedianFilter);
export const fft = promised(planFft);
export const ifft = promised(planIfft);
export const rfft = promised(planRfft);
export const irfft = promised(planIrfft);
export const softmask = promised(planSoftmask);
export const hpssSpectrogram = promised(planHpssSpectrogram) as <
  S extends Matrix | ComplexMatrix,
  O extends HpssSpectrogramOptions = HpssSpectrogramOptions,
>(
  S: S,
  options?: O & AsyncOptions,
) => Promise<SpectrogramParts<O extends { mask: true } ? Matrix : S extends ComplexMatrix ? ComplexMatrix : Matrix>>;
export const hpss = promised(planHpss);
export const harmonic = promised(planHarmonic);
export const percussive = promised(planPercussive);
export const stft = promised(planStft);
export const istft = promised(planIstft);
export const magnitude = promised(planMagnitude);
export const phase = promised(planPhase);
export const magphase = promised(planMagphase);
export const powerToDb = promised(planPowerToDb);
export const amplitudeToDb = promised(planAmplitudeToDb);
export const resonate = promised(planResonate) as <Output extends ResonatorOutput = 'complex'>(
  y: Float32Array,
  options: Omit<ResonateOptions<Output>, 'out'> & AsyncOptions,
) => Promise<Resonated<Output>>;
export const resonatorChroma = promised(planResonatorChroma);
export const resonatorMfcc = promised(planResonatorMfcc);
export const superResolution = promised(planSuperResolution) as <Complex extends boolean = false>(
  tracked: Tracked,
  options: SuperResolutionOptions<Complex> & AsyncOptions,
) => Promise<Complex extends true ? ComplexMatrix : Matrix>;
export const synthesize = promised(planSynthesize);
export const resample = promised(planResample);
export const yin = promised(planYin) as {
  (y: Float32Array, options: YinOptions & { details: true } & AsyncOptions): Promise<YinDetails>;
  (y: Float32Array, options: YinOptions & { details?: false } & AsyncOptions): Promise<Float32Array>;
  (y: Float32Array, options: YinOptions & AsyncOptions): Promise<Float32Array | YinDetails>;
};
export const pyin = promised(planPyin);
export const piptrack = promised(planPiptrack);
export const pitchTuning = promised(planPitchTuning);
export const estimateTuning = promised(planEstimateTuning);
export const cqt = promised(planCqt);
export const vqt = promised(planVqt);
export const pseudoCqt = promised(planPseudoCqt);
export const hybridCqt = promised(planHybridCqt);
export const icqt = promised(planIcqt);
export const chromaCqt = promised(planChromaCqt);
export const chromaCens = promised(planChromaCens);
export const chromaVqt = promised(planChromaVqt);
export const chromaStft = promised(planChromaStft);
export const melSpectrogram = promised(planMelSpectrogram);
export const mfcc = promised(planMfcc);
export const onsetStrength = promised(planOnsetStrength);
export const tonnetz = promised(planTonnetz);
export const estimateKey = promised(planEstimateKey) as (chroma: Matrix, options?: AsyncOptions) => Promise<Key[]>;
