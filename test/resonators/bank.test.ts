import {
  type ComplexMatrix,
  heuristicAlphas,
  logFrequencies,
  type Matrix,
  midiFrequencies,
  ResonatorBank,
  type ResonatorOutput,
  resonate,
  superResolution,
  TrackingBank,
} from 'cochlea';
import * as promises from 'cochlea/promises';
import { describe, expect, it, vi } from 'vitest';
import { expectError } from '../helpers/errors.js';
import { largest, noise, SR, tone, worst } from './signals.js';

/** Half-scale chirp over the piano's range in one second, rising by equal ratios. */
function chirp(): Float32Array {
  const [low, high] = [27.5, 4186.009044809578];
  const rate = Math.log(high / low);
  return Float32Array.from({ length: SR }, (_, i) => {
    return 0.5 * Math.cos(((2 * Math.PI * low) / rate) * (Math.exp((i / SR) * rate) - 1));
  });
}

/** The definition, sample by sample in double precision: complex values at every hop, [bins][frames]. */
function oracle(
  y: Float32Array,
  sampleRate: number,
  frequencies: ArrayLike<number>,
  alphas: ArrayLike<number>,
  betas: ArrayLike<number>,
  hop: number,
) {
  const frames = Math.floor(y.length / hop);
  const re = new Float64Array(frequencies.length * frames);
  const im = new Float64Array(re.length);
  for (let k = 0; k < frequencies.length; k++) {
    const [alpha, beta, turns] = [alphas[k], betas[k], frequencies[k] / sampleRate];
    let [r, i, sr, si] = [0, 0, 0, 0];
    for (let n = 0; n < frames * hop; n++) {
      const angle = -2 * Math.PI * ((turns * n) % 1);
      r += alpha * (y[n] * Math.cos(angle) - r);
      i += alpha * (y[n] * Math.sin(angle) - i);
      sr += beta * (r - sr);
      si += beta * (i - si);
      if ((n + 1) % hop === 0) {
        re[k * frames + (n + 1) / hop - 1] = sr;
        im[k * frames + (n + 1) / hop - 1] = si;
      }
    }
  }
  return { re, im, shape: [frequencies.length, frames] };
}

function bytes(x: Float32Array): Buffer {
  return Buffer.from(x.buffer, x.byteOffset, x.byteLength);
}

describe('resonate: known values', () => {
  it('the chirp fixture of the noFFT implementation', () => {
    const frequencies = midiFrequencies().map(Math.fround);
    // That implementation computes its factors in single precision, which puts them up to 6e-5 off.
    const f32 = Math.fround;
    const alphas = frequencies.map((f) =>
      f32(1 - f32(Math.exp(-f32(f32(1 / SR) * f32(f / f32(Math.log10(f32(1 + f)))))))),
    );
    const options = { sampleRate: SR, frequencies, alphas, hopLength: 256 };
    const { re, im, shape } = resonate(chirp(), options);
    expect(shape).toEqual([88, 172]);
    for (const [frame, bin, x, y] of [
      [0, 0, 0.002384315, -0.0007732054],
      [10, 5, 0.042802103, -0.09036342],
      [50, 30, 0.019178214, 0.009578939],
      [100, 48, -0.02386468, 0.017712692],
      [171, 87, -0.15950699, -0.1410313],
    ]) {
      expect(Math.abs(re[bin * 172 + frame] - x)).toBeLessThan(1e-3);
      expect(Math.abs(im[bin * 172 + frame] - y)).toBeLessThan(1e-3);
      const magnitude = Math.hypot(re[bin * 172 + frame], im[bin * 172 + frame]);
      expect(Math.abs(magnitude - Math.hypot(x, y))).toBeLessThan(1e-5);
    }
    const magnitudes = resonate(chirp(), { ...options, output: 'magnitude' }).data;
    expect(Math.abs(largest(magnitudes) - 0.24523976)).toBeLessThan(1e-5);
    expect(magnitudes.indexOf(largest(magnitudes))).toBe(81 * 172 + 160);
    for (const [frame, bin] of [
      [20, 5],
      [60, 28],
      [100, 50],
      [140, 71],
      [171, 87],
    ]) {
      const column = Array.from({ length: 88 }, (_, k) => magnitudes[k * 172 + frame]);
      expect(column.indexOf(Math.max(...column))).toBe(bin);
    }
  });

  it('gives half the amplitude of a tone, its phase, and its frequency', () => {
    const frequencies = [220, 440, 880];
    const bank = new ResonatorBank({ sampleRate: SR, frequencies });
    bank.process(tone(2 * SR, 440));
    const [below, on, above] = bank.power();
    expect(on).toBeCloseTo(0.25, 2);
    expect(on).toBeGreaterThan(10 * Math.max(below, above));
    expect(bank.magnitude()[1]).toBeCloseTo(0.5, 2);
    expect(bank.db()[1]).toBeCloseTo(10 * Math.log10(0.25), 1);
    expect(bank.phase()[1]).toBeCloseTo(0, 2);
    expect(bank.frequency()[1]).toBeCloseTo(440, -0.3);
  });

  it('finds the frequency of a tone beside the resonators', () => {
    const alphas = [0.001, 0.001];
    for (const betas of [
      [0.001, 0.001],
      [0.0005, 0.002],
    ]) {
      const bank = new ResonatorBank({ sampleRate: SR, frequencies: [995, 1010], alphas, betas });
      bank.process(tone(SR, 1000));
      for (const f of bank.frequency()) expect(Math.abs(f - 1000)).toBeLessThan(0.05);
    }
  });

  it('passes the signal on with alpha and beta 1', () => {
    const bank = new ResonatorBank({ sampleRate: 8, frequencies: [1], alphas: [1], betas: [1] });
    const y = noise(200);
    const { re, im } = bank.resonate(y, { hopLength: 1 });
    for (let n = 0; n < 200; n++) {
      expect(re[n]).toBeCloseTo(y[n] * Math.cos((-Math.PI / 4) * n), 6);
      expect(im[n]).toBeCloseTo(y[n] * Math.sin((-Math.PI / 4) * n), 6);
    }
  });
});

