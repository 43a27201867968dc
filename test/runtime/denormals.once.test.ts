/** Sound that fades out ends in subnormal numbers, which are slow to compute with: they count as zero. */
import { cqt, hpss, melSpectrogram, resample, stft, yin } from 'cochlea';
import * as promises from 'cochlea/promises';
import { describe, expect, it } from 'vitest';

const sampleRate = 22050;
const loud = Float32Array.from({ length: 2 * sampleRate }, (_, i) => Math.sin(0.05 * i) + 0.3 * Math.sin(0.31 * i));
/** Every sample below the smallest normal float, 1.2e-38, but not zero. */
const faint = loud.map((x) => x * 8e-39);

const functions: [string, (y: Float32Array) => unknown][] = [
  ['stft', (y) => stft(y)],
  ['melSpectrogram', (y) => melSpectrogram(y, { sampleRate })],
  ['yin', (y) => yin(y, { sampleRate, fmin: 65, fmax: 2000 })],
  ['cqt', (y) => cqt(y, { sampleRate, tuning: 0 })],
  ['hpss', (y) => hpss(y)],
  ['resample', (y) => resample(y, { from: sampleRate, to: 16000 })],
];

/** The sum of all magnitudes of a result, whatever its form. */
function sum(result: unknown): number {
  if (result instanceof Float32Array) return result.reduce((total, x) => total + Math.abs(x), 0);
  return typeof result === 'object' ? Object.values(result!).reduce((total, part) => total + sum(part), 0) : 0;
}

describe('a signal at 1e-38', () => {
  it.each(functions)('takes %s no longer than sound does', (_, call) => {
    // By turns, and the shortest of each, until what else the machine does has spared both once. Subnormal numbers would
    // lengthen every round.
    const shortest = [loud, faint].map(() => Number.POSITIVE_INFINITY);
    for (let round = 0; round < 100 && !(round >= 8 && shortest[1]! < 2 * shortest[0]!); round++) {
      for (const [i, y] of [loud, faint].entries()) {
        const start = performance.now();
        call(y);
        shortest[i] = Math.min(shortest[i]!, performance.now() - start);
      }
    }
    expect(shortest[1]! / shortest[0]!).toBeLessThan(2);
  });

  const silence = new Float32Array(faint.length);
  const forms = promises as unknown as Record<string, (y: Float32Array, options?: object) => Promise<unknown>>;
  const options = { stft: {}, yin: { sampleRate, fmin: 65, fmax: 2000 }, resample: { from: sampleRate, to: 16000 } };

  it.each(functions)('is silence to %s', (_, call) => {
    expect(sum(call(faint))).toBe(sum(call(silence)));
  });

  it.each(Object.entries(options))('is silence to the promise of %s', async (name, given) => {
    expect(sum(await forms[name]!(faint, given))).toBe(sum(await forms[name]!(silence, given)));
  });
});
