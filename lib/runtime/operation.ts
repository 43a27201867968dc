import type { Functions, Token } from '../../binding.js';
import * as check from './check.js';
import { typeError } from './errors.js';
import type { ComplexArray, ComplexMatrix, Matrix } from './matrix.js';
import { native } from './native.js';

/**
 * A call that has passed its checks: the native function, its arguments and the result they fill. A module defines each
 * of its functions once, as a plan that returns an operation; the synchronous and the promise form derive from it.
 */
export interface Operation<R> {
  name: keyof Functions;
  args: unknown[];
  result: R | (() => R);
}

/** An operation with its native arguments typed by binding.d.ts. */
export function operation<N extends keyof Functions, R>(
  name: N,
  args: Parameters<Functions[N]>,
  result: R | (() => R),
): Operation<R> {
  return { name, args, result };
}

function resultOf<R>({ result }: Operation<R>): R {
  return typeof result === 'function' ? (result as () => R)() : result;
}

/** Runs the operation on this thread. */
export function run<R>(op: Operation<R>): R {
  (native[op.name] as (...args: unknown[]) => void)(...op.args);
  return resultOf(op);
}

/** What every function of `cochlea/promises` takes besides its own options. */
export interface AsyncOptions {
  /**
   * Aborts the call: the promise rejects with the signal's reason at once, and the thread that works on it is free for
   * other calls within 100 ms. One signal may serve any number of calls.
   */
  signal?: AbortSignal | undefined;
  /**
   * Called on the event loop, about every 50 ms, with the fraction of the work that is done, 0 to 1. If it throws, the
   * call is aborted and the promise rejects with what it threw.
   */
  onProgress?: ((fraction: number) => void) | undefined;
}

const PROGRESS_INTERVAL_MS = 50;

/** The calls under way that each signal aborts. */
const abortsOf = new WeakMap<AbortSignal, Set<(reason: unknown) => void>>();

function abortAll(event: Event): void {
  const signal = event.target as AbortSignal;
  for (const abort of abortsOf.get(signal) ?? []) abort(signal.reason);
}

/**
 * Calls `abort` when the signal is aborted; returns what takes that back. A signal has one listener of ours, however many
 * calls it serves: Node takes more than ten for a leak and warns.
 */
function onAbort(signal: AbortSignal | undefined, abort: (reason: unknown) => void): () => void {
  if (signal === undefined) return () => {};
  const aborts = abortsOf.get(signal) ?? new Set();
  abortsOf.set(signal, aborts);
  if (aborts.size === 0) signal.addEventListener('abort', abortAll);
  aborts.add(abort);
  return () => {
    aborts.delete(abort);
    if (aborts.size === 0) signal.removeEventListener('abort', abortAll);
  };
}

/** Runs the operation on the pool. */
export async function runAsync<R>(op: Operation<R>, { signal, onProgress }: AsyncOptions): Promise<R> {
  signal?.throwIfAborted();
  const token: Token = new Int32Array(2);
  const job = (native[`${op.name}Async`] as (token: Token, ...args: unknown[]) => Promise<void>)(token, ...op.args);
  // The job may wait in the queue, or compute until its next look at the token; the caller waits for neither.
  const { promise, resolve, reject } = withResolvers<void>();
  const abort = (reason: unknown) => {
    Atomics.store(token, 0, 1);
    reject(reason);
  };
  const report = () => {
    try {
      onProgress?.(Atomics.load(token, 1) / 1000);
    } catch (error) {
      abort(error);
    }
  };
  const stopListening = onAbort(signal, abort);
  const timer = onProgress && setInterval(report, PROGRESS_INTERVAL_MS);
  try {
    job.then(resolve, reject);
    await promise;
  } finally {
    clearInterval(timer);
    stopListening();
  }
  onProgress?.(1);
  return resultOf(op);
}

/** `Promise.withResolvers`, which Node 20 does not have. */
function withResolvers<T>() {
  let resolve!: (value: T) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}

const asyncRules = {
  signal: check.optional<AbortSignal>({
    read(value, name) {
      if (!(value instanceof AbortSignal)) throw typeError(name, 'an AbortSignal', value);
      return value;
    },
  }),
  onProgress: check.optional(check.callback<(fraction: number) => void>()),
};

/** What a bank of trackers heard. */
type Tracked = { magnitude: Matrix; frequency: Matrix };
type Input = Float32Array | Float64Array | number[] | Matrix | ComplexMatrix | ComplexArray | Tracked;
type Async<O> = Omit<O, 'out'> & AsyncOptions;

/**
 * The promise form of a plan, whose last parameter is its options. Arguments are checked and inputs copied before the
 * call returns; a failed check rejects the promise. Results are always new: the owner of an `out` could change it while
 * the pool writes it.
 */
export function promised<A extends Input, B extends Input, O, R>(
  plan: (a: A, b: B, options?: O) => Operation<R>,
): (a: A, b: B, options?: Async<O>) => Promise<R>;
export function promised<A extends Input, B extends Input, O, R>(
  plan: (a: A, b: B, options: O) => Operation<R>,
): (a: A, b: B, options: Async<O>) => Promise<R>;
export function promised<A extends Input, O, R>(
  plan: (a: A, options?: O) => Operation<R>,
): (a: A, options?: Async<O>) => Promise<R>;
export function promised<A extends Input, O, R>(
  plan: (a: A, options: O) => Operation<R>,
): (a: A, options: Async<O>) => Promise<R>;
export function promised(plan: (...args: never[]) => Operation<unknown>) {
  // The options are the last parameter that a plan declares; those before them are its inputs.
  const inputCount = plan.length - 1;
  return async (...args: unknown[]) => {
    const inputs = args.slice(0, inputCount);
    const given = args[inputCount];
    if (!check.isOptions(given)) return runAsync(plan(...([...inputs, given] as never[])), {});
    const { signal, onProgress, out } = given as Record<string, unknown>;
    if (out !== undefined) {
      throw typeError('options', "no 'out': a promise resolves with a new result", 'out', 'ERR_COCHLEA_UNKNOWN_OPTION');
    }
    const async = check.readOptions({ signal, onProgress }, asyncRules);
    return runAsync(plan(...([...inputs, without(given, ['signal', 'onProgress', 'out'])] as never[])), async);
  };
}

/**
 * The object as it would be without some of its properties. All others read as before: inherited ones, accessors, which
 * run on the object itself, and an unknown one, whose name the plan refuses. A copy would lose these.
 */
function without(given: object, names: readonly PropertyKey[]): object {
  return new Proxy(
    {},
    {
      get: (_, name) => (names.includes(name) ? undefined : Reflect.get(given, name)),
      ownKeys: () => Reflect.ownKeys(given).filter((name) => !names.includes(name)),
      getOwnPropertyDescriptor: (_, name) => {
        const own = Reflect.getOwnPropertyDescriptor(given, name);
        // The target has no such property, so none may be reported that could not be deleted.
        return own && { ...own, configurable: true };
      },
    },
  );
}
