/**
 * npm run parity [-- [--only NAME]... [FILE]...]
 *
 * Runs every case of cases/*.json in cochlea and in librosa 0.11.0, on the generated signals and on the audio files
 * given, compares all elements and writes build/parity/report.md and report.html, and, without FILE and `--only`,
 * docs/parity.md. Exit code 1 if anything differs.
 * `--only` takes the name of a function or module. Python 3.11 or newer must be installed (or named by the variable PYTHON);
 * the environment it needs is made once in build/parity-venv.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { simd } from 'cochlea';
import { encode, htmlList, htmlPage, htmlTable, markdownTable, writeDocument } from '../helpers/report.mjs';
import { sampleRateOf, signal } from '../helpers/signals.mjs';
import { cases, describeCase, groups, modules, run } from './cases.mjs';
import { compare, DECISIONS_MAY_DIFFER } from './compare.mjs';
import { pythonEnvironment, pythonVariables } from './python.mjs';

/**
 * @typedef {import('./cases.mjs').Case} Case
 * @typedef {import('./cases.mjs').Group} Group
 * @typedef {import('./cases.mjs').Output} Output
 * @typedef {{ samples: Float32Array, sampleRate: number }} Audio
 */

const here = fileURLToPath(new URL('.', import.meta.url));
const build = join(here, '..', '..', 'build');
const folder = join(build, 'parity');

const { values: flags, positionals: files } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string', multiple: true } },
});

