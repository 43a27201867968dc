/**
 * npm run bench [-- [--quick] [CASE]...]
 *
 * Times cochlea against what a user would pick instead. Every contender of a case runs in a process of its own, on the
 * same input and one thread; results are compared first, then the contenders run in turn, round after round, so that a
 * busy machine hurts all of them alike. Prints medians, their ratio with its quartiles, and the target where there is one.
 * A contender that cannot run here is named and left out. CASE selects by the beginning of a case's name; --quick runs
 * three short rounds. Everything measured goes to build/bench/results.json.
 *
 * A case, in cases/<module>.mjs:
 *   name, about   what the report calls it and what it measures
 *   input()       { name: Float32Array }, the same for all
 *   ours(input)   returns the function to time; what that returns is compared with the peers' results
 *   peers         { name: peer }; a peer is { setup, run }, Python source that sees the inputs and numpy as np, or
 *                 { node(input) }, which returns a (promise of a) function to time, or { cargo, flags, args }: a program
 *                 of contenders/, built with those RUSTFLAGS, that answers like child.mjs
 *   tiers         SIMD tiers to run besides the best one
 *   targets       { peer: ratio }; { 'peer (avx2)': ratio } where another tier has its own
 *   compared      turns what ours returns into what is compared, where the peers keep something else
 *   gate          [relative, of max] for the comparison; false where results do not claim to be equal; default
 *                 [1e-4, 1e-6]
 *
 * A case { name, about, program } is a program of bench/native that prints a table of its own.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { simd } from 'cochlea';
import { compare } from '../test/reference/compare.mjs';
import { pythonEnvironment, pythonVariables } from '../test/reference/python.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const build = join(here, '..', 'build');
const folder = join(build, 'bench');
mkdirSync(folder, { recursive: true });

const { values: flags, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false } },
});
const rounds = flags.quick ? 3 : 11;
const seconds = flags.quick ? 0.005 : 0.02; // the least that one timing lasts

/** A process that answers one JSON line to each that it is sent. */
class Contender {
  constructor(name, command, args, env) {
    this.name = name;
    this.child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...env } });
    this.child.on('error', () => {});
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
  }

  async ask(question) {
    this.child.stdin.write(`${JSON.stringify(question)}\n`);
    const { value, done } = await this.lines.next();
    if (done) throw new Error(`the process of ${this.name} ended`);
    const answer = JSON.parse(value);
    if (answer.error) throw new Error(answer.error);
    return answer;
  }

  close() {
    this.child.stdin.end();
  }
}

const node = (name, env = {}) => new Contender(name, process.execPath, [join(here, 'child.mjs')], env);
let interpreter;
function python(name) {
  interpreter ??= pythonEnvironment();
  return new Contender(name, interpreter, ['-W', 'ignore', join(here, 'child.py')], pythonVariables);
}

/** A Rust program, built once per set of flags. */
function cargo(name, peer, input, result) {
  const manifest = join(here, 'contenders', peer.cargo, 'Cargo.toml');
  const target = join(build, 'cargo', createHash('sha1').update(peer.flags).digest('hex').slice(0, 8));
  const { error, status, stderr } = spawnSync('cargo', ['build', '--release', '--quiet', '--manifest-path', manifest], {
    env: { ...process.env, CARGO_TARGET_DIR: target, RUSTFLAGS: peer.flags },
    encoding: 'utf8',
  });
  if (error || status !== 0) throw new Error(error?.message ?? stderr.trim().split('\n').at(-1));
  const program = join(target, 'release', peer.cargo);
  return new Contender(name, program, [...peer.args, ...input.map(({ file }) => file), result, `${seconds}`]);
}

const sorted = (values) => values.toSorted((a, b) => a - b);
const quantile = (values, q) => sorted(values)[Math.round(q * (values.length - 1))];
const median = (values) => quantile(values, 0.5);

function time(s) {
  return s < 1e-3 ? `${(s * 1e6).toFixed(1)} us` : s < 1 ? `${(s * 1e3).toFixed(2)} ms` : `${s.toFixed(2)} s`;
}

/** Result files hold each array's length, then its values. */
function readArrays(file) {
  const bytes = readFileSync(file);
  const arrays = [];
  for (let at = 0; at < bytes.length; ) {
    const size = Number(bytes.readBigUInt64LE(at));
    arrays.push(new Float32Array(bytes.buffer.slice(bytes.byteOffset + at + 8, bytes.byteOffset + at + 8 + 4 * size)));
    at += 8 + 4 * size;
  }
  return arrays;
}

/** The worst error over all arrays, in units of the gate. */
function difference(ours, theirs, gate) {
  if (ours.length !== theirs.length) return Number.POSITIVE_INFINITY;
  return Math.max(
    ...ours.map((a, i) => {
      const b = theirs[i];
      if (a.length !== b.length) return Number.POSITIVE_INFINITY;
      return compare({ shape: [a.length], re: a }, { shape: [b.length], re: b }, { gate }).worst;
    }),
  );
}

