import { mkdirSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { hpss } from '../promises.js';
import { checkRecording, decode } from './decode.js';
import { Failure, inUsersWords, printable, reason } from './failure.js';
import { inDbfs } from './numbers.js';
import { Output } from './output.js';
import { ProgressBar } from './progress.js';
import { StepPowers } from './raster.js';
import { separationPieces } from './separation.js';
import { say } from './talk.js';
import { wavHead, wavSamples } from './wav.js';

const PARTS = ['harmonic', 'percussive'] as const;
const N_FFT = 2048;

/** Writes the harmonic and the percussive part of the recording, mixed to mono, as WAV files. Returns the exit code. */
export async function separate(file: string, folder: string): Promise<number> {
  const bar = new ProgressBar(1);
  let outputs: Output[] = [];
  try {
    await checkRecording(file);
    outputs = openOutputs(file, folder);
    const { samples, sampleRate } = await decode(file, (fraction) => bar.update(0, fraction / 2));
    const powers = PARTS.map(() => new StepPowers(samples.length, samples.length));
    for (const output of outputs) output.write(wavHead(samples.length, sampleRate));
    for (const { heard, from, to, end } of separationPieces(samples, N_FFT)) {
      const parts = await hpss(heard, { nFft: N_FFT });
      for (const [i, part] of PARTS.entries()) {
        const piece = parts[part].subarray(from, to);
        powers[i]!.add(piece);
        outputs[i]!.write(wavSamples(piece));
      }
      bar.update(0, (1 + end / samples.length) / 2);
    }
    for (const output of outputs) await output.commit();
    bar.close();
    for (const [i, output] of outputs.entries()) {
      say(`wrote ${printable(output.file)} (${inDbfs(powers[i]!.total())})\n`);
    }
    return 0;
  } catch (error) {
    for (const output of outputs) output.discard();
    bar.above(`cochlea: ${printable(file)}: ${reason(inUsersWords(error, 'its parts cannot be separated'))}`);
    return 1;
  }
}

/** The files for both parts, in a folder that is made if need be. */
function openOutputs(file: string, folder: string): Output[] {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new Failure(`--out ${folder}: ${reason(error)}`);
  }
  const name = basename(file, extname(file));
  const wanted = PARTS.map((part) => ({ option: '--out', file: join(folder, `${name}-${part}.wav`) }));
  return Output.openAll(wanted, [file]);
}