describe('resonate: against the definition in double precision', () => {
  const frequencies = [27.5, 61, 110, 440, 447.3, 1000, 2500, 4186, 9000, 12345.6, 20000, 22049];
  const heuristic = heuristicAlphas(frequencies, { sampleRate: SR });
  const cases: [string, Float64Array, Float64Array][] = [
    ['heuristic', heuristic, heuristic],
    ['one stage', heuristic, heuristic.map(() => 1)],
    ['unequal stages', heuristic, heuristic.map((a) => Math.min(1, 3 * a))],
    ['very slow', heuristic.map(() => 1e-6), heuristic.map(() => 1e-5)],
    ['very fast', heuristic.map(() => 0.9), heuristic.map(() => 0.7)],
  ];
  for (const hop of [1, 7, 64, 100, 256, 441, 5000]) {
    it.each(cases)(`hop ${hop}, %s`, (_, alphas, betas) => {
      const y = noise(hop === 1 ? 3000 : 60000);
      const expected = oracle(y, SR, frequencies, alphas, betas, hop);
      const { re, im, shape } = resonate(y, { sampleRate: SR, frequencies, alphas, betas, hopLength: hop });
      expect(shape).toEqual(expected.shape);
      // Each resonator on its own scale.
      const [, frames] = shape;
      for (let k = 0; k < frequencies.length; k++) {
        const row = <T extends Float32Array | Float64Array>(a: T) => a.subarray(k * frames, (k + 1) * frames) as T;
        expect(worst(row(re), row(expected.re))).toBeLessThan(1e-5);
        expect(worst(row(im), row(expected.im))).toBeLessThan(1e-5);
      }
    });
  }

  it('groups of neighbours, which share a basis, whatever their factors', () => {
    const near = Array.from({ length: 70 }, (_, i) => 1000 * 2 ** (i / 120));
    const alphas = near.map((_, i) => [1e-5, 0.002, 0.01, 0.3][i % 4]);
    const betas = near.map((_, i) => [1e-4, 0.004, 1][i % 3]);
    const y = noise(20000);
    const expected = oracle(y, SR, near, alphas, betas, 320);
    const { re, im, shape } = resonate(y, { sampleRate: SR, frequencies: near, alphas, betas, hopLength: 320 });
    const [, frames] = shape;
    for (let k = 0; k < near.length; k++) {
      const row = <T extends Float32Array | Float64Array>(a: T) => a.subarray(k * frames, (k + 1) * frames) as T;
      expect(worst(row(re), row(expected.re))).toBeLessThan(1e-5);
      expect(worst(row(im), row(expected.im))).toBeLessThan(1e-5);
    }
  });

  it('the frequency is the turn from sample to sample', () => {
    const y = noise(2000);
    for (const [, alphas, betas] of cases.slice(0, 3)) {
      const { re, im } = oracle(y, SR, frequencies, alphas, betas, 1);
      const { data } = resonate(y, { sampleRate: SR, frequencies, alphas, betas, hopLength: 1, output: 'frequency' });
      const misses: number[] = [];
      for (let k = 0; k < frequencies.length; k++) {
        for (let n = 1000; n < 2000; n++) {
          const [i, j] = [k * 2000 + n, k * 2000 + n - 1];
          const turn = Math.atan2(im[i] * re[j] - re[i] * im[j], re[i] * re[j] + im[i] * im[j]);
          const expected = frequencies[k] + (turn * SR) / (2 * Math.PI);
          misses.push(Math.abs(data[i] - expected) / Math.max(1, Math.abs(expected - frequencies[k])));
        }
      }
      expect(Math.max(...misses)).toBeLessThan(0.02);
    }
  });

  it('keeps the phase over ten hours', () => {
    // Ten hours of silence, then a tone: only its end can be computed sample by sample.
    const [sampleRate, f, alpha] = [48000, 12345.678, 0.01];
    const bank = new ResonatorBank({ sampleRate, frequencies: [f], alphas: [alpha] });
    const silence = new Float32Array(1 << 24);
    const start = 103 * silence.length;
    for (let i = 0; i < 103; i++) bank.process(silence);
    expect(bank.position()).toBe(start);
    expect(start / sampleRate / 3600).toBeGreaterThan(9.99);
    const y = noise(3000);
    bank.process(y);
    const turns = BigInt(12345678) * BigInt(start); // of 48,000,000ths
    const first = Number(turns % 48_000_000n) / 48_000_000;
    let [r, i, sr, si] = [0, 0, 0, 0];
    for (let n = 0; n < y.length; n++) {
      const angle = -2 * Math.PI * (first + (f * n) / sampleRate);
      r += alpha * (y[n] * Math.cos(angle) - r);
      i += alpha * (y[n] * Math.sin(angle) - i);
      sr += alpha * (r - sr);
      si += alpha * (i - si);
    }
    const { re, im } = bank.complex();
    const size = Math.hypot(sr, si);
    expect(Math.abs(re[0] - sr) / size).toBeLessThan(1e-4);
    expect(Math.abs(im[0] - si) / size).toBeLessThan(1e-4);
  });
});

