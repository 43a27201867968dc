import { expect } from 'vitest';

/** Seeded noise, -0.5 to 0.5. */
export function noise(n: number, seed = 1): Float32Array {
  let state = seed;
  return Float32Array.from({ length: n }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  });
}

/** Sum of squares. */
export const energy = (x: Float32Array) => x.reduce((sum, v) => sum + v * v, 0);

/** The largest difference of two signals of the same length. */
export function worst(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((most, v, i) => Math.max(most, Math.abs(v - b[i])), 0);
}
