/**
 * cochlea's side of the parity checks: reads the case tables and runs cochlea for each case.
 * reference.py is librosa's side of the same tables. test/reference/reference.test.ts holds cochlea to the stored golden numbers,
 * parity.mjs to a librosa that runs beside it.
 *
 * To add a module:
 *  1. write cases/<module>.json, an array of groups (below);
 *  2. add one line per function to FUNCTIONS here and in reference.py; both return the same names of outputs;
 *  3. run `python test/reference/generate.py <module>` in an environment with requirements.txt (`npm run parity` keeps
 *     one in build/parity-venv) and commit goldens/<module>.*: a few tens of KB, set `samples` accordingly.
 *
 * A group stands for every combination of its signals and its grid:
 *   call       name in FUNCTIONS
 *   about      what the group looks at, for the report
 *   signals    names from signals.json; a new kind of signal is a formula in signals.py and in helpers/signals.mjs
 *   input      absent: the samples; { rows, as }: a matrix of that many rows cut from the samples, `as` 'complex' (real
 *              parts first, then imaginary ones), 'signed', 'magnitude' (absolute values) or 'power' (squares)
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
import {
  amplitudeToDb,
  chromaCens,
  chromaCqt,
  chromaFilters,
  chromaStft,
  chromaVqt,
  constantQFilters,
  cqToChroma,
  cqt,
  cqtFrequencies,
  estimateTuning,
  harmonic,
  hpss,
  hpssSpectrogram,
  hybridCqt,
  hzToMidi,
  hzToNote,
  hzToOcts,
  icqt,
  istft,
  magphase,
  medianFilter,
  melFilters,
  melFrequencies,
  melSpectrogram,
  midiToHz,
  noteToHz,
  octsToHz,
  percussive,
  piptrack,
  pitchTuning,
  powerToDb,
  pseudoCqt,
  pyin,
  resample,
  softmask,
  stft,
  tonnetz,
  vqt,
  yin,
} from 'cochlea';
import { sampleRateOf, signal } from '../helpers/signals.mjs';

/**
 * @typedef {Float32Array | Float64Array | Int32Array | Uint8Array | Uint16Array} Numbers
 * @typedef {{ shape: number[], re: Numbers, im?: Numbers }} Output `im` only if complex; row-major
 * @typedef {{ call: string, about: string, signals: string[], input?: { rows: number, as: string },
 *   options?: Record<string, unknown>, grid?: Record<string, unknown[]>, kinds?: Record<string, 'array' | 'decisions' | 'tied'>,
 *   reference?: 'float64', gate?: number[], refused?: boolean, samples?: number, golden?: boolean, files?: boolean }} Group
 * @typedef {{ call: string, signal: string, options: Record<string, unknown> }} Case
 */

