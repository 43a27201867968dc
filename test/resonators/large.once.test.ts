/** Banks of many resonators: what would overflow the stack, or hold up a thread of the pool. */
import { heuristicAlphas, linearFrequencies, ResonatorBank } from 'cochlea';
import * as promises from 'cochlea/promises';
import { expect, it } from 'vitest';
import { noise } from './signals.js';

it('a bank of 100,000 resonators knows its warm-up', () => {
  const frequencies = linearFrequencies({ fmin: 100, fmax: 20000, nBins: 100000 });
  const bank = new ResonatorBank({ sampleRate: 44100, frequencies });
  const slowest = heuristicAlphas([100], { sampleRate: 44100 })[0]!;
  expect(bank.warmUpLength).toBe(Math.ceil(-5 / Math.log1p(-slowest)));
});

it('progress only rises', async () => {
  const y = noise(400000);
  const bank = { sampleRate: 44100, frequencies: linearFrequencies({ fmin: 100, fmax: 20000, nBins: 500 }) };
  const tracked = Object.fromEntries(
    ['magnitude', 'frequency'].map((name) => [name, { data: noise(2 ** 23), shape: [8, 2 ** 20] }]),
  ) as never;
  const power = { data: noise(2 ** 23).map(Math.abs), shape: [256, 2 ** 15] as [number, number] };
  const calls: ((options: { onProgress: (done: number) => void }) => Promise<unknown>)[] = [
    (options) => promises.resonate(y, { ...bank, hopLength: 64, output: 'phase', ...options }),
    // The result goes on when the signal has ended.
    (options) => promises.synthesize(y.subarray(0, 20000), { ...bank, speed: 0.1, ...options }),
    (options) => promises.superResolution(tracked, { frequencies: [1, 2, 3], ...options }),
    (options) =>
      promises.resonatorChroma(power, { frequencies: bank.frequencies.subarray(0, 256), nChroma: 1200, ...options }),
    (options) => promises.resonatorMfcc(power, { nMfcc: 256, ...options }),
  ];
  for (const call of calls) {
    const seen: number[] = [];
    await call({ onProgress: (done) => seen.push(done) });
    expect(seen.at(-1)).toBe(1);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  }
});
