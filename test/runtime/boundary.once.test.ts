/** Where JavaScript meets native memory: every kind of array, option and process that a caller can come with. */
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runInNewContext } from 'node:vm';
import * as cochlea from 'cochlea';
import { type ErrorCode, melSpectrogram, simd, stft } from 'cochlea';
import * as promises from 'cochlea/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { allocate } = createRequire(import.meta.url)('../../dist/runtime/memory.js');
const { native } = createRequire(import.meta.url)('../../dist/runtime/native.js');
const samples = (length: number) => Float32Array.from({ length }, (_, i) => Math.sin(i * i * 1e-3));
const options = { nFft: 256, hopLength: 64 };

// TypeScript's library knows resizable buffers from ES2024 on.
interface ResizableBuffer extends ArrayBuffer {
  resize(byteLength: number): void;
}
const resizable = (byteLength: number, maxByteLength: number): ResizableBuffer =>
  Reflect.construct(ArrayBuffer, [byteLength, { maxByteLength }]);

/** A function in its synchronous and its promise form, both as promises. */
const forms = [
  ['stft', async (y: unknown, given: unknown = options) => stft(y as never, given as never)],
  ['promises.stft', (y: unknown, given: unknown = options) => promises.stft(y as never, given as never)],
] as const;

describe.each(forms)('%s takes', (_, call) => {
  const y = samples(1000);
  const expected = stft(y, options);

  it('a view at an offset', async () => {
    const whole = new Float32Array(1100);
    whole.set(y, 37);
    expect(await call(whole.subarray(37, 1037))).toEqual(expected);
  });

  it('a view of a pooled Buffer', async () => {
    const buffer = Buffer.allocUnsafe(4 * y.length);
    expect(buffer.buffer.byteLength).toBeGreaterThan(buffer.byteLength); // it is pooled
    const view = new Float32Array(buffer.buffer, buffer.byteOffset, y.length);
    view.set(y);
    expect(await call(view)).toEqual(expected);
  });

  it('a view of a resizable buffer, at its length of the call', async () => {
    const buffer = resizable(8000, 16000);
    const view = new Float32Array(buffer);
    view.set(y);
    buffer.resize(4 * y.length);
    expect(await call(view)).toEqual(expected);
  });

  it('an empty array, as silence', async () => {
    expect((await call(new Float32Array())).shape).toEqual([129, 1]);
  });

  it('null and undefined for no options', async () => {
    expect((await call(y, null)).shape).toEqual([1025, 2]);
    expect((await call(y, undefined)).shape).toEqual(expected.shape);
  });
});

const detached = () => {
  const y = samples(100);
  structuredClone(y.buffer, { transfer: [y.buffer] });
  return y;
};
const outOfBounds = () => {
  const buffer = resizable(400, 400);
  const y = new Float32Array(buffer, 200, 50);
  buffer.resize(100);
  return y;
};
const withValue = (value: number) => {
  const y = samples(1000);
  y[613] = value;
  y[700] = Number.NaN;
  return y;
};
const INVALID: ErrorCode = 'ERR_COCHLEA_INVALID_TYPE';

