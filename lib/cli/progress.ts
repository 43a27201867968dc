import { note } from './talk.js';

/** A bar on standard error: only on a terminal, and only once the work has taken a second. */
export class ProgressBar {
  private readonly fractions: number[];
  private readonly started = Date.now();
  private shown = false;
  private readonly enabled = process.stderr.isTTY === true;

  constructor(files: number) {
    this.fractions = new Array<number>(files).fill(0);
  }

  /** Tells how far a file is, 0 to 1. */
  update(file: number, fraction: number): void {
    this.fractions[file] = fraction;
    if (!this.enabled || Date.now() - this.started < 1000) return;
    this.shown = true;
    const files = this.fractions.length;
    const done = this.fractions.reduce((sum, f) => sum + f, 0) / files;
    const filled = Math.round(30 * done);
    const count = files > 1 ? `  ${this.fractions.filter((f) => f === 1).length} of ${files} files` : '';
    const bar = `${'#'.repeat(filled)}${'.'.repeat(30 - filled)}`;
    note(`\r[${bar}] ${String(Math.floor(100 * done)).padStart(3)} %${count}`);
  }

  /** Prints a line to standard error without disturbing the bar. */
  above(line: string): void {
    this.close();
    note(`${line}\n`);
  }

  /** Takes the bar off the terminal. */
  close(): void {
    if (this.shown) note('\r\x1b[K');
    this.shown = false;
  }
}
