/** Signals and measures that the tests of resonators share. */
import type { Matrix } from 'cochlea';
import { expect } from 'vitest';

export const SR = 44100;

export function noise(n: number, seed = 1): Float32Array {
  let state = seed;
  return Float32Array.from({ length: n }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

export const tone = (n: number, frequency: number, amplitude = 1, phase = 0) =>
  Float32Array.from({ length: n }, (_, i) => amplitude * Math.cos((2 * Math.PI * frequency * i) / SR + phase));

export const largest = (a: ArrayLike<number>) => Array.from(a).reduce((most, v) => Math.max(most, Math.abs(v)), 0);

/** The worst difference, as a fraction of the largest expected value. */
export function worst(actual: Float32Array, expected: ArrayLike<number>): number {
  expect(actual.length).toBe(expected.length);
  return actual.reduce((most, v, i) => Math.max(most, Math.abs(v - expected[i])), 0) / (largest(expected) || 1);
}

export const column = ({ data, shape }: Matrix, t: number) =>
  Array.from({ length: shape[0] }, (_, k) => data[k * shape[1] + t]);
