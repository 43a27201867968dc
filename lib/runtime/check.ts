import { types } from 'node:util';
import { rangeError, typeError } from './errors.js';

/**
 * One option's rule: what it accepts and what stands in when it is absent. `undefined` counts as absent everywhere;
 * `null` only where a rule says so.
 */
export interface Rule<T> {
  /** Returns the value to use, or throws. `name` is the option's name, for the message. */
  read(value: unknown, name: string): T;
}

export type Rules = Record<string, Rule<unknown>>;
export type Values<R extends Rules> = { [Name in keyof R]: R[Name] extends Rule<infer T> ? T : never };

interface Bounds {
  /** Smallest allowed value. */
  min?: number;
  /** Largest allowed value. */
  max?: number;
  /** The value must be greater than this. */
  above?: number;
  /** The value must be less than this. */
  below?: number;
}

function withinBounds(value: number, { min, max, above, below }: Bounds): boolean {
  return (
    (min === undefined || value >= min) &&
    (max === undefined || value <= max) &&
    (above === undefined || value > above) &&
    (below === undefined || value < below)
  );
}

function boundsInWords(kind: string, { min, max, above, below }: Bounds): string {
  const low = min !== undefined ? `>= ${min}` : above !== undefined ? `> ${above}` : undefined;
  const high = max !== undefined ? `<= ${max}` : below !== undefined ? `< ${below}` : undefined;
  return [kind, [low, high].filter(Boolean).join(' and ')].filter(Boolean).join(' ');
}

/** A finite number within bounds. */
export function number(bounds: Bounds = {}): Rule<number> {
  const expected = boundsInWords('a finite number', bounds);
  return {
    read(value, name) {
      if (typeof value !== 'number') throw typeError(name, expected, value);
      if (!Number.isFinite(value) || !withinBounds(value, bounds)) throw rangeError(name, expected, value);
      return value;
    },
  };
}

/** The largest length or count that the addon takes. */
export const MAX_COUNT = 2 ** 31 - 1;

/** An integer within bounds; at most `MAX_COUNT`. */
export function integer(bounds: Bounds = {}): Rule<number> {
  const all = { max: MAX_COUNT, ...bounds };
  const expected = boundsInWords('an integer', bounds);
  return {
    read(value, name) {
      if (typeof value !== 'number') throw typeError(name, expected, value);
      if (!Number.isInteger(value) || !withinBounds(value, all)) throw rangeError(name, expected, value);
      return value;
    },
  };
}

export function boolean(): Rule<boolean> {
  return {
    read(value, name) {
      if (typeof value !== 'boolean') throw typeError(name, 'a boolean', value);
      return value;
    },
  };
}

/** One of the given words. */
export function oneOf<const W extends string>(words: readonly W[]): Rule<W> {
  const expected = `one of ${words.map((word) => `'${word}'`).join(', ')}`;
  return {
    read(value, name) {
      if (typeof value !== 'string') throw typeError(name, expected, value);
      if (!(words as readonly string[]).includes(value)) throw rangeError(name, expected, value);
      return value as W;
    },
  };
}

/** A Float32Array of our own memory; `length` demands an exact length. */
export function floats(length?: number): Rule<Float32Array> {
  return {
    read(value, name) {
      const array = float32Array(name, value);
      if (length !== undefined && array.length !== length) {
        throw rangeError(name, `a Float32Array of length ${length}`, value);
      }
      return array;
    },
  };
}

/**
 * Numbers within bounds, at least one unless they may be none, as a Float64Array of their own: a parameter per bin, not a
 * signal.
 */
export function numbers(bounds: Bounds = {}, { mayBeEmpty = false } = {}): Rule<Float64Array> {
  const expected = `a Float64Array, Float32Array or array of numbers${mayBeEmpty ? '' : ', not empty'}`;
  const element = number(bounds);
  return {
    read(value, name) {
      if (!(types.isFloat64Array(value) || types.isFloat32Array(value) || Array.isArray(value))) {
        throw typeError(name, expected, value);
      }
      if (value.length === 0 && !mayBeEmpty) throw rangeError(name, expected, value);
      return Float64Array.from(value, (x, i) => element.read(x, `${name}[${i}]`));
    },
  };
}

/** One value for both of a pair, or an array of the two; `expected` says so in words. */
export function pair<T>(rule: Rule<T>, expected: string): Rule<[T, T]> {
  return {
    read(value, name) {
      if (typeof value === 'number') {
        const both = rule.read(value, name);
        return [both, both];
      }
      if (!Array.isArray(value) || value.length !== 2) throw typeError(name, expected, value);
      return [rule.read(value[0], `${name}[0]`), rule.read(value[1], `${name}[1]`)];
    },
  };
}

/** A function. */
export function callback<F extends (...args: never[]) => unknown>(): Rule<F> {
  return {
    read(value, name) {
      if (typeof value !== 'function') throw typeError(name, 'a function', value);
      return value as F;
    },
  };
}

