/** What is likely not meant is warned of, once for each line of the caller's code. */
import {
  chromaCens,
  chromaCqt,
  chromaStft,
  chromaVqt,
  cqt,
  estimateTuning,
  hybridCqt,
  melFilters,
  melSpectrogram,
  pitchTuning,
  pseudoCqt,
  stft,
  tonnetz,
  vqt,
} from 'cochlea';
import * as promises from 'cochlea/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';

const sampleRate = 22050;
const emitted = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
afterEach(() => emitted.mockClear());

/** The codes of what was warned of. */
const codes = () =>
  emitted.mock.calls.map(([, options]) => {
    const { type, code } = options as unknown as { type: string; code: string };
    expect(type).toBe('CochleaWarning');
    return code;
  });

describe('a warning', () => {
  it('of mel filters that no bin falls into', () => {
    melFilters({ sampleRate, nMels: 256, nFft: 512 });
    melSpectrogram(new Float32Array(4000), { sampleRate, nMels: 256, nFft: 512 });
    melSpectrogram({ data: new Float32Array(257), shape: [257, 1] }, { sampleRate, nMels: 256, nFft: 512 });
    expect(codes()).toEqual(new Array(3).fill('COCHLEA_WARN_EMPTY_FILTERS'));
    const { data, shape } = melFilters({ sampleRate, nMels: 256, nFft: 512 });
    const [rows, bins] = shape;
    // The first begins at 0 Hz, where the one bin that it reaches has no weight: that is not warned of.
    const all = Array.from({ length: rows }, (_, m) => data.subarray(m * bins, (m + 1) * bins));
    const empty = all.slice(1).filter((row) => row.every((weight) => weight === 0));
    expect(emitted.mock.calls[0]![0]).toContain(`${empty.length} of 256 mel filters are empty`);
  });

  it('of a transform longer than the signal', async () => {
    stft(new Float32Array(2047));
    await promises.stft(new Float32Array(100), { nFft: 512 });
    melSpectrogram(new Float32Array(100), { sampleRate });
    expect(codes()).toEqual(new Array(3).fill('COCHLEA_WARN_SHORT_SIGNAL'));
    expect(emitted.mock.calls[0]![0]).toContain('nFft 2048 is too large for a signal of 2047 samples');
  });

  it('of a signal without pitch', async () => {
    pitchTuning([]);
    pitchTuning(Float32Array.of(0, -1));
    estimateTuning(new Float32Array(4000), { sampleRate });
    await promises.estimateTuning(new Float32Array(4000), { sampleRate });
    expect(codes()).toEqual(new Array(4).fill('COCHLEA_WARN_NO_PITCH'));
  });

  it('of a constant-Q filter longer than the signal', async () => {
    // The lowest filters are of 11686 samples, so that their transform takes 256 at a 64th of the rate.
    const y = new Float32Array(64 * 255);
    cqt(y, { sampleRate });
    await promises.cqt(y, { sampleRate });
    vqt(new Float32Array(2000), { sampleRate });
    hybridCqt(y, { sampleRate });
    pseudoCqt(y, { sampleRate });
    chromaCqt(y, { sampleRate, tuning: 0 });
    chromaCens(y, { sampleRate, tuning: 0 });
    chromaVqt(y, { sampleRate, intervals: 'ji5' });
    tonnetz(y, { sampleRate, tuning: 0 });
    expect(codes()).toEqual(new Array(9).fill('COCHLEA_WARN_SHORT_SIGNAL'));
    expect(emitted.mock.calls[0]![0]).toBe(
      'the longest filters ask for 16321 samples, the signal has 16320: most of a column is padding',
    );
  });

  it('of a transform or chroma of a signal without pitch', async () => {
    const y = new Float32Array(70000);
    cqt(y, { sampleRate, tuning: null });
    await promises.cqt(y, { sampleRate, tuning: null });
    vqt(y, { sampleRate, tuning: null });
    pseudoCqt(y, { sampleRate, tuning: null });
    hybridCqt(y, { sampleRate, tuning: null });
    chromaCqt(y, { sampleRate });
    chromaCens(y, { sampleRate });
    chromaStft(y, { sampleRate });
    chromaStft({ data: new Float32Array(1025), shape: [1025, 1] }, { sampleRate });
    tonnetz(y, { sampleRate });
    expect(codes()).toEqual(new Array(10).fill('COCHLEA_WARN_NO_PITCH'));
  });

  it('comes once for each line of the caller', () => {
    for (let i = 0; i < 10; i++) pitchTuning([]);
    expect(codes()).toHaveLength(1);
    pitchTuning([]);
    expect(codes()).toHaveLength(2);
  });

  it('does not come without cause', () => {
    melFilters({ sampleRate });
    stft(new Float32Array(2048));
    pitchTuning([440]);
    cqt(new Float32Array(64 * 255 + 1), { sampleRate });
    chromaStft(new Float32Array(2048), { sampleRate, tuning: 0 });
    estimateTuning(
      Float32Array.from({ length: 8000 }, (_, i) => Math.sin((2 * Math.PI * 440 * i) / sampleRate)),
      { sampleRate },
    );
    expect(codes()).toEqual([]);
  });
});
