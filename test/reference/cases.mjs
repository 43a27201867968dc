/**
 * cochlea's side of the parity checks: reads the case tables and runs cochlea for each case.
 * reference.py is librosa's side of the same tables. test/reference/reference.test.ts holds cochlea to the stored golden numbers,
 * parity.mjs to a librosa that runs beside it.
 *
 * To add a module:
 *  1. write cases/<module>.json, an array of groups (below);
 *  2. run `python test/reference/generate.py <module>` in an environment with requirements.txt (`npm run parity` keeps
 *     one in build/parity-venv) and commit goldens/<module>.*: a few tens of KB, set `samples` accordingly.
 *
 * A group stands for every combination of its signals and its grid:
 *   call       the function's name; reference.py finds librosa's of the same name. Where the two are called in different ways
 *              a line in ADAPTERS, here or there, says how. Results have the names of cochlea's members, or `result` if there
 *              is but one; librosa's are taken in the same order
 *   about      what the group looks at, for the report
 *   signals    names from signals.json; a new kind of signal is a formula in signals.py and in helpers/signals.mjs
 *   input      absent: the samples; null: nothing, the options say all; { as }: 'signed' samples, 'magnitude' (absolute
 *              values, `times` and `plus` numbers if given), 'power' (squares) or 'complex' (real parts first, then imaginary
 *              ones), as a list or, with `rows`, as a matrix of that many rows
 *   options    options of all cases, in camelCase; reference.py turns nFft into n_fft and sampleRate into sr
 *   grid       option -> values to try, all combinations. Values that JSON cannot say: '$default' leaves the option away,
 *              '$infinity', '$sampleRate' (of the signal), '$signal:<name>' (its samples)
 *   kinds      output -> 'array' (default: every element within the gate) or 'decisions' (99.9 % of the elements of the
 *              group within the gate) or 'tied' (one of the values that the reference gives, its first choice first)
 *   reference  'float64': librosa runs in double (where its own single precision is not good enough to compare with)
 *   gate       [relative, of max] instead of [1e-4, 1e-6]; `about` says why
 *   refused    true: both sides must throw
 *   samples    how many values of each output the goldens keep (default 64)
 *   golden     false: live comparison only
 *   files      true: the live comparison also runs the group on each audio file
 */
import { readdirSync, readFileSync } from 'node:fs';
import * as cochlea from 'cochlea';
import { sampleRateOf, signal } from '../helpers/signals.mjs';

/**
 * @typedef {Float32Array | Float64Array | Int32Array | Uint8Array | Uint16Array} Numbers
 * @typedef {{ shape: number[], re: Numbers, im?: Numbers }} Output `im` only if complex; row-major
 * @typedef {{ as: string, rows?: number, times?: number, plus?: number }} Input
 * @typedef {{ call: string, about: string, signals: string[], input?: Input | null,
 *   options?: Record<string, unknown>, grid?: Record<string, unknown[]>, kinds?: Record<string, 'array' | 'decisions' | 'tied'>,
 *   reference?: 'float64', gate?: number[], refused?: boolean, samples?: number, golden?: boolean, files?: boolean }} Group
 * @typedef {{ call: string, signal: string, options: Record<string, unknown> }} Case
 */

/**
 * What is not one call of the function of that name with the input and the options.
 * @type {Record<string, (x: any, options: any) => unknown>}
 */
const ADAPTERS = {
  'istft(stft)': (y, { length, padMode, ...options }) =>
    cochlea.istft(cochlea.stft(y, { ...options, padMode }), { ...options, length }),
  'icqt(cqt)': (y, { nBins, length, skip, ...options }) =>
    cochlea.icqt(cochlea.cqt(y, { ...options, nBins }), { ...options, length }).subarray(skip),
  'noteToHz(hzToNote)': (hz, options) => cochlea.noteToHz(cochlea.hzToNote(hz, options)),
  'noteToMidi(midiToNote)': (midi, options) => cochlea.noteToMidi(cochlea.midiToNote(midi, options)),
  a4ToTuning: (hz, { binsPerOctave }) => Float64Array.from(hz, (a4) => cochlea.a4ToTuning(a4, binsPerOctave)),
  tuningToA4: (tunings, { binsPerOctave }) => Float64Array.from(tunings, (x) => cochlea.tuningToA4(x, binsPerOctave)),
  'estimateTuning, ties': cochlea.estimateTuning,
  softmask: (X, { shift, ...options }) => cochlea.softmask(X, shifted(X, shift), options),
  cqToChroma: (_, { nInput, ...options }) => cochlea.cqToChroma(nInput, options),
  constantQFilters: (_, options) => {
    const { lengths, ...filters } = cochlea.constantQFilters(options);
    return { filters, lengths };
  },
  resample: (y, { rates: [from, to], ...options }) => cochlea.resample(y, { from, to, ...options }),
};

