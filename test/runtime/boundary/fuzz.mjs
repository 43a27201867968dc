// node fuzz.mjs [SEED] [CALLS]
//
// Calls the functions of the addon past all checks of lib/, with arguments that are right but for one. The right ones are
// those of the library's own calls, recorded here: every case table's functions and every class, with small inputs. One
// number, one array, one member of a group is then replaced: by another size, another type, memory that is detached or
// shared, values that no check of lib/ lets pass. A call may throw; it must not touch memory that is not its own, which
// ends the process (or is reported by a sanitizer).
import { createRequire } from 'node:module';
import * as cochlea from 'cochlea';
import { sampleRateOf, signal } from '../../helpers/signals.mjs';
import { cases, groups, modules, run } from '../../reference/cases.mjs';

const { native } = createRequire(import.meta.url)('../../../dist/runtime/native.js');
const seed = Number(process.argv[2] ?? 1);
const rounds = Number(process.argv[3] ?? 8000);

let state = seed;
function below(n) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * n);
}
const pick = (values) => values[below(values.length)];
const chance = (n) => below(n) === 0;

const isArray = (value) => ArrayBuffer.isView(value) && !(value instanceof DataView);
/** What constructors return, whatever that looks like from here. */
const handles = new Set();
const isHandle = (value) => handles.has(value);
const isGroup = (value) =>
  value !== null && typeof value === 'object' && !isHandle(value) && Object.getPrototypeOf(value) === Object.prototype;

/** Arguments of their own: arrays and groups are copied, handles stay what they are. */
function copy(value) {
  if (isArray(value)) return value.slice();
  if (Array.isArray(value)) return value.map(copy);
  if (isGroup(value)) return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, copy(member)]));
  return value;
}

// What the library calls, with arguments that fit.
const KEPT = 30;
const recorded = new Map();
const original = { ...native };
function record(name, args) {
  const calls = recorded.get(name) ?? [];
  recorded.set(name, calls);
  if (calls.length < KEPT) calls.push(copy(args));
  else if (chance(4)) calls[below(KEPT)] = copy(args);
}
for (const [name, call] of Object.entries(original)) {
  native[name] = (...args) => {
    record(name, args);
    const result = call(...args);
    if (result !== null && typeof result === 'object' && !Array.isArray(result) && !isArray(result))
      handles.add(result);
    return result;
  };
}

const LENGTH = 3000;
const noise = (length = below(LENGTH)) => signal('noise4000').slice(0, length);
const sampleRate = 22050;
const frequencies = Float64Array.from({ length: 1 + below(40) }, (_, i) => 100 * 1.05 ** i);
const blocks = () => Array.from({ length: 5 }, () => noise(below(700)));
const uses = [
  () => cochlea.fft({ re: noise(100), im: noise(100) }),
  () => cochlea.ifft({ re: noise(96), im: noise(96) }),
  () => cochlea.irfft(cochlea.rfft(noise(1 + below(LENGTH)))),
  () => cochlea.magnitude(cochlea.stft(noise(), { nFft: 64 })),
  () => cochlea.phase(cochlea.stft(noise(), { nFft: 64 })),
  () =>
    cochlea.resonate(noise(), {
      sampleRate,
      frequencies,
      hopLength: 1 + below(300),
      output: pick(['complex', 'power', 'interleaved']),
    }),
  () => cochlea.synthesize(noise(), { sampleRate, frequencies, pitch: 1.5, speed: 0.7 }),
  () => {
    const stream = new cochlea.PitchTracker({ sampleRate, fmin: 100, fmax: 1000, frameLength: 512 });
    for (const x of blocks()) stream.process(x);
    stream.flush();
    stream.reset();
  },
  () => {
    const stream = new cochlea.CqtStream({ sampleRate, nBins: 24, fmin: 440, output: pick(['complex', 'magnitude']) });
    for (const x of blocks()) stream.process(x);
    stream.flush();
    stream.reset();
  },
  () => {
    const stream = new cochlea.HpssStream({ nFft: 256, hopLength: 64, kernelSize: [9, 7] });
    for (const x of blocks()) stream.process(x);
    stream.flush();
    stream.reset();
  },
  () => {
    const stream = new cochlea.Resampler({ from: 44100, to: pick([22050, 48000, 16000]) });
    for (const x of blocks()) stream.process(x);
    stream.flush();
    stream.reset();
  },
  () => {
    const bank = new cochlea.ResonatorBank({ sampleRate, frequencies, channels: 2 });
    for (const x of blocks()) bank.process(x, below(2));
    bank.resonate(noise(), { hopLength: 100 });
    bank.power();
    bank.restore(bank.snapshot());
    bank.retune({ frequencies });
    bank.reset();
  },
  () => {
    const bank = new cochlea.TrackingBank({ sampleRate, frequencies });
    for (const x of blocks()) bank.track(x, { hopLength: 50 });
    bank.reset();
  },
  () => {
    const stream = new cochlea.Synthesizer({ sampleRate, frequencies, pitch: 1.2 });
    for (const x of blocks()) stream.process(x);
    stream.pitch = 0.8;
    stream.reset();
  },
  () => {
    const power = cochlea.resonate(noise(), { sampleRate, frequencies, hopLength: 100, output: 'power' });
    cochlea.resonatorMfcc(power, { nMfcc: 1 + below(frequencies.length) });
    cochlea.estimateKey(cochlea.resonatorChroma(power, { frequencies }));
  },
  () => {
    const tracked = new cochlea.TrackingBank({ sampleRate, frequencies }).track(noise(), { hopLength: 100 });
    cochlea.superResolution(tracked, { frequencies });
  },
  () => cochlea.configure({ threads: 2 }),
  () => cochlea.simd(),
];
// The case tables first, then the classes, each a few times.
const small = (group) => group.signals.filter((name) => signal(name).length <= 250_000);
for (const module of modules()) {
  for (const group of groups(module).filter((group) => !group.refused)) {
    const tests = cases(group, small(group));
    for (let i = 0; i < 3 && tests.length > 0; i++) {
      const test = pick(tests);
      const y = signal(test.signal).slice(0, 1 + below(LENGTH));
      try {
        run(group, test, y, sampleRateOf(test.signal));
      } catch (error) {
        // Too short for these options.
        if (!/^ERR_COCHLEA_/.test(error.code)) throw error;
      }
    }
  }
}
for (let i = 0; i < 4; i++) for (const use of uses) use();
Object.assign(native, original);

