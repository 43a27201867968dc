import { constantQ, stepMeans, stepSeconds } from '../analysis.js';
import { argmax, PITCH_CLASSES } from '../numbers.js';
import { heat, namesAxis, plot, timeAxis } from '../plot.js';
import { StepMeans } from '../raster.js';
import type { Section } from './section.js';

/** Columns of the picture at most. */
const COLUMNS = 800;

export const chroma: Section = {
  name: 'chroma',
  title: 'Chromagram',
  analyze(track, progress) {
    const { chroma, hopLength, frames } = constantQ(track, progress);
    const { sampleRate, samples } = track;
    const columns = Math.min(COLUMNS, frames);
    const picture = new StepMeans(PITCH_CLASSES.length, columns, frames / columns);
    const means = stepMeans(track, PITCH_CLASSES.length, hopLength);
    for (const part of [picture, means]) part.add(chroma.data, 0, frames);
    const moments = picture.perStep();
    const data = PITCH_CLASSES.flatMap((_, row) => moments.map((classes) => classes[row]!));
    const draw = () => {
      const image = heat(
        { rows: PITCH_CLASSES.length, columns, data },
        {
          x: [(-0.5 * hopLength) / sampleRate, ((frames - 0.5) * hopLength) / sampleRate],
          y: [0, PITCH_CLASSES.length],
          min: 0,
          max: 1,
        },
      );
      return plot({
        title: 'Chromagram',
        height: 300,
        x: timeAxis(samples.length / sampleRate),
        y: namesAxis('pitch class', PITCH_CLASSES),
        layers: [image],
        colours: { label: 'relative to the strongest class', min: 0, max: 1 },
      });
    };
    const total = means.total();
    const strongestClass = strongest(total);
    return {
      features: {
        hopLengthSamples: hopLength,
        frames,
        strongestClass,
        meanClasses: Array.from(total, (x) => Number(x.toFixed(4))),
        overTime: {
          stepSeconds: stepSeconds(track),
          strongestClass: means.perStep().map(strongest),
        },
      },
      summary: strongestClass === null ? 'silence' : `strongest ${strongestClass}`,
      figures: () => [
        {
          svg: draw(),
          caption:
            'The constant-Q transform folded into one octave: the magnitudes of all Cs in one row, and so on, relative to ' +
            'the strongest class of the moment. Drums light up all classes alike; dark moments are silent.',
        },
      ],
    };
  },
};

/** The name of the strongest class; null where all are silent. */
function strongest(classes: Float64Array): string | null {
  const best = argmax(classes);
  return classes[best]! > 0 ? PITCH_CLASSES[best]! : null;
}