describe('ResonatorBank: one result for all ways', () => {
  const options = { sampleRate: SR, frequencies: logFrequencies({ nBins: 45 }) };
  const y = noise(10000);

  it.each([1, 50, 64, 100, 256])('any chunking gives the same bits, hop %d', (hopLength) => {
    for (const output of ['complex', 'db', 'frequency'] as const) {
      const whole = new ResonatorBank(options);
      const expected = whole.resonate(y, { hopLength, output });
      const [rows, columns] = expected.shape;
      for (const chunk of [1, 63, 64, 128, 1000, 4099]) {
        if (chunk === 1 && output !== 'complex') continue;
        const bank = new ResonatorBank(options);
        let column = 0;
        for (let start = 0; start < y.length; start += chunk) {
          const part = bank.resonate(y.subarray(start, start + chunk), { hopLength, output });
          const count = part.shape[1];
          for (const plane of ['re', 'im', 'data'] as const) {
            const [a, b] = [(part as never)[plane] as Float32Array, (expected as never)[plane] as Float32Array];
            if (a === undefined) continue;
            for (let k = 0; k < rows; k++) {
              const row = b.subarray(k * columns + column, k * columns + column + count);
              if (Buffer.compare(bytes(a.subarray(k * count, (k + 1) * count)), bytes(row)) !== 0) {
                expect.fail(`chunk ${chunk}, bin ${k}, column ${column}`);
              }
            }
          }
          column += count;
        }
        expect(column).toBe(columns);
        expect(bank.magnitude()).toEqual(whole.magnitude());
      }
    }
  });

  it('process and read give what resonate gives', () => {
    const hop = 100;
    const reads = { magnitude: 'magnitude', power: 'power', db: 'db', phase: 'phase', frequency: 'frequency' } as const;
    for (const output of Object.values(reads)) {
      const bank = new ResonatorBank(options);
      const { data, shape } = new ResonatorBank(options).resonate(y, { hopLength: hop, output });
      for (let t = 0; t < 5; t++) {
        bank.process(y.subarray(t * hop, (t + 1) * hop));
        const column = Float32Array.from({ length: shape[0] }, (_, k) => data[k * shape[1] + t]);
        expect(bank[output]()).toEqual(column);
      }
    }
    const bank = new ResonatorBank(options);
    bank.process(y.subarray(0, hop));
    const { re, im } = new ResonatorBank(options).resonate(y.subarray(0, hop), { hopLength: hop });
    expect(bank.complex()).toEqual({ re, im });
  });

  it('reading changes nothing', () => {
    const [bank, unread] = [new ResonatorBank(options), new ResonatorBank(options)];
    for (let i = 0; i + 90 <= y.length; i += 90) {
      for (const b of [bank, unread]) b.process(y.subarray(i, i + 90));
      bank.complex();
    }
    expect(bank.complex()).toEqual(unread.complex());
  });

  it('resonate the function, its promise and the bank agree', async () => {
    for (const output of ['complex', 'magnitude', 'power', 'db', 'phase', 'frequency'] as const) {
      const all = { ...options, hopLength: 300, output };
      const expected = new ResonatorBank(options).resonate(y, { hopLength: 300, output });
      expect(resonate(y, all)).toEqual(expected);
      expect(await promises.resonate(y, all)).toEqual(expected);
    }
  });

  it('magnitude, power, db and phase follow from the complex output', () => {
    const get = <O extends ResonatorOutput>(output: O) => resonate(y, { ...options, hopLength: 512, output });
    const { re, im } = get('complex');
    const power = Float64Array.from(re, (x, i) => x ** 2 + im[i] ** 2);
    expect(worst(get('power').data, power)).toBeLessThan(1e-6);
    expect(worst(get('magnitude').data, power.map(Math.sqrt))).toBeLessThan(1e-6);
    const level = power.map((p) => 10 * Math.log10(Math.max(p, 1e-10)));
    expect(worst(get('db').data, level)).toBeLessThan(1e-5);
    const phase = Float64Array.from(re, (x, i) => Math.atan2(im[i], x));
    expect(worst(get('phase').data, phase)).toBeLessThan(1e-5);
  });

  it('reset goes back to the start', () => {
    const bank = new ResonatorBank(options);
    const expected = bank.resonate(y, { hopLength: 256 });
    bank.process(y.subarray(0, 77));
    bank.reset();
    expect(bank.position()).toBe(0);
    expect(largest(bank.magnitude())).toBe(0);
    expect(bank.resonate(y, { hopLength: 256 })).toEqual(expected);
  });

  it('writes into out and returns it', () => {
    const frequencies = [100, 200];
    const complex: ComplexMatrix = { re: new Float32Array(6), im: new Float32Array(6), shape: [2, 3] };
    const real: Matrix = { data: new Float32Array(6), shape: [2, 3] };
    const bank = new ResonatorBank({ sampleRate: SR, frequencies });
    expect(bank.resonate(y.subarray(0, 30), { hopLength: 10, out: complex }).re).toBe(complex.re);
    bank.reset();
    expect(bank.resonate(y.subarray(0, 30), { hopLength: 10, output: 'power', out: real }).data).toBe(real.data);
    expect(real.data[5]).toBeCloseTo(complex.re[5] ** 2 + complex.im[5] ** 2, 9);
    const into = new Float32Array(2);
    expect(bank.magnitude(into)).toBe(into);
    expect(into).toEqual(bank.magnitude());
  });
});

