import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type * as Optional from '../../lib/cli/optional.js';
import { cli, folder, json, root, sine, wav } from './shell.js';

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
    [['analyze', 'x.wav', '--json', 'a', '--json', 'b'], /--json: given twice/],
    [['hpss', 'x.wav', '--out', 'a', '--out=a'], /--out: given twice/],
    [['hpss', 'x.wav', '--out', 'x', '--report', 'y'], /hpss: has no option --report/],
    [['demo', '--json', 'y'], /demo: has no option --json/],
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

describe('what is not installed', () => {
  const { optional } = createRequire(import.meta.url)(join(root, 'dist', 'cli', 'optional.js')) as typeof Optional;

  it('is named, with the line that installs it', async () => {
    const missing: string = 'fast-jpeg';
    await expect(optional(import(missing))).rejects.toThrow(
      'fast-jpeg is not installed; this installs it: npm install --include=optional cochlea',
    );
    await expect(optional(import(missing), 'npm install fast-jpeg')).rejects.toThrow(
      'fast-jpeg is not installed; this installs it: npm install fast-jpeg',
    );
    await expect(optional(Promise.reject(new Error('broken')))).rejects.toThrow('broken');
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
