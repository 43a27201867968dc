import { tuningToA4 } from '../../index.js';
import { tuning as tuningOf } from '../analysis.js';
import { area, linearAxis, plot, SOUND } from '../plot.js';
import type { Section } from './section.js';

/** Peaks this close to the tuning, in cents, are in tune. */
const CLOSE = 10;

export const tuning: Section = {
  name: 'tuning',
  title: 'Tuning',
  analyze(track, progress) {
    const { deviation, histogram } = tuningOf(track, progress);
    const total = histogram.reduce((sum, x) => sum + x, 0);
    if (total === 0) {
      const features = { tuningSemitones: null, tuningCents: null, a4Hz: null, shareWithin10Cents: null };
      return { features, summary: 'no peaks', figures: () => [] };
    }
    const cents = Math.round(100 * deviation);
    const a4Hz = Number(tuningToA4(deviation).toFixed(1));
    const close = histogram.filter((_, bin) => distance(bin - 50 + 0.5, cents) <= CLOSE).reduce((sum, x) => sum + x, 0);
    const share = close / total;
    // A step of the staircase for each cent.
    const edges = Array.from(histogram, (_, bin) => [bin - 50, bin - 49]).flat();
    const heights = Array.from(histogram, (x) => [(100 * x) / total, (100 * x) / total]).flat();
    const top = Math.max(...heights);
    return {
      features: {
        tuningSemitones: Number(deviation.toFixed(2)),
        tuningCents: cents,
        a4Hz,
        shareWithin10Cents: Number(share.toFixed(4)),
      },
      summary: `A4 = ${a4Hz} Hz (${cents < 0 ? '' : '+'}${cents} cents), ${Math.round(100 * share)} % within ${CLOSE} cents of it`,
      figures: () => [
        {
          svg: plot({
            title: 'Deviation of spectral peaks from equal temperament',
            height: 200,
            x: linearAxis('deviation from A4 = 440 Hz (cents)', -50, 50),
            y: linearAxis('share (%)', 0, 1.05 * top, 4),
            layers: [area(edges, new Float64Array(edges.length), heights, SOUND)],
          }),
          caption:
            'Where spectral peaks between 150 Hz and 4 kHz lie between the semitones, weighted by magnitude. One narrow hill is ' +
            'an ensemble in tune; a flat field, as of speech, has no tuning.',
        },
      ],
    };
  },
};

/** Between two deviations in cents, around the semitone. */
function distance(a: number, b: number): number {
  const apart = Math.abs(a - b);
  return Math.min(apart, 100 - apart);
}
