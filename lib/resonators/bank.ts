import type { ResonatorBankHandle } from '../../binding.js';
import * as check from '../runtime/check.js';
import { typeError } from '../runtime/errors.js';
import { allocate } from '../runtime/memory.js';
import { native } from '../runtime/native.js';
import {
  countHops,
  type HopOptions,
  hopRules,
  NONE,
  type Resonated,
  type ResonatorOutput,
  resonatedInto,
} from './outputs.js';
import { type BankParameters, bankRules, checkCounts, resolveBank } from './parameters.js';

/** Options of {@link ResonatorBank}. */
export interface ResonatorBankOptions extends BankParameters {
  /** How many signals the bank follows at once, each with a state of its own. Integer, 1 to 1024; default 1. */
  channels?: number;
}

/** Options of {@link ResonatorBank.resonate}. */
export interface BankResonateOptions<Output extends ResonatorOutput = 'complex'> extends HopOptions<Output> {
  /** Which of the bank's signals this is. Integer, 0 to `channels - 1`; default 0. */
  channel?: number;
}

// Half of what a number counts exactly, so that a stream from there never comes to the end of that.
const positionRule = check.integer({ min: 0, max: 2 ** 52 });

const resonateRules = { ...hopRules, channel: check.withDefault(check.integer({ min: 0 }), 0) };

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
    const bank = resolveBank(given);
    const { sampleRate, frequencies } = bank;
    this.sampleRate = sampleRate;
    this.length = frequencies.length;
    this.channels = channels;
    this.#positions = new Float64Array(channels);
    this.#channelRule = check.integer({ min: 0, max: channels - 1 });
    this.#rowRule = check.floats(frequencies.length);
    this.#pairsRule = check.floats(2 * frequencies.length);
    this.#handle = native.resonatorBank(bank, channels);
  }

  /** The resonators' frequencies in Hz; a copy. */
  get frequencies(): Float64Array {
    return this.#parameters().frequencies;
  }

  /** The smoothing factors of the first stage; a copy. */
  get alphas(): Float64Array {
    return this.#parameters().alphas;
  }

  /** The smoothing factors of the second stage; a copy. */
  get betas(): Float64Array {
    return this.#parameters().betas;
  }

  /**
   * Samples after which the slowest resonator has forgotten how it began: five of its time constants, rounded up. Its two
   * stages then hold 96 % of a steady tone.
   */
  get warmUpLength(): number {
    const { alphas, betas } = this.#parameters();
    const smaller = (a: number, b: number) => Math.min(a, b);
    const slowest = betas.reduce(smaller, alphas.reduce(smaller));
    return slowest === 1 ? 1 : Math.ceil(-5 / Math.log1p(-slowest));
  }

  /** Samples processed since construction or `reset()`, and those that `reset()` put behind the channel. */
  position(channel = 0): number {
    native.resonatorPositions(this.#handle, this.#positions);
    return this.#positions[this.#channel(channel)]!;
  }

  /**
   * Processes samples; read the result with `complex()`, `magnitude()` and the like.
   *
   * @param samples Any number of samples from -1e18 to 1e18.
   * @throws TypeError, RangeError for something else; the bank is then unchanged.
   */
  process(samples: Float32Array, channel = 0): void {
    native.resonatorProcess(this.#handle, this.#channel(channel), check.float32Array('samples', samples));
  }

  /**
   * Processes a signal and reads every resonator at the last sample of each hop.
   *
   * Frames stand at the multiples of `hopLength` samples since construction or `reset()`, so that a signal in chunks of any
   * length gives the frames of the whole: samples after the last frame are processed and count towards the next.
   *
   * @param signal Any number of samples from -1e18 to 1e18.
   * @param options See {@link BankResonateOptions}.
   * @returns `[length, frames]`, complex or real by `output`, `[length, 2 * frames]` interleaved; see `frameCount`.
   * @throws TypeError, RangeError for an argument out of its range or samples that are not finite or beyond
   *   1e18; the bank is then unchanged.
   */
  resonate<Output extends ResonatorOutput = 'complex'>(
    signal: Float32Array,
    options: BankResonateOptions<Output>,
  ): Resonated<Output> {
    const { hopLength, output, out, channel } = check.readOptions(options, resonateRules);
    this.#channel(channel);
    check.float32Array('signal', signal);
    const shape: [number, number] = [this.length, this.frameCount(signal.length, hopLength, channel)];
    const { result, re, im } = resonatedInto(output, shape, out, { signal });
    native.resonatorResonate(this.#handle, channel, signal, hopLength, output, re, im);
    return result as Resonated<Output>;
  }

  /**
   * Frames that `resonate` would give for the next `samples` samples.
   *
   * @throws TypeError, RangeError for a number of samples that is no integer >= 0, or a hop that is no integer >= 1.
   */
  frameCount(samples: number, hopLength: number, channel = 0): number {
    return countHops(this.position(channel), samples, hopLength);
  }

  /** The complex state of each resonator at the last sample, into `out` or new arrays. */
  complex(out?: { re: Float32Array; im: Float32Array }, channel = 0): { re: Float32Array; im: Float32Array } {
    if (out === null) throw typeError('out', 'an object { re, im }', out);
    const result = out ?? { re: allocate(Float32Array, this.length), im: allocate(Float32Array, this.length) };
    this.#rowRule.read(result.re, 'out.re');
    this.#rowRule.read(result.im, 'out.im');
    check.noOverlap({}, { 'out.re': result.re, 'out.im': result.im });
    native.resonatorRead(this.#handle, this.#channel(channel), 'complex', result.re, result.im);
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
   * @param position Samples already passed. Integer, 0 to 2^52, which is 2,900 years at 48 kHz; default 0.
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
    positionRule.read(position, 'position');
    native.resonatorReset(this.#handle, this.#channel(channel), position);
  }

  /**
   * Changes parameters from the next sample on, for all channels, without a jump in state or phase. What is left out stays;
   * new frequencies do not bring new alphas with them. A resonator that changes costs a fraction of a millisecond, together
   * with its 127 neighbours in the list.
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
    checkCounts({ frequencies: given.frequencies }, this.length, 'resonators');
    const present = this.#parameters();
    const parameters = resolveBank({
      sampleRate: this.sampleRate,
      frequencies: given.frequencies ?? present.frequencies,
      alphas: given.alphas ?? present.alphas,
      betas: given.betas ?? present.betas,
    });
    native.resonatorRetune(this.#handle, parameters);
  }

  /** A channel's state, position and parameters, for `restore`: numbers to keep, with no meaning promised. */
  snapshot(channel = 0): Float64Array {
    const size = new Float64Array(1);
    native.resonatorSnapshotSize(this.#handle, size);
    const numbers = allocate(Float64Array, size[0]!);
    native.resonatorSnapshot(this.#handle, this.#channel(channel), numbers);
    return numbers;
  }

  /**
   * Goes on from a snapshot, of this bank or of another with as many resonators at the same sample rate. Parameters are
   * those of the snapshot, for all channels. A snapshot of an earlier version of this library may be refused.
   *
   * @throws TypeError, RangeError for something that is not a snapshot; the bank is then unchanged.
   */
  restore(snapshot: Float64Array, channel = 0): void {
    const numbers = check.numbers().read(snapshot, 'snapshot');
    native.resonatorRestore(this.#handle, this.#channel(channel), numbers);
  }

  #parameters() {
    const frequencies = allocate(Float64Array, this.length);
    const alphas = allocate(Float64Array, this.length);
    const betas = allocate(Float64Array, this.length);
    native.resonatorParameters(this.#handle, frequencies, alphas, betas);
    return { frequencies, alphas, betas };
  }

  #channel(channel: number): number {
    return this.#channelRule.read(channel, 'channel');
  }

  #read(output: ResonatorOutput, out: Float32Array | undefined, channel: number): Float32Array {
    const rule = output === 'interleaved' ? this.#pairsRule : this.#rowRule;
    const result =
      out === undefined
        ? allocate(Float32Array, output === 'interleaved' ? 2 * this.length : this.length)
        : rule.read(out, 'out');
    native.resonatorRead(this.#handle, this.#channel(channel), output, result, NONE);
    return result;
  }
}