/** The rule, with a value for when the option is absent. */
export function withDefault<T, D extends T>(rule: Rule<T>, fallback: D): Rule<T> {
  return { read: (value, name) => (value === undefined ? fallback : rule.read(value, name)) };
}

/** The rule, or `undefined` when the option is absent: for options whose default depends on others. */
export function optional<T>(rule: Rule<T>): Rule<T | undefined> {
  return { read: (value, name) => (value === undefined ? undefined : rule.read(value, name)) };
}

/** The rule, where `null` is a value of its own ("none", "estimate"), with a value for when the option is absent. */
export function nullable<T>(rule: Rule<T>, fallback: T | null): Rule<T | null> {
  return { read: (value, name) => (value === undefined ? fallback : value === null ? null : rule.read(value, name)) };
}

/** The rule, for an option that must be given. */
export function required<T>(rule: Rule<T>): Rule<T> {
  return {
    read(value, name) {
      if (value === undefined) throw typeError(name, 'this option to be given', value, 'ERR_COCHLEA_MISSING_OPTION');
      return rule.read(value, name);
    },
  };
}

/** The first rule that accepts the value; the error is the last rule's, which should name all alternatives. */
export function either<A, B>(first: Rule<A>, last: Rule<B>): Rule<A | B> {
  return {
    read(value, name) {
      try {
        return first.read(value, name);
      } catch {
        return last.read(value, name);
      }
    },
  };
}

/**
 * Reads an options object by its rules: each property once, in the order of the rules. A name that no rule knows is an
 * error, so that a misspelt option cannot silently do nothing.
 */
export function readOptions<R extends Rules>(options: unknown, rules: R): Values<R> {
  const given = options ?? {};
  if (!isOptions(given)) throw typeError('options', 'an object', options);
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(rules, name)) {
      const known = Object.keys(rules);
      const near = known.find((word) => isNear(word, name));
      const expected = near ? `the option '${near}'` : `one of the options ${known.join(', ')}`;
      throw typeError('options', expected, name, 'ERR_COCHLEA_UNKNOWN_OPTION');
    }
  }
  const values: Record<string, unknown> = {};
  for (const [name, rule] of Object.entries(rules)) {
    values[name] = rule.read((given as Record<string, unknown>)[name], name);
  }
  return values as Values<R>;
}

/** Whether the value could hold options; arrays are objects too, but never that. */
export function isOptions(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

/** Equal but for case, underscores and at most two changed letters. */
function isNear(a: string, b: string): boolean {
  const [x, y] = [a, b].map((word) => word.replaceAll('_', '').toLowerCase()) as [string, string];
  if (Math.abs(x.length - y.length) > 2) return false;
  let row = Array.from({ length: y.length + 1 }, (_, j) => j);
  for (let i = 1; i <= x.length; i++) {
    const next = [i];
    for (let j = 1; j <= y.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (x[i - 1] === y[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[y.length]! <= (y.length > 4 ? 2 : 1);
}

/** Refuses everything but a Float32Array over memory that no other thread shares and nobody has taken away. */
export function float32Array(name: string, value: unknown): Float32Array {
  // By its nature rather than by instanceof: an array of another realm (a vm context, a test runner's) is as good.
  if (!types.isFloat32Array(value)) throw typeError(name, 'a Float32Array', value);
  if (types.isSharedArrayBuffer(value.buffer)) {
    throw typeError(
      name,
      'a Float32Array over memory that is not shared; copy it with slice()',
      value,
      'ERR_COCHLEA_SHARED_BUFFER',
    );
  }
  if (value.length === 0 && isDetached(value.buffer as ArrayBuffer)) {
    throw typeError(name, 'a Float32Array whose buffer is not detached', value, 'ERR_COCHLEA_DETACHED_BUFFER');
  }
  return value;
}

// ArrayBuffer.prototype.detached came with Node 21; every version refuses to make a view of a detached buffer.
function isDetached(buffer: ArrayBuffer): boolean {
  try {
    new Uint8Array(buffer);
    return false;
  } catch {
    return true;
  }
}

/** Refuses a result that shares memory with an input or with another result. Inputs may share theirs: they are only read. */
export function noOverlap(inputs: Record<string, Float32Array>, results: Record<string, Float32Array>): void {
  const arrays = [...Object.entries(inputs), ...Object.entries(results)];
  const inputCount = Object.keys(inputs).length;
  for (let i = inputCount; i < arrays.length; i++) {
    const [name, a] = arrays[i]!;
    for (const [other, b] of arrays.slice(0, i)) {
      const apart = a.byteOffset + a.byteLength <= b.byteOffset || b.byteOffset + b.byteLength <= a.byteOffset;
      if (a.buffer === b.buffer && !apart && a.length > 0 && b.length > 0) {
        throw rangeError(name, `memory that does not overlap ${other}`, a, 'ERR_COCHLEA_OVERLAP');
      }
    }
  }
}