describe.each(forms)('%s refuses', (_, call) => {
  const y = samples(1000);
  const refusals: [string, unknown, unknown, typeof TypeError, ErrorCode, string][] = [
    [
      'shared memory',
      new Float32Array(new SharedArrayBuffer(400)),
      options,
      TypeError,
      'ERR_COCHLEA_SHARED_BUFFER',
      'y: expected a Float32Array over memory that is not shared; copy it with slice(), received Float32Array of length 100',
    ],
    [
      'a detached array',
      detached(),
      options,
      TypeError,
      'ERR_COCHLEA_DETACHED_BUFFER',
      'y: expected a Float32Array whose buffer is not detached, received Float32Array of length 0',
    ],
    ...(
      [
        [new Float64Array(3), 'Float64Array of length 3'],
        [[0, 1], 'an array of length 2'],
        [Buffer.from([1, 2]), 'Buffer of length 2'],
        [new DataView(new ArrayBuffer(8)), 'DataView of length 8'],
        [new ArrayBuffer(8), 'an object (ArrayBuffer)'],
        [undefined, 'undefined'],
        [null, 'null'],
        ['audio.wav', "'audio.wav'"],
        [{ length: 1, 0: 0 }, 'an object (Object)'],
        [Object.create(Float32Array.prototype), 'an object (Float32Array)'],
      ] as [unknown, string][]
    ).map(
      ([value, received]) =>
        [
          received,
          value,
          options,
          TypeError,
          INVALID,
          `y: expected a Float32Array, received ${received}`,
        ] as (typeof refusals)[number],
    ),
    ...([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY] as number[]).map(
      (value) =>
        [
          `a sample that is ${value}`,
          withValue(value),
          options,
          RangeError,
          'ERR_COCHLEA_NOT_FINITE',
          `y: expected finite samples, received ${value} at index 613`,
        ] as (typeof refusals)[number],
    ),
    ['an option of another type', y, { nFft: '512' }, TypeError, INVALID, "received '512'"],
    ['a fractional length', y, { nFft: 512.5 }, RangeError, 'ERR_COCHLEA_OUT_OF_RANGE', 'nFft: expected an integer'],
    ['a length of NaN', y, { nFft: Number.NaN }, RangeError, 'ERR_COCHLEA_OUT_OF_RANGE', 'received NaN'],
    ['a null length', y, { nFft: null }, TypeError, INVALID, 'received null'],
    [
      'a misspelt option',
      y,
      { hoplength: 64 },
      TypeError,
      'ERR_COCHLEA_UNKNOWN_OPTION',
      "options: expected the option 'hopLength', received 'hoplength'",
    ],
    [
      "librosa's spelling",
      y,
      { n_fft: 256 },
      TypeError,
      'ERR_COCHLEA_UNKNOWN_OPTION',
      "options: expected the option 'nFft', received 'n_fft'",
    ],
    ['a number for options', y, 512, TypeError, INVALID, 'options: expected an object, received 512'],
    [
      'an array for options',
      y,
      [512],
      TypeError,
      INVALID,
      'options: expected an object, received an array of length 1',
    ],
  ];

  it.each(refusals)('%s', async (_name, signal, given, type, code, message) => {
    const error = await call(signal, given).then(
      () => undefined,
      (thrown: Error & { code: string }) => thrown,
    );
    expect(error).toBeInstanceOf(type);
    expect(error?.message).toContain(message);
    expect(error?.code).toBe(code);
  });

  it('a view that fell out of its resized buffer, as an empty array', async () => {
    expect((await call(outOfBounds())).shape).toEqual([129, 1]);
  });
});

describe('an error', () => {
  const hostile = new Proxy(new Float64Array(2), {
    get() {
      throw new Error('not for you');
    },
  });
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const objects: [string, unknown, string][] = [
    ['without a prototype', Object.create(null), 'an object (no prototype)'],
    ['without a constructor', { constructor: undefined }, 'an object'],
    ['whose constructor has an odd name', { constructor: { name: 7 } }, 'an object'],
    [
      'whose constructor is null',
      Object.defineProperty(new Float64Array(2), 'constructor', { value: null }),
      'a view of length 2',
    ],
    ['whose getters throw', hostile, 'an object that throws when it is looked at'],
    ['that is revoked', revoked.proxy, 'an object that throws when it is looked at'],
  ];
  it.each(objects.map(([name]) => name))('describes an object %s', (name) => {
    const [, value, words] = objects.find(([each]) => each === name)!;
    expect(() => stft(value as never)).toThrow(`y: expected a Float32Array, received ${words}`);
  });

  it('says how much memory there was not', () => {
    expect(() => allocate(Float32Array, 2 ** 50)).toThrow(
      expect.objectContaining({
        name: 'RangeError',
        code: 'ERR_COCHLEA_OUT_OF_MEMORY',
        message: `not enough memory for a Float32Array of ${2 ** 50} values`,
      }),
    );
  });

  it('names the argument whose matrix has too many rows', () => {
    const S = { data: new Float32Array(0), shape: [2 ** 19 + 2, 0] as [number, number] };
    expect(() => melSpectrogram(S, { sampleRate: 22050 })).toThrow('S: expected at most 524289 rows, received 524290');
  });

  it('tells a token that is too short', () => {
    const empty = new Float32Array(0);
    expect(() => native.rfftAsync(new Int32Array(1), new Float32Array(4), empty, empty)).toThrow(
      expect.objectContaining({ code: INVALID, message: 'native argument 0: expected a token of two integers' }),
    );
  });
});

