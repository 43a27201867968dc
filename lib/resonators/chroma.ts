import * as check from '../runtime/check.js';
import { rangeError } from '../runtime/errors.js';
import { type Matrix, matrix } from '../runtime/matrix.js';
import { type Operation, operation, run } from '../runtime/operation.js';
import type { PerResonator } from './alphas.js';
import { readPower, UNWEIGHTED } from './power.js';

/** Options of {@link resonatorChroma}. */
export interface ResonatorChromaOptions {
  /** The frequency of each row, in Hz, > 0, in any layout. */
  frequencies: PerResonator;
  /** A weight for each row's power, >= 0: those of `equalizer`. Default 1. */
  weights?: PerResonator;
  /** How many pitch classes an octave has. Integer, 1 to 4096; default 12. */
  nChroma?: number;
  /** The frequency of A4 in Hz. Number > 0; default 440. */
  a4?: number;
  /** Whether to divide each column by its largest value, where that is not 0. Default true. */
  normalize?: boolean;
}

const rules = {
  frequencies: check.required(check.numbers({ above: 0 })),
  weights: check.optional(check.numbers({ min: 0 })),
  nChroma: check.withDefault(check.integer({ min: 1, max: 4096 }), 12),
  a4: check.withDefault(check.number({ above: 0 }), 440),
  normalize: check.withDefault(check.boolean(), true),
};

/** The class of the pitch nearest to each frequency. */
function classesOf(frequencies: Float64Array, nChroma: number, a4: number): Int32Array {
  return Int32Array.from(frequencies, (f, k) => {
    // A is three quarters of an octave above C.
    const pitch = Math.round(nChroma * (Math.log2(f / a4) + 0.75));
    if (!Number.isFinite(pitch)) throw rangeError(`frequencies[${k}]`, `a frequency within reach of a4 (${a4})`, f);
    return ((pitch % nChroma) + nChroma) % nChroma;
  });
}

export function planResonatorChroma(power: Matrix, options: ResonatorChromaOptions): Operation<Matrix> {
  const { frequencies, weights, nChroma, a4, normalize } = check.readOptions(options, rules);
  const { data, shape } = readPower(power, { weights, frequencies });
  const classes = classesOf(frequencies, nChroma, a4);
  const result = matrix([nChroma, shape[1]], undefined, 'nChroma');
  return operation('resonatorChroma', [data, classes, weights ?? UNWEIGHTED, normalize, nChroma, result.data], result);
}

/**
 * Pitch classes from a bank's powers: each row goes to the class of the nearest pitch, whatever the layout, octaves are added,
 * and each column is divided by its largest value.
 *
 * @param power Powers, `[bins, frames]`: of `resonate` or of a squared `superResolution`.
 * @param options See {@link ResonatorChromaOptions}.
 * @returns `[nChroma, frames]`; class 0 is C.
 * @throws TypeError, RangeError for an argument out of its range, or powers that are not finite.
 * @example
 * import { midiFrequencies, resonate, resonatorChroma } from 'cochlea';
 * const frequencies = midiFrequencies();
 * const y = Float32Array.from({ length: 44100 }, (_, i) => Math.sin((2 * Math.PI * 440 * i) / 44100));
 * const power = resonate(y, { sampleRate: 44100, frequencies, hopLength: 441, output: 'power' });
 * const chroma = resonatorChroma(power, { frequencies });
 * console.log(chroma.data[9 * 100 + 99]); // 1: an A
 */
export function resonatorChroma(power: Matrix, options: ResonatorChromaOptions): Matrix {
  return run(planResonatorChroma(power, options));
}
