import { HpssStream, type HpssStreamOptions, hpss } from 'cochlea';
import { describe, expect, it } from 'vitest';
import { expectError } from '../helpers/errors.js';
import { energy, noise, worst } from '../helpers/noise.js';

describe('HpssStream', () => {
  it.each([
    {},
    { nFft: 512, kernelSize: [17, 31], margin: [1, 5] },
    { nFft: 1000, hopLength: 300, winLength: 800, power: 1 },
    { nFft: 255, hopLength: 255, window: 'hamming', kernelSize: [2, 9] },
    { nFft: 64, kernelSize: [1, 3], window: 'ones', power: Infinity },
  ] as HpssStreamOptions[])('%j: gives the offline result, late, in any chunks', (options) => {
    const stream = new HpssStream(options);
    const { latency } = stream;
    const y = noise(40000);
    const whole = hpss(y, options);
    const { nFft = 2048, hopLength = Math.floor((options.winLength ?? nFft) / 4), kernelSize = 31 } = options;
    const [along] = typeof kernelSize === 'number' ? [kernelSize] : kernelSize;
    expect(latency).toBe(nFft + (Math.floor((along - 1) / 2) + 15) * hopLength);
    // No frame here is affected by the end of the signal.
    const safe = Math.min(y.length - latency, y.length - nFft - Math.ceil(along / 2) * hopLength);
    for (const chunks of [[40000], [1, 2, 3, 500, 17000], [4096], [777]]) {
      stream.reset();
      const harmonic = new Float32Array(y.length);
      const percussive = new Float32Array(y.length);
      for (let i = 0, c = 0; i < y.length; c++) {
        const end = Math.min(y.length, i + chunks[c % chunks.length]);
        const out = { harmonic: harmonic.subarray(i, end), percussive: percussive.subarray(i, end) };
        expect(stream.process(y.subarray(i, end), out)).toBe(out);
        i = end;
      }
      expect(energy(harmonic.subarray(0, latency)) + energy(percussive.subarray(0, latency))).toBe(0);
      const compared = (x: Float32Array) => x.subarray(latency, latency + safe);
      expect(worst(compared(harmonic), whole.harmonic.subarray(0, safe))).toBeLessThan(1e-6);
      expect(worst(compared(percussive), whole.percussive.subarray(0, safe))).toBeLessThan(1e-6);
    }
  });

  it('flush gives what is left, as if silence followed, and begins anew', () => {
    const options = { nFft: 512, kernelSize: 9 };
    const stream = new HpssStream(options);
    const { latency } = stream;
    const y = noise(20000);
    const first = stream.process(y);
    const rest = stream.flush();
    expect([rest.harmonic.length, rest.percussive.length]).toEqual([latency, latency]);
    const padded = new Float32Array(y.length + 3 * latency);
    padded.set(y);
    const whole = hpss(padded, options);
    for (const part of ['harmonic', 'percussive'] as const) {
      const all = new Float32Array(y.length + latency);
      all.set(first[part]);
      all.set(rest[part], y.length);
      expect(worst(all.subarray(latency), whole[part].subarray(0, y.length))).toBeLessThan(1e-6);
    }
    expect(stream.process(y)).toEqual(first);
    const out = { harmonic: new Float32Array(latency), percussive: new Float32Array(latency) };
    expect(stream.flush(out)).toBe(out);
    expect(out).toEqual(rest);
    expectError(
      () => stream.flush({ harmonic: new Float32Array(latency), percussive: new Float32Array(1) }),
      RangeError,
      'ERR_COCHLEA_OUT_OF_RANGE',
      `out.percussive: expected a Float32Array of length ${latency}`,
    );
  });

  it('has nothing left after a flush, and nothing when no sample has come', () => {
    const stream = new HpssStream({ nFft: 256 });
    const { latency } = stream;
    const lengths = (parts: { harmonic: Float32Array; percussive: Float32Array }) => [
      parts.harmonic.length,
      parts.percussive.length,
    ];
    expect(lengths(stream.flush())).toEqual([0, 0]);
    const y = noise(3000);
    const first = stream.process(y);
    expect(lengths(stream.flush())).toEqual([latency, latency]);
    const out = { harmonic: new Float32Array(latency), percussive: new Float32Array(latency) };
    expect(lengths(stream.flush())).toEqual([0, 0]);
    expect(lengths(stream.flush(out))).toEqual([0, 0]);
    stream.process(new Float32Array(0));
    expect(lengths(stream.flush())).toEqual([0, 0]);
    expect(stream.process(y)).toEqual(first);
    stream.reset();
    expect(lengths(stream.flush())).toEqual([0, 0]);
  });

  it('takes an empty block, and allocates its results when none are given', () => {
    const stream = new HpssStream({ nFft: 256 });
    expect(stream.process(new Float32Array(0)).harmonic.length).toBe(0);
    const empty = { harmonic: new Float32Array(0), percussive: new Float32Array(0) };
    expect(stream.process(new Float32Array(0), empty)).toBe(empty);
    const { harmonic, percussive } = stream.process(noise(10000));
    expect([harmonic.length, percussive.length]).toEqual([10000, 10000]);
    expect(energy(harmonic)).toBeGreaterThan(0);
  });

  it('refuses what it cannot take', () => {
    const [type, range] = [TypeError, RangeError] as const;
    const invalid = 'ERR_COCHLEA_OUT_OF_RANGE';
    expectError(
      () => new HpssStream({ hopLength: 3000 }),
      range,
      invalid,
      'hopLength: expected an integer >= 1 and <=',
    );
    expectError(
      () => new HpssStream({ center: false } as never),
      type,
      'ERR_COCHLEA_UNKNOWN_OPTION',
      'options: expected one of the options kernelSize',
    );
    const stream = new HpssStream();
    const x = new Float32Array(4);
    const out = { harmonic: new Float32Array(4), percussive: new Float32Array(3) };
    expectError(() => stream.process(x, out), range, invalid, 'out.percussive: expected a Float32Array of length 4');
    const same = { harmonic: x, percussive: new Float32Array(4) };
    expectError(() => stream.process(x, same), range, 'ERR_COCHLEA_OVERLAP', 'out.harmonic: expected memory');
    expectError(() => stream.process([1] as never), type, 'ERR_COCHLEA_INVALID_TYPE', 'x: expected a Float32Array');
    const wrong = 'ERR_COCHLEA_INVALID_TYPE';
    const parts = 'out: expected an object { harmonic, percussive }, received null';
    expectError(() => stream.process(null as never), type, wrong, 'x: expected a Float32Array, received null');
    expectError(() => stream.process(x, null as never), type, wrong, parts);
    expectError(() => stream.flush(null as never), type, wrong, parts);
    expectError(
      () => stream.process(x, { harmonic: x } as never),
      type,
      wrong,
      'out.percussive: expected a Float32Array, received undefined',
    );
    expectError(
      () => new HpssStream({ kernelSize: [2 ** 20, 31] }),
      range,
      invalid,
      'kernelSize: expected a harmonic length <= 87296 for nFft 2048, which keeps so many frames in 1 GB, received 1048576',
    );
    const bad = Float32Array.of(Infinity);
    expectError(() => stream.process(bad), range, 'ERR_COCHLEA_NOT_FINITE', 'x: expected finite samples');
  });
});
