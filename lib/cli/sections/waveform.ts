import { PIECE_SECONDS, stepPowers, stepSeconds } from '../analysis.js';
import { inDbfs, levelDbfs } from '../numbers.js';
import { area, linearAxis, plot, SOUND, timeAxis } from '../plot.js';
import type { Signal } from '../signal.js';
import type { Section } from './section.js';

const COLUMNS = 1000;

export const waveform: Section = {
  name: 'level',
  title: 'Waveform',
  analyze(track) {
    const { samples, sampleRate, peak, rms } = track;
    const powers = stepPowers(track);
    for (const piece of samples.pieces(PIECE_SECONDS * sampleRate)) powers.add(piece.samples);
    const draw = () => {
      const { times, low, high } = envelope(samples, sampleRate);
      const reach = 1.05 * Math.max(peak, 1e-6);
      return plot({
        title: 'Waveform',
        height: 200,
        x: timeAxis(samples.length / sampleRate),
        y: linearAxis('amplitude', -reach, reach, 4),
        layers: [area(times, low, high, SOUND)],
      });
    };
    return {
      features: { overTime: { stepSeconds: stepSeconds(track), rmsDbfs: powers.perStep().map(levelDbfs) } },
      summary: `peak ${inDbfs(peak ** 2)}, RMS level ${inDbfs(rms ** 2)}`,
      figures: () => [
        { svg: draw(), caption: 'The mono mix: its lowest and highest sample at each moment; 1 is full scale.' },
      ],
    };
  },
};

/** The lowest and highest sample in each of at most COLUMNS stretches, and the time of their middles in seconds. */
function envelope(samples: Signal, sampleRate: number) {
  const columns = Math.min(COLUMNS, samples.length);
  const [times, low, high] = [new Float64Array(columns), new Float64Array(columns), new Float64Array(columns)];
  for (let column = 0; column < columns; column++) {
    const from = Math.floor((column * samples.length) / columns);
    const to = Math.floor(((column + 1) * samples.length) / columns);
    times[column] = (from + to) / 2 / sampleRate;
    low[column] = Infinity;
    high[column] = -Infinity;
    for (const sample of samples.read(from, to - from)) {
      low[column] = Math.min(low[column]!, sample);
      high[column] = Math.max(high[column]!, sample);
    }
  }
  return { times, low, high };
}
