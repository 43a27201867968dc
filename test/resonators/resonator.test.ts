import { Resonator, ResonatorBank } from 'cochlea';
import { describe, expect, it } from 'vitest';
import { expectError } from '../helpers/errors.js';
import { SR, tone } from './signals.js';

const OUT_OF_RANGE = 'ERR_COCHLEA_OUT_OF_RANGE';

describe('Resonator', () => {
  it('hears the amplitude and the phase offset of a tone at any sample', () => {
    for (const [amplitude, phase] of [
      [0.8, 1],
      [0.1, -2.5],
      [1, 3.1],
    ]) {
      const resonator = new Resonator({ sampleRate: SR, frequency: 1000 });
      const y = tone(SR / 2, 1000, amplitude, phase);
      resonator.process(y.subarray(0, 10000));
      for (let n = 10000; n < 10100; n++) {
        resonator.process(y.subarray(n, n + 1));
        expect(resonator.amplitude / amplitude).toBeCloseTo(1, 2);
        expect(resonator.phaseOffset).toBeCloseTo(phase, 2);
        const { cosine, sine } = resonator.quadratures;
        expect(2 * cosine).toBeCloseTo(amplitude * Math.cos(phase), 2);
        expect(2 * sine).toBeCloseTo(-amplitude * Math.sin(phase), 2);
      }
      expect(Math.abs(resonator.heardFrequency - 1000)).toBeLessThan(3);
    }
  });

  it('is its two quadratures by their definition', () => {
    const [frequency, alpha, beta] = [440, 0.01, 0.03];
    const resonator = new Resonator({ sampleRate: SR, frequency, alpha, beta });
    const y = Float32Array.from({ length: 3000 }, (_, i) => Math.sin(0.1 * i * i));
    let [c, s, cc, ss] = [0, 0, 0, 0];
    for (const [n, x] of y.entries()) {
      const angle = (2 * Math.PI * frequency * n) / SR;
      c += alpha * (x * Math.cos(angle) - c);
      s += alpha * (x * Math.sin(angle) - s);
      cc += beta * (c - cc);
      ss += beta * (s - ss);
    }
    resonator.process(y);
    expect(resonator.quadratures.cosine).toBeCloseTo(cc, 6);
    expect(resonator.quadratures.sine).toBeCloseTo(ss, 6);
    expect(resonator.amplitude).toBeCloseTo(2 * Math.hypot(cc, ss), 6);
  });

  it('is a bank of one, starts again after reset, and is silent before the first sample', () => {
    const resonator = new Resonator({ sampleRate: SR, frequency: 300 });
    const bank = new ResonatorBank({ sampleRate: SR, frequencies: [300] });
    expect(resonator.amplitude).toBe(0);
    const y = tone(2000, 310);
    for (let again = 0; again < 2; again++) {
      resonator.process(y);
      bank.reset();
      bank.process(y);
      expect(resonator.amplitude).toBeCloseTo(2 * bank.magnitude()[0], 6);
      expect(resonator.phaseOffset).toBeCloseTo(bank.phase()[0], 5);
      expect(resonator.heardFrequency).toBe(bank.frequency()[0]);
      resonator.reset();
      expect(resonator.quadratures.cosine).toBeCloseTo(0, 12);
    }
  });

  it('refuses what it cannot use', () => {
    const make = (options: object) => () => new Resonator({ sampleRate: SR, frequency: 440, ...options });
    for (const [options, message] of [
      [{ frequency: SR / 2 }, 'frequency: expected a number < sampleRate / 2 (22050), received 22050'],
      [{ frequency: 0 }, 'frequency: expected a finite number > 0, received 0'],
      [{ alpha: 2 }, 'alpha: expected a finite number'],
      [{ beta: 0 }, 'beta: expected a finite number'],
    ] as const) {
      expectError(make(options), RangeError, OUT_OF_RANGE, message);
    }
    expect(() => new Resonator({ sampleRate: SR } as never)).toThrow('frequency: expected this option to be given');
    expect(() => new Resonator({ sampleRate: SR, frequency: 440 }).process(Float32Array.of(Number.NaN))).toThrow(
      'samples: expected finite samples',
    );
    const resonator = new Resonator({ sampleRate: SR, frequency: 440 });
    expectError(
      () => resonator.process(Float32Array.of(1e38)),
      RangeError,
      OUT_OF_RANGE,
      'samples: expected samples from -1e18 to 1e18, received 1e+38 at index 0',
    );
    resonator.process(Float32Array.of(1e18));
    for (const value of [resonator.amplitude, resonator.phaseOffset, resonator.heardFrequency]) {
      expect(Number.isFinite(value)).toBe(true);
    }
  });
});
