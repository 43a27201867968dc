// Plays a recording back at another pitch and speed, from the tones that a tracking bank hears in it:
//   node examples/synthesis.mjs trumpet.ogg out.wav 2 0.5     two semitones up, at half the speed
// Reads what ffmpeg reads, writes a mono WAV of 32-bit floats, and says how well it did.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { argv } from 'node:process';
import { logFrequencies, Synthesizer, yin } from 'cochlea';
import wavefile from 'wavefile';

const [input, output, semitones = '0', speed = '1'] = argv.slice(2);
if (!output) throw new Error('usage: synthesis.mjs <recording> <out.wav> [semitones] [speed]');
const sampleRate = 44100;
const pcm = execFileSync(
  'ffmpeg',
  ['-v', 'error', '-i', input, '-f', 'f32le', '-ac', '1', '-ar', `${sampleRate}`, '-'],
  {
    maxBuffer: 2 ** 31 - 1,
  },
);
const y = new Float32Array(pcm.buffer.slice(pcm.byteOffset, pcm.byteOffset + pcm.length));

const synthesizer = new Synthesizer({
  sampleRate,
  frequencies: logFrequencies({ fmin: 55, nBins: 100 }),
  pitch: 2 ** (Number(semitones) / 12),
  speed: Number(speed),
});
// In blocks, as if it came from a microphone.
const parts = [];
const start = performance.now();
for (let at = 0; at < y.length; at += 4096) parts.push(synthesizer.process(y.subarray(at, at + 4096)));
const seconds = (performance.now() - start) / 1000;
const z = new Float32Array(parts.reduce((n, part) => n + part.length, 0));
let filled = 0;
for (const part of parts) {
  z.set(part, filled);
  filled += part.length;
}

const file = new wavefile.WaveFile();
file.fromScratch(1, sampleRate, '32f', z);
writeFileSync(output, file.toBuffer());

console.log(`${(y.length / sampleRate).toFixed(2)} s in, ${(z.length / sampleRate).toFixed(2)} s out`);
console.log(`${(y.length / sampleRate / seconds).toFixed(0)} times as fast as it sounds`);

// The pitch of both where it is loud, at the same places of the recording.
const hop = 512;
const pitchOf = (x, hopLength) => yin(x, { sampleRate, fmin: 80, fmax: 2000, hopLength });
const before = pitchOf(y, hop);
const after = pitchOf(z, Math.round(hop / synthesizer.speed));
const level = (t) => y.subarray(t * hop, (t + 1) * hop).reduce((sum, x) => sum + x * x, 0);
const loudest = before.reduce((most, _, t) => Math.max(most, level(t)), 0);
const moved = [...before.keys()]
  .filter((t) => level(t) > 0.01 * loudest && t < after.length)
  .map((t) => 1200 * Math.log2(after[t] / before[t]))
  .sort((a, b) => a - b);
console.log(`pitch moved by ${moved[moved.length >> 1].toFixed(1)} cents, ${100 * Number(semitones)} asked for`);

if (synthesizer.pitch === 1 && synthesizer.speed === 1) {
  const dot = (a, b) => a.reduce((sum, x, i) => sum + x * b[i], 0);
  console.log(`correlation with the recording ${(dot(y, z) / Math.sqrt(dot(y, y) * dot(z, z))).toFixed(3)}`);
}
