/**
 * Sound that fades out ends in subnormal numbers, which many processors are slow to compute with: they count as zero. What
 * counts as zero costs what zero costs, so that results tell what times would, on every processor.
 */
import { cqt, hpss, magnitude, melSpectrogram, resample, stft, yin } from 'cochlea';
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
  const silence = new Float32Array(faint.length);
  const forms = promises as unknown as Record<string, (y: Float32Array, options?: object) => Promise<unknown>>;
  const options = { stft: {}, yin: { sampleRate, fmin: 65, fmax: 2000 }, resample: { from: sampleRate, to: 16000 } };

  it.each(functions)('is silence to %s', (_, call) => {
    expect(sum(call(faint))).toBe(sum(call(silence)));
  });

  it.each(Object.entries(options))('is silence to the promise of %s', async (name, given) => {
    expect(sum(await forms[name]!(faint, given))).toBe(sum(await forms[name]!(silence, given)));
  });

  it('is silence where a result would be that small, too', () => {
    const faintest = { re: Float32Array.of(2e-20), im: Float32Array.of(0), shape: [1, 1] as [number, number] };
    expect(magnitude(faintest, { power: 2 }).data[0]).toBe(0);
  });

  it('leaves the arithmetic of JavaScript as it was, after errors as well', () => {
    const halved = () => Float64Array.of(2 ** -1070, -(2 ** -1070)).map((x) => x / 2);
    stft(faint);
    expect(halved()).toEqual(Float64Array.of(2 ** -1071, -(2 ** -1071)));
    expect(() => stft(Float32Array.of(Number.NaN))).toThrow('finite samples');
    expect(halved()).toEqual(Float64Array.of(2 ** -1071, -(2 ** -1071)));
  });
});
