// Calls every function of the addon, past all checks of lib/, with random arguments of the declared and of other types.
// It may throw; it must not touch memory that is not its own, which ends the process (or is reported by a sanitizer).
import { createRequire } from 'node:module';

const addon = createRequire(import.meta.url)('../../../dist/runtime/native.js').native;
const seed = Number(process.argv[2] ?? 1);
const rounds = Number(process.argv[3] ?? 400);

let state = seed;
function below(n) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * n);
}
const pick = (values) => values[below(values.length)];

const lengths = [0, 1, 2, 3, 8, 31, 64, 129, 512, 1025, 5000];
function array(Type) {
  const memory = new Type(pick(lengths) + 3);
  if (pick([true, false])) for (let i = 0; i < memory.length; i++) memory[i] = (below(2001) - 1000) / 1000;
  if (below(40) === 0) memory[0] = Number.NaN;
  return memory.subarray(below(3), memory.length - below(3));
}
const detached = new Float32Array(8);
structuredClone(detached.buffer, { transfer: [detached.buffer] });
const odd = [
  undefined,
  null,
  'text',
  {},
  [1, 2],
  1n,
  Symbol('s'),
  detached,
  new Float32Array(new SharedArrayBuffer(64)),
  new DataView(new ArrayBuffer(8)),
  Number.NaN,
  Number.POSITIVE_INFINITY,
  2 ** 31,
  -(2 ** 40),
  0.5,
];
const handles = [];
const random = {
  Float32Array: () => array(Float32Array),
  Float64Array: () => array(Float64Array),
  Int32Array: () => array(Int32Array),
  number: () => pick([-1, 0, 1, 2, 3, 4, 5, 7, 16, 64, 255, 512, 1000, 4096, 22050, 0.5, 0.99, 440.5]),
  boolean: () => pick([true, false]),
  Handle: () => (handles.length > 0 ? pick(handles) : {}),
};

/** What the addon says it reads: types of the arguments of every function, and of the fields of every group. */
const { functions: declared, groups } = addon.contract();

/** A value of the type, or now and then something else. */
function value(type) {
  if (below(60) === 0) return pick(odd);
  if (type.endsWith(' | null')) return below(4) === 0 ? null : value(type.slice(0, -7));
  if (type.startsWith("'")) return pick(type.slice(1, -1).split("' | '"));
  if (type in groups) {
    return Object.fromEntries(Object.entries(groups[type]).map(([field, each]) => [field, value(each)]));
  }
  return random[type]();
}

let calls = 0;
const pending = [];
async function attempt(name, types) {
  const args = types.map(value);
  if (below(30) === 0) args.pop();
  calls++;
  try {
    const result = addon[name](...args);
    if (result instanceof Promise) pending.push(result.catch(() => {}));
    else if (result !== null && typeof result === 'object' && !Array.isArray(result)) handles.push(result);
  } catch {}
  if (pending.length > 16) await Promise.all(pending.splice(0));
}
for (let round = 0; round < rounds; round++) {
  for (const [name, types] of Object.entries(declared)) {
    if (name === 'threads') continue; // starts as many threads as it is told
    await attempt(name, name.endsWith('Async') ? ['Int32Array', ...types] : types);
  }
}
await Promise.all(pending);
console.log(`survived ${calls} calls`);
