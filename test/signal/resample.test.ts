import { type ResampleOptions, type ResampleQuality, Resampler, type ResamplerOptions, resample } from 'cochlea';
import * as promises from 'cochlea/promises';
import { describe, expect, it } from 'vitest';
import { expectError } from '../helpers/errors.js';
import { signal } from '../helpers/signals.mjs';

const noise = signal('noise4000');

const tone = (n: number, cyclesPerSample: number) =>
  Float32Array.from({ length: n }, (_, i) => Math.cos(2 * Math.PI * cyclesPerSample * i));

/** Largest difference, away from `edge` samples at both ends. */
function worst(a: Float32Array, b: Float32Array, edge = 0): number {
  expect(a.length).toBe(b.length);
  return a.subarray(edge, a.length - edge).reduce((most, v, i) => Math.max(most, Math.abs(v - b[edge + i]!)), 0);
}

const decibels = (x: number) => 20 * Math.log10(x);

/** Amplitude of a tone after conversion, at its own frequency and time; negative where it comes out inverted. */
function gain(frequency: number, options: ResampleOptions): number {
  const y = resample(tone(20000, frequency / options.from), options);
  const middle = Math.floor(y.length / 2);
  let [product, square] = [0, 0];
  for (let i = middle - 2000; i < middle + 2000; i++) {
    const expected = Math.cos((2 * Math.PI * frequency * i) / options.to);
    product += y[i]! * expected;
    square += expected * expected;
  }
  return product / square;
}

/** The loudest sample that is left of a tone that must not be there. */
function leak(frequency: number, options: ResampleOptions): number {
  const y = resample(tone(20000, frequency / options.from), options);
  const edge = Math.floor(y.length / 4);
  return y.subarray(edge, -edge).reduce((most, v) => Math.max(most, Math.abs(v)), 0);
}

const ratios = [
  [2, 1],
  [1, 2],
  [44100, 48000],
  [48000, 44100],
  [44100, 16000],
  [8000, 44100],
  [3, 1],
  [1, 3],
  [44100, 44100.5],
  [1, 2 ** (-4 / 12)],
] as const;

describe('resample: known values', () => {
  it.each(ratios)('%d to %d keeps tones of the pass band in place', (from, to) => {
    const lower = Math.min(from, to);
    for (const fraction of [0.01, 0.2, 0.4, 0.455]) {
      expect(gain(fraction * lower, { from, to })).toBeCloseTo(1, 5);
    }
  });

  it.each(ratios)('%d to %d rejects what lies above the lower Nyquist frequency', (from, to) => {
    if (from < to) {
      // The images of a tone: what is left when the tone itself is taken away.
      const y = resample(tone(20000, 0.2), { from, to });
      const expected = Float32Array.from(y, (_, i) => Math.cos((2 * Math.PI * 0.2 * from * i) / to));
      expect(decibels(worst(y, expected, 4000))).toBeLessThan(-115);
    } else {
      for (const frequency of [0.505 * to, 0.3 * to + 0.25 * from]) {
        if (frequency > 0.5 * to && frequency < 0.5 * from) {
          expect(decibels(leak(frequency, { from, to }))).toBeLessThan(-115);
        }
      }
    }
  });

  it('falls off around 0.478 of the lower rate as libsoxr does', () => {
    for (const [fraction, db] of [
      [0.46, 0],
      [0.47, -0.6],
      [0.48, -8],
      [0.49, -33],
    ] as const) {
      expect(Math.abs(decibels(gain(fraction, { from: 2, to: 1 })) - db)).toBeLessThan(0.5);
    }
  });

  it('copies at equal rates', () => {
    const y = resample(noise, { from: 22050, to: 22050, scale: true });
    expect(y).toEqual(noise);
    expect(y.buffer).not.toBe(noise.buffer);
  });

  it.each(['soxr_hq', 'polyphase', 'fft'] satisfies ResampleQuality[])('copies at equal rates with %s', (quality) => {
    expect(resample(noise, { from: 22050, to: 22050, quality })).toEqual(noise);
  });

  it.each([
    [2, 1],
    [44100, 48000],
    [44100, 44100.5],
    [1, 5],
  ])('%d to %d is exact to the last bit up to the limit of 1e30', (from, to) => {
    const scale = 2 ** 99;
    for (const quality of ['soxr_hq', 'fft'] as const) {
      const y = resample(noise, { from, to, quality });
      const great = resample(
        noise.map((v) => v * scale),
        { from, to, quality },
      );
      expect(great.map((v) => v / scale)).toEqual(y);
    }
  });

  // The sum of its taps, of which there are 40 billion, once took hours.
  it('designs a polyphase filter for any integer rates', () => {
    const y = resample(noise, { from: 2 ** 31 - 1, to: 2 ** 31 - 2, quality: 'polyphase' });
    expect(worst(y, noise)).toBeLessThan(0.02);
  });

  it('keeps the energy with scale', () => {
    const y = resample(noise, { from: 2, to: 1 });
    const scaled = resample(noise, { from: 2, to: 1, scale: true });
    expect(
      worst(
        Float32Array.from(y, (v) => v * Math.SQRT2),
        scaled,
      ),
    ).toBeLessThan(1e-6);
  });

  it.each([
    [0, 2, 1, 0],
    [1, 2, 1, 1],
    [7, 2, 1, 4],
    [7, 1, 2, 14],
    [441, 44100, 48000, 481],
    [440, 44100, 48000, 479],
    [1000, 3, 1, 334],
    [10, 4096, 1, 1],
  ])('%d samples from %d to %d are %d', (n, from, to, expected) => {
    expect(resample(noise.slice(0, n), { from, to }).length).toBe(expected);
  });
});