describe('arrays of another realm', () => {
  const foreign = (values: number[]): Float32Array => runInNewContext(`new Float32Array([${values}])`);

  it('are as good as our own, as a signal and as a window', () => {
    const values = Array.from({ length: 256 }, (_, i) => i / 256);
    const window = foreign(values);
    expect(window).not.toBeInstanceOf(Float32Array);
    expect(stft(foreign([...samples(1000)]), { ...options, window })).toEqual(
      stft(samples(1000), { ...options, window: Float32Array.from(values) }),
    );
  });
});

describe('results', () => {
  it('may be reused, and must not overlap the signal', () => {
    const y = samples(1000);
    const out = stft(y, options);
    const expected = structuredClone(out);
    out.re.fill(7);
    expect(stft(y, { ...options, out }).re).toBe(out.re);
    expect(out).toEqual(expected);
    const memory = new Float32Array(129 * 16 + 500);
    const overlapping = {
      re: memory.subarray(500),
      im: new Float32Array(129 * 16),
      shape: [129, 16] as [number, number],
    };
    expect(() => stft(memory.subarray(0, 1000), { ...options, out: overlapping })).toThrow(
      expect.objectContaining({ code: 'ERR_COCHLEA_OVERLAP' }),
    );
  });
});

describe('a promise holds to the input of its call', () => {
  const length = 50_000;
  const expected = stft(samples(length));

  it('when the signal is overwritten', async () => {
    const y = samples(length);
    const result = promises.stft(y);
    y.fill(Number.NaN);
    expect(await result).toEqual(expected);
  });

  it('when the signal is transferred', async () => {
    const y = samples(length);
    const result = promises.stft(y);
    structuredClone(y.buffer, { transfer: [y.buffer] });
    expect(await result).toEqual(expected);
  });

  it('when its buffer shrinks', async () => {
    const buffer = resizable(4 * length, 4 * length);
    const y = new Float32Array(buffer);
    y.set(samples(length));
    const result = promises.stft(y);
    buffer.resize(0);
    expect(await result).toEqual(expected);
  });
});

