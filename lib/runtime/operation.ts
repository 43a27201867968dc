import type { Functions, Token } from '../../binding.js';
import type { ComplexArray } from '../spectrum/fft.js';
import * as check from './check.js';
import { typeError } from './errors.js';
import type { ComplexMatrix, Matrix } from './matrix.js';
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
  /** Aborts the call: the promise rejects with the signal's reason at once, the work stops within milliseconds. */
  signal?: AbortSignal | undefined;
  /** Called on the event loop, about every 50 ms, with the fraction of the work that is done, 0 to 1. */
  onProgress?: ((fraction: number) => void) | undefined;
}

const PROGRESS_INTERVAL_MS = 50;

/** Runs the operation on the pool. */
export async function runAsync<R>(op: Operation<R>, { signal, onProgress }: AsyncOptions): Promise<R> {
  signal?.throwIfAborted();
  const token: Token = new Int32Array(2);
  const job = (native[`${op.name}Async`] as (token: Token, ...args: unknown[]) => Promise<void>)(token, ...op.args);
  const timer = onProgress && setInterval(() => onProgress(Atomics.load(token, 1) / 1000), PROGRESS_INTERVAL_MS);
  let abort = () => {};
  try {
    // The job may wait in the queue, or compute until its next look at the token; the caller waits for neither.
    await new Promise<void>((resolve, reject) => {
      abort = () => {
        Atomics.store(token, 0, 1);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', abort, { once: true });
      job.then(resolve, reject);
    });
  } finally {
    clearInterval(timer);
    signal?.removeEventListener('abort', abort);
  }
  onProgress?.(1);
  return resultOf(op);
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

type Input = Float32Array | Float64Array | number[] | Matrix | ComplexMatrix | ComplexArray;
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
  const position = plan.length - 1;
  return async (...args: unknown[]) => {
    const given = args[position];
    if (!check.isOptions(given)) return runAsync(plan(...(args as never[])), {});
    const { signal, onProgress, out, ...options } = given as Record<string, unknown>;
    if (out !== undefined) {
      throw typeError('options', "no 'out': a promise resolves with a new result", 'out', 'ERR_COCHLEA_UNKNOWN_OPTION');
    }
    const async = check.readOptions({ signal, onProgress }, asyncRules);
    const all = [...args.slice(0, position), options, ...args.slice(position + 1)];
    return runAsync(plan(...(all as never[])), async);
  };
}