describe('resample: invariants', () => {
  it.each(ratios)('%d to %d is linear', (from, to) => {
    const other = signal('noise4000').reverse();
    const sum = noise.map((v, i) => 0.5 * v - 0.25 * other[i]!);
    const [a, b, c] = [noise, other, sum].map((y) => resample(y, { from, to }));
    expect(
      worst(
        c!,
        Float32Array.from(a!, (v, i) => 0.5 * v - 0.25 * b![i]!),
      ),
    ).toBeLessThan(1e-6);
  });

  it.each(['soxr_vhq', 'soxr_hq', 'soxr_mq', 'soxr_lq', 'polyphase'] satisfies ResampleQuality[])(
    '%s has no delay: an impulse stays where it is, symmetric',
    (quality) => {
      for (const [from, to] of [
        [3, 1],
        [1, 3],
        [2, 1],
        [1, 2],
      ] as const) {
        const y = new Float32Array(1201);
        y[600] = 1;
        const out = resample(y, { from, to, quality });
        const centre = (600 * to) / from;
        expect(out.indexOf(Math.max(...out))).toBe(centre);
        for (let i = 1; i < 100; i++) expect(out[centre + i]).toBeCloseTo(out[centre - i]!, 6);
      }
    },
  );

  it('is the same signal there and back', () => {
    const y = Float32Array.from({ length: 20000 }, (_, i) => 0.5 * Math.sin(2 * Math.PI * i * (0.01 + 5e-6 * i)));
    const again = resample(resample(y, { from: 22050, to: 48000 }), { from: 48000, to: 22050 });
    expect(worst(again.subarray(0, 20000), y, 500)).toBeLessThan(2e-6);
  });

  it('writes into out', () => {
    const out = new Float32Array(2000);
    expect(resample(noise, { from: 2, to: 1, out })).toBe(out);
    expect(out).toEqual(resample(noise, { from: 2, to: 1 }));
  });

  it('is silent for silence', () => {
    expect(resample(new Float32Array(5000), { from: 48000, to: 44100 }).every((v) => v === 0)).toBe(true);
  });
});

describe('resample: promise', () => {
  it.each(['soxr_hq', 'polyphase', 'fft'] satisfies ResampleQuality[])('%s gives the same numbers', async (quality) => {
    const options = { from: 44100, to: 22050, quality };
    expect(await promises.resample(noise, options)).toEqual(resample(noise, options));
  });
});

describe('Resampler', () => {
  const long = signal('noise');

  /** The outputs for `long`, cut into pieces of these sizes, in turn. */
  function streamed(options: ResamplerOptions, sizes: number[]): Float32Array {
    const resampler = new Resampler(options);
    const parts: Float32Array[] = [];
    for (let i = 0, k = 0; i < long.length; k++) {
      const size = sizes[k % sizes.length]!;
      parts.push(resampler.process(long.subarray(i, i + size)));
      i += size;
    }
    parts.push(resampler.flush());
    const joined = new Float32Array(parts.reduce((n, part) => n + part.length, 0));
    let filled = 0;
    for (const part of parts) {
      joined.set(part, filled);
      filled += part.length;
    }
    return joined;
  }

  it.each([...ratios, [6, 1], [1, 5], [1000, 1], [1, 300]] as const)(
    '%d to %d: any chunking gives the same bits, and the numbers of resample',
    (from, to) => {
      const whole = streamed({ from, to }, [long.length]);
      expect(worst(whole, resample(long, { from, to }))).toBeLessThan(1e-6);
      for (const sizes of [[1, 2, 3, 500], [4096], [20000], [1, 0, 333]]) {
        expect(streamed({ from, to }, sizes), `${sizes}`).toEqual(whole);
      }
    },
  );

  it.each([44100, 44100.5])('passes the samples through at equal rates, %d', (rate) => {
    const resampler = new Resampler({ from: rate, to: rate });
    expect(resampler.latency).toBe(0);
    expect([resampler.maxOutput(7), resampler.maxOutput(0)]).toEqual([7, 0]);
    expect(streamed({ from: rate, to: rate }, [1, 0, 333])).toEqual(long);
  });

  it('takes empty blocks, with room and without', () => {
    const resampler = new Resampler({ from: 3, to: 2 });
    const none = new Float32Array(0);
    expect(resampler.process(none).length).toBe(0);
    expect(resampler.process(none, none).length).toBe(0);
    const parts = [resampler.process(noise), resampler.process(none, none), resampler.flush()];
    expect(parts.map(({ length }) => length)).toEqual([expect.any(Number), 0, expect.any(Number)]);
    expect(parts[0]!.length + parts[2]!.length).toBe(Math.ceil((noise.length * 2) / 3));
  });

  it('has nothing left after a flush', () => {
    const resampler = new Resampler({ from: 3, to: 2 });
    expect(resampler.flush().length).toBe(0);
    resampler.process(noise);
    resampler.flush();
    expect(resampler.flush().length).toBe(0);
  });

  it('holds back no more than its latency', () => {
    for (const [from, to] of ratios) {
      const resampler = new Resampler({ from, to });
      let [taken, given] = [0, 0];
      for (let i = 0; i < 50; i++) {
        given += resampler.process(long.subarray(taken, taken + 100)).length;
        taken += 100;
        const computable = Math.floor(((taken - 1 - resampler.latency) * to) / from) + 1;
        expect(given).toBeGreaterThanOrEqual(Math.max(0, computable));
      }
    }
  });

  it('begins anew after flush and after reset', () => {
    const resampler = new Resampler({ from: 3, to: 2 });
    const run = () => [resampler.process(noise), resampler.flush()];
    const first = run();
    expect(run()).toEqual(first);
    resampler.process(long);
    resampler.reset();
    expect(run()).toEqual(first);
  });

  it('writes into out', () => {
    const resampler = new Resampler({ from: 2, to: 1 });
    const out = new Float32Array(resampler.maxOutput(noise.length));
    const y = resampler.process(noise, out);
    expect(y.buffer).toBe(out.buffer);
    resampler.reset();
    expect(y).toEqual(resampler.process(noise));
  });
});

