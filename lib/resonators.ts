import type { ResonatorBankHandle } from '../binding.js';
import * as check from './check.js';
import { rangeError } from './errors.js';
import { type ComplexMatrix, complexMatrix, complexMatrixRule, type Matrix, matrix, matrixRule } from './matrix.js';
import { native } from './native.js';
import { type Operation, operation, run } from './operation.js';

/** In the order of `ResonatorOutput` in native/core/resonators.h. */
export const resonatorOutputs = ['complex', 'magnitude', 'power', 'db', 'phase', 'frequency'] as const;

/**
 * What a resonator's state is read as. A tone of amplitude A at the resonator's frequency gives: `'complex'`: A/2 at the
 * tone's phase. `'magnitude'`: A/2. `'power'`: A²/4. `'db'`: ten times the logarithm of the power, at least -100.
 * `'phase'`: the angle of the complex value, -pi to pi. `'frequency'`: the instantaneous frequency in Hz, from the turn of
 * the complex value over the last sample; the resonator's own while it is silent.
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

export interface ResonatorBankOptions {
  /** Samples per second. Number > 0. */
  sampleRate: number;
  /** The resonators' frequencies in Hz, each > 0 and < `sampleRate / 2`, in any order. */
  frequencies: PerResonator;
  /** The resonators' smoothing factors, each > 0 and <= 1. Default {@link heuristicAlphas}. */
  alphas?: PerResonator;
  /** The smoothing factors of the second stage, each > 0 and <= 1; 1 switches it off. Default `alphas`. */
  betas?: PerResonator;
}

const bankRules = {
  sampleRate: sampleRateRule,
  frequencies: check.required(check.numbers({ above: 0 })),
  alphas: check.optional(smoothing),
  betas: check.optional(smoothing),
};

function resolveBank({ sampleRate, frequencies, ...given }: check.Values<typeof bankRules>) {
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
export interface BankResonateOptions<Output extends ResonatorOutput = 'complex'> extends FrameOptions<Output> {}

/** Options of {@link resonate}. */
export interface ResonateOptions<Output extends ResonatorOutput = ResonatorOutput>
  extends FrameOptions<Output>,
    ResonatorBankOptions {}

/** The result for that output. */
export type Resonated<Output extends ResonatorOutput> = Output extends 'complex' ? ComplexMatrix : Matrix;

const outputRule = check.withDefault(check.oneOf(resonatorOutputs), 'complex');
const frameRules = {
  hopLength: check.required(check.integer({ min: 1 })),
  output: outputRule,
  out: { read: (value: unknown) => value },
};

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
  const result = matrix(shape, check.optional(matrixRule).read(out, 'out'));
  check.noOverlap({ ...signal, 'out.data': result.data });
  return { result, re: result.data, im: NONE };
}

/**
 * A bank of resonators: a spectral analyser that takes a stream sample by sample and has, per frequency, the time constant
 * that suits it.
 *
 * Each resonator shifts its frequency to zero and smooths, twice, with an exponential window. The numbers do not depend on
 * the chunks in which samples arrive, and do not drift: the complex output is right after hours. Everything is allocated
 * at construction. Methods are synchronous; a bank belongs to one signal.
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
  readonly #frequencies: Float64Array;
  readonly #alphas: Float64Array;
  readonly #betas: Float64Array;
  readonly #handle: ResonatorBankHandle;
  #position = 0;

  /** @throws TypeError, RangeError for an option out of its range or lists of different lengths. */
  constructor(options: ResonatorBankOptions) {
    const { sampleRate, frequencies, alphas, betas } = resolveBank(check.readOptions(options, bankRules));
    this.sampleRate = sampleRate;
    this.length = frequencies.length;
    this.#frequencies = frequencies;
    this.#alphas = alphas;
    this.#betas = betas;
    this.#handle = native.resonatorBank(sampleRate, frequencies, alphas, betas, 1);
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

  /** Samples processed since construction or `reset()`. */
  get position(): number {
    return this.#position;
  }

  /**
   * Processes samples; read the result with `complex()`, `magnitude()` and the like.
   *
   * @param samples Any number of finite samples.
   * @throws TypeError, RangeError for something else; the bank is then unchanged.
   */
  process(samples: Float32Array): void {
    native.resonatorProcess(this.#handle, 0, check.float32Array('samples', samples));
    this.#position += samples.length;
  }

  /**
   * Processes a signal and reads every resonator at the last sample of each hop.
   *
   * Frames stand at the multiples of `hopLength` samples since construction or `reset()`, so that a signal in chunks of any
   * length gives the frames of the whole: samples after the last frame are processed and count towards the next.
   *
   * @param signal Any number of finite samples.
   * @param options See {@link BankResonateOptions}.
   * @returns `[length, frames]`, complex or real by `output`; see `frameCount`.
   * @throws TypeError, RangeError for an argument out of its range or samples that are not finite; the bank is then
   *   unchanged.
   */
  resonate<Output extends ResonatorOutput = 'complex'>(
    signal: Float32Array,
    options: BankResonateOptions<Output>,
  ): Resonated<Output> {
    const { hopLength, output, out } = check.readOptions(options, frameRules);
    check.float32Array('signal', signal);
    const shape: [number, number] = [this.length, this.frameCount(signal.length, hopLength)];
    const { result, re, im } = resultOf(output, shape, out, { signal });
    native.resonatorResonate(this.#handle, 0, signal, hopLength, resonatorOutputs.indexOf(output), re, im);
    this.#position += signal.length;
    return result as Resonated<Output>;
  }

  /** Frames that `resonate` would give for the next `samples` samples. */
  frameCount(samples: number, hopLength: number): number {
    return Math.floor((this.#position + samples) / hopLength) - Math.floor(this.#position / hopLength);
  }

  /** The complex state of each resonator at the last sample, into `out` or new arrays. */
  complex(out?: { re: Float32Array; im: Float32Array }): { re: Float32Array; im: Float32Array } {
    const result = out ?? { re: new Float32Array(this.length), im: new Float32Array(this.length) };
    const plane = check.floats(this.length);
    plane.read(result.re, 'out.re');
    plane.read(result.im, 'out.im');
    check.noOverlap({ 'out.re': result.re, 'out.im': result.im });
    native.resonatorRead(this.#handle, 0, 0, result.re, result.im);
    return result;
  }

  /** The magnitude of each resonator at the last sample, into `out` or a new array. */
  magnitude(out?: Float32Array): Float32Array {
    return this.#read('magnitude', out);
  }

  /** The power of each resonator at the last sample, into `out` or a new array. */
  power(out?: Float32Array): Float32Array {
    return this.#read('power', out);
  }

  /** The power of each resonator at the last sample in dB, at least -100, into `out` or a new array. */
  db(out?: Float32Array): Float32Array {
    return this.#read('db', out);
  }

  /** The phase of each resonator at the last sample in radians, -pi to pi, into `out` or a new array. */
  phase(out?: Float32Array): Float32Array {
    return this.#read('phase', out);
  }

  /** The instantaneous frequency of each resonator at the last sample in Hz, into `out` or a new array. */
  frequency(out?: Float32Array): Float32Array {
    return this.#read('frequency', out);
  }

  /** Back to silence and to position 0. */
  reset(): void {
    native.resonatorReset(this.#handle, 0);
    this.#position = 0;
  }

  #read(output: ResonatorOutput, out: Float32Array | undefined): Float32Array {
    const result = out === undefined ? new Float32Array(this.length) : check.floats(this.length).read(out, 'out');
    native.resonatorRead(this.#handle, 0, resonatorOutputs.indexOf(output), result, NONE);
    return result;
  }
}

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
