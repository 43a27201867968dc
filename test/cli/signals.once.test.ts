import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { cli, folder, main, wav } from './shell.js';

/** Starts the command; ends with what its end was. */
function start(...args: string[]) {
  const child = spawn(process.execPath, [main, ...args], { cwd: folder, stdio: 'ignore' });
  const end = new Promise<string | number | null>((resolve) => {
    child.on('exit', (code, signal) => resolve(signal ?? code));
  });
  return { child, end };
}

/** Waits until the folder holds a file that the pattern matches. */
async function appears(pattern: RegExp, where = folder): Promise<void> {
  for (let i = 0; i < 3000; i++) {
    if (readdirSync(where).some((name) => pattern.test(name))) return;
    await wait(10);
  }
  throw new Error(`nothing in ${readdirSync(where)} matches ${pattern}`);
}

// Windows has neither pipes in the file system nor signals that a process could hear.
describe.runIf(process.platform !== 'win32')('signals and pipes', () => {
  it('a pipe is refused without waiting for its writer', () => {
    spawnSync('mkfifo', [join(folder, 'pipe.wav')]);
    for (const args of [
      ['analyze', 'pipe.wav'],
      ['hpss', 'pipe.wav', '--out', 'parts'],
      ['demo', 'pipe.wav'],
    ]) {
      const { status, stderr } = cli(...args);
      expect(status).toBe(1);
      expect(stderr).toBe('cochlea: pipe.wav: it is a pipe; only regular files can be analysed\n');
    }
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '%s ends the analysis at once and leaves nothing behind',
    async (signal) => {
      const long = wav(
        'long.wav',
        Array.from({ length: 60 * 8000 }, (_, i) => Math.sin(i)),
        { sampleRate: 8000 },
      );
      const before = readdirSync(folder);
      const files = new Array<string>(20).fill(long);
      const { child, end } = start('analyze', ...files, '--json', 'never.json', '--report', 'never.html');
      // The outputs are opened before the work begins.
      await appears(/^\.cochlea-\d+-1\.tmp$/);
      await wait(200);
      const asked = performance.now();
      child.kill(signal);
      expect(await end).toBe(signal);
      expect(performance.now() - asked).toBeLessThan(2000);
      expect(readdirSync(folder)).toEqual(before);
    },
  );

  it('SIGTERM ends a separation and leaves no half of it', async () => {
    wav(
      'minutes.wav',
      Array.from({ length: 600 * 8000 }, (_, i) => Math.sin(i)),
      { sampleRate: 8000 },
    );
    mkdirSync(join(folder, 'stems'));
    const { child, end } = start('hpss', 'minutes.wav', '--out', 'stems');
    await appears(/tmp$/, join(folder, 'stems'));
    child.kill('SIGTERM');
    expect(await end).toBe('SIGTERM');
    expect(readdirSync(join(folder, 'stems'))).toEqual([]);
  });
});
