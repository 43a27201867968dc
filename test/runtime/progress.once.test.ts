/** What a promise reports of its progress never runs backwards and ends at 1, however many passes the work has. */
import * as promises from 'cochlea/promises';
import { describe, expect, it } from 'vitest';
import { signal } from '../helpers/signals.mjs';

const sampleRate = 22050;
// Eight minutes: every call below takes several times as long as the 50 ms between two reports.
const y = (() => {
  const piece = signal('melody');
  const long = new Float32Array(120 * piece.length);
  for (let i = 0; i < 120; i++) long.set(piece, i * piece.length);
  return long;
})();
const short = y.subarray(0, y.length / 10);

type Report = { onProgress: (fraction: number) => void };
const calls: [string, (report: Report) => Promise<unknown>][] = [
  ['stft', (report) => promises.stft(short, { hopLength: 32, ...report })],
  ['melSpectrogram', (report) => promises.melSpectrogram(y, { sampleRate, hopLength: 64, nMels: 40, ...report })],
  ['mfcc', (report) => promises.mfcc(y, { sampleRate, hopLength: 64, nMels: 40, ...report })],
  ['onsetStrength', (report) => promises.onsetStrength(y, { sampleRate, hopLength: 64, ...report })],
  ['piptrack', (report) => promises.piptrack(short, { sampleRate, hopLength: 32, ...report })],
  ['estimateTuning', (report) => promises.estimateTuning(y, { sampleRate, hopLength: 64, ...report })],
  ['chromaStft', (report) => promises.chromaStft(y, { sampleRate, hopLength: 64, ...report })],
  ['chromaCqt', (report) => promises.chromaCqt(y, { sampleRate, hopLength: 128, ...report })],
  ['chromaCens', (report) => promises.chromaCens(y, { sampleRate, hopLength: 128, winLenSmooth: 2001, ...report })],
  ['chromaVqt', (report) => promises.chromaVqt(y, { sampleRate, hopLength: 64, intervals: 'ji5', ...report })],
  ['tonnetz', (report) => promises.tonnetz(y, { sampleRate, hopLength: 128, ...report })],
  ['cqt', (report) => promises.cqt(y, { sampleRate, hopLength: 64, ...report })],
  ['vqt', (report) => promises.vqt(y, { sampleRate, hopLength: 64, ...report })],
  ['pseudoCqt', (report) => promises.pseudoCqt(y, { sampleRate, ...report })],
  ['hybridCqt', (report) => promises.hybridCqt(y, { sampleRate, hopLength: 64, ...report })],
  ['hpss', (report) => promises.hpss(y, { ...report })],
];

describe('progress', () => {
  it.each(calls)('%s', async (_name, call) => {
    const reports: number[] = [];
    await call({ onProgress: (fraction) => reports.push(fraction) });
    expect(reports.length).toBeGreaterThan(1);
    expect(reports).toEqual([...reports].sort((a, b) => a - b));
    expect(reports[0]).toBeGreaterThanOrEqual(0);
    expect(reports.at(-1)).toBe(1);
  });
});
