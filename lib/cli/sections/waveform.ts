import { stepPowers, stepSeconds } from '../analysis.js';
import { inDbfs, levelDbfs } from '../numbers.js';
import { area, linearAxis, plot, timeAxis } from '../plot.js';
import type { Section } from './section.js';

const COLUMNS = 1000;

export const waveform: Section = {
  name: 'level',
  title: 'Waveform',
  analyze(track) {
    const { samples, sampleRate, peak, rms } = track;
    const { times, low, high } = envelope(samples, sampleRate);
    const reach = 1.05 * Math.max(peak, 1e-6);
    const svg = plot({
      title: 'Waveform',
      height: 200,
      x: timeAxis(samples.length / sampleRate),
      y: linearAxis('amplitude', -reach, reach),
      layers: [area(times, low, high, '#31688e')],
    });
    const step = stepSeconds(track);
    return {
      features: { overTime: { stepSeconds: step, rmsDbfs: stepPowers(samples, step * sampleRate).map(levelDbfs) } },
      summary: `peak ${inDbfs(peak ** 2)}, RMS level ${inDbfs(rms ** 2)}`,
      figures: [{ svg, caption: 'The mono mix: its lowest and highest sample at each moment; 1 is full scale.' }],
    };
  },
};

/** The lowest and highest sample in each of at most COLUMNS stretches, and the time of their middles in seconds. */
function envelope(samples: Float32Array, sampleRate: number) {
  const columns = Math.min(COLUMNS, samples.length);
  const [times, low, high] = [new Float64Array(columns), new Float64Array(columns), new Float64Array(columns)];
  for (let column = 0; column < columns; column++) {
    const from = Math.floor((column * samples.length) / columns);
    const to = Math.floor(((column + 1) * samples.length) / columns);
    times[column] = (from + to) / 2 / sampleRate;
    low[column] = Infinity;
    high[column] = -Infinity;
    for (let i = from; i < to; i++) {
      low[column] = Math.min(low[column]!, samples[i]!);
      high[column] = Math.max(high[column]!, samples[i]!);
    }
  }
  return { times, low, high };
}
