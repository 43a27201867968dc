import { type PyinOptions, pyin } from 'cochlea';
import * as promises from 'cochlea/promises';
import { describe, expect, it } from 'vitest';
import { expectError } from '../helpers/errors.js';
import { range, tone } from '../helpers/pitch.js';
import { signal } from '../helpers/signals.mjs';

describe('pyin', () => {
  it.each([70, 110, 261.63, 440, 1000])('finds a tone of %d Hz to the nearest bin', (frequency) => {
    const { f0, voicedFlag, voicedProbability } = pyin(tone(frequency), range);
    for (let t = 4; t < f0.length - 4; t++) {
      expect(voicedFlag[t]).toBe(1);
      expect(voicedProbability[t]).toBeGreaterThan(0.4);
      expect(Math.abs(120 * Math.log2(f0[t] / frequency))).toBeLessThan(2);
      const bin = 120 * Math.log2(f0[t] / range.fmin);
      expect(Math.abs(bin - Math.round(bin))).toBeLessThan(1e-4);
    }
  });

  it('has no voice in silence, and follows notes and rests', () => {
    const silence = pyin(new Float32Array(8000), range);
    expect([...silence.voicedFlag, ...silence.voicedProbability].every((v) => v === 0)).toBe(true);
    expect(silence.f0.every(Number.isNaN)).toBe(true);
    const y = signal('toneJumps');
    const { f0, voicedFlag } = pyin(y, range);
    const middle = (note: number) => Math.round(((note + 0.5) * y.length) / 6 / 512);
    for (const [note, frequency] of [220, 311.13, 0, 440, 880, 220].entries()) {
      if (frequency === 0) expect(voicedFlag[middle(note)]).toBe(0);
      // It may stay an octave below after a jump that is wider than it can follow.
      else if (frequency < 800) expect(Math.abs(12 * Math.log2(f0[middle(note)] / frequency))).toBeLessThan(0.2);
    }
  });

  it('fills unvoiced frames with what it is told', () => {
    const y = signal('toneJumps').subarray(0, 45_000);
    const { f0, voicedFlag } = pyin(y, range);
    expect([...f0].map((f) => (Number.isNaN(f) ? 0 : 1))).toEqual([...voicedFlag]);
    expect([...pyin(y, { ...range, fillNa: -1 }).f0]).toEqual([...f0].map((f) => (Number.isNaN(f) ? -1 : f)));
    const kept = pyin(y, { ...range, fillNa: null }).f0;
    expect(kept.every((f) => f >= Math.fround(65) && f < 2093)).toBe(true);
    f0.forEach((f, t) => {
      if (voicedFlag[t]) expect(kept[t]).toBe(f);
    });
  });

  it('moves no faster than it may', () => {
    const f0 = pyin(signal('pitchChirp'), { ...range, maxTransitionRate: 8, fillNa: null }).f0;
    // Two semitones a hop, of which the band's ends have the least weight.
    for (let t = 1; t < f0.length; t++) expect(Math.abs(12 * Math.log2(f0[t] / f0[t - 1]))).toBeLessThan(1.01);
  });

  it('searches less when told to leave out unlikely transitions', () => {
    const y = signal('vibrato');
    const all = pyin(y, range);
    expect(pyin(y, { ...range, transitionMinProb: 0 })).toEqual(all);
    expect(pyin(y, { ...range, transitionMinProb: 1e-4 }).f0).toEqual(all.f0);
    expect(pyin(y, { ...range, transitionMinProb: 0.019, fillNa: null }).f0).not.toEqual(all.f0);
  });

  it('finds the same path when memory makes it go in pieces', () => {
    // Long enough for several segments of values; its parts are far enough apart to be decided by themselves.
    const part = signal('melody').subarray(0, 40_000);
    const y = new Float32Array(part.length * 12);
    for (let i = 0; i < 12; i++) y.set(part, i * part.length);
    const options = { ...range, hopLength: 100, maxTransitionRate: 100 };
    const whole = pyin(y, options);
    const single = pyin(part, options);
    expect(whole.f0.length).toBe(4801);
    for (let i = 0; i < 12; i++) {
      for (let t = 40; t < 360; t++) expect(whole.f0[i * 400 + t]).toBe(single.f0[t]);
    }
  });

  it('resolves with the same numbers, and can be aborted', async () => {
    const y = signal('speechLike').subarray(0, 20_000);
    expect(await promises.pyin(y, range)).toEqual(pyin(y, range));
    const call = promises.pyin(y, { ...range, signal: AbortSignal.abort() });
    await expect(call).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('does not depend on the level', () => {
    const y = signal('melody').subarray(0, 30_000);
    const { f0, voicedFlag } = pyin(y, range);
    for (const gain of [1e-30, 1e-20, 1e20, 1e38]) {
      const scaled = pyin(
        y.map((v) => v * gain),
        range,
      );
      expect(scaled.f0).toEqual(f0);
      expect(scaled.voicedFlag).toEqual(voicedFlag);
    }
  });

  it.each([0, 1, 511, 2049])('takes %d samples', (n) => {
    expect(pyin(tone(300, n), range).f0.length).toBe(1 + Math.floor(n / 512));
  });

  it.each([
    [{ fmin: 1500 }, 'maxTransitionRate: expected a rate at which pitch cannot cross the whole range in one hop'],
    [{ hopLength: 20_000 }, 'maxTransitionRate: expected a rate at which'],
    [{ resolution: 0.001 }, 'resolution: expected a width of which fmin to fmax holds 2 to 32767'],
    [
      { fmin: 2092.9 },
      'resolution: expected a width of which fmin to fmax holds 2 to 32767 (it holds 1), received 0.1',
    ],
    [{ resolution: 0 }, 'resolution: expected a finite number >= 0.001 and <= 1, received 0'],
    [
      { resolution: 0.001, fmax: 390 },
      'resolution: expected a width for which the search takes at most 1 GB (with 31020 bins, moves of up to 10001 of ' +
        'them and 8 frames it takes 4.6 GB), received 0.001',
    ],
    [{ switchProb: 1.1 }, 'switchProb: expected a finite number >= 0 and <= 1, received 1.1'],
    [{ boltzmannParameter: 0 }, 'boltzmannParameter: expected a finite number > 0, received 0'],
    [{ betaParameters: [2] }, 'betaParameters: expected two numbers, received an array of length 1'],
    [{ betaParameters: [2, 0] }, 'betaParameters[1]: expected a finite number > 0, received 0'],
    [{ nThresholds: 0 }, 'nThresholds: expected an integer >= 1 and <= 10000, received 0'],
    [{ fmax: 12_000 }, 'fmax: expected a number <= sampleRate / 2 (11025), received 12000'],
  ] as [Partial<PyinOptions>, string][])('refuses %j', (options, message) => {
    expectError(() => pyin(tone(300, 4000), { ...range, ...options }), RangeError, 'ERR_COCHLEA_OUT_OF_RANGE', message);
  });

  it('refuses more frames than its memory holds, before it takes any', () => {
    const y = new Float32Array(2 ** 23);
    const options = { ...range, fmin: 5000, fmax: 10_000, frameLength: 16 };
    expectError(
      () => pyin(y, { ...options, hopLength: 1 }),
      RangeError,
      'ERR_COCHLEA_OUT_OF_RANGE',
      'hopLength: expected an integer >= 3, for at most 4194304 frames, received 1',
    );
  });

  it('accepts the rate that its message proposes', () => {
    const options = { ...range, fmin: 1500 };
    let message = '';
    try {
      pyin(tone(1700, 4000), options);
    } catch (error) {
      message = (error as Error).message;
    }
    const maxTransitionRate = Number(/lower it to ([\d.]+)/.exec(message)?.[1]);
    expect(pyin(tone(1700, 4000), { ...options, maxTransitionRate }).voicedFlag[4]).toBe(1);
  });
});