const detached = new Float32Array(8);
structuredClone(detached.buffer, { transfer: [detached.buffer] });
const odd = () =>
  pick([
    undefined,
    null,
    'text',
    {},
    [1, 2],
    1n,
    Symbol('s'),
    true,
    detached,
    new Float32Array(new SharedArrayBuffer(64)),
    new Float32Array(new ArrayBuffer(16, { maxByteLength: 64 })),
    new DataView(new ArrayBuffer(8)),
    Number.NaN,
    Number.POSITIVE_INFINITY,
    2 ** 31,
    -(2 ** 40),
    0.5,
  ]);

/** What could stand where `value` stands. Small numbers: a filter a thousand times as long is right, and takes minutes. */
function mutated(value) {
  if (chance(12)) return odd();
  if (typeof value === 'number') {
    return pick([
      0,
      -1,
      1,
      2,
      value + 1,
      value - 1,
      value * 2,
      value / 2,
      value + 0.5,
      -value,
      1e-30,
      Number.NaN,
      below(12),
    ]);
  }
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'string') return pick(['', 'text', value.toUpperCase()]);
  if (isArray(value)) {
    const Type = value.constructor;
    const whole = new Type(value.length + 4);
    whole.set(value, 2);
    const at = below(Math.max(1, value.length));
    const shapes = [
      () => value.slice(0, at),
      () => value.slice(0, Math.max(0, value.length - 1)),
      () => new Type(0),
      () => whole,
      () => whole.subarray(1, 1 + value.length),
      () => pick([Float32Array, Float64Array, Int32Array]).from(value),
      () =>
        value.with(
          at,
          value.length === 0 ? 0 : pick([Number.NaN, Number.POSITIVE_INFINITY, -3.4e38, 1e-42, -1, 2 ** 30]),
        ),
      () => value.slice().fill(pick([0, 1e-42, 1e38, -1])),
    ];
    return value.length === 0 ? whole : pick(shapes)();
  }
  if (Array.isArray(value) && value.length > 0) return value.with(below(value.length), mutated(pick(value)));
  if (isGroup(value)) {
    const members = { ...value };
    const key = pick(Object.keys(members));
    if (chance(6)) delete members[key];
    else members[key] = mutated(members[key]);
    return members;
  }
  return pick([...handles]);
}

/** One argument of another kind, or one array in two places. */
function spoiled(args) {
  if (args.length === 0) return [odd()];
  const at = below(args.length);
  const arrays = args.flatMap((value, i) => (isArray(value) ? [i] : []));
  if (chance(10) && arrays.length > 1) return args.with(pick(arrays), args[pick(arrays)]);
  return chance(20) ? args.slice(0, -1) : args.with(at, mutated(args[at]));
}

/** `threads` starts as many as it is told; `contract` takes nothing. */
const names = Object.keys(native).filter((name) => !name.endsWith('Async') && !['threads', 'contract'].includes(name));
const done = new Map(names.map((name) => [name, 0]));
let calls = 0;
let worked = 0;
const pending = [];
for (let i = 0; i < rounds; i++) {
  const name = names[i % names.length];
  const known = recorded.get(name) ?? [];
  if (known.length === 0) continue;
  const right = copy(pick(known));
  const args = chance(4) ? right : spoiled(right);
  const succeeded = () => {
    worked++;
    done.set(name, done.get(name) + 1);
  };
  calls++;
  try {
    if (`${name}Async` in native && chance(2)) {
      const token = chance(30) ? odd() : new Int32Array(2);
      const job = native[`${name}Async`](token, ...args);
      if (chance(5) && token instanceof Int32Array) Atomics.store(token, 0, 1);
      pending.push(job.then(succeeded, () => {}));
    } else {
      native[name](...args);
      succeeded();
    }
  } catch {}
  if (pending.length > 16) await Promise.all(pending.splice(0));
}
await Promise.all(pending);
const never = names.filter((name) => done.get(name) === 0);
console.log(`survived ${calls} calls, ${worked} of them did their work, never: ${never.join(', ') || 'none'}`);
