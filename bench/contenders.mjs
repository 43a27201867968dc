/** Whoever takes part: processes that answer one JSON line to each that they are sent, and what has to be installed for them. */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { pythonEnvironment, pythonVariables } from '../test/reference/python.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const build = join(here, '..', 'build');
export const folder = join(build, 'bench');
mkdirSync(folder, { recursive: true });

export class Contender {
  constructor(name, command, args, env) {
    this.name = name;
    this.times = [];
    this.child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...env } });
    this.child.on('error', () => {});
    this.child.stdin.on('error', () => {});
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
  }

  async ask(question) {
    this.child.stdin.write(`${JSON.stringify(question)}\n`);
    for (;;) {
      const { value, done } = await this.lines.next();
      if (done) throw new Error(`the process of ${this.name} ended`);
      // Some libraries greet on standard output.
      if (!value.startsWith('{')) continue;
      const answer = JSON.parse(value);
      if (answer.error) throw new Error(answer.error);
      return answer;
    }
  }

  close() {
    this.child.stdin.end();
  }
}

/** cochlea, of a SIMD tier or of another checkout, or a JavaScript library. */
export function node(name, { tier, tree } = {}) {
  const hook = tree ? ['--import', join(here, 'other-tree.mjs')] : [];
  const env = { ...(tier && { COCHLEA_SIMD: tier }), ...(tree && { COCHLEA_TREE: tree }) };
  return Object.assign(new Contender(name, process.execPath, [...hook, join(here, 'child.mjs')], env), { tier });
}

/** The folder from which the npm contenders can be imported. */
export function npmContenders() {
  const target = join(folder, 'npm');
  const wanted = join(here, 'contenders', 'npm', 'package.json');
  const installed = join(target, 'installed.json');
  if (existsSync(installed) && readFileSync(installed, 'utf8') === readFileSync(wanted, 'utf8')) return target;
  console.error('Installing the JavaScript contenders ...');
  mkdirSync(target, { recursive: true });
  copyFileSync(wanted, join(target, 'package.json'));
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', '--silent'];
  const { status } = spawnSync('npm', ['install', ...options], { cwd: target, shell: process.platform === 'win32' });
  if (status !== 0) throw new Error('npm install failed');
  writeFileSync(join(target, 'load.mjs'), 'export const load = (name) => import(name);\n');
  copyFileSync(wanted, installed);
  return target;
}

const environments = {
  parity: () => pythonEnvironment(),
  peers: () => pythonEnvironment('bench-venv', join(here, 'contenders', 'peers.txt')),
  torch: () => pythonEnvironment('torch-venv', join(here, 'contenders', 'torch.txt')),
};
const running = new Map();

/** A Python process of an environment. It stays for the following cases: importing librosa takes longer than most of them. */
export function python(name, environment = 'parity') {
  const key = `${environment} ${name}`;
  const known = running.get(key);
  if (known?.child.exitCode === null) return Object.assign(known, { times: [] });
  const child = new Contender(name, environments[environment](), ['-W', 'ignore', join(here, 'child.py')], {
    ...pythonVariables,
  });
  child.stays = true;
  running.set(key, child);
  return child;
}

export function closePython() {
  for (const contender of running.values()) contender.close();
}

/** A Rust program, built once per set of flags. */
export function cargo(name, peer, input, result, seconds) {
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

/** A program of bench/native: the objects that it prints, one a line. */
export function program(name) {
  const build = [join(here, '..', 'native', 'build.mjs'), '--bench', name];
  const { status, stdout, stderr } = spawnSync(process.execPath, build, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${name} failed: ${stderr.trim().split('\n').at(-1)}`);
  const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
  return lines.map((line) => JSON.parse(line));
}
