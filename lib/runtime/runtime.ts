import * as check from './check.js';
import { native } from './native.js';

/** A set of kernels compiled for one instruction set. */
export type SimdTier = 'scalar' | 'baseline' | 'avx2' | 'avx512' | 'neon';

/**
 * Which SIMD tier is in force, and which this machine can run.
 *
 * `scalar` is the reference without vector instructions; `baseline` is SSE2, `avx2` AVX2 with FMA, `avx512` AVX-512
 * F/BW/DQ/VL, `neon` arm64. The best is chosen when the library is loaded; the environment variable `COCHLEA_SIMD`
 * forces another one by name, and loading fails for a name that this machine cannot run.
 *
 * @returns `active`, and `available` from slowest to fastest.
 * @example
 * import { simd } from 'cochlea';
 * console.log(simd().active); // 'avx2'
 */
export function simd(): { active: SimdTier; available: SimdTier[] } {
  const [active, ...available] = native.simd() as [SimdTier, ...SimdTier[]];
  return { active, available };
}

/** Options of `configure`. */
export interface Configuration {
  /** How many calls of `cochlea/promises` run at once, in the whole process. Integer, 1 to 1024; default: the processors that the process may use. */
  threads?: number;
}

const rules = { threads: check.optional(check.integer({ min: 1, max: 1024 })) };

/**
 * Sets what the whole process, worker threads included, shares, and returns what is in force.
 *
 * Each call of `cochlea/promises` runs on one thread of a pool of its own; further calls wait in a queue. The pool is
 * apart from the four threads that Node uses for files and DNS.
 *
 * @throws TypeError, RangeError for an option out of its range.
 * @example
 * import { configure } from 'cochlea';
 * configure({ threads: 2 });
 */
export function configure(options?: Configuration): Required<Configuration> {
  const { threads } = check.readOptions(options, rules);
  return { threads: threads === undefined ? native.threads() : native.threads(threads) };
}
