import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { cli, folder, json, main, sine, wav } from './shell.js';

const isPosix = process.platform !== 'win32';

beforeAll(() => {
  wav('tone.wav', sine(440, 0.1));
  symlinkSync('.', join(folder, 'here'));
});

/** Runs the command with standard output going to a file or device. */
function into(output: string, ...args: string[]) {
  const descriptor = openSync(join(folder, output), 'w');
  const stdio: ('ignore' | 'pipe' | number)[] = ['ignore', descriptor, 'pipe'];
  const { status, stderr } = spawnSync(process.execPath, [main, ...args], { cwd: folder, stdio, encoding: 'utf8' });
  closeSync(descriptor);
  return { status, stderr };
}

describe('two names of one file', () => {
  it.each([
    ['./out.x', 'out.x'],
    ['out.x', join(folder, 'out.x')],
    ['here/out.x', 'out.x'],
  ])('%s and %s are refused before the work', (a, b) => {
    const { status, stdout, stderr } = cli('analyze', 'tone.wav', '--json', a, '--report', b);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain('--json and --report: the same file');
    expect(existsSync(join(folder, 'out.x'))).toBe(false);
  });

  it('hard links are one file', () => {
    writeFileSync(join(folder, 'one.json'), 'old');
    linkSync(join(folder, 'one.json'), join(folder, 'two.json'));
    const { status, stderr } = cli('analyze', 'tone.wav', '--json', 'one.json', '--report', 'two.json');
    expect(status).toBe(2);
    expect(stderr).toContain('the same file');
    expect(readFileSync(join(folder, 'one.json'), 'utf8')).toBe('old');
  });

  it('a recording is never written over, whatever it is called', () => {
    const before = readFileSync(join(folder, 'tone.wav'));
    linkSync(join(folder, 'tone.wav'), join(folder, 'linked.wav'));
    for (const name of ['tone.wav', './tone.wav', 'here/tone.wav', 'linked.wav']) {
      const { status, stderr } = cli('analyze', 'tone.wav', '--report', name);
      expect(status).toBe(2);
      expect(stderr).toContain('would overwrite the recording');
    }
    expect(readFileSync(join(folder, 'tone.wav'))).toEqual(before);
    rmSync(join(folder, 'linked.wav'));
  });

  it('standard output is one, too', () => {
    const { status, stderr } = into('stdout.txt', 'analyze', 'tone.wav', '--report', 'stdout.txt');
    expect(status).toBe(2);
    expect(stderr).toContain('standard output goes there already');
  });
});

describe('what cannot be written is told before the work', () => {
  it('a name that is too long', () => {
    const before = readdirSync(folder);
    const { status, stdout, stderr } = cli('analyze', 'tone.wav', '--json', 'x'.repeat(256));
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain('the name is too long');
    expect(readdirSync(folder)).toEqual(before);
  });

  it('a missing folder, for either command', () => {
    expect(cli('analyze', 'tone.wav', '--json', 'nowhere/y.json').stderr).toContain('no such folder');
    writeFileSync(join(folder, 'plain'), '');
    expect(cli('hpss', 'tone.wav', '--out', 'plain').stderr).toMatch(/--out plain: /);
  });

  // Nobody can forbid root to write.
  it.runIf(isPosix && process.getuid?.() !== 0)('a file that may not be written', () => {
    writeFileSync(join(folder, 'readonly.json'), 'old', { mode: 0o400 });
    expect(cli('analyze', 'tone.wav', '--json', 'readonly.json').stderr).toContain('permission denied');
    expect(readFileSync(join(folder, 'readonly.json'), 'utf8')).toBe('old');
  });

  it.runIf(isPosix)('a pipe that nobody reads', () => {
    spawnSync('mkfifo', [join(folder, 'unread')]);
    const { status, stderr } = cli('analyze', 'tone.wav', '--json', 'unread');
    expect(status).toBe(2);
    expect(stderr).toContain('--json unread: nobody reads from this pipe');
  });
});