/** @type {Record<string, (x: any, options: any) => Record<string, unknown>>} */
const FUNCTIONS = {
  stft: (y, options) => ({ D: stft(y, options) }),
  istft: (D, options) => ({ y: istft(D, options) }),
  'istft(stft)': (y, { length, padMode, ...options }) => ({
    y: istft(stft(y, { ...options, padMode }), { ...options, length }),
  }),
  softmask: (X, { shift, ...options }) => ({ mask: softmask(X, shifted(X, shift), options) }),
  hpssSpectrogram: (S, options) => ({ ...hpssSpectrogram(S, options) }),
  hpss: (y, options) => ({ ...hpss(y, options) }),
  harmonic: (y, options) => ({ y: harmonic(y, options) }),
  percussive: (y, options) => ({ y: percussive(y, options) }),
  medianFilter: (S, options) => ({ S: medianFilter(S, options) }),
  cqt: (y, options) => ({ C: cqt(y, options) }),
  vqt: (y, options) => ({ V: vqt(y, options) }),
  pseudoCqt: (y, options) => ({ C: pseudoCqt(y, options) }),
  hybridCqt: (y, options) => ({ C: hybridCqt(y, options) }),
  'icqt(cqt)': (y, { nBins, length, skip, ...options }) => ({
    y: icqt(cqt(y, { ...options, nBins }), { ...options, length }).subarray(skip),
  }),
  chromaCqt: (y, options) => ({ chroma: chromaCqt(y, options) }),
  chromaCens: (y, options) => ({ chroma: chromaCens(y, options) }),
  chromaVqt: (y, options) => ({ chroma: chromaVqt(y, options) }),
  chromaStft: (y, options) => ({ chroma: chromaStft(y, options) }),
  chromaFilters: (_, options) => ({ filters: chromaFilters(options) }),
  cqToChroma: (_, { nInput, ...options }) => ({ weights: cqToChroma(nInput, options) }),
  constantQFilters: (_, options) => {
    const { lengths, ...filters } = constantQFilters(options);
    return { filters, lengths };
  },
  cqtFrequencies: (_, options) => ({ frequencies: cqtFrequencies(options) }),
  melFrequencies: (_, options) => ({ frequencies: melFrequencies(options) }),
  hzToMidi: (y) => ({ notes: hzToMidi(scaled(y, 4000, 20)) }),
  midiToHz: (y) => ({ frequencies: midiToHz(scaled(y, 127, 0)) }),
  hzToOcts: (y, options) => ({ octaves: hzToOcts(scaled(y, 4000, 20), options) }),
  octsToHz: (y, options) => ({ frequencies: octsToHz(scaled(y, 10, 0), options) }),
  'noteToHz(hzToNote)': (y, options) => ({ frequencies: noteToHz(hzToNote(scaled(y, 4000, 20), options)) }),
  melFilters: (_, options) => ({ filters: melFilters(options) }),
  melSpectrogram: (y, options) => ({ S: melSpectrogram(y, options) }),
  tonnetz: (y, options) => ({ tonnetz: tonnetz(y, options) }),
  resample: (y, { rates: [from, to], ...options }) => ({ y: resample(y, { from, to, ...options }) }),
  magphase: (D, options) => ({ ...magphase(D, options) }),
  powerToDb: (S, options) => ({ db: powerToDb(S, options) }),
  amplitudeToDb: (S, options) => ({ db: amplitudeToDb(S, options) }),
  yin: (y, options) => ({ f0: yin(y, options) }),
  pyin: (y, options) => ({ ...pyin(y, options) }),
  piptrack: (x, options) => ({ ...piptrack(x, options) }),
  estimateTuning: (x, options) => ({ tuning: Float64Array.of(estimateTuning(x, options)) }),
  'estimateTuning, ties': (x, options) => ({ tuning: Float64Array.of(estimateTuning(x, options)) }),
  pitchTuning: ({ data }, options) => ({ tuning: Float64Array.of(pitchTuning(data, options)) }),
};

/**
 * Samples as positive numbers of another range.
 * @param {Float32Array} y
 * @param {number} range
 * @param {number} least
 */
const scaled = (y, range, least) => y.map((x) => Math.abs(x) * range + least);

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
 * The samples themselves, or a matrix cut from them.
 * @param {Float32Array} y
 * @param {Group['input']} spec
 */
function shapeInput(y, spec) {
  if (!spec) return y;
  const { rows, as } = spec;
  const parts = as === 'complex' ? 2 : 1;
  const columns = Math.floor(y.length / (parts * rows));
  const size = rows * columns;
  const shape = [rows, columns];
  if (as === 'complex') return { re: y.slice(0, size), im: y.slice(size, 2 * size), shape };
  const data = y.slice(0, size);
  return { data: as === 'signed' ? data : as === 'power' ? data.map((x) => x * x) : data.map(Math.abs), shape };
}

/**
 * @param {any} value a number, a typed array, a matrix or a complex matrix
 * @returns {Output}
 */
function output(value) {
  if (typeof value === 'number') return { shape: [1], re: Float64Array.of(value) };
  if (ArrayBuffer.isView(value)) {
    const re = /** @type {Numbers} */ (value);
    return { shape: [re.length], re };
  }
  if ('re' in value) return { shape: [...value.shape], re: value.re, im: value.im };
  return { shape: [...value.shape], re: value.data };
}

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
  const outputs = FUNCTIONS[test.call](shapeInput(y, group.input), Object.fromEntries(options));
  return Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, output(value)]));
}
