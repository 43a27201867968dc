import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { printable, reason } from './failure.js';
import { type Analysis, type Chapter, facts, type Outcome } from './outcome.js';
import { writeWhole } from './output.js';
import { ProgressBar } from './progress.js';
import { page } from './report.js';
import type { Message } from './worker.js';

export interface AnalyzeOptions {
  /** Where the JSON goes; '-' is standard output. */
  json?: string | undefined;
  /** Where the HTML report goes. */
  report?: string | undefined;
  /** How many files are worked on at once. */
  jobs: number;
}

/**
 * Analyses the files, each in a thread of its own, and writes what was asked for. A file that fails is told on standard
 * error and leaves the others alone. Returns the process' exit code.
 */
export async function analyze(files: string[], { json, report, jobs }: AnalyzeOptions): Promise<number> {
  const bar = new ProgressBar(files.length);
  const outcomes = new Array<Outcome>(files.length);
  const queue = files.entries();
  const work = async () => {
    for (const [i, file] of queue) {
      const outcome = await analyzeFile(file, (fraction) => bar.update(i, fraction));
      outcomes[i] = outcome;
      bar.update(i, 1);
      if (outcome.reason !== undefined) bar.above(`cochlea: ${printable(file)}: ${outcome.reason}`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, files.length) }, work));
  bar.close();

  const good = outcomes.filter((outcome) => outcome.analysis !== undefined);
  let failed = good.length < files.length;
  if (good.length === 0) return 1;
  // Where the JSON takes standard output, nothing else may.
  const talk = json === '-' ? process.stderr : process.stdout;
  const save = (file: string, text: string) => {
    try {
      writeWhole(file, text);
      talk.write(`wrote ${printable(file)}\n`);
    } catch (error) {
      process.stderr.write(`cochlea: cannot write ${printable(file)}: ${reason(error)}\n`);
      failed = true;
    }
  };
  if (json === '-') process.stdout.write(jsonText(outcomes));
  else for (const { analysis, chapters } of good) talk.write(summary(analysis, chapters));
  if (json !== undefined && json !== '-') save(json, jsonText(outcomes));
  if (report !== undefined) save(report, page(outcomes));
  return failed ? 1 : 0;
}

/** One file's analysis, or an array with one entry per file in the order given. */
function jsonText(outcomes: Outcome[]): string {
  const entries = outcomes.map(({ file, analysis, reason }) => analysis ?? { file, error: reason });
  const text = JSON.stringify(entries.length === 1 ? entries[0] : entries, null, 2);
  // A list of numbers or words stays on its line.
  return `${text.replace(/\n\s+(?=-?\d|null|"[^"]*",?\n|\])/g, ' ')}\n`;
}

function summary(analysis: Analysis, chapters: Chapter[]): string {
  const lines = chapters.map(({ title, summary }) => `  ${title.padEnd(24)}${summary}`);
  return [printable(analysis.file), `  ${'Recording'.padEnd(24)}${facts(analysis)}`, ...lines].join('\n').concat('\n');
}

/** Runs one file in a worker thread: decoders are slow and many, and a crash in one must not reach the others. */
function analyzeFile(file: string, progress: (fraction: number) => void): Promise<Outcome> {
  return new Promise((resolve) => {
    // The decoders print complaints of their own about damaged files; the reason we give is enough.
    const worker = new Worker(join(__dirname, 'worker.js'), { workerData: file, stdout: true, stderr: true });
    const settle = (outcome: Outcome) => {
      resolve(outcome);
      void worker.terminate();
    };
    worker.on('message', (message: Message) => {
      if (message.kind === 'progress') progress(message.fraction);
      else if (message.kind === 'done') settle({ file, ...message });
      else settle({ file, reason: message.reason });
    });
    worker.on('error', (error) => settle({ file, reason: reason(error) }));
    worker.on('exit', () => settle({ file, reason: 'the analysis stopped unexpectedly' }));
  });
}