describe('an output', () => {
  it('may have a name of 255 bytes', () => {
    const name = `${'x'.repeat(250)}.json`;
    expect(cli('analyze', 'tone.wav', '--json', name).status).toBe(0);
    expect(json(name).file).toBe('tone.wav');
  });

  it.runIf(isPosix)('keeps the permissions of the file that it replaces', () => {
    for (const mode of [0o600, 0o640, 0o666]) {
      writeFileSync(join(folder, 'mode.json'), 'old');
      chmodSync(join(folder, 'mode.json'), mode);
      expect(cli('analyze', 'tone.wav', '--json', 'mode.json').status).toBe(0);
      expect(json('mode.json').file).toBe('tone.wav');
      expect(statSync(join(folder, 'mode.json')).mode & 0o777).toBe(mode);
    }
  });

  it('goes where a link leads, also if nothing is there yet', () => {
    mkdirSync(join(folder, 'deep'));
    symlinkSync('deep/real.json', join(folder, 'link.json'));
    symlinkSync('link.json', join(folder, 'link-to-link.json'));
    expect(cli('analyze', 'tone.wav', '--json', 'link-to-link.json').status).toBe(0);
    expect(lstatSync(join(folder, 'link.json')).isSymbolicLink()).toBe(true);
    expect(readlinkSync(join(folder, 'link-to-link.json'))).toBe('link.json');
    expect(json('deep/real.json').file).toBe('tone.wav');
    symlinkSync('round.json', join(folder, 'round.json'));
    expect(cli('analyze', 'tone.wav', '--json', 'round.json').stderr).toContain('the symbolic links go in a circle');
  });

  it.runIf(isPosix)('may be a pipe, and may be long', () => {
    spawnSync('mkfifo', [join(folder, 'read')]);
    const script = `cat read > copy.html & ${process.execPath} ${main} analyze tone.wav --report read && wait`;
    // The reader must be there first.
    const { status } = spawnSync('sh', ['-c', `${script.replace('& ', '& sleep 0.5; ')}`], { cwd: folder });
    expect(status).toBe(0);
    expect(readFileSync(join(folder, 'copy.html'), 'utf8')).toMatch(/^<!doctype html>.*<\/html>\n$/s);
  });

  it('leaves nothing but itself', () => {
    rmSync(join(folder, 'deep'), { recursive: true, force: true });
    mkdirSync(join(folder, 'deep'));
    expect(cli('analyze', 'tone.wav', '--json', 'deep/a.json', '--report', 'deep/a.html').status).toBe(0);
    expect(cli('hpss', 'tone.wav', '--out', 'deep').status).toBe(0);
    expect(readdirSync(join(folder, 'deep'))).toEqual(['a.html', 'a.json', 'tone-harmonic.wav', 'tone-percussive.wav']);
    expect(statSync(join(folder, 'deep/a.json')).mode & 0o777).toBe(0o666 & ~process.umask());
  });
});

describe.runIf(existsSync('/dev/full'))('standard output that takes nothing', () => {
  it('loses no file, and is told', () => {
    symlinkSync('/dev/full', join(folder, 'full'));
    const { status, stderr } = into('full', 'analyze', 'tone.wav', '--json', 'saved.json', '--report', 'saved.html');
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: 'cochlea: cannot write to standard output: the disk is full\n',
    });
    expect(json('saved.json').file).toBe('tone.wav');
    expect(readFileSync(join(folder, 'saved.html'), 'utf8')).toContain('</html>');
    expect(into('full', 'hpss', 'tone.wav', '--out', 'stems').status).toBe(1);
    expect(readdirSync(join(folder, 'stems'))).toHaveLength(2);
    expect(into('full', 'analyze', 'tone.wav', '--json', '-').status).toBe(1);
  });

  it('loses no file when its reader has left', () => {
    const command = `${process.execPath} ${main} analyze tone.wav --json left.json; echo $? > status`;
    spawnSync('sh', ['-c', `{ sleep 0.2; ${command}; } | true`], { cwd: folder });
    expect(readFileSync(join(folder, 'status'), 'utf8')).toBe('1\n');
    expect(json('left.json').file).toBe('tone.wav');
  });

  it('a full disk is told with the name of the output', () => {
    const { status, stderr } = cli('analyze', 'tone.wav', '--json', '/dev/full');
    expect({ status, stderr }).toEqual({ status: 1, stderr: 'cochlea: cannot write /dev/full: the disk is full\n' });
  });
});