describe('ResonatorBank: state', () => {
  const options = { sampleRate: SR, frequencies: midiFrequencies({ first: 40, last: 60 }) };
  const y = noise(30000);

  it('restore goes on from a snapshot, bit by bit', () => {
    for (const at of [0, 64, 1000, 12345]) {
      const bank = new ResonatorBank(options);
      bank.process(y.subarray(0, at));
      const snapshot = bank.snapshot();
      const expected = bank.resonate(y.subarray(at), { hopLength: 100 });
      const other = new ResonatorBank({ sampleRate: SR, frequencies: options.frequencies.map((f) => 2 * f) });
      other.process(y.subarray(0, 99));
      other.restore(snapshot);
      expect(other.position()).toBe(at);
      expect(other.frequencies).toEqual(bank.frequencies);
      expect(other.alphas).toEqual(bank.alphas);
      expect(other.resonate(y.subarray(at), { hopLength: 100 })).toEqual(expected);
      bank.restore(snapshot);
      expect(bank.resonate(y.subarray(at), { hopLength: 100 })).toEqual(expected);
    }
  });

  it('restore refuses what is not a snapshot and changes nothing', () => {
    const bank = new ResonatorBank(options);
    bank.process(y.subarray(0, 1000));
    const before = bank.complex();
    const broken = (i: number, value: number) => Object.assign(bank.snapshot(), { [i]: value });
    for (const snapshot of [
      new ResonatorBank({ sampleRate: SR, frequencies: [1] }).snapshot(),
      new Float64Array(3),
      new ResonatorBank({ ...options, sampleRate: 48000 }).snapshot(),
      bank.snapshot().subarray(1),
      Float64Array.of(...bank.snapshot(), 0),
      new Float64Array(bank.snapshot().length),
      new Float64Array(bank.snapshot().length).fill(1),
      broken(0, 1), // the version
      broken(1, 48000), // the sample rate
      broken(2, 5), // the resonators
      broken(3, 0.5), // the position
      broken(3, 10), // with 40 samples pending
      broken(3, 2 ** 54),
      broken(4, 64), // the samples pending
      broken(4, -1),
      broken(5, 1e30), // the last sample
      broken(6, -1e30), // a pending sample
      broken(70, SR), // a frequency
      broken(70, -1),
      broken(71, 0), // its alpha
      broken(72, 2), // its beta
      broken(73, -0.5), // its phase
      broken(73, 1e6),
      broken(74, 1e30), // its state
      broken(77, -1e300),
    ]) {
      const message = 'snapshot: expected a snapshot of a bank of as many resonators at this sample rate';
      expectError(() => bank.restore(snapshot), RangeError, 'ERR_COCHLEA_OUT_OF_RANGE', message);
    }
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
      for (let i = 0; i < 100; i++) {
        const message = `snapshot[${i}]: expected a finite number, received ${value}`;
        expectError(() => bank.restore(broken(i, value)), RangeError, 'ERR_COCHLEA_OUT_OF_RANGE', message);
      }
    }
    expect(() => bank.restore(undefined as never)).toThrow(TypeError);
    expect(bank.complex()).toEqual(before);
    expect(bank.position()).toBe(1000);
  });

  it('retune changes parameters without a jump', () => {
    for (const at of [10000, 10007]) {
      const bank = new ResonatorBank({ sampleRate: SR, frequencies: [440, 1000], alphas: [0.003, 0.004] });
      bank.process(tone(at, 440));
      const [before, phase] = [bank.magnitude(), bank.phase()];
      bank.retune({ frequencies: [445, 1000] });
      expect(bank.frequencies).toEqual(Float64Array.of(445, 1000));
      bank.process(tone(at + 1, 440).subarray(at));
      const after = bank.magnitude();
      expect(Math.abs(after[0] - before[0])).toBeLessThan(1e-3);
      expect(Math.abs(bank.phase()[0] - phase[0])).toBeLessThan(0.05);
      expect(after[1]).not.toBe(before[1]);
    }
  });

  it('retune follows the definition', () => {
    const [f1, f2, a1, a2, at] = [500, 731.7, 0.01, 0.004, 3333];
    const bank = new ResonatorBank({ sampleRate: SR, frequencies: [f1], alphas: [a1] });
    const x = y.subarray(0, 9999);
    bank.process(x.subarray(0, at));
    bank.retune({ frequencies: [f2], alphas: [a2], betas: [2 * a2] });
    bank.process(x.subarray(at));
    let [r, i, sr, si, turns] = [0, 0, 0, 0, 0];
    for (let n = 0; n < x.length; n++) {
      const [alpha, beta, f] = n < at ? [a1, a1, f1] : [a2, 2 * a2, f2];
      r += alpha * (x[n] * Math.cos(2 * Math.PI * turns) - r);
      i -= alpha * (x[n] * Math.sin(2 * Math.PI * turns) + i);
      sr += beta * (r - sr);
      si += beta * (i - si);
      turns += f / SR;
    }
    const { re, im } = bank.complex();
    expect(Math.hypot(re[0] - sr, im[0] - si) / Math.hypot(sr, si)).toBeLessThan(1e-5);
  });

  it('retune refuses bad values and changes nothing', () => {
    const bank = new ResonatorBank({ sampleRate: 100, frequencies: [10, 20] });
    const expected = bank.alphas;
    expectError(
      () => bank.retune({ frequencies: [10] }),
      RangeError,
      'ERR_COCHLEA_OUT_OF_RANGE',
      'frequencies: expected as many values as resonators (2)',
    );
    expect(() => bank.retune({ frequencies: [10, 50] })).toThrow(RangeError);
    expect(() => bank.retune({ alphas: [0.1, 2] })).toThrow(RangeError);
    expect([bank.frequencies, bank.alphas]).toEqual([Float64Array.of(10, 20), expected]);
  });

  it('keeps channels apart', () => {
    const [a, b] = [noise(5000, 3), noise(4000, 4)];
    const bank = new ResonatorBank({ ...options, channels: 2 });
    bank.process(a.subarray(0, 777));
    const B = bank.resonate(b, { hopLength: 128, channel: 1 });
    const A = bank.resonate(a.subarray(777), { hopLength: 128 });
    expect(bank.position()).toBe(5000);
    expect(bank.position(1)).toBe(4000);
    expect(B).toEqual(new ResonatorBank(options).resonate(b, { hopLength: 128 }));
    const alone = new ResonatorBank(options);
    alone.process(a.subarray(0, 777));
    expect(A).toEqual(alone.resonate(a.subarray(777), { hopLength: 128 }));
    expect(bank.power(undefined, 0)).toEqual(alone.power());
    bank.reset(0, 1);
    expect(largest(bank.power(undefined, 1))).toBe(0);
    expect(bank.power()).toEqual(alone.power());
    expectError(
      () => bank.process(a, 2),
      RangeError,
      'ERR_COCHLEA_OUT_OF_RANGE',
      'channel: expected an integer >= 0 and <= 1, received 2',
    );
  });

  it('reads from the middle after a warm-up, with the phases and frames of the whole', () => {
    const bank = new ResonatorBank(options);
    const whole = new ResonatorBank(options).resonate(y, { hopLength: 100 });
    const from = 25050 - bank.warmUpLength;
    expect(from).toBeGreaterThan(0);
    bank.reset(from);
    bank.process(y.subarray(from, 25050));
    const { re, im, shape } = bank.resonate(y.subarray(25050), { hopLength: 100 });
    expect(shape[1]).toBe(50);
    for (let k = 0; k < shape[0]; k++) {
      let [error, size] = [0, 0];
      for (let t = 0; t < 50; t++) {
        const [i, j] = [k * 50 + t, k * 300 + 250 + t];
        error += Math.hypot(re[i] - whole.re[j], im[i] - whole.im[j]) ** 2;
        size += Math.hypot(whole.re[j], whole.im[j]) ** 2;
      }
      expect(Math.sqrt(error / size)).toBeLessThan(0.05);
    }
  });
});

