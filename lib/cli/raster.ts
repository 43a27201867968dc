/**
 * A picture of a matrix with at most `maxRows` x `maxColumns` cells, filled piece by piece while the matrix itself is
 * never held as a whole. Each cell keeps the maximum of the whole number of values it stands for, so that a click of one
 * frame is still seen in a picture of an hour. Row 0 is the lowest bin; feed it non-negative values.
 */
export class Raster {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array;
  private readonly binsPerRow: number;
  private readonly framesPerColumn: number;

  constructor(
    readonly bins: number,
    readonly frames: number,
    { maxRows = 350, maxColumns = 800 }: { maxRows?: number; maxColumns?: number } = {},
  ) {
    this.binsPerRow = Math.ceil(bins / maxRows);
    this.framesPerColumn = Math.ceil(frames / maxColumns);
    this.rows = Math.ceil(bins / this.binsPerRow);
    this.columns = Math.ceil(frames / this.framesPerColumn);
    this.data = new Float32Array(this.rows * this.columns);
  }

  /** Adds the values of `count` frames from frame `first` on: row-major, bins x count. */
  add(values: Float32Array, first: number, count: number): void {
    const { data } = this;
    const columns = Int32Array.from({ length: count }, (_, i) => Math.floor((first + i) / this.framesPerColumn));
    for (let bin = 0; bin < this.bins; bin++) {
      const row = Math.floor(bin / this.binsPerRow) * this.columns;
      for (let i = 0; i < count; i++) {
        const cell = row + columns[i]!;
        data[cell] = Math.max(data[cell]!, values[bin * count + i]!);
      }
    }
  }

  /** The bins that the rows stand for, more than `bins` where the last row is only partly filled. */
  get binsCovered(): number {
    return this.rows * this.binsPerRow;
  }

  /** The frames that the columns stand for; more than `frames` where the last column is only partly filled. */
  get framesCovered(): number {
    return this.columns * this.framesPerColumn;
  }
}

/** The mean of each bin over each of a few time steps, gathered frame by frame. */
export class StepMeans {
  private readonly sums: Float64Array;
  private readonly counts: Float64Array;

  constructor(
    readonly bins: number,
    readonly steps: number,
    private readonly framesPerStep: number,
  ) {
    this.sums = new Float64Array(steps * bins);
    this.counts = new Float64Array(steps);
  }

  /** Adds the values of `count` frames from frame `first` on: row-major, bins x count. */
  add(values: Float32Array, first: number, count: number): void {
    // A centred frame may describe the very end of the signal, which belongs to the last step.
    const { bins, sums, counts } = this;
    const steps = Int32Array.from({ length: count }, (_, i) =>
      Math.min(this.steps - 1, Math.floor((first + i) / this.framesPerStep)),
    );
    for (const step of steps) counts[step]! += 1;
    for (let bin = 0; bin < bins; bin++) {
      for (let i = 0; i < count; i++) sums[steps[i]! * bins + bin]! += values[bin * count + i]!;
    }
  }

  /** The means of each step, one value per bin. */
  perStep(): Float64Array[] {
    return Array.from(this.counts, (count, step) =>
      this.sums.slice(step * this.bins, (step + 1) * this.bins).map((sum) => sum / Math.max(1, count)),
    );
  }

  /** The means over all frames, one value per bin. */
  total(): Float64Array {
    const all = new Float64Array(this.bins);
    for (let i = 0; i < this.sums.length; i++) all[i % this.bins]! += this.sums[i]!;
    const count = Math.max(
      1,
      this.counts.reduce((sum, n) => sum + n, 0),
    );
    return all.map((sum) => sum / count);
  }
}

/** The mean square of each of a few time steps of a signal of known length, gathered piece by piece. */
export class StepPowers {
  private readonly sums: Float64Array;
  /** Samples so far, and the step that the next one belongs to. */
  private at = 0;
  private step = 0;

  constructor(
    private readonly length: number,
    private readonly samplesPerStep: number,
  ) {
    this.sums = new Float64Array(Math.ceil(length / samplesPerStep));
  }

  /** Takes the next samples. */
  add(samples: Float32Array): void {
    for (let done = 0; done < samples.length; ) {
      while (this.at >= this.startOf(this.step + 1) && this.step < this.sums.length - 1) this.step += 1;
      const left = this.step < this.sums.length - 1 ? this.startOf(this.step + 1) - this.at : Infinity;
      const part = samples.subarray(done, done + left);
      this.sums[this.step]! += energy(part);
      this.at += part.length;
      done += part.length;
    }
  }

  private startOf(step: number): number {
    return Math.min(this.length, Math.round(step * this.samplesPerStep));
  }

  perStep(): number[] {
    return Array.from(this.sums, (sum, step) => sum / Math.max(1, this.startOf(step + 1) - this.startOf(step)));
  }

  total(): number {
    return this.sums.reduce((a, b) => a + b, 0) / Math.max(1, this.length);
  }
}

/** The sum of the squares. A loop, because reduce() takes eight times as long, and recordings are long. */
function energy(samples: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < samples.length; i++) sum += samples[i]! * samples[i]!;
  return sum;
}
