#!/usr/bin/env node
import { existsSync, realpathSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { analyze } from './analyze.js';
import { demo } from './demo.js';
import { Failure, reason } from './failure.js';
import { separate, separatedFiles } from './hpss.js';

const HELP = `Usage: cochlea analyze FILE... [--json FILE] [--report FILE] [--jobs N]
       cochlea hpss FILE --out DIR
       cochlea demo [FILE]

analyze   Decodes sound files (wav, flac, mp3, ogg, opus, m4a, aiff, ...), mixes them to mono, analyses them
          and prints a summary.
  --json FILE     write the numbers as JSON; - for standard output. Several files give an array.
  --report FILE   write an HTML page with pictures that needs no other file. Several files share the page.
  --jobs N        how many files to work on at once (default: the number of processors)

hpss      Separates FILE, mixed to mono, into its harmonic and its percussive part.
  --out DIR       the folder for the two WAV files

demo      Analyses FILE, or a clip that it synthesises, into the folder cochlea-demo.

  --help          print this
  --version       print the version

Exit code: 0 when all went well, 1 when a file could not be analysed or written, 2 for a wrong command line.
`;

/** More files than this make a page that no browser enjoys. */
const MAX_REPORT_FILES = 100;

const usage = (message: string) => new Failure(`${message}\nTry 'cochlea --help'.`);

async function main(args: string[]): Promise<number> {
  const { values, positionals } = read(args);
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  if (values.version) {
    process.stdout.write(`${require('cochlea/package.json').version}\n`);
    return 0;
  }
  const [command, ...files] = positionals;
  switch (command) {
    case 'analyze': {
      const { json, report } = values;
      if (files.length === 0) throw usage('analyze: no file given');
      if (report !== undefined && files.length > MAX_REPORT_FILES) {
        throw usage(`--report: at most ${MAX_REPORT_FILES} files fit on a page, ${files.length} were given`);
      }
      const outputs = Object.entries({ json: json === '-' ? undefined : json, report });
      for (const [name, file] of outputs) if (file !== undefined) checkOutput(`--${name}`, file, files);
      if (json !== undefined && json === report) throw usage('--json and --report: the same file');
      return analyze(files, { json, report, jobs: readJobs(values.jobs) });
    }
    case 'hpss': {
      const [file, ...more] = files;
      if (file === undefined) throw usage('hpss: no file given');
      if (more.length > 0) throw usage('hpss: one file at most');
      if (!values.out) throw usage('hpss: --out DIR is needed');
      for (const output of Object.values(separatedFiles(file, values.out))) {
        if (existsSync(values.out)) checkOutput('--out', output, files);
      }
      return separate(file, values.out);
    }
    case 'demo':
      if (files.length > 1) throw usage('demo: one file at most');
      return demo(files[0]);
    case undefined:
      throw usage('no command given');
    default:
      throw usage(`unknown command '${command}'`);
  }
}

function read(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean', short: 'V' },
        json: { type: 'string' },
        report: { type: 'string' },
        jobs: { type: 'string' },
        out: { type: 'string' },
      },
    });
  } catch (error) {
    throw usage((error as Error).message);
  }
}

function readJobs(text: string | undefined): number {
  if (text === undefined) return availableParallelism();
  const jobs = Number(text);
  if (!Number.isInteger(jobs) || jobs < 1 || jobs > 256) throw usage(`--jobs: expected 1 to 256, received '${text}'`);
  return jobs;
}

/** Refuses what could not be written, or would overwrite a recording, before any work is done. */
function checkOutput(option: string, file: string, inputs: string[]): void {
  if (file === '') throw usage(`${option}: no file given`);
  if (!existsSync(dirname(file))) throw usage(`${option} ${file}: no such folder`);
  if (!existsSync(file)) return;
  if (statSync(file).isDirectory()) throw usage(`${option} ${file}: it is a directory`);
  const path = realpathSync(file);
  if (inputs.some((input) => existsSync(input) && realpathSync(input) === path)) {
    throw usage(`${option} ${file}: would overwrite the recording`);
  }
}

// A reader that stops early, as head does, is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
// Files are written whole and synchronously, so leaving at once leaves no part of one behind.
for (const [signal, number] of [
  ['SIGINT', 2],
  ['SIGTERM', 15],
] as const) {
  process.on(signal, () => process.exit(128 + number));
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    process.stderr.write(`cochlea: ${error instanceof Failure ? error.message : reason(error)}\n`);
    process.exitCode = 2;
  },
);
