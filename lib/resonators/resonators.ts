import type { ResonatorBankHandle } from '../../binding.js';
import * as check from '../runtime/check.js';
import { rangeError } from '../runtime/errors.js';
import {
  type ComplexMatrix,
  complexMatrix,
  complexMatrixRule,
  type Matrix,
  matrix,
  matrixRule,
} from '../runtime/matrix.js';
import { native } from '../runtime/native.js';
import { type Operation, operation, run } from '../runtime/operation.js';

/** In the order of `ResonatorOutput` in native/core/resonators/resonators.h. */
export const resonatorOutputs = ['complex', 'magnitude', 'power', 'db', 'phase', 'frequency', 'interleaved'] as const;

/**
 * What a resonator's state is read as. A tone of amplitude A at the resonator's frequency gives: `'complex'`: A/2 at the
 * tone's phase. `'magnitude'`: A/2. `'power'`: A²/4. `'db'`: ten times the logarithm of the power, at least -100.
 * `'phase'`: the angle of the complex value, -pi to pi. `'frequency'`: the instantaneous frequency in Hz, from the turn of
 * the complex value over the last sample; the resonator's own while it is silent. `'interleaved'`: as `'complex'`, real and
 * imaginary part in turn, in twice as many columns.
 */
export type ResonatorOutput = (typeof resonatorOutputs)[number];

/** A parameter per resonator; copied when it is read. */
export type PerResonator = Float64Array | Float32Array | readonly number[];

export interface HeuristicOptions {
  /** Samples per second. Number > 0. */
  sampleRate: number;
  /** Scales the time constants. Number > 0; default 1. */
  k?: number;
  /** Exponent of the logarithm. Number; default 1. */
  n?: number;
}

const sampleRateRule = check.required(check.number({ above: 0 }));
const smoothing = check.numbers({ above: 0, max: 1 });

const alphaOf = (tau: number, sampleRate: number) => -Math.expm1(-1 / (tau * sampleRate));

/**
 * The smoothing factors that suit music: a resonator's time constant is `k * log10(1 + f) ** n / f` seconds, some 1.5 of
 * its periods at 27.5 Hz and 3.6 at 4186 Hz.
 *
 * @param frequencies Frequencies in Hz, > 0.
 * @param options See {@link HeuristicOptions}.
 * @returns alpha for each frequency, in (0, 1].
 * @throws TypeError, RangeError for an argument out of its range.
 * @see Francois, "Resonate", ICMC 2025.
 * @example
 * import { heuristicAlphas } from 'cochlea';
 * console.log(heuristicAlphas([440], { sampleRate: 44100 })[0].toFixed(6)); // 0.003766
 */
export function heuristicAlphas(frequencies: PerResonator, options: HeuristicOptions): Float64Array {
  const { sampleRate, k, n } = check.readOptions(options, {
    sampleRate: sampleRateRule,
    k: check.withDefault(check.number({ above: 0 }), 1),
    n: check.withDefault(check.number(), 1),
  });
  const fs = check.numbers({ above: 0 }).read(frequencies, 'frequencies');
  return fs.map((f) => alphaOf((k * Math.log10(1 + f) ** n) / f, sampleRate));
}

export interface DynamicsOptions {
  /** Samples per second. Number > 0. */
  sampleRate: number;
}

/**
 * The smoothing factors of time constants: `1 - exp(-1 / (tau * sampleRate))`.
 *
 * A bank with one frequency and many time constants shows the dynamics of that frequency.
 *
 * @param timeConstants Time constants in seconds, > 0.
 * @param options See {@link DynamicsOptions}.
 * @returns alpha for each, in (0, 1].
 * @throws TypeError, RangeError for an argument out of its range.
 * @example
 * import { alphasOf } from 'cochlea';
 * console.log(alphasOf([0.1], { sampleRate: 44100 })[0].toFixed(9)); // 0.000226732
 */
