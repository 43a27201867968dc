/** Memory beyond the signals does not grow with their length. In processes of their own, whose peaks nothing else has raised. */
import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

it.each([
  ['chromaCqt', 'chromaCqt(y, { sampleRate })', 'data'],
  ['cqt', 'cqt(y, { sampleRate })', 're', 'im'],
  ['icqt', 'icqt(C, { sampleRate })', ''],
])('%s works on ten minutes at 48 kHz in less than 64 MB beyond its input and output', (_, call, ...planes) => {
  const script = `
    const { chromaCqt, cqt, icqt } = require('cochlea');
    const peak = () => process.resourceUsage().maxRSS / 1024;
    const sampleRate = 48000;
    const noise = (n) => {
      const x = new Float32Array(n);
      for (let i = 0, state = 1; i < n; i++) x[i] = (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32 - 0.5;
      return x;
    };
    const columns = 1 + Math.floor((600 * sampleRate) / 512);
    const [y, C] = '${call}'.includes('(C')
      ? [null, { re: noise(84 * columns), im: noise(84 * columns), shape: [84, columns] }]
      : [noise(600 * sampleRate), null];
    const before = peak();
    const result = ${call};
    const bytes = ${JSON.stringify(planes)}.reduce((n, name) => n + (name ? result[name] : result).byteLength, 0);
    console.log(peak() - before - bytes / 2 ** 20);`;
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(Number(stdout)).toBeGreaterThan(-64);
  expect(Number(stdout)).toBeLessThan(64);
});

it('designs 80 filters of 2^17 samples in less than 80 MB', () => {
  const script = `
    const { cqt } = require('cochlea');
    const peak = () => process.resourceUsage().maxRSS / 1024;
    const before = peak();
    cqt(new Float32Array(2 ** 17), { sampleRate: 22050, fmin: 100, nBins: 80, binsPerOctave: 300, hopLength: 255 });
    console.log(peak() - before);`;
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(Number(stdout)).toBeLessThan(80);
});
