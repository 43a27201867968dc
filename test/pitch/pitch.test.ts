import { PitchTracker, type PitchTrackerOptions, type PyinOptions, pyin, type YinOptions, yin } from 'cochlea';
import * as promises from 'cochlea/promises';
import { describe, expect, it } from 'vitest';
import { expectError } from '../helpers/errors.js';
import { signal } from '../helpers/signals.mjs';

const rate = 22050;
const range = { sampleRate: rate, fmin: 65, fmax: 2093 };

const tone = (frequency: number, n = rate, amplitude = 0.5) =>
  Float32Array.from({ length: n }, (_, i) => amplitude * Math.sin((2 * Math.PI * frequency * i) / rate));

/** The definition, in double: the pitch of one frame. */
function yinByDefinition(x: Float32Array, options: YinOptions): number {
  const paper = options.variant === 'paper';
  const shortest = Math.floor(rate / options.fmax);
  const longest = Math.min(Math.ceil(rate / options.fmin), x.length - 1);
  const summed = paper ? x.length - longest : x.length;
  const normalised = [paper ? 1 : 0];
  let total = 0;
  for (let lag = 1; lag <= longest; lag++) {
    // The reference's error at lag 1.
    let difference = lag === 1 && !paper ? x[0] ** 2 : 0;
    for (let i = 0; i < summed; i++) difference += (x[i] - (x[i + lag] ?? 0)) ** 2;
    total += difference;
    normalised.push(total === 0 ? 0 : (difference * lag) / total);
  }
  const d = normalised.slice(shortest);
  const isTrough = (i: number) => (i === 0 ? d[0] < d[1] : d[i] < d[i - 1] && (i === d.length - 1 || d[i] <= d[i + 1]));
  let chosen = d.findIndex((value, i) => isTrough(i) && value < (options.troughThreshold ?? 0.1));
  if (chosen < 0 && paper) return Number.NaN;
  if (chosen < 0) chosen = d.indexOf(Math.min(...d));
  const [left, right] = [d[chosen - 1], d[chosen + 1]];
  const curvature = left + right - 2 * d[chosen];
  const slope = (right - left) / 2;
  const shift = Math.abs(slope) < Math.abs(curvature) ? -slope / curvature : 0;
  return rate / (shortest + chosen + (Number.isNaN(shift) ? 0 : shift));
}

describe('yin: known values', () => {
  it.each([70, 110, 261.63, 440, 1000])('finds a tone of %d Hz', (frequency) => {
    const f0 = yin(tone(frequency), range).subarray(4, -4);
    // The energy of the last period biases the reference's minimum; the paper's has none.
    for (const f of f0) expect(Math.abs(Math.log2(f / frequency))).toBeLessThan(0.01);
    const paper = yin(tone(frequency), { ...range, variant: 'paper' }).subarray(4, -4);
    for (const f of paper) expect(Math.abs(Math.log2(f / frequency))).toBeLessThan(0.002);
  });

  it('finds a missing fundamental', () => {
    for (const f of yin(signal('missingFundamental'), range).subarray(4, -4)) expect(f).toBeCloseTo(200, 0);
  });

  it.each([
    [{ ...range, frameLength: 512 }],
    [{ ...range, frameLength: 701, hopLength: 100 }],
    [{ ...range, frameLength: 400, fmin: 55.3, hopLength: 500 }],
    [{ ...range, frameLength: 512, variant: 'paper' }],
    [{ ...range, frameLength: 512, variant: 'paper', troughThreshold: 0.4 }],
    [{ ...range, frameLength: 512, troughThreshold: 0.5, fmax: rate / 2 }],
  ] as [YinOptions & { details?: false }][])('is its definition: %j', (options) => {
    for (const name of ['noise4000', 'vibrato', 'silence', 'dc']) {
      const y = signal(name).subarray(0, 4000);
      const hop = options.hopLength ?? Math.floor(options.frameLength! / 4);
      const f0 = yin(y, { ...options, center: false });
      expect(f0.length).toBe(1 + Math.floor((4000 - options.frameLength!) / hop));
      f0.forEach((f, t) => {
        const truth = yinByDefinition(y.subarray(t * hop, t * hop + options.frameLength!), options);
        if (Number.isNaN(truth)) expect(f).toBeNaN();
        else expect(Math.abs(f / truth - 1), `${name}, frame ${t}: ${f}, ${truth}`).toBeLessThan(1e-5);
      });
    }
  });

  it('has the reference bugs that it names', () => {
    const silence = yin(new Float32Array(5000), { ...range, details: true });
    expect(silence.f0.every((f) => f === Math.fround(rate / Math.floor(rate / 2093)))).toBe(true);
    expect(silence.aperiodicity.every((a) => a === 0)).toBe(true);
    expect(yin(signal('noise'), range).every(Number.isFinite)).toBe(true);
  });

  it('has no pitch for noise and silence in the variant of the paper', () => {
    const options = { ...range, variant: 'paper' } as const;
    expect(yin(new Float32Array(5000), options).every(Number.isNaN)).toBe(true);
    const noise = yin(signal('noise'), { ...options, details: true });
    expect(noise.f0.every(Number.isNaN)).toBe(true);
    expect(Math.min(...noise.aperiodicity)).toBeGreaterThan(0.3);
    const { aperiodicity } = yin(tone(200), { ...options, details: true });
    expect(Math.max(...aperiodicity.subarray(4, -4))).toBeLessThan(1e-3);
  });
});

