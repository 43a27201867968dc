import type { CqtStreamHandle } from '../../binding.js';
import * as check from '../runtime/check.js';
import { rangeError, typeError } from '../runtime/errors.js';
import type { ComplexMatrix, Matrix } from '../runtime/matrix.js';
import { allocate } from '../runtime/memory.js';
import { native } from '../runtime/native.js';
import { constantQ, filterRules, gammaRule, gridRules, measure, transformSize } from './constant-q.js';
import type { VqtOptions } from './cqt.js';
import { intervalsRule } from './intervals.js';

/** What the columns of a `CqtStream` hold. */
export type CqtStreamOutput = 'complex' | 'magnitude';

/** Options of `CqtStream`. */
export interface CqtStreamOptions<Output extends CqtStreamOutput = CqtStreamOutput>
  extends Omit<VqtOptions, 'tuning' | 'padMode' | 'out'> {
  /** Deviation from A4 = 440 Hz in fractions of a bin. Default 0. */
  tuning?: number;
  /** Bandwidth added to every filter, Hz. >= 0, null: as the ear's (ERB). Default 0: constant Q. */
  gamma?: number | null;
  /** What the columns hold. Default `'complex'`. */
  output?: Output;
}

type Columns<Output> = Output extends 'magnitude' ? Matrix : ComplexMatrix;

const rules = {
  ...filterRules,
  tuning: check.withDefault(check.number(), 0),
  gamma: check.nullable(gammaRule, 0),
  intervals: check.withDefault(intervalsRule, 'equal'),
  hopLength: gridRules.hopLength,
  scale: gridRules.scale,
  output: check.withDefault(check.oneOf(['complex', 'magnitude']), 'complex'),
};

/** Values that wait for others: 16 bytes each, half a GB. */
const MOST_WAITING = 2 ** 25;

const none = new Float32Array(0);

/**
 * Constant-Q (or variable-Q) transform of a signal that comes in blocks of any length: the columns of {@link cqt} (or `vqt`),
 * each as soon as the samples of its longest filter are there.
 *
 * All columns, from the first to those of `flush`, are those of the whole signal padded with zeros, within 1e-6 of the
 * largest value. Everything is allocated at construction; `process` and `flush` with `out` allocate nothing but views.
 *
 * @throws TypeError, RangeError for an option out of its range, for filters above the Nyquist frequency, and for more columns
 *   to wait for the longest filter than memory should hold.
 * @example
 * import { CqtStream } from 'cochlea';
 * const stream = new CqtStream({ sampleRate: 22050, fmin: 110, nBins: 60, output: 'magnitude' });
 * const columns = [new Float32Array(20000), new Float32Array(2050)].map((x) => stream.process(x).shape[1]);
 * columns.push(stream.flush().shape[1]);
 * console.log(stream.latency, columns); // 4958 [ 30, 4, 10 ]
 */
export class CqtStream<Output extends CqtStreamOutput = 'complex'> {
  readonly #handle: CqtStreamHandle;
  readonly #counts = new Int32Array(2);
  readonly #magnitude: boolean;
  /** Rows of the result. */
  readonly nBins: number;
  /** Column t comes with the block that completes `t * hopLength + latency` samples. */
  readonly latency: number;

  /** @param options See {@link CqtStreamOptions}; `sampleRate` is required. */
  constructor(options: CqtStreamOptions<Output>) {
    const given = check.readOptions(options, rules);
    const spec = constantQ(given, { ...given, padMode: 'constant' });
    const { lengths } = measure(spec, 'full', 0);
    // Columns wait until the filter of the lowest octave has its samples.
    const waiting = (given.nBins * transformSize(lengths)) / (2 * given.hopLength);
    if (waiting > MOST_WAITING) {
      const expected = `a hop at which at most ${MOST_WAITING} values wait for the longest filter, not ${Math.round(waiting)}`;
      throw rangeError('hopLength', expected, given.hopLength);
    }
    this.nBins = given.nBins;
    this.#magnitude = given.output === 'magnitude';
    this.#handle = native.cqtStream(spec, this.#magnitude);
    native.cqtStreamLimits(this.#handle, 0, this.#counts);
    this.latency = this.#counts[1]!;
  }

  /** The most columns that `process` returns for `length` samples; for 0, the most that `flush` returns. */
  maxColumns(length: number): number {
    native.cqtStreamLimits(this.#handle, check.integer({ min: 0 }).read(length, 'length'), this.#counts);
    return this.#counts[0]!;
  }

  /**
   * Takes any number of samples and returns the columns that they complete, possibly none.
   *
   * @param x Finite samples.
   * @param out Room for the result: planes of at least `nBins * maxColumns(x.length)` values, of any length for an empty
   *   block; their shape is not looked at. The result is then views of their beginnings.
   * @returns `[nBins, columns]`.
   * @throws TypeError, RangeError for samples that are not finite, or an `out` that is too small or overlaps x.
   */
  process(x: Float32Array, out?: Columns<Output>): Columns<Output> {
    const { length } = check.float32Array('x', x);
    // No samples complete no column, and need no room.
    const room = length === 0 ? 0 : this.nBins * this.maxColumns(length);
    return this.#columns(room, x, out, (re, im) => {
      this.#counts[0] = 0;
      if (length > 0) native.cqtStreamPush(this.#handle, x, re, im, this.#counts);
    });
  }

  /**
   * The columns that are left when the signal ends here, none if there was no sample. The next `process` begins a new signal.
   *
   * @param out As for `process`, of `nBins * maxColumns(0)` values.
   */
  flush(out?: Columns<Output>): Columns<Output> {
    const room = this.nBins * this.maxColumns(0);
    return this.#columns(room, none, out, (re, im) => native.cqtStreamFinish(this.#handle, re, im, this.#counts));
  }

  /** Forgets the signal so far. */
  reset(): void {
    native.cqtStreamReset(this.#handle);
  }

  #columns(
    room: number,
    x: Float32Array,
    out: Columns<Output> | undefined,
    fill: (re: Float32Array, im: Float32Array) => void,
  ): Columns<Output> {
    if (out !== undefined && !check.isOptions(out)) {
      throw typeError('out', this.#magnitude ? 'an object { data }' : 'an object { re, im }', out);
    }
    const plane = (name: 're' | 'im' | 'data') => {
      if (out === undefined) return allocate(Float32Array, room);
      const given = check.float32Array(`out.${name}`, (out as unknown as Record<string, unknown>)[name]);
      if (given.length < room) throw rangeError(`out.${name}`, `a Float32Array of length >= ${room}`, given);
      return given;
    };
    const re = plane(this.#magnitude ? 'data' : 're');
    const im = this.#magnitude ? none : plane('im');
    check.noOverlap({ x }, { [this.#magnitude ? 'out.data' : 'out.re']: re, 'out.im': im });
    fill(re, im);
    const columns = this.#counts[0]!;
    const size = this.nBins * columns;
    const taken = (given: Float32Array) => (out === undefined ? given.slice(0, size) : given.subarray(0, size));
    const shape = [this.nBins, columns];
    return (this.#magnitude ? { data: taken(re), shape } : { re: taken(re), im: taken(im), shape }) as Columns<Output>;
  }
}
