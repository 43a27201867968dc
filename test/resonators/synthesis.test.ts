import { logFrequencies, type SynthesisMask, Synthesizer, synthesize, TrackingBank, yin } from 'cochlea';
import * as promises from 'cochlea/promises';
import { describe, expect, it } from 'vitest';
import { expectError } from '../helpers/errors.js';

const SR = 22050;
const frequencies = logFrequencies({ fmin: 110, nBins: 72 });
const bank = { sampleRate: SR, frequencies };
const masks: SynthesisMask[] = ['greedy', 'nearest'];

const tone = (n: number, frequency: number, amplitude = 0.5) =>
  Float32Array.from({ length: n }, (_, i) => amplitude * Math.cos((2 * Math.PI * frequency * i) / SR));

const sum = (...signals: Float32Array[]) => signals[0].map((_, i) => signals.reduce((s, y) => s + y[i], 0));

/** A note with a vibrato of 10 cents and five partials. */
const note = (n: number, f0: number) => {
  let phase = 0;
  return Float32Array.from({ length: n }, (_, i) => {
    phase += (2 * Math.PI * f0 * 2 ** ((10 / 1200) * Math.sin((2 * Math.PI * 5 * i) / SR))) / SR;
    return [1, 2, 3, 4, 5].reduce((s, h) => s + (0.3 / h) * Math.cos(h * phase), 0);
  });
};

/** In dB, of what b has of a, from sample `from` on. */
function snr(a: Float32Array, b: Float32Array, from: number): number {
  let [signal, error] = [0, 0];
  for (let i = from; i < a.length; i++) {
    signal += a[i] ** 2;
    error += (a[i] - b[i]) ** 2;
  }
  return 10 * Math.log10(signal / error);
}

const median = (x: ArrayLike<number>) => Array.from(x).sort((a, b) => a - b)[x.length >> 1];

/** The median pitch, less the first fifth of the signal. */
function pitchOf(y: Float32Array): number {
  return median(yin(y.subarray(y.length / 5), { sampleRate: SR, fmin: 60, fmax: 2000, frameLength: 2048 }));
}

const cents = (a: number, b: number) => 1200 * Math.log2(a / b);

/** The amplitude of a steady tone within y. */
function amplitudeOf(y: Float32Array, frequency: number): number {
  const [re, im] = [Math.cos, Math.sin].map((f) =>
    y.reduce((s, x, i) => s + x * f((2 * Math.PI * frequency * i) / SR), 0),
  );
  return (2 * Math.hypot(re, im)) / y.length;
}

describe('synthesize: the same sound', () => {
  for (const mask of masks) {
    it(`a tone between two resonators, ${mask}`, () => {
      const y = tone(SR, 453.5);
      const z = synthesize(y, { ...bank, mask });
      expect(z.length).toBe(y.length);
      expect(snr(y, z, SR / 5)).toBeGreaterThan(55);
    });
  }

  it('two tones, each heard once', () => {
    const y = sum(tone(SR, 330, 0.4), tone(SR, 1003, 0.2));
    expect(snr(y, synthesize(y, bank), SR / 5)).toBeGreaterThan(28);
  });

  it('a note with vibrato and partials', () => {
    const y = note(2 * SR, 261.6);
    const z = synthesize(y, bank);
    expect(snr(y, z, SR / 5)).toBeGreaterThan(15);
    expect(Math.abs(cents(pitchOf(z), pitchOf(y)))).toBeLessThan(1);
  });

  it('silence, and what is below the threshold, is silent', () => {
    expect(synthesize(new Float32Array(5000), bank)).toEqual(new Float32Array(5000));
    expect(synthesize(tone(5000, 440, 0.01), { ...bank, threshold: 1e-3 }).every((x) => x === 0)).toBe(true);
  });

  it('without a mask that separates, resonators on one tone would add up', () => {
    const y = tone(SR, 452);
    const z = synthesize(y, { ...bank, exclusion: 0 });
    expect(amplitudeOf(z.subarray(SR / 2), 452)).toBeGreaterThan(1.5);
    expect(amplitudeOf(synthesize(y, bank).subarray(SR / 2), 452)).toBeCloseTo(0.5, 2);
  });

  it('begins and ends without a click', () => {
    const y = new Float32Array(SR);
    y.set(
      tone(SR / 2, 440).map((x, i) => x * Math.min(1, i / 500, (SR / 2 - i) / 500)),
      SR / 4,
    );
    const z = synthesize(y, bank);
    // The steepest slope is that of the tone.
    const steepest = z.reduce((most, x, i) => Math.max(most, i > 0 ? Math.abs(x - z[i - 1]) : 0), 0);
    expect(steepest).toBeLessThan(0.55 * ((2 * Math.PI * 440) / SR));
  });
});