export function alphasOf(timeConstants: PerResonator, options: DynamicsOptions): Float64Array {
  const { sampleRate } = check.readOptions(options, { sampleRate: sampleRateRule });
  const taus = check.numbers({ above: 0 }).read(timeConstants, 'timeConstants');
  return taus.map((tau) => alphaOf(tau, sampleRate));
}

/**
 * The time constants of smoothing factors, in seconds: `-1 / (sampleRate * ln(1 - alpha))`; 0 for an alpha of 1.
 *
 * @param alphas Smoothing factors, > 0 and <= 1.
 * @param options See {@link DynamicsOptions}.
 * @returns tau for each, in seconds.
 * @throws TypeError, RangeError for an argument out of its range.
 * @example
 * import { timeConstantsOf } from 'cochlea';
 * console.log(timeConstantsOf([1 / 4410], { sampleRate: 44100 })[0].toFixed(6)); // 0.099989
 */
export function timeConstantsOf(alphas: PerResonator, options: DynamicsOptions): Float64Array {
  const { sampleRate } = check.readOptions(options, { sampleRate: sampleRateRule });
  return smoothing.read(alphas, 'alphas').map((alpha) => -1 / (sampleRate * Math.log1p(-alpha)));
}

export interface ConstantQOptions extends DynamicsOptions {
  /** The quality: frequency over bandwidth. Number > 0. */
  q: number;
}

/**
 * The smoothing factors of one quality at all frequencies: bandwidths of `f / q`, see {@link constantBandwidthAlphas}.
 *
 * @param frequencies Frequencies in Hz, > 0.
 * @param options See {@link ConstantQOptions}.
 * @returns alpha for each frequency, in (0, 1].
 * @throws TypeError, RangeError for an argument out of its range.
 * @example
 * import { constantQAlphas, logFrequencies } from 'cochlea';
 * const alphas = constantQAlphas(logFrequencies(), { sampleRate: 44100, q: 17 });
 */
export function constantQAlphas(frequencies: PerResonator, options: ConstantQOptions): Float64Array {
  const { sampleRate, q } = check.readOptions(options, {
    sampleRate: sampleRateRule,
    q: check.required(check.number({ above: 0 })),
  });
  const fs = check.numbers({ above: 0 }).read(frequencies, 'frequencies');
  return fs.map((f) => alphaOf(q / (2 * Math.PI * f), sampleRate));
}

export interface ConstantBandwidthOptions extends DynamicsOptions {
  /** The bandwidth in Hz. Number > 0. */
  bandwidth: number;
}

/**
 * The smoothing factors of one bandwidth B at all frequencies: time constants of `1 / (2 pi B)` seconds. One stage then falls
 * by 3 dB at B to either side of a resonator's frequency, two stages at 0.64 B.
 *
 * @param frequencies Frequencies in Hz, > 0.
 * @param options See {@link ConstantBandwidthOptions}.
 * @returns alpha for each frequency, in (0, 1].
 * @throws TypeError, RangeError for an argument out of its range.
 * @example
 * import { constantBandwidthAlphas, linearFrequencies } from 'cochlea';
 * const frequencies = linearFrequencies({ fmin: 100, fmax: 8000, nBins: 80 });
 * const alphas = constantBandwidthAlphas(frequencies, { sampleRate: 44100, bandwidth: 50 });
 */
export function constantBandwidthAlphas(frequencies: PerResonator, options: ConstantBandwidthOptions): Float64Array {
  const { sampleRate, bandwidth } = check.readOptions(options, {
    sampleRate: sampleRateRule,
    bandwidth: check.required(check.number({ above: 0 })),
  });
  const fs = check.numbers({ above: 0 }).read(frequencies, 'frequencies');
  return fs.map(() => alphaOf(1 / (2 * Math.PI * bandwidth), sampleRate));
}

/** What a bank is made of. */
export interface BankParameters {
  /** Samples per second. Number > 0. */
  sampleRate: number;
  /** The resonators' frequencies in Hz, each > 0 and < `sampleRate / 2`, in any order. */
  frequencies: PerResonator;
  /** The resonators' smoothing factors, each > 0 and <= 1. Default {@link heuristicAlphas}. */
  alphas?: PerResonator;
  /** The smoothing factors of the second stage, each > 0 and <= 1; 1 switches it off. Default `alphas`. */
  betas?: PerResonator;
}