describe('ResonatorBank: the loudest samples', () => {
  const options = { sampleRate: SR, frequencies: [50, 440, 15000], alphas: [1, 0.01, 1e-5] };
  const outputs = ['magnitude', 'power', 'db', 'phase', 'frequency', 'interleaved'] as const;

  it.each([1e18, 1e30, 3.4e38])('%d is either used or refused, and leaves no trace', (level) => {
    for (const betas of [undefined, [1, 1, 1]]) {
      const bank = new ResonatorBank({ ...options, ...(betas && { betas }) });
      const y = noise(500).map((x) => Math.sign(x) * level);
      const message = 'samples: expected samples from -1e18 to 1e18, received ';
      if (level > 1e18) expectError(() => bank.process(y), RangeError, 'ERR_COCHLEA_OUT_OF_RANGE', message);
      else bank.process(y);
      for (let i = 0; i < 3; i++) {
        for (const output of outputs) {
          for (const value of bank[output]()) if (!Number.isFinite(value)) expect.fail(`${output}: ${value}`);
        }
        const { data } = bank.resonate(noise(200), { hopLength: 1, output: 'frequency' });
        expect(data.every((x) => Number.isFinite(x))).toBe(true);
        bank.restore(bank.snapshot());
      }
      bank.process(tone(40000, 440));
      bank.process(new Float32Array(2000));
      expect(bank.magnitude()[1]).toBeLessThan(1e-3);
    }
  });

  it('resonate names the first sample beyond the limit', () => {
    const bad = Float32Array.of(0, 1e18, -2e18);
    const message = 'y: expected samples from -1e18 to 1e18, received -2e+18 at index 2';
    expectError(() => resonate(bad, { ...options, hopLength: 1 }), RangeError, 'ERR_COCHLEA_OUT_OF_RANGE', message);
    const bank = new ResonatorBank(options);
    expect(() => bank.resonate(bad, { hopLength: 1 })).toThrow('signal: expected samples from -1e18 to 1e18');
    expect(bank.position()).toBe(0);
  });
});

