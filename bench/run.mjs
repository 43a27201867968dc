/**
 * npm run bench [-- [--quick] [--torch] [--compare REVISION] [CASE]...]
 *
 * Times cochlea against what a user would pick instead. Every contender of a case runs in a process of its own, on the
 * same input and one thread; results are compared first, then the contenders run in turn, round after round, so that a
 * busy machine hurts all of them alike. Prints ratios with their quartiles, then times, and the target where there is one.
 * Installs what it compares with into build/; a contender that cannot run here is named and left out.
 *
 * CASE selects by the beginning of a case's name. A run of all cases writes report.html, docs/benchmarks.md and the ten
 * rows of README.md; every run writes build/bench/results.json.
 *   --quick       one short round of each, to see that everything runs: its times mean nothing
 *   --torch       also nnAudio, for which three gigabytes of PyTorch are installed
 *   --compare     against another revision of cochlea instead of others, in pairs
 *
 * A case, in cases/<room>/<module>.mjs:
 *   name, about   what the report calls it and what it measures
 *   input()       { name: Float32Array }, the same for all
 *   ours(input)   returns the function to time; what that returns is compared with the peers' results
 *   peers         { name: peer }; a peer is { setup, run, environment }, Python source that sees the inputs and numpy as np,
 *                 in the parity environment or that of contenders/<environment>.txt, or { node(input, load), npm }, which
 *                 returns a (promise of a) function to time and, with `npm: true`, imports libraries of contenders/npm by
 *                 `await load(name)`, or { cargo, flags, args }: a program of contenders/, built with those RUSTFLAGS
 *   targets       { peer: ratio }; { 'peer (avx2)': ratio } for another tier, which then runs too
 *   bound         what keeps it from a target that it misses
 *   compared      turns what ours returns into what is compared, where the peers keep something else
 *   gate          [relative, of max] for the comparison; false where results do not claim to be equal; default
 *                 [1e-4, 1e-6]; a peer may have its own
 *   rounds        at most so many, where one takes long
 *   full          true: not in a quick run, which has its like
 * or { name, about, program, read(lines) }: a program of bench/native and how its lines become rows and facts
 * or { name, about, axis, unit, points, ours(point), per(point), tiers, memory(point), facts(points) }: a curve of cochlea
 * alone: seconds divided by per(point), for each SIMD tier with `tiers`; or with `memory`, the bytes of a call's result, the
 * bytes that the call adds to the peak. `facts` draws conclusions.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { simd } from 'cochlea';
import { writeDocument, writeReadmeSection } from '../test/helpers/report.mjs';
import { closePython, folder } from './contenders.mjs';
import { measure } from './measure.mjs';
import { html, line, markdown, summary } from './report.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = join(here, '..');
const { values: flags, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    torch: { type: 'boolean', default: false },
    compare: { type: 'string' },
  },
});

/** Another revision, built in a folder of its own. */
function checkout(revision) {
  const git = (...args) => execFileSync('git', ['-C', root, ...args], { encoding: 'utf8' }).trim();
  const name = git('rev-parse', '--short', revision);
  const tree = join(root, 'build', 'revisions', name);
  const npm = (...args) =>
    execFileSync('npm', [...args, '--silent'], { cwd: tree, stdio: ['ignore', 'ignore', 'inherit'] });
  if (!existsSync(join(tree, 'dist', 'index.js'))) {
    console.error(`Building ${name} ...`);
    execFileSync('git', ['clone', '--quiet', '--no-checkout', root, tree]);
    execFileSync('git', ['-C', tree, 'checkout', '--quiet', '--detach', name]);
    npm('ci');
    npm('run', 'build');
  }
  return { name, tree };
}

const options = {
  quick: flags.quick,
  torch: flags.torch,
  rounds: flags.quick ? 1 : 9,
  seconds: flags.quick ? 0.001 : 0.02, // the least that one timing lasts
  other: flags.compare && checkout(flags.compare),
  leftOut: [],
};
const result = {
  machine: {
    date: new Date().toISOString().slice(0, 10),
    version: JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version,
    node: process.version,
    cpu: `${cpus()[0].model}, ${cpus().length} processors`,
    tier: simd().active,
  },
  rows: [],
  curves: [],
  facts: [],
  failures: [],
  leftOut: options.leftOut,
};
const { date, node, cpu, tier } = result.machine;
console.log(`${date}, Node ${node}, ${cpu}, SIMD ${tier}${options.other ? `, against ${options.other.name}` : ''}`);

const files = readdirSync(join(here, 'cases'), { recursive: true }).filter((name) => name.endsWith('.mjs'));
for (const file of files.sort()) {
  const module = pathToFileURL(join(here, 'cases', file)).href;
  for (const test of (await import(module)).default) {
    if (wanted.length > 0 && !wanted.some((name) => test.name.startsWith(name))) continue;
    // A revision is compared function by function; a quick run builds no programs.
    if ((options.other && !test.peers) || (flags.quick && (test.program || test.full))) continue;
    const told = options.leftOut.length;
    console.log(`\n${test.name}: ${test.about}`);
    try {
      const { rows = [], curves = [], facts = [] } = await measure(module, test, options);
      for (const [list, more] of [
        [result.rows, rows],
        [result.curves, curves],
        [result.facts, facts],
      ]) {
        list.push(...more);
        for (const each of more) console.log(line(each, test.name));
      }
    } catch (error) {
      result.failures.push(`${test.name}: ${error.message}`);
      console.log(`  FAILED: ${error.message}`);
    }
    for (const text of options.leftOut.slice(told)) console.log(`  left out: ${text}`);
  }
}
closePython();
writeFileSync(join(folder, 'results.json'), `${JSON.stringify(result, undefined, 1)}\n`);

if (!flags.quick && wanted.length === 0 && !options.other) {
  writeFileSync(join(here, 'report.html'), html(result));
  writeDocument('benchmarks', markdown(result));
  writeReadmeSection('bench', summary(result));
  console.log('\nWritten: bench/report.html, docs/benchmarks.md and the ten rows of README.md');
}
for (const failure of result.failures) console.error(`FAILED ${failure}`);
console.log(
  `${result.rows.length + result.curves.length + result.facts.length} passed, ${result.failures.length} failed`,
);
process.exitCode = result.failures.length === 0 ? 0 : 1;
