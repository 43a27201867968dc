import { types } from 'node:util';
import type { WindowParameters } from '../../binding.js';
import * as check from '../runtime/check.js';
import { rangeError, typeError } from '../runtime/errors.js';

/** The windows without a parameter, by scipy's names. */
export type WindowName =
  | 'hann'
  | 'hamming'
  | 'blackman'
  | 'blackmanharris'
  | 'bartlett'
  | 'ones'
  | 'boxcar'
  | 'rectangular';

/**
 * A window function: a name; `['kaiser', beta]` with beta >= 0; `['gaussian', deviation]` with a standard deviation > 0
 * in samples; or its values, as many as the window is long. Named windows are periodic, as
 * `scipy.signal.get_window(name, length)` makes them, and computed in double precision.
 */
export type Window = WindowName | ['kaiser', beta: number] | ['gaussian', deviation: number] | Float32Array;

/** What the addon calls the windows without a parameter. */
const shapes: Record<WindowName, WindowParameters['shape']> = {
  hann: 'hann',
  hamming: 'hamming',
  blackman: 'blackman',
  blackmanharris: 'blackmanharris',
  bartlett: 'bartlett',
  ones: 'ones',
  boxcar: 'ones',
  rectangular: 'ones',
};
const none = new Float32Array(0);
const names = Object.keys(shapes);
const parameters = {
  kaiser: check.number({ min: 0, max: 700 }),
  gaussian: check.number({ above: 0 }),
};

const expected = `one of ${names.map((name) => `'${name}'`).join(', ')}, ['kaiser', beta], ['gaussian', deviation] or a Float32Array`;

/** The rule for a `window` option. */
export const windowRule: check.Rule<WindowParameters> = {
  read(value, name) {
    // By its nature: an array of another realm is as good.
    if (types.isFloat32Array(value)) {
      const values = check.float32Array(name, value);
      const bad = values.findIndex((x) => !Number.isFinite(x));
      if (bad >= 0) throw rangeError(`${name}[${bad}]`, 'a finite number', values[bad], 'ERR_COCHLEA_NOT_FINITE');
      return { shape: 'custom', parameter: 0, values };
    }
    if (typeof value === 'string' && Object.hasOwn(shapes, value)) {
      return { shape: shapes[value as WindowName], parameter: 0, values: none };
    }
    if (Array.isArray(value) && value.length === 2 && Object.hasOwn(parameters, value[0])) {
      const shape = value[0] as keyof typeof parameters;
      return { shape, parameter: parameters[shape].read(value[1], `${name}[1]`), values: none };
    }
    throw typeError(name, expected, value);
  },
};

export const hann: WindowParameters = { shape: 'hann', parameter: 0, values: none };

/** The rule for windows whose lengths the caller does not know: those that have a name. */
export function namedWindow(expected = 'a named window'): check.Rule<WindowParameters> {
  return {
    read(value, name) {
      if (types.isFloat32Array(value)) throw typeError(name, expected, value);
      return windowRule.read(value, name);
    },
  };
}
