import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cli, folder, json, sine, wav } from './shell.js';

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