describe('ResonatorBank: edges', () => {
  const options = { sampleRate: SR, frequencies: [440] };

  it('has no frame for fewer samples than a hop', () => {
    const bank = new ResonatorBank(options);
    expect(bank.resonate(new Float32Array(0), { hopLength: 10 })).toEqual({
      re: new Float32Array(0),
      im: new Float32Array(0),
      shape: [1, 0],
    });
    expect(bank.resonate(new Float32Array(9), { hopLength: 10 }).shape).toEqual([1, 0]);
    expect(bank.frameCount(1, 10)).toBe(1);
    expect(bank.frameCount(0, 10)).toBe(0);
    expect(bank.resonate(new Float32Array(1), { hopLength: 10 }).shape).toEqual([1, 1]);
    expect(resonate(new Float32Array(3 * 10 + 5), { ...options, hopLength: 10 }).shape).toEqual([1, 3]);
  });

  it('counts frames exactly as far as a number counts samples', () => {
    const bank = new ResonatorBank(options);
    const start = 2 ** 52;
    bank.reset(start);
    expect(bank.frameCount(Number.MAX_SAFE_INTEGER, 1)).toBe(Number.MAX_SAFE_INTEGER);
    for (const hop of [1, 2, 3, 7, 2 ** 31 - 1]) {
      for (const samples of [0, 1, 100, 2 ** 52 + 1, Number.MAX_SAFE_INTEGER]) {
        const [from, to] = [BigInt(start), BigInt(start) + BigInt(samples)];
        expect(bank.frameCount(samples, hop)).toBe(Number(to / BigInt(hop) - from / BigInt(hop)));
      }
    }
    bank.process(new Float32Array(100));
    const snapshot = bank.snapshot();
    bank.restore(snapshot);
    expect(bank.position()).toBe(start + 100);
    expectError(
      () => bank.reset(start + 1),
      RangeError,
      'ERR_COCHLEA_OUT_OF_RANGE',
      'position: expected an integer >= 0 and <= 4503599627370496, received 4503599627370497',
    );
  });

  it('blames the hop where there would be too many frames', () => {
    const many = { sampleRate: SR, frequencies: new Float64Array(2 ** 16).fill(440) };
    const message = 'hopLength: expected a result of fewer than 2^31 values per plane; this one has 65536 x 32768';
    const y = new Float32Array(2 ** 15);
    for (const output of ['complex', 'power'] as const) {
      const call = () => resonate(y, { ...many, hopLength: 1, output });
      expectError(call, RangeError, 'ERR_COCHLEA_OUT_OF_RANGE', message);
    }
    const call = () => new TrackingBank(many).track(y, { hopLength: 1 });
    expectError(call, RangeError, 'ERR_COCHLEA_OUT_OF_RANGE', message);
  });

  it('says what memory there was not', () => {
    const y = new Float32Array(10);
    const two = { sampleRate: SR, frequencies: [440, 550] };
    const bank = new ResonatorBank(two);
    const trackers = new TrackingBank(two);
    const tracked = trackers.track(y, { hopLength: 5 });
    const calls = {
      Float32Array: [
        () => bank.complex(),
        () => bank.power(),
        () => bank.resonate(y, { hopLength: 5 }),
        () => trackers.track(y, { hopLength: 5 }),
        () => superResolution(tracked, { frequencies: [400, 450] }),
      ],
      Float64Array: [() => bank.snapshot(), () => bank.frequencies, () => trackers.frequencies],
    };
    const code = 'ERR_COCHLEA_OUT_OF_MEMORY';
    for (const [name, each] of Object.entries(calls)) {
      const Real = Reflect.get(globalThis, name);
      // There is room for a single number, such as the size of a snapshot, and for no more.
      const construct = (_: unknown, [length]: number[]) => {
        if (length === 1) return new Real(1);
        throw new RangeError('Array buffer allocation failed');
      };
      for (const call of each) {
        vi.stubGlobal(name, new Proxy(Real, { construct }));
        try {
          expect(call).toThrow(expect.objectContaining({ name: 'RangeError', code }));
        } finally {
          vi.unstubAllGlobals();
        }
      }
    }
  });

  it('is silent before the first sample and for silence', () => {
    const bank = new ResonatorBank(options);
    expect(bank.power()).toEqual(Float32Array.of(0));
    expect(bank.db()[0]).toBeCloseTo(-100, 4);
    expect(bank.frequency()).toEqual(Float32Array.of(440));
    bank.process(new Float32Array(1000));
    expect(bank.complex()).toEqual({ re: Float32Array.of(0), im: Float32Array.of(0) });
  });

  it('decays to exact silence without slowing down', () => {
    const bank = new ResonatorBank({ ...options, alphas: [0.5] });
    bank.process(Float32Array.of(1));
    bank.process(new Float32Array(1000));
    expect(bank.power()).toEqual(Float32Array.of(0));
  });

  it('takes the order of the frequencies as it is', () => {
    const y = tone(4000, 1000);
    const up = resonate(y, { sampleRate: SR, frequencies: [500, 1000, 2000], hopLength: 4000, output: 'power' });
    const down = resonate(y, { sampleRate: SR, frequencies: [2000, 1000, 500], hopLength: 4000, output: 'power' });
    expect(worst(up.data, down.data.toReversed())).toBeLessThan(1e-6);
  });

  it('hands out copies of its parameters', () => {
    const frequencies = Float64Array.of(440);
    const bank = new ResonatorBank({ sampleRate: SR, frequencies });
    frequencies[0] = 1;
    bank.frequencies[0] = 2;
    expect(bank.frequencies).toEqual(Float64Array.of(440));
    expect(bank.alphas).toEqual(heuristicAlphas([440], { sampleRate: SR }));
    expect(bank.betas).toEqual(bank.alphas);
    expect([bank.length, bank.sampleRate]).toEqual([1, SR]);
  });
});

