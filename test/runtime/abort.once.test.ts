/**
 * After an abort every function of `cochlea/promises` stops within 100 ms: a thread of the pool is not held up longer, nor
 * is a worker that is terminated.
 *
 * To add a function, add a row to `rows`: arguments for which it works for some seconds, a row for each of its long
 * stages (a filter's design, a transform of great length). The arguments are made when the row runs. What ends sooner,
 * because the processor is fast or because no more fits into memory, is aborted in the first quarter of its time and has
 * to save half of it.
 */
import { configure, type Matrix } from 'cochlea';
import * as promises from 'cochlea/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

type Name = keyof typeof promises;
interface Options {
  signal?: AbortSignal;
}
type Call = (options: Options) => Promise<unknown>;
interface Row {
  name: Name;
  /** What takes its time. */
  stage: string;
  /** Makes the arguments and returns the call. */
  prepare: () => Call;
}

function row<A>(name: Name, stage: string, argument: () => A, call: (a: A, options: Options) => Promise<unknown>): Row {
  return {
    name,
    stage,
    prepare: () => {
      const a = argument();
      return (options) => call(a, options);
    },
  };
}

const BOUND_MS = 100;
/** When the call is aborted: in its preparations, and in the midst of it. */
const ABORTS_MS = [20, 250];
/** The best of so many counts, because the machine may be busy with something else. What does not poll fails them all. */
const TRIES = 10;

const noise = (length: number) => {
  const x = new Float32Array(length);
  let state = 1;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    x[i] = state / 2 ** 31;
  }
  return x;
};
const complex = (length: number) => {
  const x = noise(length);
  return { re: x, im: x.slice() };
};
const matrix = (rows: number, columns: number, map = (x: number) => x) => ({
  data: noise(rows * columns).map(map),
  shape: [rows, columns] as [number, number],
});
const spectrum = (rows: number, columns: number) => ({
  ...complex(rows * columns),
  shape: [rows, columns] as [number, number],
});

const PRIME = 2 ** 24 - 3;

const second = () => noise(22050);
const long = () => noise(2 ** 24);
const prime = () => noise(PRIME);

const half = () => noise(2 ** 22);
const rate = { sampleRate: 22050 };

const pitches = { sampleRate: 22050, fmin: 65, fmax: 2093 };
const minute = () => noise(60 * 48000);
const many = (n: number) => Float64Array.from({ length: n }, (_, i) => 100 + (10000 * i) / n);
const square = (rows: number, columns: number): Matrix => ({ data: noise(rows * columns), shape: [rows, columns] });
const powers = () => {
  const { data, shape } = square(512, 2 ** 16);
  return { data: data.map(Math.abs), shape };
};
const heard = () => {
  const magnitude = square(2 ** 6, 2 ** 19);
  return { magnitude, frequency: { ...magnitude, data: magnitude.data.map((x) => 5000 + 4000 * x) } };
};