interface Ended {
  status: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** Runs a script of test/runtime/boundary in a process of its own. */
function child(script: string, args: string[] = [], flags: string[] = []): Promise<Ended> {
  const running = spawn(process.execPath, [...flags, join(root, 'test', 'runtime', 'boundary', script), ...args], {
    cwd: root,
  });
  const output = { stdout: '', stderr: '' };
  running.stdout.on('data', (text) => {
    output.stdout += text;
  });
  running.stderr.on('data', (text) => {
    output.stderr += text;
  });
  return new Promise((resolve, reject) => {
    running.on('error', reject);
    running.on('close', (status, signal) => resolve({ status, signal, ...output }));
  });
}

const success = { status: 0, signal: null, stderr: '' };

describe('a process', () => {
  it('keeps its exit code and its floating-point mode', async () => {
    expect(await child('state.mjs')).toEqual({ ...success, stdout: 'exitCode undefined, denormals true true\n' });
  });

  it.each(['exit-now', 'exit-soon', 'exit-in-handler', 'throw'])('ends cleanly during jobs: %s', async (how) => {
    for (let i = 0; i < 3; i++) {
      const { status, signal } = await child('exit.mjs', [how]);
      expect({ status, signal }).toEqual({ status: how === 'throw' ? 1 : 7, signal: null });
    }
  });

  it('waits for its jobs when nothing else is left', async () => {
    expect(await child('exit.mjs', ['wait'])).toEqual({ ...success, stdout: 'done\n' });
  });

  it('starts and terminates 100 workers during their jobs', async () => {
    expect(await child('workers.mjs')).toEqual({ ...success, stdout: '100 workers ended, 44 frames\n' });
  });

  it.each(['sync', 'async', 'objects', 'failing', 'abort'])('does not grow over 1,000 calls: %s', async (kind) => {
    const { status, stdout, stderr } = await child('memory.mjs', [kind], ['--expose-gc']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(Number(stdout)).toBeLessThan(10);
  });

  // About twice what is measured; without bounds on the caches it is 150 to 900, and 58 for the constant-Q filters.
  it.each([
    ['transforms of any length', 300],
    ['a transform larger than the cache', 50],
    ['short transforms', 100],
    ['windows', 100],
    ['the Fourier method', 400],
    ['resampling filters', 150],
    ['resampling filters larger than the cache', 80],
    ['mel filters', 100],
    ['constant-Q filters', 40],
    ['pitch transitions', 250],
  ])('keeps a bounded number of plans: %s', async (kind, megabytes) => {
    const { status, stdout, stderr } = await child('plans.mjs', [kind], ['--expose-gc', '--no-warnings']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(Number(stdout)).toBeLessThan(megabytes);
  });

  it('survives empty matrices to every function that takes one', async () => {
    const files = readdirSync(join(root, 'lib'), { recursive: true, encoding: 'utf8' }).filter(
      (file) => file.endsWith('.ts') && !file.startsWith('cli'),
    );
    const taking = files.flatMap((file) =>
      [...readFileSync(join(root, 'lib', file), 'utf8').matchAll(/^export function (\w+)\(\s*\w+: [^,)]*Matrix/gm)].map(
        ([, name]) => name!,
      ),
    );
    const names = [...new Set(taking)].filter((name) => name in cochlea);
    const { status, signal, stdout, stderr } = await child('empty.mjs', [], ['--no-warnings']);
    expect({ status, signal, stderr }).toEqual(success);
    const called = new Set(stdout.trim().split(' '));
    expect(
      names.filter((name) => !called.has(name)),
      'they want a line in boundary/empty.mjs',
    ).toEqual([]);
    expect(names).toContain('hpssSpectrogram');
  });

  it('survives arguments that are right but for one, in every function of the addon', async () => {
    const survived = /^survived \d{4,} calls, \d{4,} of them did their work, never: none\n$/;
    const result = await child('fuzz.mjs', [], ['--no-warnings']);
    expect(result).toEqual({ ...success, stdout: expect.stringMatching(survived) });
  });
});

describe('two copies of the package in one process', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cochlea-copy-'));
  const require = createRequire(import.meta.url);

  beforeAll(() => {
    for (const part of ['package.json', 'dist', join('build', 'Release', 'cochlea.node')]) {
      cpSync(join(root, part), join(folder, part), { recursive: true });
    }
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('work side by side', async () => {
    const copy = require(folder);
    const copyPromises = require(join(folder, 'dist', 'promises.js'));
    expect(copy.stft).not.toBe(stft);
    expect(copy.simd()).toEqual(simd());
    const y = samples(50_000);
    const expected = stft(y);
    expect(copy.stft(y)).toEqual(expected);
    const results = await Promise.all([promises.stft(y), copyPromises.stft(y), promises.stft(y), copyPromises.stft(y)]);
    for (const result of results) expect(result).toEqual(expected);
  });
});

describe('a native object', () => {
  const addon = createRequire(import.meta.url)(join(root, 'build', 'Release', 'cochlea.node'));
  const handle = addon.resampler(44100, 22050, 'soxr_vhq');
  const refusal = expect.objectContaining({
    code: INVALID,
    message: 'native argument 0: expected an object made by this copy of cochlea',
  });

  it('is taken by its own functions alone', () => {
    addon.resamplerReset(handle);
    expect(() => addon.resonatorReset(handle, 0)).toThrow(refusal);
    for (const other of [undefined, null, 1, 'text', {}, addon, Object.create(handle)]) {
      expect(() => addon.resamplerReset(other)).toThrow(refusal);
    }
  });

  it('is taken by its own copy of the addon alone', () => {
    const folder = mkdtempSync(join(tmpdir(), 'cochlea-addon-'));
    cpSync(join(root, 'build', 'Release', 'cochlea.node'), join(folder, 'cochlea.node'));
    const copy = createRequire(import.meta.url)(join(folder, 'cochlea.node'));
    expect(() => copy.resamplerReset(handle)).toThrow(refusal);
    copy.resamplerReset(copy.resampler(44100, 22050, 'soxr_vhq'));
    rmSync(folder, { recursive: true, force: true });
  });
});
