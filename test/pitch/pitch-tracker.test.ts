import { PitchTracker, type PitchTrackerOptions, yin } from 'cochlea';
import { describe, expect, it } from 'vitest';
import { expectError } from '../helpers/errors.js';
import { range } from '../helpers/pitch.js';
import { signal } from '../helpers/signals.mjs';

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

  it.each([{ ...range }, { ...range, hopLength: 500 }, { ...range, variant: 'paper' }] as PitchTrackerOptions[])(
    'gives them with an offset, and at levels whose squares are no numbers: %j',
    (options) => {
      const y = signal('speechLike').subarray(0, 20_001);
      const gains = [1, 1e-25, 1e30, 0.01];
      for (let i = 0; i < y.length; i++) y[i] = gains[Math.floor((4 * i) / y.length)] * (y[i] + 0.35);
      const expected = Array.from(yin(y, options));
      for (const sizes of [[128], [4096], [20_001], [1, 700, 0, 3000, 13]]) {
        expect(stream(y, new PitchTracker(options), sizes)).toEqual(expected);
      }
    },
  );

  it('has nothing left after a flush, and nothing when no sample has come', () => {
    const y = signal('vibrato').subarray(0, 5000);
    for (const center of [true, false]) {
      const tracker = new PitchTracker({ ...range, center });
      const out = new Float32Array(tracker.maxOutput(0));
      expect(tracker.flush().length).toBe(0);
      const first = stream(y, tracker, [1000]);
      expect(first).toEqual(Array.from(yin(y, { ...range, center })));
      expect(tracker.flush().length).toBe(0);
      expect(tracker.flush(out, new Float32Array(out.length)).length).toBe(0);
      expect(tracker.process(new Float32Array(0)).length).toBe(0);
      expect(tracker.flush().length).toBe(0);
      expect(stream(y, tracker, [777])).toEqual(first);
      tracker.process(y);
      tracker.reset();
      expect(tracker.flush().length).toBe(0);
    }
  });

  it('takes an empty block, with or without room for a result', () => {
    const tracker = new PitchTracker(range);
    const none = new Float32Array(0);
    expect(tracker.process(none).length).toBe(0);
    expect(tracker.process(none, new Float32Array(0)).length).toBe(0);
    expect(tracker.process(none, new Float32Array(0), new Float32Array(0)).length).toBe(0);
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
    const wrong = 'ERR_COCHLEA_INVALID_TYPE';
    const x = new Float32Array(1);
    expectError(() => tracker.process(null as never), TypeError, wrong, 'x: expected a Float32Array, received null');
    expectError(
      () => tracker.process(x, null as never),
      TypeError,
      wrong,
      'out: expected a Float32Array, received null',
    );
    expectError(
      () => tracker.process(x, undefined, null as never),
      TypeError,
      wrong,
      'aperiodicity: expected a Float32Array, received null',
    );
    expectError(() => tracker.flush(null as never), TypeError, wrong, 'out: expected a Float32Array, received null');
    expectError(
      () => new PitchTracker({ ...range, padMode: 'reflect' } as never),
      TypeError,
      'ERR_COCHLEA_UNKNOWN_OPTION',
      'options: expected',
    );
  });
});
