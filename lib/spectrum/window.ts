import { types } from 'node:util';
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

/** A window as the addon takes it: `shape` indexes `WindowShape` of native/core/spectrum/window.h. */
export interface WindowArguments {
  shape: number;
  parameter: number;
  values: Float32Array;
}

const shapes: Record<string, number> = {
  hann: 0,
  hamming: 1,
  blackman: 2,
  blackmanharris: 3,
  bartlett: 4,
  kaiser: 5,
  gaussian: 6,
  ones: 7,
  boxcar: 7,
  rectangular: 7,
};
const CUSTOM = 8;
const none = new Float32Array(0);
const names = Object.keys(shapes).filter((name) => name !== 'kaiser' && name !== 'gaussian');
const parameters: Record<string, check.Rule<number>> = {
  kaiser: check.number({ min: 0, max: 700 }),
  gaussian: check.number({ above: 0 }),
};

const expected = `one of ${names.map((name) => `'${name}'`).join(', ')}, ['kaiser', beta], ['gaussian', deviation] or a Float32Array`;

/** The rule for a `window` option. */
export const windowRule: check.Rule<WindowArguments> = {
  read(value, name) {
    // By its nature: an array of another realm is as good.
    if (types.isFloat32Array(value)) {
      const values = check.float32Array(name, value);
      const bad = values.findIndex((x) => !Number.isFinite(x));
      if (bad >= 0) throw rangeError(`${name}[${bad}]`, 'a finite number', values[bad], 'ERR_COCHLEA_NOT_FINITE');
      return { shape: CUSTOM, parameter: 0, values };
    }
    if (typeof value === 'string' && names.includes(value))
      return { shape: shapes[value]!, parameter: 0, values: none };
    if (Array.isArray(value) && value.length === 2 && Object.hasOwn(parameters, value[0])) {
      const parameter = parameters[value[0]]!.read(value[1], `${name}[1]`);
      return { shape: shapes[value[0]]!, parameter, values: none };
    }
    throw typeError(name, expected, value);
  },
};

export const hann: WindowArguments = { shape: 0, parameter: 0, values: none };
