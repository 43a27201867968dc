import * as check from '../runtime/check.js';
import { rangeError } from '../runtime/errors.js';
import { type Matrix, matrixRule } from '../runtime/matrix.js';
import { type Operation, operation, run } from '../runtime/operation.js';

/** A key, and how well it fits. */
export interface Key {
  /** As musicians write it, with `#` and `b`: `'A minor'`, `'Bb major'`. */
  name: string;
  /** Pitch class of the keynote, 0 to 11: 0 is C, 9 is A. */
  tonic: number;
  mode: 'major' | 'minor';
  /** Correlation of the chroma with the key's profile, -1 to 1. */
  correlation: number;
}

/**
 * How well listeners found each of the twelve pitch classes to fit a key, from the tonic upwards: the probe-tone ratings of
 * Krumhansl & Kessler 1982.
 */
const PROFILES = {
  major: [6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88],
  minor: [6.33, 2.68, 3.52, 5.38, 2.6, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17],
};

/** The tonics with the fewest accidentals in the signature. */
const TONICS = {
  major: ['C', 'Db', 'D', 'Eb', 'E', 'F', 'F#', 'G', 'Ab', 'A', 'Bb', 'B'],
  minor: ['C', 'C#', 'D', 'Eb', 'E', 'F', 'F#', 'G', 'G#', 'A', 'Bb', 'B'],
};

const KEYS = (['major', 'minor'] as const).flatMap((mode) =>
  TONICS[mode].map((name, tonic) => ({
    name: `${name} ${mode}`,
    tonic,
    mode,
    profile: deviations(PROFILES[mode].map((_, pitchClass) => PROFILES[mode][(pitchClass - tonic + 12) % 12]!)),
  })),
);

/** The values less their mean, to the length of 1: the correlation of two lists is the sum of their products. */
function deviations(values: number[]): number[] {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const length = Math.hypot(...values.map((x) => x - mean));
  return values.map((x) => (x - mean) / length);
}

export function planEstimateKey(chroma: Matrix, options?: object): Operation<Key[]> {
  check.readOptions(options, {});
  const { data, shape } = matrixRule.read(chroma, 'chroma');
  const [rows, columns] = shape;
  if (rows !== 12) throw rangeError('chroma', 'a matrix of 12 rows', rows);
  const totals = new Float64Array(rows);
  return operation('classTotals', [data, columns, totals], () => rankKeys([...totals]));
}

/**
 * The keys that a piece may be in, the likeliest first: those whose profile correlates best with the sum of its chroma
 * (the Krumhansl-Schmuckler algorithm).
 *
 * The first correlation says how tonal the piece is: of twelve random numbers it is above 0.53 in half of all cases, above
 * 0.76 in a twentieth. Its distance from the second says how clear the choice is; relatives (C major, A minor) are close.
 * Both are the lower, the more the piece modulates.
 *
 * @param chroma A chromagram as of `chromaCqt`, `[12, columns]`, row 0 being C. Each column counts by its size: `norm: null`
 *   lets loud moments count more, a norm all moments alike.
 * @returns All 24 major and minor keys, by descending correlation; none when all classes are equally strong, as in silence.
 * @throws TypeError, RangeError for what is not a matrix of 12 rows and finite values.
 * @see Krumhansl & Kessler, "Tracing the dynamic changes in perceived tonal organization in a spatial representation of
 *   musical keys", 1982; Krumhansl, "Cognitive Foundations of Musical Pitch", 1990, chapter 4.
 * @example
 * import { chromaCqt, estimateKey } from 'cochlea';
 * const chord = [220, 261.63, 329.63]; // A, C, E
 * const y = Float32Array.from({ length: 66150 }, (_, i) =>
 *   chord.reduce((sum, f) => sum + 0.2 * Math.sin((2 * Math.PI * f * i) / 22050), 0),
 * );
 * const [key] = estimateKey(chromaCqt(y, { sampleRate: 22050 }));
 * console.log(key.name); // A minor
 */
export function estimateKey(chroma: Matrix): Key[] {
  return run(planEstimateKey(chroma));
}

/** All keys by descending correlation with how strong each of the twelve classes is. */
function rankKeys(totals: number[]): Key[] {
  if (Math.max(...totals) === Math.min(...totals)) return [];
  const heard = deviations(totals);
  return KEYS.map(({ profile, ...key }) => ({
    ...key,
    correlation: profile.reduce((sum, x, pitchClass) => sum + x * heard[pitchClass]!, 0),
  })).sort((a, b) => b.correlation - a.correlation);
}
