import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { cli, folder, json, sine, wav } from './shell.js';

describe('the report', () => {
  it('needs nothing but itself', () => {
    wav("a & 'b'.wav", sine(440, 0.5));
    expect(cli('analyze', "a & 'b'.wav", '--report', 'alone.html').status).toBe(0);
    const page = readFileSync(join(folder, 'alone.html'), 'utf8');
    const links = [...page.matchAll(/(?:href|src)="([^"]*)"|url\(([^)]*)\)/g)].map(([, link, url]) => link ?? url);
    expect(links.length).toBeGreaterThan(1);
    for (const link of links) expect(link).toMatch(/^(#|data:image\/png;base64,)/);
    expect(page).not.toMatch(/<script|@import|https?:/);
    expect(page).toContain('<h1>a &#38; &#39;b&#39;.wav</h1>');
    expect(page).toContain('time (s)');
    expect(page).toContain('frequency (Hz)');
    expect(page).toContain('dB relative to the loudest point');
    const titles = [...page.matchAll(/<h2>([^<]*)/g)].map(([, title]) => title);
    expect(titles).toEqual([
      'Waveform',
      'Resonator spectrogram',
      'STFT spectrogram',
      'Constant-Q transform',
      'Chromagram',
      'Key',
      'Tuning',
      'Pitch',
      'Harmonic and percussive',
    ]);
  });

  it('labels notes, pitch classes and keys', () => {
    wav('a.wav', sine(440, 0.5));
    expect(cli('analyze', 'a.wav', '--report', 'a.html').status).toBe(0);
    const sections = readFileSync(join(folder, 'a.html'), 'utf8').split('<section>');
    const labels = (title: string) => {
      const section = sections.find((text) => text.includes(`<h2>${title}</h2>`))!;
      return [...section.matchAll(/<text [^>]*>([^<]*)/g)].map(([, text]) => text);
    };
    const octaves = [1, 2, 3, 4, 5, 6, 7, 8].map((octave) => `C${octave}`);
    expect(labels('Constant-Q transform')).toEqual(expect.arrayContaining([...octaves, 'pitch (C4 is 261.6 Hz)']));
    const classes = ['C', 'C#', 'D', 'D#', 'E', 'F', 'F#', 'G', 'G#', 'A', 'A#', 'B'];
    expect(labels('Chromagram')).toEqual(expect.arrayContaining([...classes, 'relative to the strongest class']));
    expect(labels('Key')).toEqual(expect.arrayContaining(['major', 'minor', 'A#/Bb', 'correlation']));
    expect(labels('Tuning')).toEqual(expect.arrayContaining(['−40', '40', 'deviation from A4 = 440 Hz (cents)']));
  });

  it('draws ratios beyond the scale at its edge', () => {
    // A pure tone: its percussive part is next to nothing.
    wav('pure.wav', sine(440, 1));
    expect(cli('analyze', 'pure.wav', '--json', 'pure.json', '--report', 'pure.html').status).toBe(0);
    expect(Math.max(...json('pure.json').features.hpss.overTime.harmonicToPercussiveDb)).toBeGreaterThan(45);
    const section = readFileSync(join(folder, 'pure.html'), 'utf8').split('<h2>Harmonic and percussive</h2>')[1]!;
    const [, path] = /<path d="([^"]*)" fill="none" stroke="#721f81"/.exec(section)!;
    const heights = path!
      .split(/[ML]/)
      .slice(1)
      .map((point) => Number(point.split(' ')[1]));
    const [, top] = /<svg x="\d+" y="(\d+)"/.exec(section)!;
    expect(heights).toHaveLength(10);
    for (const height of heights) expect(height).toBeGreaterThan(Number(top));
  });

  it('draws time to the right and frequency upwards', () => {
    // A low tone first and a high one then: bright at the lower left and the upper right.
    wav('steps.wav', [...sine(200, 1), ...sine(8000, 1)]);
    expect(cli('analyze', 'steps.wav', '--report', 'steps.html').status).toBe(0);
    const page = readFileSync(join(folder, 'steps.html'), 'utf8');
    const pictures = [...page.matchAll(/data:image\/png;base64,([^"]*)/g)].map(([, data]) =>
      decode(Buffer.from(data!, 'base64')),
    );
    expect(pictures).toHaveLength(8);
    for (const { width, height, data, palette } of pictures.slice(0, 3)) {
      const colours = palette!.map(brightness);
      expect(colours).toEqual(colours.toSorted((a, b) => a - b));
      const brightest = (column: number) => {
        const levels = Array.from({ length: height }, (_, row) => brightness(palette![data[row * width + column]!]!));
        return levels.indexOf(Math.max(...levels)) / height;
      };
      expect(brightest(Math.round(width / 4))).toBeGreaterThan(0.6);
      expect(brightest(Math.round((3 * width) / 4))).toBeLessThan(brightest(Math.round(width / 4)) - 0.3);
    }
  });

  it('stays small for a long recording', () => {
    const minute = new Array(60 * 8000).fill(0).map((_, i) => ((i * 7919) % 2003) / 2003 - 0.5);
    wav('minutes.wav', [...minute, ...minute, ...minute], { sampleRate: 8000 });
    expect(cli('analyze', 'minutes.wav', '--json', 'minutes.json', '--report', 'minutes.html').status).toBe(0);
    expect(readFileSync(join(folder, 'minutes.html')).length).toBeLessThan(1e6);
    const page = readFileSync(join(folder, 'minutes.html'), 'utf8');
    for (const word of ['time (min:s)', '0:00', '0:30', '1:00', '2:30', '3:00'])
      expect(page).toContain(`>${word}</text>`);
    const { stepSeconds, rmsDbfs } = json('minutes.json').features.level.overTime;
    expect(stepSeconds * rmsDbfs.length).toBeCloseTo(180);
    expect(rmsDbfs.length).toBeLessThanOrEqual(200);
  });
});

/** Relative luminance of an sRGB colour. */
function brightness(colour: Iterable<number>): number {
  const [red = 0, green = 0, blue = 0] = Array.from(colour, (v) => (v / 255) ** 2.2);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