/** Options of {@link ResonatorBank}. */
export interface ResonatorBankOptions extends BankParameters {
  /** How many signals the bank follows at once, each with a state of its own. Integer, 1 to 1024; default 1. */
  channels?: number;
}

export const bankRules = {
  sampleRate: sampleRateRule,
  frequencies: check.required(check.numbers({ above: 0 })),
  alphas: check.optional(smoothing),
  betas: check.optional(smoothing),
};

export function resolveBank({ sampleRate, frequencies, ...given }: check.Values<typeof bankRules>) {
  for (const [i, f] of frequencies.entries()) {
    if (f >= sampleRate / 2) throw rangeError(`frequencies[${i}]`, `a number < sampleRate / 2 (${sampleRate / 2})`, f);
  }
  const alphas = given.alphas ?? heuristicAlphas(frequencies, { sampleRate });
  const betas = given.betas ?? alphas;
  for (const [name, values] of Object.entries({ alphas, betas })) {
    if (values.length !== frequencies.length) {
      throw rangeError(name, `as many values as frequencies (${frequencies.length})`, values);
    }
  }
  return { sampleRate, frequencies, alphas, betas };
}

interface FrameOptions<Output extends ResonatorOutput> {
  /** Samples from one frame to the next. Integer >= 1. */
  hopLength: number;
  /** What to read. Default `'complex'`. */
  output?: Output;
  /** A result of the same kind and shape, to be overwritten instead of allocating a new one. */
  out?: Resonated<Output>;
}

/** Options of {@link ResonatorBank.resonate}. */
export interface BankResonateOptions<Output extends ResonatorOutput = 'complex'> extends FrameOptions<Output> {
  /** Which of the bank's signals this is. Integer, 0 to `channels - 1`; default 0. */
  channel?: number;
}

/** Options of {@link resonate}. */
export interface ResonateOptions<Output extends ResonatorOutput = ResonatorOutput>
  extends FrameOptions<Output>,
    BankParameters {}

/** The result for that output. */
export type Resonated<Output extends ResonatorOutput> = Output extends 'complex' ? ComplexMatrix : Matrix;

const outputRule = check.withDefault(check.oneOf(resonatorOutputs), 'complex');
const frameRules = {
  hopLength: check.required(check.integer({ min: 1 })),
  output: outputRule,
  out: { read: (value: unknown) => value },
};

const resonateOptions = { ...frameRules, channel: check.withDefault(check.integer({ min: 0 }), 0) };

const NONE = new Float32Array(0);

/** The result of that shape, and its planes as the addon takes them. */
function resultOf(
  output: ResonatorOutput,
  shape: [number, number],
  out: unknown,
  signal: Record<string, Float32Array>,
) {
  if (output === 'complex') {
    const result = complexMatrix(shape, check.optional(complexMatrixRule).read(out, 'out'));
    check.noOverlap({ ...signal, 'out.re': result.re, 'out.im': result.im });
    return { result, re: result.re, im: result.im };
  }
  const [rows, frames] = shape;
  const columns = output === 'interleaved' ? 2 * frames : frames;
  const result = matrix([rows, columns], check.optional(matrixRule).read(out, 'out'));
  check.noOverlap({ ...signal, 'out.data': result.data });
  return { result, re: result.data, im: NONE };
}

/**
 * A bank of resonators: a spectral analyser that takes a stream sample by sample and has, per frequency, the time constant
 * that suits it.
 *
 * Each resonator shifts its frequency to zero and smooths, twice, with an exponential window. The numbers do not depend on
 * the chunks in which samples arrive, and do not drift: the complex output is right after hours. Everything is allocated
 * at construction. Methods are synchronous.
 *
 * A bank follows one signal, or several of its own kind, `channels` of them, each with its state and position; methods take
 * the channel as their last argument, 0 when it is left out.
 *
 * @see Francois, "Resonate: Efficient Low Latency Spectral Analysis of Audio Signals", ICMC 2025.
 * @example
 * import { logFrequencies, ResonatorBank } from 'cochlea';
 * const bank = new ResonatorBank({ sampleRate: 48000, frequencies: logFrequencies() });
 * const block = new Float32Array(128);
 * const magnitudes = new Float32Array(bank.length);
 * bank.process(block);
 * bank.magnitude(magnitudes);
 */
