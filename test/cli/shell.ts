/** What the suites of the command line share: a folder of their own, the command, and recordings to give to it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
export const main = join(root, 'dist', 'cli', 'main.js');
export const fixtures = join(root, 'test', 'fixtures');
export const folder = mkdtempSync(join(tmpdir(), 'cochlea-cli-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

export function cli(...args: string[]) {
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
export function wav(
  name: string,
  samples: number[],
  { sampleRate = 44100, channels = 1, claim, float = false }: Wav = {},
) {
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

export function sine(frequency: number, seconds: number, { sampleRate = 44100, amplitude = 0.5 } = {}) {
  const step = (2 * Math.PI * frequency) / sampleRate;
  return Array.from({ length: Math.round(seconds * sampleRate) }, (_, i) => amplitude * Math.sin(step * i));
}

export const json = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8'));