describe('resample: errors', () => {
  it.each([
    [{ to: 1 }, TypeError, 'ERR_COCHLEA_MISSING_OPTION', 'from: expected this option to be given, received undefined'],
    [{ from: 0, to: 1 }, RangeError, 'ERR_COCHLEA_OUT_OF_RANGE', 'from: expected a finite number > 0, received 0'],
    [{ from: 1, to: -1 }, RangeError, 'ERR_COCHLEA_OUT_OF_RANGE', 'to: expected a finite number > 0, received -1'],
    [
      { from: 1, to: 5000 },
      RangeError,
      'ERR_COCHLEA_OUT_OF_RANGE',
      "to: expected a rate from 0.000244140625 to 4096, a factor of 4096 from 'from', received 5000",
    ],
    [
      { from: 44100.5, to: 22050, quality: 'polyphase' },
      RangeError,
      'ERR_COCHLEA_OUT_OF_RANGE',
      "from: expected an integer with quality 'polyphase', received 44100.5",
    ],
    [
      { from: 2, to: 1, quality: 'best' },
      RangeError,
      'ERR_COCHLEA_OUT_OF_RANGE',
      "quality: expected one of 'soxr_vhq', 'soxr_hq', 'soxr_mq', 'soxr_lq', 'polyphase', 'fft', received 'best'",
    ],
    [
      { from: 2, to: 1, out: new Float32Array(3) },
      RangeError,
      'ERR_COCHLEA_OUT_OF_RANGE',
      'out: expected a Float32Array of length 2000, received Float32Array of length 3',
    ],
    [
      { from: 1, to: 2, out: noise },
      RangeError,
      'ERR_COCHLEA_OUT_OF_RANGE',
      'out: expected a Float32Array of length 8000',
    ],
  ])('%#', (options, type, code, message) => {
    expectError(() => resample(noise, options as never), type, code, message);
  });

  it('names the first sample that is not finite', () => {
    const y = noise.slice();
    y[17] = Number.NaN;
    const message = 'expected finite samples, received NaN at index 17';
    for (const to of [1, 2]) {
      expectError(() => resample(y, { from: 2, to }), RangeError, 'ERR_COCHLEA_NOT_FINITE', `y: ${message}`);
    }
    const resampler = new Resampler({ from: 2, to: 1 });
    expectError(() => resampler.process(y), RangeError, 'ERR_COCHLEA_NOT_FINITE', `x: ${message}`);
  });

  it('refuses a result that overlaps the signal, or is too small', () => {
    const memory = new Float32Array(3000);
    expectError(
      () => resample(memory.subarray(0, 2000), { from: 2, to: 1, out: memory.subarray(1500, 2500) }),
      RangeError,
      'ERR_COCHLEA_OVERLAP',
      'out: expected memory that does not overlap y',
    );
    const resampler = new Resampler({ from: 2, to: 1 });
    expectError(
      () => resampler.process(noise, new Float32Array(10)),
      RangeError,
      'ERR_COCHLEA_OUT_OF_RANGE',
      'out: expected a Float32Array of length >= ',
    );
  });

  it("refuses 'fft' for a stream", () => {
    expectError(
      () => new Resampler({ from: 2, to: 1, quality: 'fft' as never }),
      RangeError,
      'ERR_COCHLEA_OUT_OF_RANGE',
      "quality: expected one of 'soxr_vhq', 'soxr_hq', 'soxr_mq', 'soxr_lq', 'polyphase', received 'fft'",
    );
  });
});