describe('yin: invariants', () => {
  it('does not depend on the level', () => {
    const y = signal('vibrato');
    const quiet = yin(
      y.map((v) => v / 1024),
      range,
    );
    expect(quiet).toEqual(yin(y, range));
  });

  it('gives the same frame wherever it stands', () => {
    const y = signal('vibrato');
    const whole = yin(y, { ...range, center: false });
    expect(yin(y.subarray(512 * 21), { ...range, center: false })[0]).toBe(whole[21]);
  });

  it('returns what it returns without details', () => {
    const y = signal('speechLike');
    const { f0, aperiodicity } = yin(y, { ...range, details: true });
    expect(f0).toEqual(yin(y, range));
    expect(aperiodicity.length).toBe(f0.length);
  });
});

describe('yin: edges', () => {
  it.each([0, 1, 511, 512, 513, 2047, 2048, 2049])('takes %d samples', (n) => {
    const f0 = yin(tone(300, n), range);
    expect(f0.length).toBe(1 + Math.floor(n / 512));
    expect(f0.every(Number.isFinite)).toBe(true);
  });

  it('takes full scale, and what is so faint that its squares vanish', () => {
    for (const level of [1e18, 1, 1e-18, 1e-30]) {
      expect(yin(tone(300, 8000, level), range).every((f) => f > 0)).toBe(true);
    }
  });
});

