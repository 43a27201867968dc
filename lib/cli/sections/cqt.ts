import { BINS_PER_OCTAVE, constantQ } from '../analysis.js';
import { pitchAxis } from '../plot.js';
import { logSpectrum } from './log-spectrum.js';

export const cqt = logSpectrum({
  name: 'cqt',
  title: 'Constant-Q transform',
  power: constantQ,
  axis: pitchAxis,
  caption: (bins) =>
    `The power of ${bins} filters, ${BINS_PER_OCTAVE} per octave, tuned as the recording is: each a fixed number of its ` +
    'periods long, so that semitones are told apart in every octave and low notes blur in time, to both sides.',
});