/**
 * @param {string} call
 * @returns {(x: any, options: any) => unknown}
 */
function functionOf(call) {
  if (call in ADAPTERS) return ADAPTERS[call];
  const named = /** @type {Record<string, any>} */ (cochlea)[call];
  if (typeof named !== 'function') throw new Error(`cochlea has no function ${call}, and ADAPTERS has no line for it`);
  return (x, options) => (x === null ? named(options) : named(x, options));
}

/**
 * A matrix's values in another order, for a second one of the same kind.
 * @param {import('cochlea').Matrix} X
 * @param {number} count
 */
const shifted = ({ data, shape }, count) => ({ data: data.map((_, i) => data[(i + count) % data.length]), shape });

/** Modules with a case table. */
export function modules() {
  return readdirSync(new URL('cases', import.meta.url))
    .map((file) => file.replace('.json', ''))
    .sort();
}

/**
 * The groups of a module's table.
 * @param {string} module
 * @returns {Group[]}
 */
export function groups(module) {
  return JSON.parse(readFileSync(new URL(`cases/${module}.json`, import.meta.url), 'utf8'));
}

/**
 * The cases of a group, in the order in which reference.py expands them.
 * @param {Group} group
 * @param {string[]} signals
 * @returns {Case[]}
 */
export function cases(group, signals = group.signals) {
  const grid = Object.entries(group.grid ?? {});
  const combinations = grid.reduce(
    (partial, [name, values]) => partial.flatMap((options) => values.map((value) => ({ ...options, [name]: value }))),
    [/** @type {Record<string, unknown>} */ ({})],
  );
  return signals.flatMap((name) =>
    combinations.map((combination) => {
      const options = Object.entries({ ...group.options, ...combination }).filter(([, value]) => value !== '$default');
      return { call: group.call, signal: name, options: Object.fromEntries(options) };
    }),
  );
}

/** @param {Case} test */
export function describeCase({ call, signal, options }) {
  const text = Object.entries(options).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  return `${call}(${[signal, ...text].join(', ')})`;
}

/**
 * @param {unknown} value
 * @param {number} sampleRate
 */
function option(value, sampleRate) {
  if (value === '$infinity') return Number.POSITIVE_INFINITY;
  if (value === '$sampleRate') return sampleRate;
  if (typeof value === 'string' && value.startsWith('$signal:')) return signal(value.slice('$signal:'.length));
  return value;
}

/**
 * What a group's `input` makes of the samples.
 * @param {Float32Array} y
 * @param {Group['input']} spec
 */
function shapeInput(y, spec) {
  if (spec === undefined || spec === null) return spec === null ? null : y;
  const { as, rows, times = 1, plus = 0 } = spec;
  const parts = as === 'complex' ? 2 : 1;
  const columns = Math.floor(y.length / (parts * (rows ?? 1)));
  const size = (rows ?? 1) * columns;
  const shape = [rows, columns];
  if (as === 'complex') return { re: y.slice(0, size), im: y.slice(size, 2 * size), shape };
  const signed = y.slice(0, size);
  const data = as === 'signed' ? signed : signed.map((x) => (as === 'power' ? x * x : Math.abs(x) * times + plus));
  return rows === undefined ? data : { data, shape };
}

/**
 * @param {any} value a number, an array of numbers, a matrix or a complex matrix
 * @returns {Output}
 */
function output(value) {
  if (typeof value === 'number') return { shape: [1], re: Float64Array.of(value) };
  if (Array.isArray(value)) return { shape: [value.length], re: Float64Array.from(value) };
  if (ArrayBuffer.isView(value)) {
    const re = /** @type {Numbers} */ (value);
    return { shape: [re.length], re };
  }
  if ('re' in value) return { shape: [...value.shape], re: value.re, im: value.im };
  return { shape: [...value.shape], re: value.data };
}

/** @param {any} value */
const isOne = (value) =>
  typeof value === 'number' || Array.isArray(value) || ArrayBuffer.isView(value) || 'shape' in value;

/**
 * cochlea's outputs for a case.
 * @param {Group} group
 * @param {Case} test
 * @param {Float32Array} y
 * @param {number} sampleRate
 * @returns {Record<string, Output>}
 */
export function run(group, test, y = signal(test.signal), sampleRate = sampleRateOf(test.signal)) {
  const options = Object.entries(test.options).map(([name, value]) => [name, option(value, sampleRate)]);
  const result = functionOf(test.call)(shapeInput(y, group.input), Object.fromEntries(options));
  const outputs = isOne(result) ? { result } : /** @type {object} */ (result);
  return Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, output(value)]));
}
