import { estimateKey, type Key } from '../../index.js';
import { constantQ } from '../analysis.js';
import { heat, namesAxis, plot } from '../plot.js';
import type { Section } from './section.js';

const TONICS = ['C', 'C#/Db', 'D', 'D#/Eb', 'E', 'F', 'F#/Gb', 'G', 'G#/Ab', 'A', 'A#/Bb', 'B'];
const MODES = ['minor', 'major'] as const;

export const key: Section = {
  name: 'key',
  title: 'Key',
  analyze(track, progress) {
    const keys = estimateKey(constantQ(track, progress).chroma);
    const [best, next] = keys;
    if (best === undefined || next === undefined) {
      return { features: { key: null, correlation: null, runnerUp: null }, summary: 'silence', figures: () => [] };
    }
    return {
      features: { ...entry(best), runnerUp: entry(next) },
      summary: `${inWords(best)}, then ${inWords(next)}`,
      figures: () => [
        {
          svg: picture(keys),
          caption:
            "How the chromagram's mean correlates with what listeners find to fit each key (the probe-tone " +
            'ratings of Krumhansl & Kessler 1982). Twelve random numbers reach 0.5 with one key or another, and 0.8 hardly ' +
            'ever; close rivals share most of their notes.',
        },
      ],
    };
  },
};

const entry = ({ name, correlation }: Key) => ({ key: name, correlation: Number(correlation.toFixed(4)) });

const inWords = ({ name, correlation }: Key) => `${name} (correlation ${correlation.toFixed(2)})`;

function picture(keys: Key[]): string {
  const data = MODES.flatMap((mode) =>
    TONICS.map((_, tonic) => keys.find((key) => key.mode === mode && key.tonic === tonic)!.correlation),
  );
  const grid = { rows: MODES.length, columns: TONICS.length, data };
  const range = { min: -1, max: 1 };
  return plot({
    title: 'Correlation with each key',
    height: 200,
    x: namesAxis('tonic', TONICS),
    y: namesAxis('mode', MODES),
    layers: [heat(grid, { x: [0, TONICS.length], y: [0, MODES.length], ...range })],
    colours: { label: 'correlation', ...range },
  });
}
