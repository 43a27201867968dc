import * as check from '../runtime/check.js';
import { rangeError } from '../runtime/errors.js';

/** The intervals of a variable-Q transform within an octave, by name; see {@link Intervals}. */
export const intervalNames = ['equal', 'pythagorean', 'ji3', 'ji5', 'ji7'] as const;

/**
 * How an octave is divided: `'equal'`; `'pythagorean'`, powers of 3; `'ji3'`, `'ji5'`, `'ji7'`, just intonation of primes
 * up to 3, 5 or 7 by harmonic crystal growth, at most 1024 in an octave; or the ratios themselves, from 1 to below 2, in any
 * order, whose number then stands for `binsPerOctave`.
 */
export type Intervals = (typeof intervalNames)[number] | readonly number[];

const ratiosRule = check.numbers({ above: 0 });

/** The rule for an `intervals` option. */
export const intervalsRule: check.Rule<Intervals> = {
  read(value, name) {
    if (!Array.isArray(value) && !ArrayBuffer.isView(value)) return check.oneOf(intervalNames).read(value, name);
    const ratios = ratiosRule.read(value, name);
    const ascending = ratios.slice().sort();
    const different = ascending.every((ratio, i) => i === 0 || ratio > ascending[i - 1]!);
    if (!different || ascending.at(-1)! >= 2 * ascending[0]!) {
      throw rangeError(name, 'different ratios > 0, all within an octave of the lowest', value);
    }
    return [...ratios];
  },
};

const primesOf: Record<string, number[]> = { ji3: [3], ji5: [3, 5], ji7: [3, 5, 7] };

/** The growth of just intonation takes time with the square of the count: about 0.1 s for so many. */
const MOST_GROWN = 1024;

/** The ratios of an octave; ascending, unless they were given in another order. */
export function octaveRatios(intervals: Intervals, binsPerOctave: number): number[] {
  if (typeof intervals !== 'string') return [...intervals];
  if (intervals === 'equal') return Array.from({ length: binsPerOctave }, (_, k) => 2 ** (k / binsPerOctave));
  const primes = primesOf[intervals];
  if (primes !== undefined && binsPerOctave > MOST_GROWN) {
    throw rangeError(
      'binsPerOctave',
      `an integer >= 1 and <= ${MOST_GROWN} for intervals '${intervals}'`,
      binsPerOctave,
    );
  }
  const points = primes ? grow(primes, binsPerOctave) : Array.from({ length: binsPerOctave }, (_, k) => [k]);
  const logs = (primes ?? [3]).map(Math.log2);
  return points
    .map((point) => dot(logs, point))
    .map((x) => 2 ** (x - Math.floor(x)))
    .sort((a, b) => a - b);
}

const dot = (logs: number[], point: number[]) => point.reduce((sum, power, i) => sum + power * logs[i]!, 0);

/** log2(a b / gcd(a, b)^2), to 6 decimals so that rounding does not decide between equals. */
function harmonicDistance(logs: number[], a: number[], b: number[]): number {
  let sum = 0;
  for (let i = 0; i < logs.length; i++) sum += Math.abs(a[i]! - b[i]!) * logs[i]!;
  return Math.round(sum * 1e6) / 1e6;
}

/**
 * Harmonic crystal growth: starting from 1, takes again and again the neighbour (times or divided by one of the primes)
 * with the least total harmonic distance to all chosen so far; of equals, the simplest. Tenney, "On crystal growth in
 * harmonic space", 2008.
 */
function grow(primes: number[], count: number): number[][] {
  const logs = primes.map(Math.log2);
  const steps = primes.flatMap((_, i) => [1, -1].map((power) => primes.map((_, j) => (i === j ? power : 0))));
  const complexity = (point: number[]) => dot(logs, point.map(Math.abs));
  const candidate = (point: number[], distance: number) => ({ point, distance, complexity: complexity(point) });
  const chosen = [primes.map(() => 0)];
  const frontier = steps.map((point) => candidate(point, harmonicDistance(logs, point, chosen[0]!)));
  const known = new Set([...chosen, ...steps].map(String));
  while (chosen.length < count) {
    let best = 0;
    for (let i = 1; i < frontier.length; i++) {
      const next = frontier[i]!;
      const least = frontier[best]!;
      const close = Math.abs(next.distance - least.distance) <= 1e-8 + 1e-5 * Math.abs(least.distance);
      if (next.distance < least.distance || (close && next.complexity < least.complexity)) best = i;
    }
    const { point } = frontier.splice(best, 1)[0]!;
    chosen.push(point);
    for (const entry of frontier) entry.distance += harmonicDistance(logs, entry.point, point);
    for (const step of steps) {
      const next = point.map((x, i) => x + step[i]!);
      if (known.has(String(next))) continue;
      known.add(String(next));
      let distance = 0;
      for (const other of chosen) distance += harmonicDistance(logs, next, other);
      frontier.push(candidate(next, distance));
    }
  }
  return chosen;
}
