/**
 * Seeded test signals by formula, the twin of test/reference/signals.py (which says why the samples are rounded to 16 bits).
 * The signals and their parameters stand in test/reference/signals.json.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** @type {Record<string, any>} */
const specs = JSON.parse(readFileSync(new URL('../reference/signals.json', import.meta.url), 'utf8'));

const TWO_PI = 2 * Math.PI;

/**
 * xorshift32, the upper 16 bits of each state as a multiple of 1/32768 in [-1, 1).
 * @param {number} seed
 */
function random(seed) {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return ((state >>> 16) - 32768) / 32768;
  };
}

/**
 * Sum of partials of a tone whose phase is given in cycles.
 * @param {number} cycles
 * @param {number[]} partials
 */
function harmonics(cycles, partials = [1]) {
  let total = 0;
  for (let h = 0; h < partials.length; h++) {
    total += partials[h] * Math.sin(TWO_PI * (h + 1) * cycles);
  }
  return total;
}

/**
 * Each kind turns its parameters into a function of the sample index.
 * @type {Record<string, (spec: any, rate: number) => (i: number) => number>}
 */
const kinds = {
  silence: () => () => 0,
  constant:
    ({ amplitude }) =>
    () =>
      amplitude,
  noise: ({ amplitude, seed }) => {
    const next = random(seed);
    return () => amplitude * next();
  },
  clicks:
    ({ amplitude, offset, period }) =>
    (i) =>
      i % period === offset % period ? amplitude : 0,
  /** Frequency rises exponentially from `from` to `to` Hz over the length. */
  chirp: ({ amplitude, from, to, n, partials }, rate) => {
    const growth = Math.log(to / from);
    const seconds = n / rate;
    return (i) => amplitude * harmonics(((from * seconds) / growth) * (Math.exp(growth * (i / n)) - 1), partials);
  },
  /** Frequency swings by +-depth Hz, `rate` times a second. */
  vibrato:
    ({ amplitude, frequency, depth, rate: swings, partials }, rate) =>
    (i) => {
      const t = i / rate;
      const cycles = frequency * t + (depth / (TWO_PI * swings)) * Math.sin(TWO_PI * swings * t);
      return amplitude * harmonics(cycles, partials);
    },
  /** Notes of equal length one after the other; 0 Hz is a rest; a change of note may click. */
  tones:
    ({ amplitude, notes, n, partials }, rate) =>
    (i) =>
      amplitude * harmonics(notes[Math.floor((i * notes.length) / n)] * (i / rate), partials),
  chord:
    ({ amplitude, notes, partials }, rate) =>
    (i) => {
      let total = 0;
      for (const note of notes) total += harmonics(note * (i / rate), partials);
      return amplitude * total;
    },
  /** Noise bursts that decay exponentially, one every `period` samples, time constant `decay` samples. */
  drums: ({ amplitude, seed, period, decay }) => {
    const next = random(seed);
    return (i) => amplitude * next() * Math.exp(-(i % period) / decay);
  },
  am:
    ({ amplitude, frequency, depth, rate: swings }, rate) =>
    (i) => {
      const t = i / rate;
      const envelope = (1 + depth * Math.sin(TWO_PI * swings * t)) / (1 + depth);
      return amplitude * envelope * Math.sin(TWO_PI * frequency * t);
    },
};

/** Names of all signals. */
export const signalNames = Object.keys(specs);

/**
 * Sample rate of a named signal in Hz.
 * @param {string} name
 * @returns {number}
 */
export function sampleRateOf(name) {
  const spec = specs[name];
  return spec.of ? sampleRateOf(spec.of[0]) : (spec.sampleRate ?? 22050);
}

/**
 * The samples of a named signal; a fresh array each time.
 * @param {string} name
 * @returns {Float32Array<ArrayBuffer>}
 */
export function signal(name) {
  const spec = specs[name];
  if (!spec) throw new Error(`no signal is called ${name}`);
  if (spec.of) {
    const [sum, ...rest] = spec.of.map(signal);
    for (const part of rest) for (let i = 0; i < sum.length; i++) sum[i] += part[i];
    return sum;
  }
  const at = kinds[spec.kind](spec, sampleRateOf(name));
  const gain = spec.gain ?? 1;
  const samples = new Float32Array(spec.n);
  for (let i = 0; i < samples.length; i++) {
    samples[i] = (Math.floor(at(i) * 32768 + 0.5) / 32768) * gain;
  }
  return samples;
}

/** @param {Float32Array} samples */
export function checksum(samples) {
  const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16);
}