export class ResonatorBank {
  /** Samples per second. */
  readonly sampleRate: number;
  /** How many resonators. */
  readonly length: number;
  /** How many signals it follows. */
  readonly channels: number;
  readonly #frequencies: Float64Array;
  readonly #alphas: Float64Array;
  readonly #betas: Float64Array;
  readonly #handle: ResonatorBankHandle;
  readonly #positions: Float64Array;
  // Made once: a rule words its bounds when it is made, which takes longer than to read a short block.
  readonly #channelRule: check.Rule<number>;
  readonly #rowRule: check.Rule<Float32Array>;
  readonly #pairsRule: check.Rule<Float32Array>;

  /** @throws TypeError, RangeError for an option out of its range or lists of different lengths. */
  constructor(options: ResonatorBankOptions) {
    const { channels, ...given } = check.readOptions(options, {
      ...bankRules,
      channels: check.withDefault(check.integer({ min: 1, max: 1024 }), 1),
    });
    const { sampleRate, frequencies, alphas, betas } = resolveBank(given);
    this.sampleRate = sampleRate;
    this.length = frequencies.length;
    this.channels = channels;
    this.#frequencies = frequencies;
    this.#alphas = alphas;
    this.#betas = betas;
    this.#positions = new Float64Array(channels);
    this.#channelRule = check.integer({ min: 0, max: channels - 1 });
    this.#rowRule = check.floats(frequencies.length);
    this.#pairsRule = check.floats(2 * frequencies.length);
    this.#handle = native.resonatorBank(sampleRate, frequencies, alphas, betas, channels);
  }

  /** The resonators' frequencies in Hz; a copy. */
  get frequencies(): Float64Array {
    return this.#frequencies.slice();
  }

  /** The smoothing factors of the first stage; a copy. */
  get alphas(): Float64Array {
    return this.#alphas.slice();
  }

  /** The smoothing factors of the second stage; a copy. */
  get betas(): Float64Array {
    return this.#betas.slice();
  }

