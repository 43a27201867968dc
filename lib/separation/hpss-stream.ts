import type { HpssStreamHandle } from '../../binding.js';
import * as check from '../runtime/check.js';
import { rangeError, typeError } from '../runtime/errors.js';
import { allocate } from '../runtime/memory.js';
import { native } from '../runtime/native.js';
import { type FrameOptions, frameRules, resolveFrames } from '../spectrum/stft.js';
import { type Parts, type SeparationOptions, separationParameters, separationRules } from './hpss.js';

/** Options of `HpssStream`: the separation's and the transform's; frames are centred and padded with zeros. */
export interface HpssStreamOptions extends SeparationOptions, Omit<FrameOptions, 'center' | 'padMode'> {}

/** Of the frames that a stream keeps: as many as the harmonic median is long, complex and as magnitudes. */
const MAX_STREAM_BYTES = 2 ** 30;

function checkMemory(nFft: number, kernelSize: readonly [harmonic: number, percussive: number]): void {
  const [length] = kernelSize;
  const bytes = 12 * (Math.floor(nFft / 2) + 1) * length;
  if (bytes > MAX_STREAM_BYTES) {
    const most = Math.floor((length * MAX_STREAM_BYTES) / bytes);
    const expected = `a harmonic length <= ${most} for nFft ${nFft}, which keeps so many frames in 1 GB`;
    throw rangeError('kernelSize', expected, length);
  }
}

/** Both parts of a result: those of `out`, if their length fits, or new ones. */
function rooms(length: number, out: Parts<Float32Array> | undefined): Parts<Float32Array> {
  if (out === undefined)
    return { harmonic: allocate(Float32Array, length), percussive: allocate(Float32Array, length) };
  if (out === null || typeof out !== 'object') throw typeError('out', 'an object { harmonic, percussive }', out);
  const room = (name: keyof Parts<never>) => {
    const part = check.float32Array(`out.${name}`, out[name]);
    if (part.length !== length) throw rangeError(`out.${name}`, `a Float32Array of length ${length}`, part);
    return part;
  };
  return { harmonic: room('harmonic'), percussive: room('percussive') };
}

const { center: _center, padMode: _padMode, ...streamFrameRules } = frameRules;
const streamRules = { ...separationRules, ...streamFrameRules };

/**
 * Harmonic/percussive separation of a signal that comes in blocks of any length.
 *
 * What goes in comes out `latency` samples later, in two parts, with the numbers of {@link hpss}; only where the end of
 * the signal would show do they differ, as if silence followed. Frames are worked on sixteen at a time, so a call either
 * copies or does the work for sixteen. Everything is allocated at construction; `process` with `out` allocates nothing.
 *
 * @example
 * import { HpssStream } from 'cochlea';
 * const stream = new HpssStream({ nFft: 1024, kernelSize: [17, 31] });
 * const { harmonic, percussive } = stream.process(new Float32Array(4096));
 * console.log(harmonic.length, percussive.length, stream.latency); // 4096 4096 6912
 */
export class HpssStream {
  readonly #handle: HpssStreamHandle;
  /** Whether a sample has come since the start. */
  #started = false;
  /** Samples from the input to the same sample in the outputs: `nFft + (floor((kernelSize - 1) / 2) + 15) * hopLength`. */
  readonly latency: number;

  /**
   * @param options See {@link HpssStreamOptions}. `hopLength` may not exceed `nFft`.
   * @throws TypeError, RangeError for an option out of its range.
   */
  constructor(options?: HpssStreamOptions) {
    const given = check.readOptions(options, streamRules);
    const frames = resolveFrames({ ...given, center: true, padMode: 'constant' });
    const { nFft, hopLength } = frames;
    if (hopLength > nFft) throw rangeError('hopLength', `an integer >= 1 and <= nFft (${nFft})`, hopLength);
    checkMemory(nFft, given.kernelSize);
    this.#handle = native.hpssStream(frames, separationParameters(given));
    const latency = new Float64Array(1);
    native.hpssStreamLatency(this.#handle, latency);
    this.latency = latency[0]!;
  }

  /**
   * Takes any number of samples and returns as many of either part, `latency` samples late; zeros at first.
   *
   * @param x Finite samples.
   * @param out Two Float32Arrays of the length of x, to be overwritten instead of allocating new ones.
   * @throws TypeError, RangeError for samples that are not finite, or an `out` of another length or that overlaps x.
   */
  process(x: Float32Array, out?: Parts<Float32Array>): Parts<Float32Array> {
    const { length } = check.float32Array('x', x);
    const { harmonic, percussive } = rooms(length, out);
    check.noOverlap({ x }, { 'out.harmonic': harmonic, 'out.percussive': percussive });
    native.hpssStreamProcess(this.#handle, x, harmonic, percussive);
    this.#started ||= length > 0;
    return out ?? { harmonic, percussive };
  }

  /**
   * The last `latency` samples of either part, when the signal ends here: as if silence followed; no samples if none has
   * come. The stream is then as after `reset`.
   *
   * @param out Two Float32Arrays of the length `latency`, to be overwritten instead of allocating new ones.
   * @throws TypeError, RangeError for an `out` of another length.
   */
  flush(out?: Parts<Float32Array>): Parts<Float32Array> {
    if (!this.#started) {
      const { harmonic, percussive } = rooms(out === undefined ? 0 : this.latency, out);
      return { harmonic: harmonic.subarray(0, 0), percussive: percussive.subarray(0, 0) };
    }
    const rest = this.process(allocate(Float32Array, this.latency), out);
    this.reset();
    return rest;
  }

  /** Forgets the signal so far. */
  reset(): void {
    native.hpssStreamReset(this.#handle);
    this.#started = false;
  }
}
