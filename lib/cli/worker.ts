/** Decodes and analyses one recording in a thread of its own and answers with plain data: text and small numbers. */
import { parentPort, workerData } from 'node:worker_threads';
import { decode } from './decode.js';
import { inUsersWords, reason } from './failure.js';
import { levelDbfs } from './numbers.js';
import type { Analysis, Chapter } from './outcome.js';
import { loadDrawing } from './plot.js';
import { sections } from './sections/index.js';

/** The share of the time that decoding takes, for the progress bar. */
const DECODING = 0.3;

export interface Job {
  file: string;
  /** Whether pictures are wanted. */
  pictures: boolean;
}

export type Message =
  | { kind: 'progress'; fraction: number }
  | { kind: 'done'; analysis: Analysis; chapters: Chapter[] }
  | { kind: 'failed'; reason: string };

async function analyze({ file, pictures }: Job, progress: (fraction: number) => void): Promise<Message> {
  // What is not installed is told before the work.
  if (pictures) await loadDrawing();
  const track = await decode(file, (fraction) => progress(DECODING * fraction));
  const chapters: Chapter[] = [];
  const analysis: Analysis = {
    file,
    sampleRateHz: track.sampleRate,
    channels: track.channels,
    durationSeconds: Number((track.samples.length / track.sampleRate).toFixed(6)),
    peakDbfs: levelDbfs(track.peak ** 2),
    rmsDbfs: levelDbfs(track.rms ** 2),
    features: {},
  };
  for (const [i, { name, title, analyze }] of sections.entries()) {
    const share = (1 - DECODING) / sections.length;
    try {
      const { features, summary, figures } = analyze(track, (f) => progress(DECODING + share * (i + f)));
      analysis.features[name] = features;
      chapters.push({ title, summary, figures: pictures ? figures() : [] });
    } catch (error) {
      throw inUsersWords(error, `the analysis fails at the section '${title}'`);
    }
  }
  return { kind: 'done', analysis, chapters };
}

const post = (message: Message) => parentPort?.postMessage(message);

let last = 0;
analyze(workerData as Job, (fraction) => {
  const now = Date.now();
  if (now - last < 100) return;
  last = now;
  post({ kind: 'progress', fraction });
}).then(post, (error) => post({ kind: 'failed', reason: reason(error) }));
