/** Memory beyond the signals does not grow with their length. In a process of its own, whose peak nothing else has raised. */
import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

it('hpss separates ten minutes at 44.1 kHz in less than 64 MB beyond its input and output', () => {
  const script = `
    const { hpss } = require('cochlea');
    const peak = () => process.resourceUsage().maxRSS / 1024;
    const n = 600 * 44100;
    const y = new Float32Array(n);
    for (let i = 0, state = 1; i < n; i++) y[i] = (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32 - 0.5;
    const before = peak();
    const { harmonic, percussive } = hpss(y);
    console.log(peak() - before - (harmonic.byteLength + percussive.byteLength) / 2 ** 20);`;
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(Number(stdout)).toBeGreaterThan(-64);
  expect(Number(stdout)).toBeLessThan(64);
});