/** A librosa in a child process: one case at a time. */
function librosa() {
  const child = spawn(pythonEnvironment(), ['-W', 'ignore', join(here, 'reference.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...pythonVariables },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const results = join(folder, 'results.f64');
  const written = new Map();

  return {
    /**
     * @param {Group} group
     * @param {Case} test
     * @param {Audio} audio
     * @returns {Promise<{ error?: string, outputs?: Output[] }>}
     */
    async run(group, test, { samples, sampleRate }) {
      if (!written.has(test.signal)) {
        const file = join(folder, `samples${written.size}.f32`);
        writeFileSync(file, samples);
        written.set(test.signal, file);
      }
      child.stdin.write(
        `${JSON.stringify({ group, case: test, samples: written.get(test.signal), sampleRate, results })}\n`,
      );
      const { value, done } = await lines.next();
      if (done) throw new Error(`librosa's process ended during ${describeCase(test)}`);
      const answer = JSON.parse(value);
      if (answer.error) return answer;
      const bytes = readFileSync(results);
      const numbers = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8);
      let offset = 0;
      /** @type {Output[]} */
      const outputs = [];
      for (const { shape, complex } of answer.outputs) {
        const size = shape.reduce((/** @type {number} */ a, /** @type {number} */ b) => a * b, 1);
        const part = (/** @type {number} */ k) => numbers.slice(offset + k * size, offset + (k + 1) * size);
        outputs.push(complex ? { shape, re: part(0), im: part(1) } : { shape, re: part(0) });
        offset += complex ? 2 * size : size;
      }
      return { outputs };
    },
    async close() {
      child.stdin.end();
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}

/**
 * @param {string} file
 * @returns {Promise<Audio>}
 */
async function decode(file) {
  const { default: decodeAudio } = await import('audio-decode');
  const { channelData, sampleRate } = await decodeAudio(readFileSync(file));
  const samples = new Float32Array(channelData[0].length);
  for (const channel of channelData) for (let i = 0; i < samples.length; i++) samples[i] += channel[i];
  return { samples: samples.map((x) => x / channelData.length), sampleRate };
}

/** One line of the report: a function. */
class Row {
  /** @param {string} name */
  constructor(name) {
    this.name = name;
    /** @type {Map<string, Set<string>>} option -> values tried */
    this.options = new Map();
    this.cases = 0;
    this.refusals = 0;
    this.worst = 0;
    this.worstCase = '';
    /** @type {Map<string, { above: number, total: number }>} group and output -> decisions */
    this.decisions = new Map();
    /** @type {string[]} */
    this.failures = [];
  }

  /** @param {Case} test */
  tried({ options }) {
    for (const [name, value] of Object.entries(options)) {
      this.options.set(name, (this.options.get(name) ?? new Set()).add(JSON.stringify(value)));
    }
  }

  /**
   * @param {Group} group
   * @param {Case} test
   * @param {Record<string, Output>} ours
   * @param {Output[]} reference in the same order
   */
  judge(group, test, ours, reference) {
    const names = Object.keys(ours);
    if (names.length !== reference.length) {
      this.failures.push(`${describeCase(test)}: ${names.length} results instead of ${reference.length}`);
    }
    for (const [i, expected] of reference.entries()) {
      const name = names[i] ?? `result ${i}`;
      const text = `${describeCase(test)}: ${name}`;
      if (group.kinds?.[name] === 'tied') {
        const [value] = ours[name]?.re ?? [];
        // Both come from the same edges, computed in two ways.
        if (!Array.from(expected.re).some((tied) => Math.abs(tied - value) < 1e-9)) {
          this.failures.push(`${text} is ${value} instead of ${expected.re.join(' or ')}`);
        }
        continue;
      }
      if (`${ours[name]?.shape}` !== `${expected.shape}`) {
        this.failures.push(`${text} has shape [${ours[name]?.shape}] instead of [${expected.shape}]`);
        continue;
      }
      const difference = compare(ours[name], expected, group);
      if (group.kinds?.[name] === 'decisions') {
        const key = `${group.about}: ${name}`;
        const sum = this.decisions.get(key) ?? { above: 0, total: 0 };
        this.decisions.set(key, { above: sum.above + difference.above, total: sum.total + difference.total });
        continue;
      }
      if (difference.worst > this.worst) {
        this.worst = difference.worst;
        this.worstCase = text;
      }
      if (difference.above > 0) {
        const { worst, index, above, total, ours: a, reference: b } = difference;
        this.failures.push(
          `${text}: ${above} of ${total} beyond the gate, worst ${worst.toFixed(2)} x at ${index}: ${a} instead of ${b}`,
        );
      }
    }
  }

  differing() {
    const sums = [...this.decisions.values()];
    if (sums.length === 0) return '';
    return `${sums.reduce((n, { above }) => n + above, 0)} of ${sums.reduce((n, { total }) => n + total, 0)}`;
  }

  problems() {
    const decisions = [...this.decisions].filter(([, { above, total }]) => above > DECISIONS_MAY_DIFFER * total);
    return [
      ...this.failures,
      ...decisions.map(([key, { above, total }]) => `${this.name}, ${key}: ${above} of ${total} decisions differ`),
    ];
  }

  cells() {
    return [
      this.name,
      [...this.options].map(([name, values]) => `${name} x${values.size}`).join(', '),
      `${this.cases}${this.refusals ? ` + ${this.refusals} refused` : ''}`,
      this.worst === 0 ? '0' : this.worst.toPrecision(2),
      this.differing(),
      this.problems().length === 0 ? 'same' : `${this.problems().length} DIFFER`,
    ];
  }
}

const COLUMNS = ['function', 'options tried', 'cases', 'worst error / gate', 'decisions that differ', 'verdict'];

/** @param {Row[]} rows */
function report(rows) {
  const title = 'cochlea against librosa 0.11.0';
  const about =
    `${new Date().toISOString().slice(0, 10)}, SIMD tier ${simd().active}, Node ${process.version}; generated signals` +
    `${recordings.size ? ` and ${[...recordings.keys()].join(', ')}` : ''}. ` +
    'Gate unless a group says otherwise: |ours - reference| <= 1e-4 |reference| + 1e-6 max|reference| for every element; 99.9 % of decisions.';
  const problems = rows.flatMap((row) => row.problems());
  const worst = rows.filter(({ worst }) => worst > 0).map(({ name, worstCase }) => `${name}: ${worstCase}`);
  const table = rows.map((row) => row.cells());
  const markdown = [
    `# ${title}`,
    about,
    markdownTable(COLUMNS, table),
    ...(problems.length ? ['## Differences', problems.map((text) => `- ${text}`).join('\n')] : []),
    '## Where the worst errors are',
    `${worst.map((text) => `- ${text}`).join('\n')}\n`,
  ].join('\n\n');
  const html = htmlPage(
    title,
    `<p>${encode(about)}</p>${htmlTable(COLUMNS, table)}
${problems.length ? `<h2>Differences</h2>${htmlList(problems)}` : ''}<h2>Where the worst errors are</h2>${htmlList(worst)}`,
  );
  writeFileSync(join(folder, 'report.md'), markdown);
  writeFileSync(join(folder, 'report.html'), html);
  if (!flags.only && recordings.size === 0) {
    writeDocument(
      'parity',
      `# ${title}\n\nWritten by \`npm run parity\`.\n\n${about}\n\n${markdownTable(COLUMNS, table)}`,
    );
  }
  return { markdown, problems };
}

mkdirSync(folder, { recursive: true });
/** @type {Map<string, Audio>} */
const recordings = new Map();
for (const file of files) recordings.set(recordings.has(basename(file)) ? file : basename(file), await decode(file));

const reference = librosa();
/** @type {Map<string, Row>} */
const rows = new Map();
for (const module of modules()) {
  for (const group of groups(module)) {
    if (flags.only && !flags.only.includes(group.call) && !flags.only.includes(module)) continue;
    const row = rows.get(group.call) ?? new Row(group.call);
    rows.set(group.call, row);
    for (const test of cases(group, [...group.signals, ...(group.files ? recordings.keys() : [])])) {
      const audio = recordings.get(test.signal) ?? {
        samples: signal(test.signal),
        sampleRate: sampleRateOf(test.signal),
      };
      const { error, outputs } = await reference.run(group, test, audio);
      row.tried(test);
      let ours;
      let refusal;
      try {
        ours = run(group, test, audio.samples, audio.sampleRate);
      } catch (thrown) {
        refusal = thrown;
      }
      if (group.refused) row.refusals++;
      else row.cases++;
      if (Boolean(group.refused) !== Boolean(error))
        row.failures.push(`${describeCase(test)}: librosa ${error ?? 'accepts'}`);
      else if (Boolean(group.refused) !== Boolean(refusal))
        row.failures.push(`${describeCase(test)}: cochlea ${refusal ?? 'accepts'}`);
      else if (outputs && ours) row.judge(group, test, ours, outputs);
    }
  }
}
await reference.close();
const { markdown, problems } = report([...rows.values()]);
console.log(markdown);
console.log(`Written to ${join('build', 'parity', 'report.html')} and report.md`);
process.exitCode = problems.length === 0 && rows.size > 0 ? 0 : 1;
