// Prints by how many megabytes the process has grown after calls that need ever new plans.
import { cqt, melSpectrogram, pyin, resample, rfft, stft } from 'cochlea';

const y = new Float32Array(4096).fill(0.5);
/** @type {Record<string, [count: number, call: (i: number) => unknown]>} */
const calls = {
  'transforms of any length': [300, (i) => rfft(new Float32Array(100_001 + 2 * i))],
  'a transform larger than the cache': [1, () => rfft(new Float32Array(4_000_037))],
  'short transforms': [4000, (i) => stft(y.subarray(0, 64), { nFft: 2 + i, hopLength: 4096 })],
  windows: [2000, (i) => stft(y, { nFft: 4096, winLength: 2048 + i })],
  'the Fourier method': [150, (i) => resample(new Float32Array(100_001 + 2 * i), { from: 2, to: 3, quality: 'fft' })],
  'resampling filters': [600, (i) => resample(y, { from: 44_100 + i, to: 22_050 })],
  'resampling filters larger than the cache': [4, (i) => resample(y, { from: 4096 - i, to: 1 })],
  'mel filters': [2000, (i) => melSpectrogram(y, { sampleRate: 22_050 + i })],
  'constant-Q filters': [6000, (i) => cqt(y, { sampleRate: 22_050 + i / 100, nBins: 24, fmin: 500 })],
  'pitch transitions': [120, (i) => pyin(y, { sampleRate: 22_050, fmin: 65 + i / 100, fmax: 2000, resolution: 0.02 })],
};

const [count, call] = calls[process.argv[2]];
rfft(y);
gc();
const before = process.memoryUsage().rss;
for (let i = 0; i < count; i++) {
  call(i);
  if (i % 50 !== 0) continue;
  await new Promise((resolve) => setTimeout(resolve, 0));
  gc();
}
await new Promise((resolve) => setTimeout(resolve, 20));
gc();
console.log(((process.memoryUsage().rss - before) / 2 ** 20).toFixed(0));
