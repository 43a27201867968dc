#!/usr/bin/env node
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { analyze } from './analyze.js';
import { demo } from './demo.js';
import { Failure, reason } from './failure.js';
import { separate } from './hpss.js';
import { discardTemporaries } from './output.js';
import { complain, say } from './talk.js';

const HELP = `Usage: cochlea analyze FILE... [--json FILE] [--report FILE] [--jobs N]
       cochlea hpss FILE --out DIR
       cochlea demo [FILE]

analyze   Decodes sound files (wav, aiff, au, caf, flac, mp3, ogg, opus; m4a, webm and more where audio-decode is
          installed), mixes them to mono, analyses them and prints a summary.
  --json FILE     write the numbers as JSON; - for standard output. Several files give an array.
  --report FILE   write an HTML page with pictures that needs no other file. Several files share the page.
  --jobs N        how many files to work on at once (default: the number of processors)

hpss      Separates FILE, mixed to mono, into its harmonic and its percussive part.
  --out DIR       the folder for the two WAV files, of 32-bit floating point

demo      Analyses FILE, or a clip that it synthesises, into the folder cochlea-demo.

  --help          print this
  --version       print the version

Exit code: 0 when all went well, 1 when a file could not be analysed or written
(or standard output takes no more), 2 for a wrong command line.
`;

/** More files than this make a page that no browser enjoys. */
const MAX_REPORT_FILES = 100;

/** A command line that cannot be meant. */
const usage = (message: string) => new Failure(`${message}\nTry 'cochlea --help'.`);

/** The options that a command has. */
const COMMANDS: Record<string, readonly string[]> = { analyze: ['json', 'report', 'jobs'], hpss: ['out'], demo: [] };

async function main(args: string[]): Promise<number> {
  const { values, positionals, given } = read(args);
  if (values.help) {
    say(HELP);
    return 0;
  }
  if (values.version) {
    say(`${require('cochlea/package.json').version}\n`);
    return 0;
  }
  const [command, ...files] = positionals;
  if (command === undefined) throw usage('no command given');
  const options = COMMANDS[command];
  if (!options) throw usage(`unknown command '${command}'`);
  for (const [i, name] of given.entries()) {
    if (!options.includes(name)) throw usage(`${command}: has no option --${name}`);
    if (given.indexOf(name) !== i) throw usage(`--${name}: given twice`);
  }
  switch (command) {
    case 'analyze': {
      const { json, report } = values;
      if (files.length === 0) throw usage('analyze: no file given');
      if (report !== undefined && files.length > MAX_REPORT_FILES) {
        throw usage(`--report: at most ${MAX_REPORT_FILES} files fit on a page, ${files.length} were given`);
      }
      return analyze(files, { json, report, jobs: readJobs(values.jobs) });
    }
    case 'hpss': {
      const [file, ...more] = files;
      if (file === undefined) throw usage('hpss: no file given');
      if (more.length > 0) throw usage('hpss: one file at most');
      if (!values.out) throw usage('hpss: --out DIR is needed');
      return separate(file, values.out);
    }
    default:
      if (files.length > 1) throw usage('demo: one file at most');
      return demo(files[0]);
  }
}

function read(args: string[]) {
  try {
    const { values, positionals, tokens } = parseArgs({
      args,
      allowPositionals: true,
      tokens: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean', short: 'V' },
        json: { type: 'string' },
        report: { type: 'string' },
        jobs: { type: 'string' },
        out: { type: 'string' },
      },
    });
    return { values, positionals, given: tokens.flatMap((token) => (token.kind === 'option' ? [token.name] : [])) };
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

process.on('exit', discardTemporaries);
// Windows cannot send itself SIGHUP.
const signals = ['SIGINT', 'SIGTERM', ...(process.platform === 'win32' ? [] : ['SIGHUP'])] as NodeJS.Signals[];
for (const signal of signals) {
  process.once(signal, () => {
    discardTemporaries();
    // As if nobody had listened: this ends the process at once, while exit() would wait for threads that are busy.
    process.kill(process.pid, signal);
  });
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = Math.max(code, Number(process.exitCode ?? 0));
  },
  (error) => {
    complain(error instanceof Failure ? error.message : reason(error));
    process.exitCode = 2;
  },
);
