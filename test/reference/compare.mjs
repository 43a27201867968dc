/**
 * The gate that separates "the same numbers" from a difference: |ours - reference| <= 1e-4 |reference| + 1e-6 max|reference|,
 * moduli for complex values. NaN equals NaN, an infinity itself.
 */
export const GATE = [1e-4, 1e-6];

/** Share of elements of a group that a decision (a lag, a state, a flag) may differ in. */
export const DECISIONS_MAY_DIFFER = 1e-3;

/**
 * @typedef {import('./cases.mjs').Output} Output
 * @typedef {{ worst: number, index: number, above: number, total: number, ours: string, reference: string }} Difference
 *   `worst` in units of the gate (<= 1 passes), with the place and the two values there; `above` of `total` elements fail
 */

/**
 * Compares `ours`, at `indices` if these are given, with the reference values one by one.
 * @param {Output} ours
 * @param {Output} reference
 * @param {{ max?: number, indices?: ArrayLike<number>, gate?: number[] | undefined }} [more] `max` and `indices`: largest magnitude of the
 *   whole reference and the flat indices of its values, if only some are there; `gate`: another [relative, of max]
 * @returns {Difference}
 */
export function compare(ours, reference, { max = largest(reference), indices, gate: [relative, ofMax] = GATE } = {}) {
  const total = reference.re.length;
  const [im, referenceIm] = [ours.im, reference.im];
  const complex = im && referenceIm;
  if (!complex && (im || referenceIm)) throw new Error('one is complex, the other is not');
  const difference = { worst: 0, index: -1, above: 0, total, ours: '', reference: '' };
  for (let i = 0; i < total; i++) {
    const k = indices ? indices[i] : i;
    const a = ours.re[k];
    const b = reference.re[i];
    const distance = complex ? Math.hypot(a - b, im[k] - referenceIm[i]) : Math.abs(a - b);
    const size = complex ? Math.hypot(b, referenceIm[i]) : Math.abs(b);
    const equal = same(a, b) && (!complex || same(im[k], referenceIm[i]));
    const ratio = equal ? 0 : inGates(distance, relative * size + ofMax * max);
    if (ratio > 1) difference.above++;
    if (ratio > difference.worst) {
      difference.worst = ratio;
      difference.index = k;
      difference.ours = complex ? `${a}+${im[k]}i` : `${a}`;
      difference.reference = complex ? `${b}+${referenceIm[i]}i` : `${b}`;
    }
  }
  return difference;
}

/**
 * @param {number} a
 * @param {number} b
 */
const same = (a, b) => a === b || Object.is(a, b);

/**
 * @param {number} distance NaN or infinite if only one side is
 * @param {number} limit
 */
const inGates = (distance, limit) =>
  Number.isFinite(distance) && limit > 0 ? distance / limit : Number.POSITIVE_INFINITY;

/**
 * Largest finite magnitude.
 * @param {Output} value
 */
export function largest({ re, im }) {
  let max = 0;
  for (let i = 0; i < re.length; i++) {
    const size = im ? Math.hypot(re[i], im[i]) : Math.abs(re[i]);
    if (size > max && size < Number.POSITIVE_INFINITY) max = size;
  }
  return max;
}

/**
 * Euclidean norm of the finite values.
 * @param {Output} value
 */
export function norm({ re, im }) {
  let sum = 0;
  for (let i = 0; i < re.length; i++) {
    const square = re[i] ** 2 + (im ? im[i] ** 2 : 0);
    if (Number.isFinite(square)) sum += square;
  }
  return Math.sqrt(sum);
}