describe('ResonatorBank: errors', () => {
  const make = (options: object) => () => new ResonatorBank({ sampleRate: 100, frequencies: [10, 20], ...options });
  it.each([
    [make({ sampleRate: undefined }), TypeError, 'MISSING_OPTION', 'sampleRate: expected this option to be given'],
    [make({ sampleRate: 0 }), RangeError, 'OUT_OF_RANGE', 'sampleRate: expected a finite number > 0, received 0'],
    [
      make({ frequencies: [] }),
      RangeError,
      'OUT_OF_RANGE',
      'frequencies: expected a Float64Array, Float32Array or array',
    ],
    [
      make({ frequencies: 440 }),
      TypeError,
      'INVALID_TYPE',
      'frequencies: expected a Float64Array, Float32Array or array',
    ],
    [
      make({ frequencies: [10, 0] }),
      RangeError,
      'OUT_OF_RANGE',
      'frequencies[1]: expected a finite number > 0, received 0',
    ],
    [
      make({ frequencies: [10, NaN] }),
      RangeError,
      'OUT_OF_RANGE',
      'frequencies[1]: expected a finite number > 0, received NaN',
    ],
    [
      make({ frequencies: ['10'] }),
      TypeError,
      'INVALID_TYPE',
      "frequencies[0]: expected a finite number > 0, received '10'",
    ],
    [
      make({ frequencies: [10, 50] }),
      RangeError,
      'OUT_OF_RANGE',
      'frequencies[1]: expected a number < sampleRate / 2 (50), received 50',
    ],
    [
      make({ alphas: [0.5] }),
      RangeError,
      'OUT_OF_RANGE',
      'alphas: expected as many values as frequencies (2), received Float64Array of length 1',
    ],
    [
      make({ alphas: [0.5, 0] }),
      RangeError,
      'OUT_OF_RANGE',
      'alphas[1]: expected a finite number > 0 and <= 1, received 0',
    ],
    [
      make({ betas: [0.5, 1.5] }),
      RangeError,
      'OUT_OF_RANGE',
      'betas[1]: expected a finite number > 0 and <= 1, received 1.5',
    ],
    [
      make({ alpha: [0.5, 0.5] }),
      TypeError,
      'UNKNOWN_OPTION',
      "options: expected the option 'alphas', received 'alpha'",
    ],
  ] as const)('construction %#', (call, type, code, message) => {
    expectError(call, type, `ERR_COCHLEA_${code}`, message);
  });

  const bank = new ResonatorBank({ sampleRate: 100, frequencies: [10, 20] });
  const y = new Float32Array(20);
  const bad = Float32Array.of(0, 1, Number.NaN, Number.POSITIVE_INFINITY);
  it.each([
    [() => bank.process(bad), RangeError, 'NOT_FINITE', 'samples: expected finite samples, received NaN at index 2'],
    [
      () => bank.process(bad.subarray(3)),
      RangeError,
      'NOT_FINITE',
      'samples: expected finite samples, received Infinity at index 0',
    ],
    [
      () => bank.process([1] as never),
      TypeError,
      'INVALID_TYPE',
      'samples: expected a Float32Array, received an array of length 1',
    ],
    [
      () => bank.resonate(bad, { hopLength: 1 }),
      RangeError,
      'NOT_FINITE',
      'signal: expected finite samples, received NaN at index 2',
    ],
    [() => bank.resonate(y, {} as never), TypeError, 'MISSING_OPTION', 'hopLength: expected this option to be given'],
    [
      () => bank.resonate(y, { hopLength: 0 }),
      RangeError,
      'OUT_OF_RANGE',
      'hopLength: expected an integer >= 1, received 0',
    ],
    [
      () => bank.resonate(y, { hopLength: 1, output: 'dB' as never }),
      RangeError,
      'OUT_OF_RANGE',
      "output: expected one of 'complex', 'magnitude'",
    ],
    [
      () => bank.resonate(y, { hopLength: 10, out: { data: y } as never }),
      TypeError,
      'INVALID_TYPE',
      'out.shape: expected [rows, columns]',
    ],
    [
      () => bank.resonate(y, { hopLength: 10, output: 'power', out: { data: new Float32Array(2), shape: [2, 1] } }),
      RangeError,
      'OUT_OF_RANGE',
      "out.shape: expected [2, 2], received '[2, 1]'",
    ],
    [
      () => bank.resonate(y, { hopLength: 10, output: 'power', out: { data: y.subarray(0, 4), shape: [2, 2] } }),
      RangeError,
      'OVERLAP',
      'out.data: expected memory that does not overlap signal',
    ],
    [() => bank.frameCount(100, 0), RangeError, 'OUT_OF_RANGE', 'hopLength: expected an integer >= 1, received 0'],
    [
      () => bank.frameCount(-1, 5),
      RangeError,
      'OUT_OF_RANGE',
      'samples: expected an integer >= 0 and <= 9007199254740991, received -1',
    ],
    [
      () => bank.frameCount(Number.NaN, 5),
      RangeError,
      'OUT_OF_RANGE',
      'samples: expected an integer >= 0 and <= 9007199254740991, received NaN',
    ],
    [() => bank.magnitude(new Float32Array(3)), RangeError, 'OUT_OF_RANGE', 'out: expected a Float32Array of length 2'],
    [() => bank.complex(null as never), TypeError, 'INVALID_TYPE', 'out: expected an object { re, im }, received null'],
    [
      () => bank.complex({ re: y, im: y } as never),
      RangeError,
      'OUT_OF_RANGE',
      'out.re: expected a Float32Array of length 2',
    ],
  ] as const)('calls %#', (call, type, code, message) => {
    expectError(call as () => unknown, type, `ERR_COCHLEA_${code}`, message);
    expect(bank.position()).toBe(0);
    expect(bank.power()).toEqual(new Float32Array(2));
  });

  it('resonate checks what the bank checks', async () => {
    const options = { sampleRate: 100, frequencies: [60], hopLength: 1 };
    const message = 'frequencies[0]: expected a number < sampleRate / 2 (50), received 60';
    expectError(() => resonate(y, options), RangeError, 'ERR_COCHLEA_OUT_OF_RANGE', message);
    await expect(promises.resonate(y, options)).rejects.toThrow(message);
    expectError(
      () => resonate(bad, { ...options, frequencies: [10] }),
      RangeError,
      'ERR_COCHLEA_NOT_FINITE',
      'y: expected finite samples, received NaN at index 2',
    );
  });
});