const rows: Row[] = [
  row('resonate', 'frames of every sample', minute, (y, options) =>
    promises.resonate(y, { sampleRate: 48000, frequencies: many(440), hopLength: 64, output: 'phase', ...options }),
  ),
  row(
    'resonate',
    'the design of many resonators',
    () => many(60000),
    (frequencies, options) =>
      promises.resonate(new Float32Array(1), { sampleRate: 48000, frequencies, hopLength: 1, ...options }),
  ),
  row('resonate', 'blocks of many resonators', minute, (y, options) =>
    promises.resonate(y, { sampleRate: 48000, frequencies: many(5000), hopLength: 2 ** 15, ...options }),
  ),
  row('synthesize', 'many resonators', minute, (y, options) =>
    promises.synthesize(y, { sampleRate: 48000, frequencies: many(5000), ...options }),
  ),
  row('synthesize', 'a mask of all of them', minute, (y, options) =>
    promises.synthesize(y, { sampleRate: 48000, frequencies: many(20000), threshold: 0, exclusion: 0, ...options }),
  ),
  row('superResolution', 'many frames', heard, (tracked, options) =>
    promises.superResolution(tracked, { frequencies: many(64), collision: 'sum', ...options }),
  ),
  row('resonatorChroma', 'many frames', powers, (power, options) =>
    promises.resonatorChroma(power, { frequencies: many(512), nChroma: 4096, ...options }),
  ),
  row('resonatorMfcc', 'many coefficients', powers, (power, options) =>
    promises.resonatorMfcc(power, { nMfcc: 512, ...options }),
  ),
  row('fft', 'a long transform', long, (x, options) => promises.fft(x, options)),
  row('fft', 'of prime length', prime, (x, options) => promises.fft(x, options)),
  row('ifft', 'a long transform', long, (x, options) => promises.ifft(x, options)),
  row('ifft', 'of prime length', prime, (x, options) => promises.ifft(x, options)),
  row('rfft', 'a long transform', long, (x, options) => promises.rfft(x, options)),
  row('rfft', 'of prime length', prime, (x, options) => promises.rfft(x, options)),
  row(
    'irfft',
    'a long transform',
    () => complex(2 ** 23 + 1),
    (X, options) => promises.irfft(X, options),
  ),
  row(
    'irfft',
    'of prime length',
    () => complex((PRIME + 1) / 2),
    (X, options) => promises.irfft(X, { n: PRIME, ...options }),
  ),
  row('yin', 'many frames', long, (y, options) => promises.yin(y, { ...pitches, hopLength: 8, ...options })),
  row(
    'yin',
    'frames of great length',
    () => noise(2 ** 20),
    (y, options) => promises.yin(y, { ...pitches, fmin: 0.2, frameLength: 2 ** 18, hopLength: 2 ** 14, ...options }),
  ),
  row('pyin', 'the candidates', long, (y, options) =>
    promises.pyin(y, { ...pitches, hopLength: 16, maxTransitionRate: 2000, ...options }),
  ),
  row(
    'pyin',
    'the transitions',
    () => noise(2 ** 16),
    (y, options) => promises.pyin(y, { ...pitches, resolution: 0.005, ...options }),
  ),
  row(
    'pyin',
    'the path',
    () => noise(2 ** 20),
    (y, options) => promises.pyin(y, { ...pitches, resolution: 0.03, ...options }),
  ),
  row(
    'pitchTuning',
    'many frequencies',
    () => noise(2 ** 25),
    (frequencies, options) => promises.pitchTuning(frequencies, options),
  ),
  row('resample', 'the Fourier method', long, (y, options) =>
    promises.resample(y, { from: 44_100, to: 44_101, quality: 'fft', ...options }),
  ),
  row(
    'resample',
    'a great rate',
    () => noise(2 ** 14),
    (y, options) => promises.resample(y, { from: 1, to: 4096, quality: 'soxr_vhq', ...options }),
  ),
  row('cqt', 'the design of long filters', second, (y, options) =>
    promises.cqt(y, { sampleRate: 22050, fmin: 200, nBins: 1200, binsPerOctave: 1200, ...options }),
  ),
  row('pseudoCqt', 'the design of long filters', second, (y, options) =>
    promises.pseudoCqt(y, { sampleRate: 22050, fmin: 1, ...options }),
  ),
  row('resample', 'any ratio', long, (y, options) => promises.resample(y, { from: 44_100, to: 44_100.5, ...options })),
  // Ever another filter, because one that was not cancelled in time is kept.
  row(
    'resample',
    'the design of a filter',
    () => ({ y: noise(10), count: 0 }),
    (a, options) => promises.resample(a.y, { from: 4000.5 + ++a.count / 1024, to: 1, ...options }),
  ),
  row(
    'medianFilter',
    'a wide and high window',
    () => matrix(1000, 1000),
    (S, options) => promises.medianFilter(S, { size: 301, ...options }),
  ),
  row(
    'medianFilter',
    'a long window',
    () => matrix(40, 2 ** 18),
    (S, options) => promises.medianFilter(S, { size: [1, 100_001], ...options }),
  ),
  row(
    'medianFilter',
    'networks',
    () => matrix(1, 2 ** 22),
    (S, options) => promises.medianFilter(S, { size: [15, 15], ...options }),
  ),
  row('melSpectrogram', 'many frames', half, (y, options) =>
    promises.melSpectrogram(y, { ...rate, hopLength: 8, nMels: 16, ...options }),
  ),
  row('mfcc', 'the longest frames, in double precision', half, (y, options) =>
    promises.mfcc(y, { ...rate, nFft: 2 ** 20, hopLength: 512, ...options }),
  ),
  row('mfcc', 'long frames of a prime length, in double precision', half, (y, options) =>
    promises.mfcc(y, { ...rate, nFft: 2 ** 17 - 1, hopLength: 512, ...options }),
  ),
  row('mfcc', 'many frames', half, (y, options) =>
    promises.mfcc(y, { ...rate, hopLength: 8, nMels: 16, nMfcc: 12, ...options }),
  ),
  row('onsetStrength', 'many frames', half, (y, options) =>
    promises.onsetStrength(y, { ...rate, hopLength: 8, nMels: 16, ...options }),
  ),
  row('estimateTuning', 'many frames', half, (y, options) =>
    promises.estimateTuning(y, { ...rate, hopLength: 8, ...options }),
  ),
  row('chromaStft', 'many frames', half, (y, options) => promises.chromaStft(y, { ...rate, hopLength: 8, ...options })),
  row('chromaCqt', 'many frames', half, (y, options) => promises.chromaCqt(y, { ...rate, hopLength: 64, ...options })),
  row('vqt', 'many frames', half, (y, options) => promises.vqt(y, { ...rate, hopLength: 64, ...options })),
  row('hybridCqt', 'many frames', half, (y, options) => promises.hybridCqt(y, { ...rate, hopLength: 64, ...options })),
  row('cqt', 'filters of which nothing is dropped', second, (y, options) =>
    promises.cqt(y, { ...rate, fmin: 200, nBins: 200, binsPerOctave: 1200, hopLength: 8, sparsity: 0, ...options }),
  ),
  row('pseudoCqt', 'filters of which nothing is dropped', second, (y, options) =>
    promises.pseudoCqt(y, {
      ...rate,
      fmin: 200,
      nBins: 100,
      binsPerOctave: 1200,
      hopLength: 8,
      sparsity: 0,
      ...options,
    }),
  ),
  row('pseudoCqt', 'filters of great length', second, (y, options) =>
    promises.pseudoCqt(y, { ...rate, fmin: 0.1, nBins: 12, sparsity: 0.5, ...options }),
  ),
  row(
    'icqt',
    'many frames',
    () => spectrum(84, 2 ** 16),
    (C, options) => promises.icqt(C, { ...rate, hopLength: 64, ...options }),
  ),
  row(
    'icqt',
    'a long hop',
    () => spectrum(84, 65),
    (C, options) => promises.icqt(C, { ...rate, hopLength: 2 ** 20, ...options }),
  ),
  row(
    'icqt',
    'the design of long filters',
    () => spectrum(600, 2),
    (C, options) => promises.icqt(C, { ...rate, fmin: 200, binsPerOctave: 1200, ...options }),
  ),
  row('chromaVqt', 'many frames', half, (y, options) =>
    promises.chromaVqt(y, { ...rate, hopLength: 64, intervals: 'ji5', ...options }),
  ),
  row('chromaStft', 'the design of a wide filter', second, (y, options) =>
    promises.chromaStft(y, { ...rate, nFft: 2 ** 16, nChroma: 4096, tuning: 0, ...options }),
  ),
  row('tonnetz', 'many frames', half, (y, options) => promises.tonnetz(y, { ...rate, hopLength: 64, ...options })),
  row(
    'tonnetz',
    'many columns',
    () => matrix(12, 2 ** 21, Math.abs),
    (chroma, options) => promises.tonnetz(chroma, options),
  ),
  row(
    'estimateKey',
    'many columns',
    () => matrix(12, 2 ** 21),
    (chroma, options) => promises.estimateKey(chroma, options),
  ),
  row('piptrack', 'many frames', half, (y, options) =>
    promises.piptrack(y, { ...rate, nFft: 128, hopLength: 8, ...options }),
  ),
  row('chromaCens', 'a smoothing window of any shape', half, (y, options) =>
    promises.chromaCens(y, {
      ...rate,
      hopLength: 64,
      winLenSmooth: 2 ** 20,
      smoothingWindow: ['gaussian', 1e5],
      tuning: 0,
      ...options,
    }),
  ),
  row('chromaCens', 'the smoothing', half, (y, options) =>
    promises.chromaCens(y, { ...rate, hopLength: 64, winLenSmooth: 2 ** 20, tuning: 0, ...options }),
  ),
  row(
    'stft',
    'frames of great length',
    () => noise(2 ** 22),
    (y, options) => promises.stft(y, { nFft: 2 ** 20, hopLength: 2 ** 16, ...options }),
  ),
  row(
    'istft',
    'frames of great length',
    () => spectrum(2 ** 19 + 1, 60),
    (S, options) => promises.istft(S, { hopLength: 2 ** 16, ...options }),
  ),
  row('hpss', 'many frames', long, (y, options) => promises.hpss(y, { kernelSize: 101, ...options })),
  row('hpss', 'long kernels', long, (y, options) => promises.hpss(y, { kernelSize: [20_001, 1001], ...options })),
  row('harmonic', 'many frames', long, (y, options) => promises.harmonic(y, { kernelSize: 101, ...options })),
  row('percussive', 'many frames', long, (y, options) => promises.percussive(y, { kernelSize: 101, ...options })),
  row(
    'hpssSpectrogram',
    'long kernels',
    () => matrix(2000, 4000, Math.abs),
    (S, options) => promises.hpssSpectrogram(S, { kernelSize: 1001, ...options }),
  ),
  row(
    'softmask',
    'any power',
    () => matrix(1, 2 ** 25, Math.abs),
    (X, options) => promises.softmask(X, X, { power: 1.5, ...options }),
  ),
  row(
    'magnitude',
    'many values',
    () => spectrum(1, 2 ** 25),
    (S, options) => promises.magnitude(S, options),
  ),
  row(
    'phase',
    'many values',
    () => spectrum(1, 2 ** 25),
    (S, options) => promises.phase(S, options),
  ),
  row(
    'magphase',
    'many values',
    () => spectrum(1, 2 ** 25),
    (S, options) => promises.magphase(S, options),
  ),
  row(
    'powerToDb',
    'many values',
    () => matrix(1, 2 ** 26, Math.abs),
    (S, options) => promises.powerToDb(S, options),
  ),
  row(
    'amplitudeToDb',
    'many values',
    () => matrix(1, 2 ** 26, Math.abs),
    (S, options) => promises.amplitudeToDb(S, options),
  ),
];

