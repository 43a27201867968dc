import { Transform, type TransformCallback } from 'node:stream';
import { types } from 'node:util';
import { typeError } from './errors.js';
import { type PerResonator, ResonatorBank, type ResonatorBankOptions, type ResonatorOutput } from './resonators.js';

/** Options of {@link ResonatorStream}. */
export interface ResonatorStreamOptions extends Omit<ResonatorBankOptions, 'channels'> {
  /** The resonators' frequencies in Hz. */
  frequencies: PerResonator;
  /** Samples from one frame to the next. Integer >= 1. */
  hopLength: number;
  /** What a frame holds. Default `'magnitude'`. */
  output?: Exclude<ResonatorOutput, 'complex'>;
}

/**
 * A stream of samples in, a stream of frames out, with the stream's own back-pressure: a `Transform`, and so an async
 * iterator over frames as well.
 *
 * Takes mono samples, as `Float32Array`s or as bytes: 32-bit little-endian floats, cut anywhere, as `ffmpeg -f f32le`
 * writes them. Gives a `Float32Array` with a value per resonator for each hop. Bytes of an unfinished sample at the end are
 * an error; samples after the last hop are dropped.
 *
 * @example
 * import { Readable } from 'node:stream';
 * import { midiFrequencies, ResonatorStream } from 'cochlea';
 * const frames = new ResonatorStream({ sampleRate: 48000, frequencies: midiFrequencies(), hopLength: 480 });
 * Readable.from([new Float32Array(960), new Float32Array(960)]).pipe(frames);
 * for await (const magnitudes of frames) console.log(magnitudes.length); // 88
 */
export class ResonatorStream extends Transform {
  readonly #bank: ResonatorBank;
  readonly #frame: { hopLength: number; output: Exclude<ResonatorOutput, 'complex'> };
  #rest: Buffer = Buffer.alloc(0);

  /** @throws TypeError, RangeError for an option out of its range. */
  constructor(options: ResonatorStreamOptions) {
    super({ objectMode: true });
    const { hopLength, output = 'magnitude', ...bank } = options ?? {};
    this.#bank = new ResonatorBank(bank as ResonatorBankOptions);
    this.#frame = { hopLength, output };
    // Checks both.
    this.#bank.resonate(new Float32Array(0), this.#frame);
  }

  override _transform(chunk: unknown, _encoding: BufferEncoding, done: TransformCallback): void {
    try {
      const { data, shape } = this.#bank.resonate(this.#samples(chunk), this.#frame);
      const [bins, frames] = shape;
      for (let t = 0; t < frames; t++) {
        const frame = new Float32Array(bins);
        for (let k = 0; k < bins; k++) frame[k] = data[k * frames + t]!;
        this.push(frame);
      }
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  override _flush(done: TransformCallback): void {
    const left = this.#rest.length;
    done(left === 0 ? null : typeError('samples', 'whole 32-bit floats', `${left} bytes more`));
  }

  #samples(chunk: unknown): Float32Array {
    if (!types.isUint8Array(chunk)) return chunk as Float32Array; // which resonate() checks
    const bytes = Buffer.concat([this.#rest, chunk]);
    const samples = new Float32Array(bytes.length >> 2);
    for (let i = 0; i < samples.length; i++) samples[i] = bytes.readFloatLE(4 * i);
    this.#rest = bytes.subarray(4 * samples.length);
    return samples;
  }
}
