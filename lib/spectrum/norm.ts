import * as check from '../runtime/check.js';
import { rangeError, typeError } from '../runtime/errors.js';

/** The exponent of a norm; `others` are what an option takes besides, for the message. */
export function normRule(others = ''): check.Rule<number> {
  const expected = `${others}a number >= 0, Infinity or null`;
  return {
    read(value, name) {
      if (typeof value !== 'number') throw typeError(name, expected, value);
      if (!(value >= 0)) throw rangeError(name, expected, value);
      return value;
    },
  };
}

/** The rule for a `norm` option; null is no norm. */
export const norm = (fallback: number | null) => check.nullable(normRule(), fallback);