let threads: number;
beforeAll(() => {
  threads = configure().threads;
  configure({ threads: 1 });
});
afterAll(() => {
  configure({ threads });
});

const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
/** Resolves when the pool's only thread is free: it takes its jobs in order. */
const freed = () => promises.magnitude({ re: new Float32Array(1), im: new Float32Array(1), shape: [1, 1] });

/** How long the thread was busy after the abort, ms; or how long the whole job took if it ended before the abort. */
async function release(call: Call, abortAfter: number): Promise<{ released: number } | { ended: number }> {
  const controller = new AbortController();
  const start = performance.now();
  let ended: number | undefined;
  const job = call({ signal: controller.signal }).then(
    () => {
      ended = performance.now() - start;
    },
    () => {},
  );
  await wait(abortAfter);
  if (ended !== undefined) return { ended };
  const aborted = performance.now();
  controller.abort();
  await freed();
  const released = performance.now() - aborted;
  await job;
  return ended === undefined ? { released } : { ended };
}

describe('an abort frees its thread', () => {
  it.each(rows.map((row) => [row.name, row.stage, row] as const))('%s, %s', async (_name, _stage, row) => {
    const call = row.prepare();
    for (const abort of ABORTS_MS) {
      let abortAfter = abort;
      let bound = BOUND_MS;
      let best = Number.POSITIVE_INFINITY;
      for (let i = 0; i < TRIES && best > bound; i++) {
        const outcome = await release(call, abortAfter);
        if ('released' in outcome) {
          best = Math.min(best, outcome.released);
        } else {
          abortAfter = Math.min(abortAfter, outcome.ended / 4);
          bound = Math.min(bound, outcome.ended / 2);
        }
      }
      expect(best, `ms after an abort at ${abortAfter} ms`).toBeLessThan(bound);
    }
  });

  it('and every function has a row', () => {
    const tested = new Set(rows.map(({ name }) => name));
    const names = Object.keys(promises) as Name[];
    expect(names.filter((name) => !tested.has(name))).toEqual([]);
  });
});
