import type { TimeFrequency } from '../analysis.js';
import type { Track } from '../decode.js';
import { decibels } from '../numbers.js';
import { type Axis, heat, type Layer, plot, timeAxis } from '../plot.js';

/** How far below the loudest point a picture reaches. */
export const RANGE_DB = 80;

export interface PowerPicture {
  title: string;
  track: Track;
  power: TimeFrequency;
  y: Axis;
  /** The power of 0 dB, if not the picture's own loudest point. */
  loudest?: number;
  /** What to draw over the picture. */
  over?: Layer[];
}

/** The picture of a power over time and frequency, in dB relative to its loudest point. */
export function powerPicture({
  title,
  track,
  power,
  y,
  loudest = loudestPower(power),
  over = [],
}: PowerPicture): string {
  const { picture, edges, hopLength, firstSample } = power;
  const { samples, sampleRate } = track;
  const data = picture.data.map((value) => decibels(value / loudest));
  // Each frame reaches half a hop to either side of the sample that it describes.
  const left = firstSample - hopLength / 2;
  const right = left + picture.framesCovered * hopLength;
  const { rows, columns } = picture;
  const range = { min: -RANGE_DB, max: 0 };
  const image = heat({ rows, columns, data }, { x: [left / sampleRate, right / sampleRate], y: edges, ...range });
  return plot({
    title,
    height: 400,
    x: timeAxis(samples.length / sampleRate),
    y,
    layers: [image, ...over],
    colours: { label: 'dB relative to the loudest point', ...range },
  });
}

/** The power of the loudest point; 1 in digital silence, so that it can be divided by. */
export function loudestPower({ picture }: TimeFrequency): number {
  return picture.data.reduce((max, value) => Math.max(max, value), 0) || 1;
}
