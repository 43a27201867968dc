import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type * as RasterModule from '../../lib/cli/raster.js';
import type * as SignalModule from '../../lib/cli/signal.js';
import { root } from './shell.js';

const require = createRequire(import.meta.url);
const { Signal } = require(join(root, 'dist', 'cli', 'signal.js')) as typeof SignalModule;
const { StepPowers } = require(join(root, 'dist', 'cli', 'raster.js')) as typeof RasterModule;

describe('a signal in blocks', () => {
  // Pieces that end before, at and behind the ends of blocks of 2^20 samples.
  const lengths = [1, 2 ** 20 - 1, 5, 0, 2 ** 21 + 7, 100];
  const signal = new Signal();
  let at = 0;
  for (const length of lengths) {
    signal.append(Float32Array.from({ length }, (_, i) => (at + i) % 9973));
    at += length;
  }
  const sum = lengths.reduce((a, b) => a + b, 0);

  it('is what has been appended', () => {
    expect(signal.length).toBe(sum);
    const whole = signal.read(0, sum);
    expect(whole.findIndex((x, i) => x !== i % 9973)).toBe(-1);
    let end = 0;
    for (const { start, samples } of signal.pieces(1_000_003)) {
      expect(start).toBe(end);
      end += samples.length;
      expect(samples).toEqual(whole.subarray(start, end));
    }
    expect(end).toBe(sum);
  });

  it('is surrounded by zeros', () => {
    expect(Array.from(signal.read(-3, 5))).toEqual([0, 0, 0, 0, 1]);
    expect(Array.from(signal.read(sum - 2, 4))).toEqual([(sum - 2) % 9973, (sum - 1) % 9973, 0, 0]);
    expect(Array.from(signal.read(sum + 2, 3))).toEqual([0, 0, 0]);
    expect(Array.from(signal.read(-9, 3))).toEqual([0, 0, 0]);
  });
});

describe('mean squares of steps', () => {
  it.each([[10.5], [7], [100], [1]])('of %d samples, however the signal is cut', (step) => {
    const signal = Float32Array.from({ length: 100 }, (_, i) => i);
    const expected = Array.from({ length: Math.ceil(100 / step) }, (_, k) => {
      const part = signal.subarray(Math.round(k * step), Math.round((k + 1) * step));
      return part.reduce((sum, x) => sum + x * x, 0) / part.length;
    });
    for (const length of [1, 3, 21, 100]) {
      const powers = new StepPowers(100, step);
      for (let at = 0; at < 100; at += length) powers.add(signal.subarray(at, at + length));
      expect(powers.perStep()).toEqual(expected);
      expect(powers.total()).toBe(3283.5);
    }
  });
});
