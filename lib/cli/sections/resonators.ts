import { BINS_PER_OCTAVE, resonances } from '../analysis.js';
import { logAxis } from '../plot.js';
import { logSpectrum } from './log-spectrum.js';

export const resonators = logSpectrum({
  name: 'resonators',
  title: 'Resonator spectrogram',
  power: resonances,
  axis: (low, high) => logAxis('frequency (Hz)', low, high),
  caption: (bins) =>
    `The power of ${bins} resonators, ${BINS_PER_OCTAVE} per octave: bright is loud, and an octave is equally tall ` +
    'everywhere. Low resonators answer more slowly, so a sound begins a little later at the bottom.',
});