describe('interleaved output', () => {
  const frequencies = logFrequencies({ nBins: 37 });
  const y = Float32Array.from({ length: 5000 }, (_, i) => Math.sin(0.0003 * i * i));

  it('is the complex output, in turn', async () => {
    const options = { sampleRate: SR, frequencies, hopLength: 100 };
    const { re, im } = resonate(y, options);
    const pairs = resonate(y, { ...options, output: 'interleaved' });
    expect(pairs.shape).toEqual([37, 100]);
    for (let i = 0; i < re.length; i++) {
      expect(pairs.data[2 * i]).toBe(re[i]);
      expect(pairs.data[2 * i + 1]).toBe(im[i]);
    }
    expect(await promises.resonate(y, { ...options, output: 'interleaved' })).toEqual(pairs);
    const bank = new ResonatorBank({ sampleRate: SR, frequencies });
    const out = { data: new Float32Array(37 * 100), shape: [37, 100] as [number, number] };
    expect(bank.resonate(y, { hopLength: 100, output: 'interleaved', out }).data).toBe(out.data);
    expect(out).toEqual(pairs);
    const row = new Float32Array(74);
    expect(bank.interleaved(row)).toBe(row);
    expect(bank.interleaved()).toEqual(row);
    const last = bank.complex();
    for (let k = 0; k < 37; k++) expect([row[2 * k], row[2 * k + 1]]).toEqual([last.re[k], last.im[k]]);
    expect(() => bank.interleaved(new Float32Array(37))).toThrow('out: expected a Float32Array of length 74');
    out.shape = [37, 50];
    expect(() => bank.resonate(y, { hopLength: 100, output: 'interleaved', out })).toThrow(RangeError);
  });
});