  /**
   * Samples after which the slowest resonator has forgotten how it began: five of its time constants, rounded up. Its two
   * stages then hold 96 % of a steady tone.
   */
  get warmUpLength(): number {
    const slowest = Math.min(...this.#alphas, ...this.#betas);
    return slowest === 1 ? 1 : Math.ceil(-5 / Math.log1p(-slowest));
  }

  /** Samples processed since construction or `reset()`, and those that `reset()` put behind the channel. */
  position(channel = 0): number {
    return this.#positions[this.#channel(channel)]!;
  }

  /**
   * Processes samples; read the result with `complex()`, `magnitude()` and the like.
   *
   * @param samples Any number of finite samples.
   * @throws TypeError, RangeError for something else; the bank is then unchanged.
   */
  process(samples: Float32Array, channel = 0): void {
    native.resonatorProcess(this.#handle, this.#channel(channel), check.float32Array('samples', samples));
    this.#positions[channel]! += samples.length;
  }

  /**
   * Processes a signal and reads every resonator at the last sample of each hop.
   *
   * Frames stand at the multiples of `hopLength` samples since construction or `reset()`, so that a signal in chunks of any
   * length gives the frames of the whole: samples after the last frame are processed and count towards the next.
   *
   * @param signal Any number of finite samples.
   * @param options See {@link BankResonateOptions}.
   * @returns `[length, frames]`, complex or real by `output`, `[length, 2 * frames]` interleaved; see `frameCount`.
   * @throws TypeError, RangeError for an argument out of its range or samples that are not finite; the bank is then
   *   unchanged.
   */
  resonate<Output extends ResonatorOutput = 'complex'>(
    signal: Float32Array,
    options: BankResonateOptions<Output>,
  ): Resonated<Output> {
    const { hopLength, output, out, channel } = check.readOptions(options, resonateOptions);
    this.#channel(channel);
    check.float32Array('signal', signal);
    const shape: [number, number] = [this.length, this.frameCount(signal.length, hopLength, channel)];
    const { result, re, im } = resultOf(output, shape, out, { signal });
    const index = resonatorOutputs.indexOf(output);
    native.resonatorResonate(this.#handle, channel, signal, hopLength, index, re, im);
    this.#positions[channel]! += signal.length;
    return result as Resonated<Output>;
  }

  /** Frames that `resonate` would give for the next `samples` samples. */
  frameCount(samples: number, hopLength: number, channel = 0): number {
    const position = this.position(channel);
    return Math.floor((position + samples) / hopLength) - Math.floor(position / hopLength);
  }

  /** The complex state of each resonator at the last sample, into `out` or new arrays. */
  complex(out?: { re: Float32Array; im: Float32Array }, channel = 0): { re: Float32Array; im: Float32Array } {
    const result = out ?? { re: new Float32Array(this.length), im: new Float32Array(this.length) };
    this.#rowRule.read(result.re, 'out.re');
    this.#rowRule.read(result.im, 'out.im');
    check.noOverlap({ 'out.re': result.re, 'out.im': result.im });
    native.resonatorRead(this.#handle, this.#channel(channel), 0, result.re, result.im);
    return result;
  }

  /** The complex state of each resonator at the last sample, real and imaginary part in turn: `2 * length` values. */
  interleaved(out?: Float32Array, channel = 0): Float32Array {
    return this.#read('interleaved', out, channel);
  }

  /** The magnitude of each resonator at the last sample, into `out` or a new array. */
  magnitude(out?: Float32Array, channel = 0): Float32Array {
    return this.#read('magnitude', out, channel);
  }

  /** The power of each resonator at the last sample, into `out` or a new array. */
  power(out?: Float32Array, channel = 0): Float32Array {
    return this.#read('power', out, channel);
  }

  /** The power of each resonator at the last sample in dB, at least -100, into `out` or a new array. */
  db(out?: Float32Array, channel = 0): Float32Array {
    return this.#read('db', out, channel);
  }

  /** The phase of each resonator at the last sample in radians, -pi to pi, into `out` or a new array. */
  phase(out?: Float32Array, channel = 0): Float32Array {
    return this.#read('phase', out, channel);
  }

  /** The instantaneous frequency of each resonator at the last sample in Hz, into `out` or a new array. */
  frequency(out?: Float32Array, channel = 0): Float32Array {
    return this.#read('frequency', out, channel);
  }

  /**
   * Back to silence, with `position` samples of the stream behind it.
   *
   * To read a long signal from the middle, with the phases and frames of a reading from its start, go back by
   * `warmUpLength`, and process from there.
   *
   * @param position Samples already passed. Integer >= 0; default 0.
   * @throws TypeError, RangeError for an argument out of its range.
   * @example
   * import { midiFrequencies, ResonatorBank } from 'cochlea';
   * const y = new Float32Array(500000);
   * const bank = new ResonatorBank({ sampleRate: 44100, frequencies: midiFrequencies() });
   * const from = 400000 - bank.warmUpLength;
   * bank.reset(from);
   * bank.process(y.subarray(from, 400000));
   * const S = bank.resonate(y.subarray(400000), { hopLength: 512, output: 'db' });
   */
  reset(position = 0, channel = 0): void {
    check.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }).read(position, 'position');
    native.resonatorReset(this.#handle, this.#channel(channel), position);
    this.#positions[channel] = position;
  }

  /**
   * Changes parameters from the next sample on, for all channels, without a jump in state or phase. What is left out stays;
   * new frequencies do not bring new alphas with them. A resonator that changes costs a
   * fraction of a millisecond, together with its 127 neighbours in the list.
   *
   * @param options As many values as resonators in each list, within the bounds of {@link BankParameters}.
   * @throws TypeError, RangeError for a value out of its range; the bank is then unchanged.
   */
  retune(options: Partial<Omit<BankParameters, 'sampleRate'>>): void {
    const given = check.readOptions(options, {
      frequencies: check.optional(bankRules.frequencies),
      alphas: bankRules.alphas,
      betas: bankRules.betas,
    });
    if (given.frequencies !== undefined && given.frequencies.length !== this.length) {
      throw rangeError('frequencies', `as many values as resonators (${this.length})`, given.frequencies);
    }
    const { frequencies, alphas, betas } = resolveBank({
      sampleRate: this.sampleRate,
      frequencies: given.frequencies ?? this.#frequencies,
      alphas: given.alphas ?? this.#alphas,
      betas: given.betas ?? this.#betas,
    });
    native.resonatorRetune(this.#handle, frequencies, alphas, betas);
    this.#frequencies.set(frequencies);
    this.#alphas.set(alphas);
    this.#betas.set(betas);
  }

  /** A channel's state, position and parameters, for `restore`: numbers to keep, with no meaning promised. */
  snapshot(channel = 0): Float64Array {
    const numbers = new Float64Array(SNAPSHOT_HEADER + SNAPSHOT_BIN * this.length);
    native.resonatorSnapshot(this.#handle, this.#channel(channel), numbers);
    return numbers;
  }

  /**
   * Goes on from a snapshot, of this bank or of another with as many resonators at the same sample rate. Parameters are
   * those of the snapshot, for all channels.
   *
   * @throws TypeError, RangeError for something that is not a snapshot; the bank is then unchanged.
   */
  restore(snapshot: Float64Array, channel = 0): void {
    const numbers = check.numbers().read(snapshot, 'snapshot');
    native.resonatorRestore(this.#handle, this.#channel(channel), numbers);
    this.#positions[channel] = numbers[1]!;
    for (let k = 0; k < this.length; k++) {
      const at = SNAPSHOT_HEADER + SNAPSHOT_BIN * k;
      this.#frequencies[k] = numbers[at]!;
      this.#alphas[k] = numbers[at + 1]!;
      this.#betas[k] = numbers[at + 2]!;
    }
  }

  #channel(channel: number): number {
    return this.#channelRule.read(channel, 'channel');
  }

  #read(output: ResonatorOutput, out: Float32Array | undefined, channel: number): Float32Array {
    const rule = output === 'interleaved' ? this.#pairsRule : this.#rowRule;
    const result =
      out === undefined
        ? new Float32Array(output === 'interleaved' ? 2 * this.length : this.length)
        : rule.read(out, 'out');
    native.resonatorRead(this.#handle, this.#channel(channel), resonatorOutputs.indexOf(output), result, NONE);
    return result;
  }
}

// The layout of ResonatorBank::snapshot in native/core/resonators/resonators.cc.
const SNAPSHOT_HEADER = 68;
const SNAPSHOT_BIN = 8;

const resonateRules = { ...bankRules, ...frameRules };

export function planResonate(y: Float32Array, options: ResonateOptions): Operation<ComplexMatrix | Matrix> {
  const { hopLength, output, out, ...bank } = check.readOptions(options, resonateRules);
  const { sampleRate, frequencies, alphas, betas } = resolveBank(bank);
  check.float32Array('y', y);
  const shape: [number, number] = [frequencies.length, Math.floor(y.length / hopLength)];
  const { result, re, im } = resultOf(output, shape, out, { y });
  const index = resonatorOutputs.indexOf(output);
  return operation('resonate', [y, sampleRate, frequencies, alphas, betas, hopLength, index, re, im], result);
}

/**
 * A whole signal through a new {@link ResonatorBank}: the bank's `resonate` in one call, with a promise form.
 *
 * @param y The signal: finite samples, of any length.
 * @param options See {@link ResonateOptions}.
 * @returns `[frequencies.length, floor(y.length / hopLength)]`, complex or real by `output`: column t is the state after
 *   sample `(t + 1) * hopLength - 1`.
 * @throws TypeError, RangeError for an argument out of its range or samples that are not finite.
 * @example
 * import { midiFrequencies, resonate } from 'cochlea';
 * const y = Float32Array.from({ length: 44100 }, (_, i) => Math.sin((2 * Math.PI * 440 * i) / 44100));
 * const S = resonate(y, { sampleRate: 44100, frequencies: midiFrequencies(), hopLength: 441, output: 'magnitude' });
 * console.log(S.shape); // [ 88, 100 ]
 */
export function resonate<Output extends ResonatorOutput = 'complex'>(
  y: Float32Array,
  options: ResonateOptions<Output>,
): Resonated<Output> {
  return run(planResonate(y, options as ResonateOptions)) as Resonated<Output>;
}

/** Options of {@link equalizer}. */
export interface EqualizerOptions extends BankParameters {
  /**
   * How the power for a tone is found: `'exact'` from the bank's steady response, averaged over the tone's phase, `'sweep'` as
   * published, from a run of each tone for 40 of its time constants, whose last phase shows in the result by up to 0.6 %.
   * Default `'exact'`.
   */
  method?: 'exact' | 'sweep';
}

/**
 * Weights that make a bank's whole power equal for a tone at any of its frequencies: `0.25 / sqrt(sum)`, where the sum is the
 * steady power of all resonators for a full-scale tone at that frequency. Multiply powers by them.
 *
 * @param options See {@link EqualizerOptions}.
 * @returns A weight for each resonator.
 * @throws TypeError, RangeError for an option out of its range.
 * @see Francois's `frequencySweep`.
 * @example
 * import { equalizer, logFrequencies } from 'cochlea';
 * const weights = equalizer({ sampleRate: 44100, frequencies: logFrequencies() });
 */
export function equalizer(options: EqualizerOptions): Float64Array {
  const { method, ...given } = check.readOptions(options, {
    ...bankRules,
    method: check.withDefault(check.oneOf(['exact', 'sweep']), 'exact'),
  });
  const bank = resolveBank(given);
  const powers = method === 'exact' ? steadyPowers(bank) : sweptPowers(bank);
  return powers.map((power) => 0.25 / Math.sqrt(power));
}

/** The whole power of the bank for a tone at each of its frequencies, averaged over the tone's phase. */
function steadyPowers({ sampleRate, frequencies, alphas, betas }: ReturnType<typeof resolveBank>): Float64Array {
  // |alpha / (1 - (1 - alpha) e^(i angle))|^2 without the cancellation near angle 0.
  const gain = (alpha: number, angle: number) => alpha ** 2 / (alpha ** 2 + 4 * (1 - alpha) * Math.sin(angle / 2) ** 2);
  return frequencies.map((f) =>
    frequencies.reduce((sum, g, j) => {
      const [alpha, beta] = [alphas[j]!, betas[j]!];
      // A real tone is half a phasor at f and half one at -f.
      const angles = [f - g, -f - g].map((offset) => (2 * Math.PI * offset) / sampleRate);
      return sum + angles.reduce((part, angle) => part + (gain(alpha, angle) * gain(beta, angle)) / 4, 0);
    }, 0),
  );
}

/** The same at the end of a tone that lasts 40 time constants of the resonator there. */
function sweptPowers(parameters: ReturnType<typeof resolveBank>): Float64Array {
  const { sampleRate, frequencies, alphas } = parameters;
  const bank = new ResonatorBank(parameters);
  return frequencies.map((f, k) => {
    bank.reset();
    const length = Math.max(1, Math.round(-40 / Math.log1p(-alphas[k]!)));
    const block = 1 << 16;
    for (let start = 0; start < length; start += block) {
      const samples = Math.min(block, length - start);
      bank.process(
        Float32Array.from({ length: samples }, (_, i) => Math.cos(2 * Math.PI * (((start + i) * f) / sampleRate))),
      );
    }
    return bank.power().reduce((sum, power) => sum + power, 0);
  });
}
