import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cli, fixtures, folder, json, sine, wav } from './shell.js';

describe('analyze', () => {
  it('finds a tone of 440 Hz in every form', () => {
    wav('tone.wav', sine(440, 1));
    const { status, stdout, stderr } = cli('analyze', 'tone.wav', '--json', 'tone.json');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('strongest at 440 Hz (A4)');
    const { features, ...facts } = json('tone.json');
    expect(facts).toEqual({
      file: 'tone.wav',
      sampleRateHz: 44100,
      channels: 1,
      durationSeconds: 1,
      peakDbfs: expect.closeTo(-6.02, 1),
      rmsDbfs: expect.closeTo(-9.03, 1),
    });
    expect(features.resonators.strongestHz).toBe(440);
    expect(features.resonators.overTime.strongestHz).toEqual(new Array(10).fill(440));
    expect(features.spectrum.strongestHz).toBeCloseTo(440, -0.5);
    expect(features.spectrum.overTime.strongestHz).toEqual(new Array(10).fill(expect.closeTo(440, -0.5)));
    expect(features.level.overTime.rmsDbfs).toEqual(new Array(10).fill(expect.closeTo(-9.03, 1)));
    expect(features.spectrum.rolloff85Hz).toBeGreaterThan(400);
    expect(features.spectrum.rolloff85Hz).toBeLessThan(480);
    expect(features.pitch).toMatchObject({ medianHz: expect.closeTo(440, -0.6), medianNote: 'A4' });
    expect(features.pitch.overTime.medianHz).toEqual(new Array(10).fill(expect.closeTo(440, -0.6)));
    expect(features.pitch.voicedShare).toBeGreaterThan(0.9);
    expect(features.cqt.strongestHz / 440).toBeCloseTo(1, 2);
    expect(features.cqt.overTime.strongestHz).toEqual(new Array(10).fill(features.cqt.strongestHz));
    expect(features.chroma.strongestClass).toBe('A');
    expect(features.chroma.overTime.strongestClass).toEqual(new Array(10).fill('A'));
    expect(features.chroma.meanClasses.indexOf(Math.max(...features.chroma.meanClasses))).toBe(9);
    expect(features.tuning).toEqual({
      tuningSemitones: expect.closeTo(0, 1),
      tuningCents: Math.round(100 * features.tuning.tuningSemitones),
      a4Hz: expect.closeTo(440, -0.3),
      shareWithin10Cents: expect.closeTo(1, 1),
    });
    const timed = Object.values<{ overTime?: Record<string, unknown> }>(features).filter(({ overTime }) => overTime);
    expect(timed.length).toBeGreaterThan(5);
    for (const { overTime } of timed) {
      const { stepSeconds, ...lists } = overTime!;
      expect(stepSeconds).toBe(0.1);
      for (const list of Object.values(lists)) expect(list).toHaveLength(10);
    }
  });

  it('hears the notes and the key of a piece that is out of tune', () => {
    // A quarter of a semitone above A4 = 440 Hz: A Bb C D E F G# A, and the chord of A minor.
    const sampleRate = 8000;
    const note = (midi: number, amplitude: number) =>
      sine(440 * 2 ** ((midi - 68.75) / 12), 0.5, { sampleRate, amplitude });
    const scale = [57, 59, 60, 62, 64, 65, 68, 69];
    const chord = [57, 60, 64].map((midi) => note(midi, 0.3));
    const piece = [
      ...scale.flatMap((midi) => note(midi, 0.5)),
      ...chord[0]!.map((_, i) => chord[0]![i]! + chord[1]![i]! + chord[2]![i]!),
    ];
    wav('piece.wav', piece, { sampleRate });
    const { status, stdout } = cli('analyze', 'piece.wav', '--json', 'piece.json');
    expect(status).toBe(0);
    expect(stdout).toMatch(/Key +A minor \(correlation 0\.[89]\d\), then /);
    const { chroma, key, tuning } = json('piece.json').features;
    const names = ['A', 'B', 'C', 'D', 'E', 'F', 'G#', 'A'];
    expect(names.map((_, i) => chroma.overTime.strongestClass[5 * i + 2])).toEqual(names);
    expect(key.key).toBe('A minor');
    expect(key.correlation).toBeGreaterThan(0.8);
    expect(key.runnerUp.correlation).toBeLessThan(key.correlation);
    expect(tuning.tuningCents).toBeGreaterThan(20);
    expect(tuning.tuningCents).toBeLessThan(30);
    expect(tuning.a4Hz).toBeCloseTo(446.4, -0.6);
  });

  it('works in pieces without a seam', () => {
    const sampleRate = 4000;
    const notes = Array.from({ length: 130 }, (_, i) => 48 + ((i * 7) % 24));
    wav(
      'pieces.wav',
      notes.flatMap((midi) => sine(440 * 2 ** ((midi - 69) / 12), 1, { sampleRate })),
      { sampleRate },
    );
    expect(cli('analyze', 'pieces.wav', '--json', 'pieces.json').status).toBe(0);
    const { chroma, cqt, spectrum } = json('pieces.json').features;
    const classes = ['C', 'C#', 'D', 'D#', 'E', 'F', 'F#', 'G', 'G#', 'A', 'A#', 'B'];
    for (const [i, midi] of notes.entries()) {
      const step = Math.floor((i + 0.5) / chroma.overTime.stepSeconds);
      expect(chroma.overTime.strongestClass[step]).toBe(classes[midi % 12]);
      for (const { overTime } of [cqt, spectrum]) {
        expect(12 * Math.log2(overTime.strongestHz[step] / 440) + 69).toBeCloseTo(midi, 0);
      }
    }
  });

  it('mixes channels down and measures levels over all of them', () => {
    const tone = sine(1000, 0.2, { amplitude: 1 });
    const half = tone.flatMap((x) => [x, 0]);
    wav('half.wav', half, { channels: 2 });
    expect(cli('analyze', 'half.wav', '--json', 'half.json').status).toBe(0);
    const { channels, peakDbfs, rmsDbfs, features } = json('half.json');
    expect({ channels, peakDbfs, rmsDbfs }).toEqual({
      channels: 2,
      peakDbfs: expect.closeTo(0, 1),
      rmsDbfs: expect.closeTo(-6.02, 1),
    });
    // The mix has half the amplitude: 6 dB below the -3 dB of a full-scale sine.
    expect(features.level.overTime.rmsDbfs[0]).toBeCloseTo(-9.03, 1);
  });

  it.each(['mp3', 'flac', 'ogg', 'm4a'])('decodes %s', (format) => {
    const { status, stdout, stderr } = cli('analyze', join(fixtures, `tone.${format}`), '--json', '-');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const { sampleRateHz, channels, durationSeconds, rmsDbfs, features } = JSON.parse(stdout);
    expect({ sampleRateHz, channels }).toEqual({ sampleRateHz: 16000, channels: 1 });
    expect(durationSeconds).toBeCloseTo(0.25, 2);
    expect(Math.abs(rmsDbfs + 9.03)).toBeLessThan(1);
    expect(features.spectrum.strongestHz).toBeCloseTo(440, -0.5);
  });

  it('decodes float WAV longer than one piece, whatever the data offset', () => {
    const samples = sine(440, 8);
    wav('float.wav', samples, { float: true });
    const bytes = readFileSync(join(folder, 'float.wav'));
    const odd = Buffer.concat([bytes.subarray(0, 36), Buffer.from('LIST\x02\0\0\0ab'), bytes.subarray(36)]);
    writeFileSync(join(folder, 'odd.wav'), odd);
    const { status, stdout } = cli('analyze', 'odd.wav', '--json', '-');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      durationSeconds: 8,
      features: { spectrum: { strongestHz: expect.closeTo(440, -0.5) } },
    });
  });

  it('writes an array and one page for several files, and goes on past a bad one', () => {
    wav('low.wav', sine(220, 0.3));
    wav('high.wav', sine(880, 0.3));
    writeFileSync(join(folder, 'text.mp3'), 'This is no music at all.\n'.repeat(20));
    const args = ['analyze', 'low.wav', 'text.mp3', 'high.wav', '--json', 'all.json', '--report', 'all.html'];
    const { status, stdout, stderr } = cli(...args, '--jobs', '3');
    expect(status).toBe(1);
    expect(stderr).toMatch(/^cochlea: text\.mp3: not a sound file .*\n$/);
    expect(stdout.indexOf('low.wav')).toBeLessThan(stdout.indexOf('high.wav'));
    const [low, text, high] = json('all.json');
    expect(low.features.spectrum.strongestHz).toBeCloseTo(220, -0.5);
    expect(text).toEqual({ file: 'text.mp3', error: expect.stringContaining('not a sound file') });
    expect(high.features.spectrum.strongestHz).toBeCloseTo(880, -0.5);
    const page = readFileSync(join(folder, 'all.html'), 'utf8');
    expect(page.match(/<article/g)).toHaveLength(3);
    expect(page).toContain('Not analysed: not a sound file');
  });

  it('prints neither control characters nor a bar into a pipe, whatever the file is called', () => {
    wav('long.wav', sine(440, 20, { sampleRate: 8000 }), { sampleRate: 8000 });
    const { status, stdout, stderr } = cli('analyze', 'long.wav', 'bell\x07\x1b[31m.wav', '--jobs', '1');
    expect(status).toBe(1);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(stdout + stderr).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f]/);
    expect(stderr).toContain('bell?[31m.wav: no such file');
  });

  it('answers silence with null, not with numbers', () => {
    wav('silence.wav', new Array(22050).fill(0));
    const { status, stdout } = cli('analyze', 'silence.wav', '--json', '-', '--report', 'silence.html');
    expect(status).toBe(0);
    const { peakDbfs, rmsDbfs, features } = JSON.parse(stdout);
    expect({ peakDbfs, rmsDbfs }).toEqual({ peakDbfs: null, rmsDbfs: null });
    expect(features.spectrum.strongestHz).toBeNull();
    expect(features.spectrum.centroidHz).toBeNull();
    expect(features.pitch).toMatchObject({ medianHz: null, medianNote: null, voicedShare: 0 });
    expect(features.cqt.strongestHz).toBeNull();
    expect(features.chroma).toMatchObject({ strongestClass: null, meanClasses: new Array(12).fill(0) });
    expect(features.key).toEqual({ key: null, correlation: null, runnerUp: null });
    expect(Object.values(features.tuning)).toEqual([null, null, null, null]);
    expect(readFileSync(join(folder, 'silence.html'), 'utf8')).not.toContain('NaN');
  });
});