async function measure(module, test) {
  const input = Object.entries(test.input()).map(([name, samples]) => {
    const file = join(folder, `${name}.f32`);
    writeFileSync(file, samples);
    return { name, file };
  });
  const contenders = [node('cochlea'), ...(test.tiers ?? []).filter(available).map((tier) => tierContender(tier))];
  const ours = contenders.length;
  for (const [name, peer] of Object.entries(test.peers)) {
    try {
      const result = join(folder, `${contenders.length}.out`);
      contenders.push(peer.run ? python(name) : peer.cargo ? cargo(name, peer, input, result) : node(name));
    } catch (error) {
      console.log(`  ${name} left out: ${error.message}`);
    }
  }
  const ready = [];
  for (const contender of contenders) {
    const result = join(folder, `${contenders.indexOf(contender)}.out`);
    try {
      await contender.ask({
        prepare: test.name,
        module,
        peer: contender.peer ?? contender.name,
        input,
        result,
        seconds,
        python: test.peers[contender.name],
      });
      ready.push(Object.assign(contender, { times: [], result }));
    } catch (error) {
      contender.close();
      if (contenders.indexOf(contender) < ours) throw error;
      console.log(`  ${contender.name} left out: ${error.message}`);
    }
  }
  const [best] = ready;
  for (const contender of ready.slice(1)) {
    if (test.gate === false) continue;
    const worst = difference(readArrays(best.result), readArrays(contender.result), test.gate);
    if (!(worst <= 1)) {
      for (const each of ready) each.close();
      throw new Error(`${contender.name} differs, ${worst} times the gate`);
    }
  }
  for (let round = 0; round < rounds; round++) {
    // Another order each round, so that nobody always runs behind the same neighbour.
    for (let i = 0; i < ready.length; i++) {
      const contender = ready[(i + round) % ready.length];
      contender.times.push((await contender.ask({ time: true })).seconds);
    }
  }
  for (const contender of ready) contender.close();
  return report(test, ready, ours);
}

const available = (tier) => simd().available.includes(tier) && tier !== simd().active;
function tierContender(tier) {
  const contender = node(`cochlea (${tier})`, { COCHLEA_SIMD: tier });
  contender.peer = 'cochlea';
  contender.tier = tier;
  return contender;
}

function report(test, contenders) {
  const rows = [];
  const ours = contenders.filter((contender) => contender.name.startsWith('cochlea'));
  const peers = contenders.filter((contender) => !contender.name.startsWith('cochlea'));
  for (const own of ours) {
    console.log(`  ${own.name.padEnd(24)} ${time(median(own.times)).padStart(11)}`);
    for (const peer of peers) {
      const ratios = peer.times.map((t, i) => t / own.times[i]);
      const label = own.tier ? `${peer.name} (${own.tier})` : peer.name;
      const target = test.targets?.[label];
      const row = {
        case: test.name,
        tier: own.tier ?? simd().active,
        peer: peer.name,
        oursSeconds: median(own.times),
        peerSeconds: median(peer.times),
        ratio: median(ratios),
        quartiles: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
        target,
      };
      rows.push(row);
      const verdict = target ? `  target ${target}x: ${row.ratio >= target ? 'met' : 'MISSED'}` : '';
      const spread = row.quartiles.map((q) => q.toFixed(2)).join(' to ');
      console.log(
        `    ${peer.name.padEnd(22)} ${time(row.peerSeconds).padStart(11)}   ratio ${row.ratio.toFixed(2)}x (${spread})${verdict}`,
      );
    }
  }
  return rows;
}

const results = [];
let failed = 0;
console.log(
  `${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus()[0].model}, SIMD ${simd().active}, one thread`,
);
for (const file of readdirSync(join(here, 'cases')).sort()) {
  const module = new URL(`cases/${file}`, import.meta.url).href;
  for (const test of (await import(module)).default) {
    if (wanted.length > 0 && !wanted.some((name) => test.name.startsWith(name))) continue;
    console.log(`\n${test.name}: ${test.about}`);
    try {
      if (test.program) {
        const { status } = spawnSync(
          process.execPath,
          [join(here, '..', 'native', 'build.mjs'), '--bench', test.program],
          {
            stdio: 'inherit',
          },
        );
        if (status !== 0) throw new Error(`${test.program} failed`);
      } else {
        results.push(...(await measure(module, test)));
      }
    } catch (error) {
      failed++;
      console.log(`  FAILED: ${error.message}`);
    }
  }
}
writeFileSync(join(folder, 'results.json'), `${JSON.stringify(results, undefined, 1)}\n`);
process.exitCode = failed === 0 ? 0 : 1;
