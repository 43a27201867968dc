import type { Figure } from './sections/section.js';

/** One recording's entry in the JSON. Levels are in dB relative to full scale; `null` stands for digital silence. */
export interface Analysis {
  file: string;
  sampleRateHz: number;
  /** Channels in the file; everything below but the two levels describes their mean. */
  channels: number;
  durationSeconds: number;
  /** The largest sample of any channel. */
  peakDbfs: number | null;
  /** Over all channels: a full-scale square wave has 0 dBFS, a sine -3. */
  rmsDbfs: number | null;
  /** By section. Every list in an `overTime` has one value per step of its `stepSeconds`, the first beginning at 0 s. */
  features: Record<string, Record<string, unknown>>;
}

/** One section of one recording, ready for the report and the terminal. */
export interface Chapter {
  title: string;
  summary: string;
  figures: Figure[];
}

/** What became of one file. */
export type Outcome = { file: string } & (
  | { analysis: Analysis; chapters: Chapter[]; reason?: undefined }
  | { reason: string; analysis?: undefined }
);

/** Length, rate and channels in words. */
export function facts({ durationSeconds, sampleRateHz, channels }: Analysis): string {
  const layout = channels === 1 ? 'mono' : `${channels} channels mixed to mono`;
  return `${Number(durationSeconds.toFixed(2))} s, ${sampleRateHz} Hz, ${layout}`;
}