describe('synthesize: pitch and speed', () => {
  const f0 = 247;
  const y = note(2 * SR, f0);
  for (const mask of masks) {
    it.each([
      [2 ** (2 / 12), 1],
      [2 ** (-2 / 12), 1],
      [1.5, 1],
      [1, 0.5],
      [1, 2],
      [2 ** (-2 / 12), 1.37],
      [2 ** (4 / 12), 0.6],
      [0.8, 0.8],
    ])(`pitch %f, speed %f, ${mask}`, (pitch, speed) => {
      const z = synthesize(y, { ...bank, mask, pitch, speed });
      expect(z.length).toBe(Math.round(y.length / speed));
      expect(Math.abs(cents(pitchOf(z), pitch * pitchOf(y)))).toBeLessThan(3);
      // As loud as before, to the end.
      for (const part of [z.subarray(z.length * 0.3, z.length * 0.6), z.subarray(z.length * 0.7, z.length)]) {
        const power = (x: Float32Array) => x.reduce((s, v) => s + v * v, 0) / x.length;
        expect(10 * Math.log10(power(part) / power(y))).toBeCloseTo(0, -0.3);
      }
    });
  }

  it('a tone keeps its amplitude and gets exactly its frequency', () => {
    const z = synthesize(tone(2 * SR, 440), { ...bank, pitch: 1.25, speed: 0.75 });
    const settled = z.subarray(SR, 2 * SR);
    expect(amplitudeOf(settled, 550)).toBeCloseTo(0.5, 2);
    for (const other of [440, 545, 555]) expect(amplitudeOf(settled, other)).toBeLessThan(0.01);
  });

  it('events keep their place: a tone in the middle starts at its time over the speed', () => {
    for (const speed of [0.5, 2]) {
      const gate = Float32Array.from({ length: SR }, (_, i) => (i >= SR / 2 ? 0.5 * Math.sin(0.2 * i) : 0));
      const z = synthesize(gate, { ...bank, speed });
      const start = z.findIndex((x) => Math.abs(x) > 0.2) * speed;
      expect(start - SR / 2).toBeGreaterThan(0);
      expect(start - SR / 2).toBeLessThan(0.04 * SR);
    }
  });

  it('what would pass half the sample rate is left out, not folded back', () => {
    const z = synthesize(tone(SR, 3000), { ...bank, pitch: 4 });
    expect(z.every((x) => Math.abs(x) < 0.01)).toBe(true);
  });
});

