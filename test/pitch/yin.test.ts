import { type YinOptions, yin } from 'cochlea';
import * as promises from 'cochlea/promises';
import { describe, expect, it } from 'vitest';
import { expectError } from '../helpers/errors.js';
import { range, rate, tone } from '../helpers/pitch.js';
import { signal } from '../helpers/signals.mjs';

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

  it.each([
    [{ ...range, frameLength: 2048 }],
    [{ ...range, frameLength: 1024, hopLength: 500 }],
    [{ ...range, frameLength: 1024, variant: 'paper' }],
    [{ ...range, frameLength: 1024, fmin: 200, fmax: 8000, variant: 'paper' }],
  ] as [YinOptions & { details?: false }][])('is its definition whatever the offset: %j', (options) => {
    const hop = options.hopLength ?? options.frameLength! / 4;
    for (const [name, gain] of [
      ['vibrato', 0.02],
      ['toneJumps', 0.003],
      ['speechLike', 0.1],
      ['drums', 1],
    ] as const) {
      const y = signal(name).map((v) => gain * v + 0.35);
      const f0 = yin(y, { ...options, center: false });
      for (let t = 0; t < f0.length; t += 5) {
        const truth = yinByDefinition(y.subarray(t * hop, t * hop + options.frameLength!), options);
        if (Number.isNaN(truth)) expect(f0[t], `${name}, frame ${t}`).toBeNaN();
        else expect(Math.abs(f0[t] / truth - 1), `${name}, frame ${t}: ${f0[t]}, ${truth}`).toBeLessThan(1e-5);
      }
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
    for (const level of [0, 0.35, 1e30]) {
      const constant = yin(new Float32Array(5000).fill(level), { ...options, center: false });
      expect(constant.every(Number.isNaN)).toBe(true);
    }
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

  it.each([[{ ...range }], [{ ...range, hopLength: 500 }], [{ ...range, variant: 'paper' }]] as [YinOptions][])(
    'does not depend on a level whose squares are no numbers: %j',
    (options) => {
      const y = signal('vibrato').subarray(0, 20_000);
      const { f0, aperiodicity } = yin(y, { ...options, details: true });
      for (const gain of [1e-30, 1e-22, 1e-15, 1e15, 1e22, 1e30, 3e38]) {
        const scaled = yin(
          y.map((v) => v * gain),
          { ...options, details: true },
        );
        f0.forEach((f, t) => {
          const other = scaled.f0[t];
          if (Number.isNaN(f)) expect(other).toBeNaN();
          else expect(Math.abs(other / f - 1), `${gain}, frame ${t}`).toBeLessThan(1e-5);
          expect(Math.abs(scaled.aperiodicity[t] - aperiodicity[t])).toBeLessThan(1e-5);
        });
      }
    },
  );

  it('sees each frame at its own level', () => {
    const options = { ...range, center: false } as const;
    const levels = [0.5, 1e37, 1e-30, 0, 1e-10, 1e25];
    const n = 4096;
    const sound = tone(300, n);
    const y = new Float32Array(levels.length * n);
    levels.forEach((level, k) => {
      y.set(
        sound.map((v) => v * level),
        k * n,
      );
    });
    const f0 = yin(y, options);
    levels.forEach((_, k) => {
      const alone = yin(y.subarray(k * n, (k + 1) * n), options);
      expect(f0.subarray(8 * k, 8 * k + alone.length)).toEqual(alone);
    });
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
    for (const level of [3e38, 1e18, 1, 1e-18, 1e-30]) {
      const f0 = yin(tone(300, 8000, level), range);
      for (const f of f0.subarray(2, -2)) expect(Math.abs(f / 300 - 1)).toBeLessThan(5e-3);
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
    [{ frameLength: 2 ** 20 + 1 }, 'frameLength: expected an integer >= 4 and <= 1048576, received 1048577'],
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
