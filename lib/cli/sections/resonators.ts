import { BINS_PER_OCTAVE, resonances, stepSeconds } from '../analysis.js';
import { argmax, hertz, inHertz, noteName } from '../numbers.js';
import { logAxis } from '../plot.js';
import { powerPicture } from './power-picture.js';
import type { Section } from './section.js';

/** A step whose strongest resonator is this far below the recording's has no frequency to speak of. */
const SILENCE = 1e-6;

export const resonators: Section = {
  name: 'resonators',
  title: 'Resonator spectrogram',
  async analyze(track, progress) {
    const power = resonances(track, progress);
    const { frequencies, hopLength, frames, picture, means } = power;
    const [lowest, highest] = [frequencies[0]!, frequencies.at(-1)!];
    const halfBin = 2 ** (0.5 / BINS_PER_OCTAVE);
    const svg = await powerPicture({
      title: 'Resonator spectrogram',
      track,
      power,
      y: logAxis('frequency (Hz)', lowest / halfBin, highest * halfBin),
      edges: [lowest / halfBin, (lowest / halfBin) * 2 ** (picture.binsCovered / BINS_PER_OCTAVE)],
    });
    const total = means.total();
    const strongest = argmax(total);
    const loudest = total[strongest]!;
    const overTime = Array.from({ length: means.steps }, (_, step) => {
      const powers = means.step(step);
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
      figures: [
        {
          svg,
          caption:
            `The power of ${frequencies.length} resonators, ${BINS_PER_OCTAVE} per octave: bright is loud, and an octave is ` +
            'equally tall everywhere. Low resonators answer more slowly, so a sound begins a little later at the bottom.',
        },
      ],
    };
  },
};
