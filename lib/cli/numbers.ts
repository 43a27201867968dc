import { hzToNote } from '../index.js';

/** Power to dB relative to a power of 1; silence becomes -Infinity. */
export function decibels(power: number): number {
  return 10 * Math.log10(power);
}

/** A level for the JSON, to 0.01 dB: null where `decibels` would be -Infinity. */
export function levelDbfs(power: number): number | null {
  return power > 0 ? Number(decibels(power).toFixed(2)) : null;
}

/** A frequency for the JSON: five digits are more than any ear or bin resolves. */
export function hertz(value: number): number {
  return Number(value.toPrecision(5));
}

/** The index of the largest value, the first of equals. */
export function argmax(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}

export const PITCH_CLASSES = ['C', 'C#', 'D', 'D#', 'E', 'F', 'F#', 'G', 'G#', 'A', 'A#', 'B'] as const;

/** The name of the note nearest to a frequency in Hz, with A4 = 440 Hz: 'A4'. */
export function noteName(frequency: number): string {
  return hzToNote(frequency, { unicode: false });
}

export function inDbfs(power: number): string {
  return power > 0 ? `${decibels(power).toFixed(1)} dBFS` : 'silence';
}

/** A frequency in words: '98.6 Hz', '440 Hz', '12.3 kHz'. */
export function inHertz(frequency: number): string {
  const [value, unit] = frequency < 10_000 ? [frequency, 'Hz'] : [frequency / 1000, 'kHz'];
  return `${value >= 1000 ? Math.round(value) : Number(value.toPrecision(4))} ${unit}`;
}

/** The middle value, the lower of two; null of none. */
export function median(values: number[]): number | null {
  return values.length === 0 ? null : values.toSorted((a, b) => a - b)[(values.length - 1) >> 1]!;
}
