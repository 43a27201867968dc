import { mkdirSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { hpss } from '../promises.js';
import { energy } from './analysis.js';
import { decode } from './decode.js';
import { printable, reason } from './failure.js';
import { inDbfs } from './numbers.js';
import { writeWhole } from './output.js';
import { ProgressBar } from './progress.js';
import { encodeWav } from './wav.js';

/** The files that `separate` writes for a recording. */
export function separatedFiles(file: string, folder: string): { harmonic: string; percussive: string } {
  const name = join(folder, basename(file, extname(file)));
  return { harmonic: `${name}-harmonic.wav`, percussive: `${name}-percussive.wav` };
}

/** Writes the harmonic and the percussive part of the recording, mixed to mono, as WAV files. Returns the exit code. */
export async function separate(file: string, folder: string): Promise<number> {
  const bar = new ProgressBar(1);
  try {
    const { samples, sampleRate } = await decode(file, (fraction) => bar.update(0, fraction / 2));
    const parts = await hpss(samples, { onProgress: (fraction) => bar.update(0, (1 + fraction) / 2) });
    const files = separatedFiles(file, folder);
    mkdirSync(folder, { recursive: true });
    for (const part of ['harmonic', 'percussive'] as const) {
      writeWhole(files[part], encodeWav([parts[part]], sampleRate));
      bar.close();
      const level = inDbfs(energy(parts[part]) / samples.length);
      process.stdout.write(`wrote ${printable(files[part])} (${level})\n`);
    }
    return 0;
  } catch (error) {
    bar.above(`cochlea: ${printable(file)}: ${reason(error)}`);
    return 1;
  }
}
