/**
 * A mono signal of any length in blocks of bounded size: it grows without being copied, and its readers take windows of
 * it, so that memory holds every sample once.
 */
export class Signal {
  private readonly blocks: Float32Array[] = [];
  length = 0;

  /** Adds samples at the end; they are copied. */
  append(samples: Float32Array): void {
    for (let done = 0; done < samples.length; ) {
      const at = this.length % BLOCK;
      if (at === 0) this.blocks.push(new Float32Array(BLOCK));
      const part = samples.subarray(done, done + BLOCK - at);
      this.blocks.at(-1)!.set(part, at);
      this.length += part.length;
      done += part.length;
    }
  }

  /** A copy of `length` samples from `start` on, with zeros where the signal does not reach. */
  read(start: number, length: number): Float32Array {
    const piece = new Float32Array(length);
    const end = Math.min(this.length, start + length);
    for (let at = Math.max(0, start); at < end; ) {
      const within = at % BLOCK;
      const part = this.blocks[Math.floor(at / BLOCK)]!.subarray(within, Math.min(BLOCK, within + end - at));
      piece.set(part, at - start);
      at += part.length;
    }
    return piece;
  }

  /** The signal in pieces of `length` samples, the last one shorter; each begins at `start`. */
  *pieces(length: number): Generator<{ start: number; samples: Float32Array }> {
    for (let start = 0; start < this.length; start += length) {
      yield { start, samples: this.read(start, Math.min(length, this.length - start)) };
    }
  }
}

/** Samples in a block: 4 MB, at most one of them not full. */
const BLOCK = 2 ** 20;