describe('Synthesizer', () => {
  const y = sum(note(9000, 220), tone(9000, 1500, 0.1));

  it.each([
    [1, 1],
    [1.12, 0.7],
    [0.9, 2.3],
    [3, 1 / 16],
    [1, 16],
  ])('any chunking gives the samples of the whole: pitch %f, speed %f', (pitch, speed) => {
    const whole = synthesize(y, { ...bank, pitch, speed });
    for (const chunk of [1, 64, 128, 1000, 9000]) {
      const synthesizer = new Synthesizer({ ...bank, pitch, speed });
      const parts: number[] = [];
      for (let at = 0; at < y.length; at += chunk) {
        const block = y.subarray(at, at + chunk);
        const part = synthesizer.process(block);
        expect(part.length).toBeLessThanOrEqual(synthesizer.maxOutput(block.length));
        for (const x of part) parts.push(x);
      }
      expect(Math.abs(parts.length - whole.length)).toBeLessThanOrEqual(Math.ceil(1 / speed));
      for (const [i, x] of parts.slice(0, whole.length).entries()) {
        if (x !== whole[i]) expect.fail(`chunk ${chunk}, sample ${i}`);
      }
    }
  });

  it('the promise gives the same', async () => {
    const options = { ...bank, pitch: 1.1, speed: 1.2 };
    expect(await promises.synthesize(y, options)).toEqual(synthesize(y, options));
  });

  it('an abort ends it', async () => {
    const controller = new AbortController();
    const long = new Float32Array(20 * SR).fill(0.1);
    const result = promises.synthesize(long, { ...bank, signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(result).rejects.toThrow('enough');
  });

  it('writes into out, and starts again after reset', () => {
    const synthesizer = new Synthesizer(bank);
    const first = synthesizer.process(y);
    synthesizer.reset();
    const room = new Float32Array(10000);
    const again = synthesizer.process(y, room);
    expect(again.buffer).toBe(room.buffer);
    expect(again).toEqual(first);
    const out = new Float32Array(y.length);
    expect(synthesize(y, { ...bank, out })).toBe(out);
    expect(out).toEqual(first);
  });

  it('takes an empty block, with room for nothing', () => {
    const synthesizer = new Synthesizer(bank);
    synthesizer.process(y.subarray(0, 1000));
    expect(synthesizer.maxOutput(0)).toBe(0);
    const room = new Float32Array(10);
    for (const out of [undefined, new Float32Array(0), room]) {
      expect(synthesizer.process(new Float32Array(0), out).length).toBe(0);
    }
    // An empty view lies nowhere, wherever it points to.
    expect(synthesizer.process(room.subarray(5, 5), room).length).toBe(0);
  });

  it('refuses what is beyond 1e18, and is finite up to there', () => {
    const synthesizer = new Synthesizer({ ...bank, threshold: 0 });
    const message = 'samples: expected samples from -1e18 to 1e18, received 1e+38 at index 1';
    expectError(() => synthesizer.process(Float32Array.of(0, 1e38)), RangeError, 'ERR_COCHLEA_OUT_OF_RANGE', message);
    expect(() => synthesize(Float32Array.of(1e38), bank)).toThrow('y: expected samples from -1e18 to 1e18');
    const loud = y.map((x) => Math.sign(x) * 1e18);
    for (const part of [loud, y, new Float32Array(3000), y]) {
      expect(synthesizer.process(part).every((x) => Number.isFinite(x))).toBe(true);
    }
    expect(new Synthesizer(bank).process(y)).toEqual(synthesize(y, bank));
  });

  it('pitch and speed change while it runs, without a jump', () => {
    const synthesizer = new Synthesizer(bank);
    const parts = [synthesizer.process(tone(SR, 440))];
    synthesizer.pitch = 1.5;
    parts.push(synthesizer.process(tone(2 * SR, 440).subarray(SR)));
    synthesizer.speed = 2;
    parts.push(synthesizer.process(tone(3 * SR, 440).subarray(2 * SR)));
    expect([synthesizer.pitch, synthesizer.speed]).toEqual([1.5, 2]);
    expect(parts.map((part) => part.length)).toEqual([SR, SR, SR / 2]);
    for (const part of parts.slice(1)) expect(Math.abs(cents(pitchOf(part), 660))).toBeLessThan(3);
    const z = Float32Array.from(parts.flatMap((part) => [...part]));
    const steepest = z.reduce((most, x, i) => Math.max(most, i > 0 ? Math.abs(x - z[i - 1]) : 0), 0);
    expect(steepest).toBeLessThan(0.55 * ((2 * Math.PI * 660) / SR));
  });

  it('hysteresis keeps who sounds', () => {
    // A tone that glides from one resonator to one too slow for its tremolo.
    let phase = 0;
    const gliding = Float32Array.from({ length: 2 * SR }, (_, i) => {
      phase += (2 * Math.PI * (441 + 24 * Math.min(1, Math.max(0, i / 5000 - 1)))) / SR;
      return 0.4 * (1 + 0.5 * Math.sin((2 * Math.PI * 15 * i) / SR)) * Math.cos(phase);
    });
    const peak = (hysteresis: number) => {
      const two = { sampleRate: SR, frequencies: [440, 466], alphas: [0.01, 0.001] };
      return Math.max(...synthesize(gliding, { ...two, hysteresis }).subarray(1.5 * SR));
    };
    expect(peak(1)).toBeGreaterThan(peak(0) + 0.04);
  });

  it('refuses what it cannot use', async () => {
    const make = (options: object) => () => new Synthesizer({ ...bank, ...options });
    for (const [call, message] of [
      [make({ sampleRate: 1e10 }), 'sampleRate: expected a finite number > 0 and <= 1000000000, received 10000000000'],
      [make({ pitch: 0 }), 'pitch: expected a finite number >= 0.0625 and <= 16, received 0'],
      [make({ speed: 17 }), 'speed: expected a finite number >= 0.0625 and <= 16, received 17'],
      [make({ mask: 'loud' }), "mask: expected one of 'greedy', 'nearest', received 'loud'"],
      [make({ exclusion: -1 }), 'exclusion: expected a finite number >= 0 and <= 64, received -1'],
      [make({ hysteresis: 2 }), 'hysteresis: expected a finite number >= 0 and <= 1, received 2'],
      [make({ gammas: [0.1] }), 'gammas: expected as many values as frequencies (72)'],
      [make({ frequencies: [SR / 2] }), 'frequencies[0]: expected a number < sampleRate / 2'],
      [() => synthesize(y, { ...bank, out: new Float32Array(3) }), 'out: expected a Float32Array of length 9000'],
      [() => new Synthesizer(bank).process(y, new Float32Array(9)), 'out: expected a Float32Array of length >= 9001'],
    ] as const) {
      expectError(call, RangeError, 'ERR_COCHLEA_OUT_OF_RANGE', message);
    }
    const synthesizer = new Synthesizer(bank);
    expectError(
      () => synthesizer.process(Float32Array.of(0, Number.NaN)),
      RangeError,
      'ERR_COCHLEA_NOT_FINITE',
      'samples: expected finite samples, received NaN at index 1',
    );
    expect(() => {
      synthesizer.pitch = Number.NaN;
    }).toThrow('pitch: expected a finite number');
    expect(() => {
      synthesizer.speed = 100;
    }).toThrow('speed: expected a finite number');
    const room = new Float32Array(100);
    expect(() => synthesizer.process(room.subarray(0, 50), room)).toThrow('memory that does not overlap');
    await expect(promises.synthesize(y, { ...bank, pitch: 99 })).rejects.toThrow('pitch: expected');
  });
});

describe('TrackingBank: complex values', () => {
  it('are half of what a resonator passes, in phase with the signal and with each other', () => {
    const y = tone(SR, 452);
    const tracking = new TrackingBank(bank);
    const { magnitude, complex } = tracking.track(y, { hopLength: 45, complex: true });
    const frames = magnitude.shape[1];
    const first = Math.round(12 * Math.log2(440 / 110));
    for (const k of [first, first + 1]) {
      for (let t = frames - 100; t < frames; t++) {
        const i = k * frames + t;
        expect(Math.hypot(complex!.re[i], complex!.im[i])).toBeCloseTo(magnitude.data[i], 6);
        expect(2 * complex!.re[i]).toBeCloseTo(y[45 * (t + 1) - 1], 1);
      }
    }
    tracking.reset();
    const out = {
      magnitude: { ...magnitude, data: new Float32Array(magnitude.data.length) },
      frequency: { ...magnitude, data: new Float32Array(magnitude.data.length) },
      complex: {
        re: new Float32Array(magnitude.data.length),
        im: new Float32Array(magnitude.data.length),
        shape: magnitude.shape,
      },
    };
    expect(tracking.track(y, { hopLength: 45, out })).toBe(out);
    expect(out.complex).toEqual(complex);
    expect(() =>
      tracking.track(y, { hopLength: 45, out: { ...out, complex: { re: y, im: y, shape: [1, 1] } } }),
    ).toThrow(RangeError);
  });
});
