import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { analyze } from './analyze.js';
import { Output } from './output.js';
import { wavHead, wavSamples } from './wav.js';

const SAMPLE_RATE = 44_100;
const FOLDER = 'cochlea-demo';

/** Analyses the file, or a synthesised clip, into a folder below the current one. Returns the process' exit code. */
export async function demo(file?: string): Promise<number> {
  mkdirSync(FOLDER, { recursive: true });
  const input = file ?? join(FOLDER, 'clip.wav');
  if (file === undefined) {
    const [output] = Output.openAll([{ option: 'demo', file: input }], []) as [Output];
    const clip = demoClip();
    output.write(wavHead(clip.length, SAMPLE_RATE));
    output.write(wavSamples(clip));
    await output.commit();
  }
  return analyze([input], { json: join(FOLDER, 'report.json'), report: join(FOLDER, 'report.html'), jobs: 1 });
}

/** Ten seconds: an A minor chord, a melody with vibrato, then drums under the chord. The same on every run. */
export function demoClip(): Float32Array {
  const clip = new Float32Array(10 * SAMPLE_RATE);
  const chord = [57, 60, 64, 69];
  for (const midi of chord) tone(clip, { midi, start: 0.2, seconds: 2.6, level: 0.1 });
  const melody = [69, 72, 76, 74, 72, 71, 69];
  for (const [i, midi] of melody.entries()) {
    const last = i === melody.length - 1;
    tone(clip, { midi, start: 3 + 0.5 * i, seconds: last ? 1 : 0.48, level: 0.25, vibrato: last ? 0.5 : 0.3 });
  }
  for (const midi of chord) tone(clip, { midi, start: 7, seconds: 2.8, level: 0.05 });
  const noise = seededNoise(1);
  for (let beat = 0; beat < 6; beat++) {
    const at = 7 + 0.48 * beat;
    if (beat % 2 === 0) kick(clip, at);
    else snare(clip, at, noise);
    for (const offset of [0, 0.24]) hat(clip, at + offset, noise);
  }
  return clip;
}

interface Tone {
  /** Pitch as a MIDI note number. */
  midi: number;
  start: number;
  seconds: number;
  level: number;
  /** Depth of a 5.5 Hz vibrato in semitones. */
  vibrato?: number;
}

/** A tone of eight harmonics that fades in and out. */
function tone(clip: Float32Array, { midi, start, seconds, level, vibrato = 0 }: Tone): void {
  let phase = 0;
  add(clip, start, seconds, (t) => {
    const bend = vibrato * Math.min(1, t / 0.3) * Math.sin(2 * Math.PI * 5.5 * t);
    phase += (2 * Math.PI * 440 * 2 ** ((midi + bend - 69) / 12)) / SAMPLE_RATE;
    let sum = 0;
    for (let harmonic = 1; harmonic <= 8; harmonic++) sum += Math.sin(harmonic * phase) / harmonic ** 1.5;
    return level * sum * Math.min(1, t / 0.02, (seconds - t) / 0.05);
  });
}

function kick(clip: Float32Array, start: number): void {
  add(clip, start, 0.25, (t) => 0.6 * Math.exp(-t / 0.06) * Math.sin(2 * Math.PI * (50 * t - 6 * Math.exp(-t / 0.03))));
}

function snare(clip: Float32Array, start: number, noise: () => number): void {
  add(clip, start, 0.2, (t) => Math.exp(-t / 0.05) * (0.3 * noise() + 0.2 * Math.sin(2 * Math.PI * 185 * t)));
}

function hat(clip: Float32Array, start: number, noise: () => number): void {
  let previous = 0;
  add(clip, start, 0.06, (t) => {
    const now = noise();
    // The difference of neighbouring noise values is mostly high frequencies.
    const bright = now - previous;
    previous = now;
    return 0.12 * Math.exp(-t / 0.012) * bright;
  });
}

function add(clip: Float32Array, start: number, seconds: number, sample: (t: number) => number): void {
  const first = Math.round(start * SAMPLE_RATE);
  const count = Math.min(Math.round(seconds * SAMPLE_RATE), clip.length - first);
  for (let i = 0; i < count; i++) clip[first + i]! += sample(i / SAMPLE_RATE);
}

/** White noise between -1 and 1 from a 32-bit linear congruential generator (Numerical Recipes' constants). */
function seededNoise(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}
