import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decode } from 'fast-png';
import { afterAll, describe, expect, it } from 'vitest';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const main = join(root, 'dist', 'cli', 'main.js');
const fixtures = join(root, 'test', 'fixtures');
const folder = mkdtempSync(join(tmpdir(), 'cochlea-cli-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function cli(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { cwd: folder, encoding: 'utf8' });
  return { status, stdout, stderr };
}

interface Wav {
  sampleRate?: number;
  channels?: number;
  /** Bytes of sound that the header claims, where that is not the truth. */
  claim?: number;
  float?: boolean;
}

/** Writes a WAV file into the test's folder: `samples` interleaved, 16-bit or float. */
function wav(name: string, samples: number[], { sampleRate = 44100, channels = 1, claim, float = false }: Wav = {}) {
  const width = float ? 4 : 2;
  const bytes = Buffer.alloc(44 + width * samples.length);
  const size = claim ?? width * samples.length;
  bytes.write('RIFF', 0).toString();
  bytes.writeUInt32LE((36 + size) % 2 ** 32, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(float ? 3 : 1, 20);
  bytes.writeUInt16LE(channels, 22);
  bytes.writeUInt32LE(sampleRate, 24);
  bytes.writeUInt32LE(sampleRate * channels * width, 28);
  bytes.writeUInt16LE(channels * width, 32);
  bytes.writeUInt16LE(8 * width, 34);
  bytes.write('data', 36);
  bytes.writeUInt32LE(size, 40);
  for (const [i, x] of samples.entries()) {
    if (float) bytes.writeFloatLE(x, 44 + 4 * i);
    else bytes.writeInt16LE(Math.round(32767 * x), 44 + 2 * i);
  }
  writeFileSync(join(folder, name), bytes);
  return name;
}

function sine(frequency: number, seconds: number, { sampleRate = 44100, amplitude = 0.5 } = {}) {
  const step = (2 * Math.PI * frequency) / sampleRate;
  return Array.from({ length: Math.round(seconds * sampleRate) }, (_, i) => amplitude * Math.sin(step * i));
}

const json = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8'));

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
    const { chroma, cqt } = json('pieces.json').features;
    const classes = ['C', 'C#', 'D', 'D#', 'E', 'F', 'F#', 'G', 'G#', 'A', 'A#', 'B'];
    for (const [i, midi] of notes.entries()) {
      const step = Math.floor((i + 0.5) / chroma.overTime.stepSeconds);
      expect(chroma.overTime.strongestClass[step]).toBe(classes[midi % 12]);
      expect(12 * Math.log2(cqt.overTime.strongestHz[step] / 440) + 69).toBeCloseTo(midi, 0);
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

describe('hpss', () => {
  /** The 16-bit samples of a mono WAV file. */
  function samplesOf(name: string): Float32Array {
    const bytes = readFileSync(join(folder, name));
    return Float32Array.from({ length: (bytes.length - 44) / 2 }, (_, i) => bytes.readInt16LE(44 + 2 * i) / 32767);
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

describe('bad input is told in one line and leaves nothing behind', () => {
  const tone = sine(440, 0.1);
  const cases: [name: string, make: (name: string) => void, reason: RegExp][] = [
    ['missing.wav', () => {}, /no such file/],
    ['empty.wav', (name) => writeFileSync(join(folder, name), ''), /the file is empty/],
    ['words.mp3', (name) => writeFileSync(join(folder, name), 'la la la\n'.repeat(100)), /not a sound file/],
    ['none.wav', (name) => wav(name, []), /there are no sound samples in it/],
    ['one.wav', (name) => wav(name, [0.5]), /only 1 sample of sound; at least 10 ms are needed/],
    ['slow.wav', (name) => wav(name, tone, { sampleRate: 1 }), /a sample rate of 1 Hz/],
    ['hours.wav', (name) => wav(name, [], { claim: 36000 * 88200 }), /there are no sound samples in it/],
    ['nan.wav', (name) => wav(name, [0, ...tone, NaN], { float: true }), /sample 4411 is not a finite number/],
    ['cut.wav', (name) => writeFileSync(join(folder, name), 'RIFF\x24\0\0\0WAVEfmt '), /there are no sound samples/],
    ['cut.m4a', (name) => copyHead(name, 'tone.m4a', 200), /\S/],
    ['cut.ogg', (name) => copyHead(name, 'tone.ogg', 60), /\S/],
    ['.', () => {}, /it is a directory/],
  ];

  it.each(cases)('%s', (name, make, reason) => {
    make(name);
    const before = readdirSync(folder);
    const { status, stdout, stderr } = cli('analyze', name, '--json', 'bad.json', '--report', 'bad.html');
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^cochlea: [^\n]+\n$/);
    expect(stderr).toMatch(reason);
    expect(readdirSync(folder)).toEqual(before);
  });

  it('keeps the old output when a file cannot be analysed', () => {
    writeFileSync(join(folder, 'kept.json'), 'old');
    expect(cli('analyze', 'nowhere.wav', '--json', 'kept.json').status).toBe(1);
    expect(readFileSync(join(folder, 'kept.json'), 'utf8')).toBe('old');
  });

  // Windows has no signals: kill() there ends the process without asking it.
  it.runIf(process.platform !== 'win32')('leaves no part of a file behind when interrupted', async () => {
    const long = wav(
      'long.wav',
      new Array(20 * 8000).fill(0).map((_, i) => Math.sin(i)),
      { sampleRate: 8000 },
    );
    const files = new Array(20).fill(long);
    const before = readdirSync(folder);
    const child = spawn(process.execPath, [main, 'analyze', ...files, '--report', 'never.html'], { cwd: folder });
    setTimeout(() => child.kill('SIGINT'), 400);
    const ending = await new Promise((resolve) => child.on('exit', (code, signal) => resolve(code ?? signal)));
    // On a slow machine Node itself is interrupted, before the command has begun.
    expect([130, 'SIGINT']).toContain(ending);
    expect(readdirSync(folder)).toEqual(before);
  });
});

function copyHead(name: string, fixture: string, bytes: number): void {
  writeFileSync(join(folder, name), readFileSync(join(fixtures, fixture)).subarray(0, bytes));
}

describe('the command line', () => {
  it('explains itself', () => {
    const help = cli('--help');
    expect(help.status).toBe(0);
    for (const word of ['analyze', 'hpss', '--out', 'demo', '--json', '--report', '--jobs', 'Exit code']) {
      expect(help.stdout).toContain(word);
    }
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(cli('--version')).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
  });

  it.each([
    [[], /no command given/],
    [['analyse', 'x.wav'], /unknown command 'analyse'/],
    [['analyze'], /no file given/],
    [['analyze', 'x.wav', '--jsno', 'y'], /--jsno/],
    [['analyze', 'x.wav', '--jobs', '0'], /--jobs: expected 1 to 256, received '0'/],
    [['analyze', 'x.wav', '--jobs', 'two'], /--jobs/],
    [['analyze', 'x.wav', '--json', 'nowhere/y.json'], /--json nowhere\/y\.json: no such folder/],
    [['analyze', 'x.wav', '--report', '.'], /--report \.: it is a directory/],
    [['analyze', 'x.wav', '--json', 'y', '--report', 'y'], /the same file/],
    [['demo', 'a.wav', 'b.wav'], /one file at most/],
    [['hpss', '--out', 'x'], /hpss: no file given/],
    [['hpss', 'a.wav'], /hpss: --out DIR is needed/],
    [['hpss', 'a.wav', 'b.wav', '--out', 'x'], /hpss: one file at most/],
  ])('refuses %j', (args, message) => {
    const { status, stdout, stderr } = cli(...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });

  it('never writes over a recording', () => {
    wav('dear.wav', sine(440, 0.1));
    const before = readFileSync(join(folder, 'dear.wav'));
    expect(cli('analyze', 'dear.wav', '--report', './dear.wav').status).toBe(2);
    expect(readFileSync(join(folder, 'dear.wav'))).toEqual(before);
  });
});

describe('the progress bar', () => {
  // Run in a child whose clock can be moved and whose standard error claims to be a terminal, or not.
  function bar(script: string, isTTY: boolean) {
    const module = JSON.stringify(join(root, 'dist', 'cli', 'progress.js'));
    const setup = `process.stderr.isTTY = ${isTTY}; let now = 0; Date.now = () => now; const { ProgressBar } = require(${module});`;
    return spawnSync(process.execPath, ['-e', `${setup} const bar = new ProgressBar(2); ${script}`], {
      encoding: 'utf8',
    }).stderr;
  }
  const long = 'now = 1500; bar.update(0, 1); bar.update(1, 0.5); bar.above("told"); bar.update(1, 1); bar.close();';

  it('shows on a terminal once the work takes long, and cleans up', () => {
    const text = bar(long, true);
    expect(text).toContain('[#######################.......]  75 %  1 of 2 files');
    expect(text).toContain('\r\x1b[Ktold\n');
    expect(text.endsWith('2 of 2 files\r\x1b[K')).toBe(true);
  });

  it('stays away when the work is short or nobody looks', () => {
    expect(bar('now = 900; bar.update(0, 1); bar.close();', true)).toBe('');
    expect(bar(long, false)).toBe('told\n');
  });
});

describe('demo', () => {
  it('analyses its own clip, the same on every run', () => {
    const { status, stdout } = cli('demo');
    expect(status).toBe(0);
    expect(stdout).toContain(join('cochlea-demo', 'report.html'));
    const clip = readFileSync(join(folder, 'cochlea-demo', 'clip.wav'));
    const { key, spectrum, tuning } = json('cochlea-demo/report.json').features;
    const { strongestHz } = spectrum.overTime;
    expect(key).toMatchObject({ key: 'A minor', correlation: expect.closeTo(0.9, 1) });
    expect(Math.abs(tuning.tuningCents)).toBeLessThanOrEqual(2);
    // The melody begins on A4 at 3 s and climbs to C5 and E5.
    const semitones = [32, 37, 42].map((step) => Math.round(12 * Math.log2(strongestHz[step] / 440)));
    expect(semitones).toEqual([0, 3, 7]);
    rmSync(join(folder, 'cochlea-demo'), { recursive: true });
    expect(cli('demo').status).toBe(0);
    expect(readFileSync(join(folder, 'cochlea-demo', 'clip.wav')).equals(clip)).toBe(true);
  });

  it('analyses the file given', () => {
    wav('mine.wav', sine(330, 0.2));
    rmSync(join(folder, 'cochlea-demo'), { recursive: true, force: true });
    expect(cli('demo', 'mine.wav').status).toBe(0);
    expect(json('cochlea-demo/report.json').file).toBe('mine.wav');
    expect(existsSync(join(folder, 'cochlea-demo', 'clip.wav'))).toBe(false);
  });
});