describe('yin: forms', () => {
  it('resolves with the same numbers', async () => {
    const y = signal('vibrato');
    expect(await promises.yin(y, range)).toEqual(yin(y, range));
    expect(await promises.yin(y, { ...range, details: true })).toEqual(yin(y, { ...range, details: true }));
  });

  it('can be aborted', async () => {
    const call = promises.yin(signal('noise'), { ...range, signal: AbortSignal.abort() });
    await expect(call).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('PitchTracker', () => {
  function stream(y: Float32Array, tracker: PitchTracker, sizes: number[], flush = true): number[] {
    const f0: number[] = [];
    for (let at = 0, i = 0; at < y.length; i++) {
      const block = y.subarray(at, at + sizes[i % sizes.length]);
      f0.push(...tracker.process(block));
      at += block.length;
    }
    if (flush) f0.push(...tracker.flush());
    return f0;
  }

  it.each([
    [{ ...range }],
    [{ ...range, center: false }],
    [{ ...range, frameLength: 1023, hopLength: 1000 }],
    [{ ...range, hopLength: 100 }],
    [{ ...range, variant: 'paper', troughThreshold: 0.2 }],
  ] as [PitchTrackerOptions][])('gives the numbers of yin however the signal is cut: %j', (options) => {
    const y = signal('speechLike').subarray(0, 20_001);
    const expected = Array.from(yin(y, options));
    for (const sizes of [[1], [128], [4096], [20_001], [1, 700, 0, 3000, 13]]) {
      if (sizes[0] === 1 && sizes.length === 1 && options.hopLength === 100) continue;
      expect(stream(y, new PitchTracker(options), sizes)).toEqual(expected);
    }
  });

  it('returns a frame with the call that completes it', () => {
    const tracker = new PitchTracker({ ...range, frameLength: 1000, hopLength: 300 });
    expect(tracker.latency).toBe(500);
    expect(tracker.process(new Float32Array(499)).length).toBe(0);
    expect(tracker.process(new Float32Array(1)).length).toBe(1);
    expect(tracker.process(new Float32Array(299)).length).toBe(0);
    expect(tracker.process(new Float32Array(301)).length).toBe(2);
  });

  it('begins anew after flush and reset', () => {
    const y = signal('vibrato').subarray(0, 9000);
    const tracker = new PitchTracker(range);
    const first = stream(y, tracker, [1000]);
    expect(stream(y, tracker, [777])).toEqual(first);
    tracker.process(y.subarray(0, 5000));
    tracker.reset();
    expect(stream(y, tracker, [9000])).toEqual(first);
  });

  it('fills arrays that it is given', () => {
    const y = signal('vibrato').subarray(0, 8192);
    const { f0, aperiodicity } = yin(y, { ...range, details: true });
    const tracker = new PitchTracker(range);
    const out = new Float32Array(tracker.maxOutput(8192));
    const details = new Float32Array(out.length);
    const taken = tracker.process(y, out, details);
    expect(taken.buffer).toBe(out.buffer);
    expect(taken).toEqual(f0.subarray(0, taken.length));
    expect(details.subarray(0, taken.length)).toEqual(aperiodicity.subarray(0, taken.length));
    expect(taken.length + tracker.flush(new Float32Array(tracker.maxOutput(0))).length).toBe(f0.length);
  });

  it('refuses what it cannot do', () => {
    const tracker = new PitchTracker(range);
    const out = 'ERR_COCHLEA_OUT_OF_RANGE';
    expectError(
      () => new PitchTracker({ ...range, hopLength: 2049 }),
      RangeError,
      out,
      'hopLength: expected an integer <= frameLength (2048), received 2049',
    );
    expectError(
      () => tracker.process(new Float32Array(512), new Float32Array(1)),
      RangeError,
      out,
      'out: expected a Float32Array of length >= 2, received Float32Array of length 1',
    );
    expectError(
      () => tracker.process(Float32Array.of(0, Number.NaN)),
      RangeError,
      'ERR_COCHLEA_NOT_FINITE',
      'x: expected finite samples, received NaN at index 1',
    );
    expectError(
      () => tracker.process([] as never),
      TypeError,
      'ERR_COCHLEA_INVALID_TYPE',
      'x: expected a Float32Array',
    );
    expectError(
      () => new PitchTracker({ ...range, padMode: 'reflect' } as never),
      TypeError,
      'ERR_COCHLEA_UNKNOWN_OPTION',
      'options: expected',
    );
  });
});

describe('yin: errors', () => {
  const y = new Float32Array(4096);
  const outOfRange = 'ERR_COCHLEA_OUT_OF_RANGE';

  it.each([
    [{}, 'ERR_COCHLEA_MISSING_OPTION', 'sampleRate: expected this option to be given, received undefined'],
    [{ sampleRate: rate, fmax: 1 }, 'ERR_COCHLEA_MISSING_OPTION', 'fmin: expected this option to be given'],
    [{ sampleRate: rate, fmin: 1 }, 'ERR_COCHLEA_MISSING_OPTION', 'fmax: expected this option to be given'],
    [{ ...range, fmin: '65' }, 'ERR_COCHLEA_INVALID_TYPE', "fmin: expected a finite number, received '65'"],
    [{ ...range, hopsize: 3 }, 'ERR_COCHLEA_UNKNOWN_OPTION', 'options: expected'],
  ])('%j is a TypeError', (options, code, message) => {
    expectError(() => yin(y, options as never), TypeError, code, message);
  });

  it.each([
    [{ fmax: 11026 }, 'fmax: expected a number <= sampleRate / 2 (11025), received 11026'],
    [{ fmin: 2093 }, 'fmin: expected a number < fmax (2093), received 2093'],
    [{ fmin: 0 }, 'fmin: expected a number > 0, received 0'],
    [{ fmin: -5, fmax: 20_000 }, 'fmax: expected a number <= sampleRate / 2 (11025), received 20000'],
    [{ fmin: 10, fmax: 5 }, 'fmin: expected a number < fmax (5), received 10'],
    [
      { fmin: 10 },
      'fmin: expected a number > 10.771861260381046 for frameLength 2048, or a frameLength >= 2207, received 10',
    ],
    [{ hopLength: 0 }, 'hopLength: expected an integer >= 1, received 0'],
    [{ frameLength: 4097, center: false }, 'y: expected at least 4097 samples for frameLength 4097 and center false'],
    [{ variant: 'yin' }, "variant: expected one of 'librosa', 'paper', received 'yin'"],
  ])('%j is a RangeError', (options, message) => {
    expectError(() => yin(y, { ...range, ...options } as never), RangeError, outOfRange, message);
  });

  it('accepts what its message proposes', () => {
    expect(yin(y, { ...range, fmin: 10, frameLength: 2207 }).length).toBeGreaterThan(0);
    expect(yin(y, { ...range, fmin: 10.7719 }).length).toBeGreaterThan(0);
  });

  it('wants samples', () => {
    expectError(
      () => yin(new Float32Array(0), { ...range, padMode: 'reflect' }),
      RangeError,
      outOfRange,
      "y: expected at least 1 samples for frameLength 2048 and padMode 'reflect', received 0",
    );
    expectError(
      () => yin(Float32Array.of(0, 1, Number.POSITIVE_INFINITY), range),
      RangeError,
      'ERR_COCHLEA_NOT_FINITE',
      'y: expected finite samples, received Infinity at index 2',
    );
    expectError(() => yin([] as never, range), TypeError, 'ERR_COCHLEA_INVALID_TYPE', 'y: expected a Float32Array');
  });
});

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
    [{ switchProb: 1.1 }, 'switchProb: expected a finite number >= 0 and <= 1, received 1.1'],
    [{ boltzmannParameter: 0 }, 'boltzmannParameter: expected a finite number > 0, received 0'],
    [{ betaParameters: [2] }, 'betaParameters: expected two numbers, received an array of length 1'],
    [{ betaParameters: [2, 0] }, 'betaParameters[1]: expected a finite number > 0, received 0'],
    [{ nThresholds: 0 }, 'nThresholds: expected an integer >= 1 and <= 10000, received 0'],
    [{ fmax: 12_000 }, 'fmax: expected a number <= sampleRate / 2 (11025), received 12000'],
  ] as [Partial<PyinOptions>, string][])('refuses %j', (options, message) => {
    expectError(() => pyin(tone(300, 4000), { ...range, ...options }), RangeError, 'ERR_COCHLEA_OUT_OF_RANGE', message);
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
