import { spawnSync } from 'node:child_process';
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { WaveFile } from 'wavefile';
import { hpss } from '../../lib/index.js';
import { cli, folder, json, main, sine, wav } from './shell.js';

/** Noise and a tone, the same on every run. */
function noisyTone(length: number): Float32Array {
  let state = 1;
  return Float32Array.from({ length }, (_, i) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return 0.3 * Math.sin(0.06 * i) + 0.1 * (state / 2 ** 31 - 1);
  });
}

/** Writes samples as a WAV file of 32-bit floats. */
function writeFloats(name: string, samples: Float32Array): void {
  wav(name, [], { float: true, claim: samples.byteLength });
  appendFileSync(join(folder, name), new Uint8Array(samples.buffer));
}

describe('long recordings', () => {
  it('are separated in pieces without a seam', () => {
    const samples = noisyTone(2.5 * 2 ** 20);
    writeFloats('seams.wav', samples);
    expect(cli('hpss', 'seams.wav', '--out', 'seams').status).toBe(0);
    const whole = hpss(samples, { nFft: 2048 });
    for (const part of ['harmonic', 'percussive'] as const) {
      const file = new WaveFile(readFileSync(join(folder, `seams/seams-${part}.wav`)));
      expect(file.fmt).toMatchObject({ audioFormat: 3, numChannels: 1, sampleRate: 44100, bitsPerSample: 32 });
      const written = file.getSamples(false, Float32Array) as unknown as Float32Array;
      expect(written).toHaveLength(samples.length);
      const error = written.reduce((worst, x, i) => Math.max(worst, Math.abs(x - whole[part][i]!)), 0);
      expect(error).toBeLessThan(1e-6);
    }
  });

  it('take less memory than twice their samples', () => {
    // Ten minutes at 44.1 kHz; what does not grow with a recording is measured on a short one.
    writeFloats('long.wav', noisyTone(600 * 44100));
    writeFloats('short.wav', noisyTone(2 ** 21));
    const peakBytes = (name: string) => {
      const told = join(folder, 'peak');
      const tell = `process.on('exit', () => require('fs').writeFileSync(${JSON.stringify(told)}, String(process.resourceUsage().maxRSS)))`;
      writeFileSync(join(folder, 'tell.cjs'), tell);
      const args = ['--require', join(folder, 'tell.cjs'), main, 'hpss', name, '--out', 'peaks'];
      expect(spawnSync(process.execPath, args, { cwd: folder }).status).toBe(0);
      return 1024 * Number(readFileSync(told, 'utf8'));
    };
    const growth = peakBytes('long.wav') - peakBytes('short.wav');
    expect(growth).toBeLessThan(2 * 4 * 600 * 44100);
  });
});

describe('hpss', () => {
  /** The 16-bit samples of a mono WAV file. */
  function samplesOf(name: string): Float32Array {
    const bytes = readFileSync(join(folder, name));
    return Float32Array.from({ length: (bytes.length - 58) / 4 }, (_, i) => bytes.readFloatLE(58 + 4 * i));
  }
  const energy = (x: Float32Array) => x.reduce((sum, v) => sum + v * v, 0);

  it('writes a tone and clicks into files of their own', () => {
    const tone = sine(440, 2);
    wav(
      'mixed.wav',
      tone.map((x, i) => x + (i % 11025 === 5000 ? 0.5 : 0)),
    );
    const { status, stdout, stderr } = cli('hpss', 'mixed.wav', '--out', 'parts/of it');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(
      /^wrote .*mixed-harmonic\.wav \(-9\.\d dBFS\)\nwrote .*mixed-percussive\.wav \(-\d\d\.\d dBFS\)\n$/,
    );
    const harmonic = samplesOf('parts/of it/mixed-harmonic.wav');
    const percussive = samplesOf('parts/of it/mixed-percussive.wav');
    expect([harmonic.length, percussive.length]).toEqual([88200, 88200]);
    const error = harmonic.map((x, i) => x - tone[i]);
    expect(energy(error)).toBeLessThan(0.01 * energy(harmonic));
    expect(Math.max(...percussive)).toBeGreaterThan(0.3);
    expect(energy(percussive)).toBeLessThan(0.01 * energy(harmonic));
  });

  it('tells what is wrong with the file, and leaves it alone', () => {
    const missing = cli('hpss', 'missing.wav', '--out', 'parts');
    expect(missing).toEqual({ status: 1, stdout: '', stderr: 'cochlea: missing.wav: no such file\n' });
    wav('own-harmonic.wav', sine(440, 0.5));
    wav('own.wav', sine(440, 0.5));
    expect(cli('hpss', 'own.wav', '--out', '.').status).toBe(0);
    expect(readdirSync(folder)).toContain('own-percussive.wav');
  });

  it('joins the analysis as a ratio over time', () => {
    wav('tone2.wav', sine(440, 1));
    const faint = sine(440, 1, { amplitude: 0.001 });
    const clicks = faint.map((x, i) => x + (i % 4410 === 2000 ? 0.9 : 0));
    wav('clicks.wav', clicks);
    const ratio = (name: string) => {
      expect(cli('analyze', name, '--json', 'ratio.json').status).toBe(0);
      return json('ratio.json').features.hpss;
    };
    const tone = ratio('tone2.wav');
    expect(tone.harmonicToPercussiveDb).toBeGreaterThan(20);
    expect(tone.overTime.harmonicToPercussiveDb).toHaveLength(10);
    expect(tone.overTime.harmonicToPercussiveDb[5]).toBeGreaterThan(30);
    expect(ratio('clicks.wav').harmonicToPercussiveDb).toBeLessThan(-15);
  });
});
