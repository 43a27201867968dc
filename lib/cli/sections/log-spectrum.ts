import { BINS_PER_OCTAVE, type Progress, stepSeconds, type TimeFrequency } from '../analysis.js';
import type { Track } from '../decode.js';
import { argmax, hertz, inHertz, noteName } from '../numbers.js';
import type { Axis } from '../plot.js';
import { powerPicture } from './power-picture.js';
import type { Section } from './section.js';

/** A step whose strongest bin is this far below the recording's has no frequency to speak of. */
const SILENCE = 1e-6;

interface LogSpectrum {
  name: string;
  title: string;
  power(track: Track, progress: Progress): TimeFrequency;
  axis(low: number, high: number): Axis;
  caption(bins: number): string;
}

/** The section of an analysis whose bins are equal parts of an octave. */
export function logSpectrum({ name, title, power: analysis, axis, caption }: LogSpectrum): Section {
  return {
    name,
    title,
    analyze(track, progress) {
      const power = analysis(track, progress);
      const { frequencies, hopLength, frames, means } = power;
      const [lowest, highest] = [frequencies[0]!, frequencies.at(-1)!];
      const halfBin = 2 ** (0.5 / BINS_PER_OCTAVE);
      const draw = () => powerPicture({ title, track, power, y: axis(lowest / halfBin, highest * halfBin) });
      const total = means.total();
      const strongest = argmax(total);
      const loudest = total[strongest]!;
      const overTime = means.perStep().map((powers) => {
        const bin = argmax(powers);
        return powers[bin]! > SILENCE * loudest ? hertz(frequencies[bin]!) : null;
      });
      const strongestHz = loudest > 0 ? hertz(frequencies[strongest]!) : null;
      return {
        features: {
          binsPerOctave: BINS_PER_OCTAVE,
          lowestHz: hertz(lowest),
          highestHz: hertz(highest),
          hopLengthSamples: hopLength,
          frames,
          strongestHz,
          overTime: { stepSeconds: stepSeconds(track), strongestHz: overTime },
        },
        summary: strongestHz === null ? 'silence' : `strongest at ${inHertz(strongestHz)} (${noteName(strongestHz)})`,
        figures: () => [{ svg: draw(), caption: caption(frequencies.length) }],
      };
    },
  };
}
