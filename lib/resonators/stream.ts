import { Transform, type TransformCallback } from 'node:stream';
import { types } from 'node:util';
import * as check from '../runtime/check.js';
import { typeError } from '../runtime/errors.js';
import type { ComplexMatrix, Matrix } from '../runtime/matrix.js';
import { allocate } from '../runtime/memory.js';
import { ResonatorBank, type ResonatorBankOptions } from './bank.js';
import { hopLengthRule, outputRule, type ResonatorOutput } from './outputs.js';
import { type BankParameters, bankRules } from './parameters.js';

/** Options of {@link ResonatorStream}. */
export interface ResonatorStreamOptions<Output extends ResonatorOutput = ResonatorOutput> extends BankParameters {
  /** Samples from one frame to the next. Integer >= 1. */
  hopLength: number;
  /** What a frame holds. Default `'magnitude'`. */
  output?: Output;
}

/** A frame: a value per resonator, two if interleaved; for `'complex'` two arrays of a value each. */
export type ResonatorFrame<Output extends ResonatorOutput> = Output extends 'complex'
  ? { re: Float32Array; im: Float32Array }
  : Float32Array;

const rules = { ...bankRules, hopLength: hopLengthRule, output: check.withDefault(outputRule, 'magnitude') };

/** Cuts a stream of samples, which may come as bytes, into frames. */
class Framer<Output extends ResonatorOutput> {
  readonly #bank: ResonatorBank;
  readonly #frame: { hopLength: number; output: ResonatorOutput };
  #rest: Buffer = Buffer.alloc(0);

  constructor(options: ResonatorStreamOptions<Output>) {
    const { hopLength, output, ...bank } = check.readOptions(options, rules);
    this.#bank = new ResonatorBank(bank as ResonatorBankOptions);
    this.#frame = { hopLength, output };
  }

  *frames(chunk: unknown): Generator<ResonatorFrame<Output>> {
    const result: Matrix | ComplexMatrix = this.#bank.resonate(this.#samples(chunk), this.#frame);
    const [bins, columns] = result.shape;
    const width = this.#frame.output === 'interleaved' ? 2 : 1;
    const column = (data: Float32Array, t: number) => {
      const values = allocate(Float32Array, width * bins);
      for (let i = 0; i < values.length; i++) values[i] = data[Math.floor(i / width) * columns + t + (i % width)]!;
      return values;
    };
    for (let t = 0; t < columns; t += width) {
      const frame = 'data' in result ? column(result.data, t) : { re: column(result.re, t), im: column(result.im, t) };
      yield frame as ResonatorFrame<Output>;
    }
  }

  /** Throws if the stream ended within a sample. */
  end(): void {
    const left = this.#rest.length;
    if (left > 0) throw typeError('samples', 'whole 32-bit floats', `${left} bytes more`);
  }

  #samples(chunk: unknown): Float32Array {
    if (!types.isUint8Array(chunk)) return chunk as Float32Array; // which resonate() checks
    const bytes = Buffer.concat([this.#rest, chunk]);
    const samples = allocate(Float32Array, Math.floor(bytes.length / 4));
    for (let i = 0; i < samples.length; i++) samples[i] = bytes.readFloatLE(4 * i);
    this.#rest = bytes.subarray(4 * samples.length);
    return samples;
  }
}

/**
 * A stream of samples in, a stream of frames out, with the stream's own back-pressure: a `Transform`, and so an async
 * iterator over frames as well.
 *
 * Takes mono samples, as `Float32Array`s or as bytes: 32-bit little-endian floats, cut anywhere, as `ffmpeg -f f32le`
 * writes them. Gives a {@link ResonatorFrame} for each hop. Bytes of an unfinished sample at the end are an error; samples
 * after the last hop are dropped.
 *
 * @example
 * import { Readable } from 'node:stream';
 * import { midiFrequencies, ResonatorStream } from 'cochlea';
 * const frames = new ResonatorStream({ sampleRate: 48000, frequencies: midiFrequencies(), hopLength: 480 });
 * Readable.from([new Float32Array(960), new Float32Array(960)]).pipe(frames);
 * for await (const magnitudes of frames) console.log(magnitudes.length); // 88
 */
export class ResonatorStream extends Transform {
  readonly #framer: Framer<ResonatorOutput>;

  /** @throws TypeError, RangeError for an option out of its range. */
  constructor(options: ResonatorStreamOptions) {
    super({ objectMode: true });
    this.#framer = new Framer(options);
  }

  override _transform(chunk: unknown, _encoding: BufferEncoding, done: TransformCallback): void {
    try {
      for (const frame of this.#framer.frames(chunk)) this.push(frame);
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  override _flush(done: TransformCallback): void {
    try {
      this.#framer.end();
      done();
    } catch (error) {
      done(error as Error);
    }
  }
}

/**
 * The frames of a source of samples, one by one: a {@link ResonatorStream} for a loop, without Node's streams. Reads on only
 * when the next frame is asked for.
 *
 * @param source Anything that can be iterated: an array, a generator, a stream; of `Float32Array`s or bytes.
 * @param options See {@link ResonatorStreamOptions}.
 * @returns An async iterator over frames.
 * @throws TypeError, RangeError for an option out of its range, at once; for bad samples, when they are reached.
 * @example
 * import { midiFrequencies, resonatorFrames } from 'cochlea';
 * const blocks = [new Float32Array(960), new Float32Array(960)];
 * const options = { sampleRate: 48000, frequencies: midiFrequencies(), hopLength: 480, output: 'db' };
 * for await (const levels of resonatorFrames(blocks, options)) console.log(levels.length); // 88
 */
export function resonatorFrames<Output extends ResonatorOutput = 'magnitude'>(
  source: Iterable<Float32Array | Uint8Array> | AsyncIterable<Float32Array | Uint8Array>,
  options: ResonatorStreamOptions<Output>,
): AsyncGenerator<ResonatorFrame<Output>, void, undefined> {
  const framer = new Framer<Output>(options);
  return (async function* () {
    for await (const chunk of source) yield* framer.frames(chunk);
    framer.end();
  })();
}
