import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { printable, reason } from './failure.js';
import { type Analysis, type Chapter, facts, type Outcome } from './outcome.js';
import { Output } from './output.js';
import { ProgressBar } from './progress.js';
import { page } from './report.js';
import { complain, note, say } from './talk.js';
import type { Job, Message } from './worker.js';

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
  const wanted = [
    ...(json === undefined || json === '-' ? [] : [{ option: '--json', file: json, text: jsonText }]),
    ...(report === undefined ? [] : [{ option: '--report', file: report, text: page }]),
  ];
  const outputs = Output.openAll(wanted, files);
  const outcomes = await analyzeAll(files, jobs, report !== undefined);
  const good = outcomes.filter((outcome) => outcome.analysis !== undefined);
  let failed = good.length < files.length;
  if (good.length === 0) {
    for (const output of outputs) output.discard();
    return 1;
  }
  // Files first: standard output may be full, or closed.
  const written: string[] = [];
  for (const [i, output] of outputs.entries()) {
    try {
      output.write(wanted[i]!.text(outcomes));
      await output.commit();
      written.push(`wrote ${printable(output.file)}\n`);
    } catch (error) {
      output.discard();
      complain(reason(error));
      failed = true;
    }
  }
  if (json === '-') {
    // Where the JSON takes standard output, nothing else may.
    say(jsonText(outcomes));
    note(written.join(''));
  } else {
    for (const { analysis, chapters } of good) say(summary(analysis, chapters));
    say(written.join(''));
  }
  return failed ? 1 : 0;
}

async function analyzeAll(files: string[], jobs: number, pictures: boolean): Promise<Outcome[]> {
  const bar = new ProgressBar(files.length);
  const outcomes = new Array<Outcome>(files.length);
  const queue = files.entries();
  const work = async () => {
    for (const [i, file] of queue) {
      const outcome = await analyzeFile({ file, pictures }, (fraction) => bar.update(i, fraction));
      outcomes[i] = outcome;
      bar.update(i, 1);
      if (outcome.reason !== undefined) bar.above(`cochlea: ${printable(file)}: ${outcome.reason}`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, files.length) }, work));
  bar.close();
  return outcomes;
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
function analyzeFile(job: Job, progress: (fraction: number) => void): Promise<Outcome> {
  const { file } = job;
  return new Promise((resolve) => {
    // The decoders print complaints of their own about damaged files; the reason we give is enough.
    const worker = new Worker(join(__dirname, 'worker.js'), { workerData: job, stdout: true, stderr: true });
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
