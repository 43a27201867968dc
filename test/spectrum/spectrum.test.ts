import { amplitudeToDb, type ComplexMatrix, type Matrix, magnitude, magphase, phase, powerToDb } from 'cochlea';
import * as promises from 'cochlea/promises';
import { describe, expect, it } from 'vitest';
import { expectError } from '../helpers/errors.js';

const row = (...values: number[]): Matrix => ({ data: Float32Array.from(values), shape: [1, values.length] });
const expectLevels = (levels: Matrix, expected: number[]) =>
  expected.forEach((level, i) => {
    expect(levels.data[i]).toBeCloseTo(level, 4);
  });
const complex = (re: number[], im: number[]): ComplexMatrix => ({
  re: Float32Array.from(re),
  im: Float32Array.from(im),
  shape: [1, re.length],
});

describe('magnitude and phase', () => {
  it('follow from the two sides of a right triangle', () => {
    const D = complex([3, 0, -5], [4, 2, 12]);
    expect([...magnitude(D).data]).toEqual([5, 2, 13]);
    expect([...magnitude(D, { power: 2 }).data]).toEqual([25, 4, 169]);
    expect(magnitude(D, { power: 3 }).data[0]).toBeCloseTo(125, 4);
    expect(phase(D).data[2]).toBeCloseTo(Math.atan2(12, -5), 6);
  });

  it('keep the magnitude of the smallest and largest normal numbers; subnormal ones count as zero', () => {
    const D = complex([3 * 2 ** -126, 3e38, 0, 3e-45], [4 * 2 ** -126, 1e38, 0, 4e-45]);
    const { data } = magnitude(D);
    expect(data[0] / (5 * 2 ** -126)).toBeCloseTo(1, 6);
    expect(data[1] / Math.hypot(3e38, 1e38)).toBeCloseTo(1, 6);
    expect([data[2], data[3]]).toEqual([0, 0]);
    expect(phase(D).data[3]).toBe(0);
    expect(magphase(D).phase.re[3]).toBe(1);
  });

  it('cover all four quadrants and the axes', () => {
    for (let degrees = -180; degrees <= 180; degrees += 7.5) {
      const angle = (degrees * Math.PI) / 180;
      const { data } = phase(complex([Math.cos(angle)], [Math.sin(angle)]));
      const turn = Math.abs(data[0] - angle) / (2 * Math.PI);
      expect(Math.min(turn, 1 - turn)).toBeLessThan(1e-7);
    }
    expect([...phase(complex([0, -1, 1, 0], [0, 0, 0, -1])).data].map((v) => v.toFixed(4))).toEqual([
      '0.0000',
      '3.1416',
      '0.0000',
      '-1.5708',
    ]);
  });

  it('factor a spectrogram; a phase of nothing is 1', () => {
    const { magnitude: S, phase: P } = magphase(complex([3, 0, 1e-40], [4, 0, 0]), { power: 2 });
    expect(S.data[0]).toBe(25);
    expect([...P.re]).toEqual([Math.fround(0.6), 1, 1]);
    expect([...P.im]).toEqual([Math.fround(0.8), 0, 0]);
  });
});

describe('decibels', () => {
  it('are ten times the logarithm of power, twenty of amplitude', () => {
    const levels = [0, -10, -20, -3.0103];
    const fromPower = powerToDb(row(1, 0.1, 0.01, 0.5)).data;
    const fromAmplitude = amplitudeToDb(row(1, -(10 ** -0.5), 0.1, 0.5 ** 0.5)).data;
    levels.forEach((level, i) => {
      expect(fromPower[i]).toBeCloseTo(level, 4);
      expect(fromAmplitude[i]).toBeCloseTo(level, 4);
    });
  });

  it('stop at amin and at topDb below the highest level', () => {
    expectLevels(powerToDb(row(1, 0), { topDb: null }), [0, -100]);
    expectLevels(powerToDb(row(1, 0)), [0, -80]);
    expectLevels(powerToDb(row(100, 0), { topDb: 30 }), [20, -10]);
    expect(amplitudeToDb(row(0), { topDb: null, amin: 1e-3 }).data[0]).toBeCloseTo(-60, 4);
  });

  it('are relative to a number or to the maximum', () => {
    expectLevels(powerToDb(row(10, 1), { ref: 10 }), [0, -10]);
    expectLevels(powerToDb(row(10, 1), { ref: -10 }), [0, -10]);
    expectLevels(powerToDb(row(1, 1000, 10), { ref: 'max' }), [-30, 0, -20]);
    expectLevels(amplitudeToDb(row(0, 0), { ref: 'max' }), [0, 0]);
  });

  it('may overwrite their input', () => {
    const S = row(1, 0.1);
    expect(powerToDb(S, { out: S }).data).toBe(S.data);
    expectLevels(S, [0, -10]);
  });

  it('take empty matrices', () => {
    expect(powerToDb({ data: new Float32Array(0), shape: [5, 0] }).shape).toEqual([5, 0]);
  });
});

it('promises resolve with the same numbers', async () => {
  const D = complex([1, 2, 3], [3, 2, 1]);
  const S = magnitude(D);
  expect(await promises.magnitude(D)).toEqual(S);
  expect(await promises.phase(D)).toEqual(phase(D));
  expect(await promises.magphase(D)).toEqual(magphase(D));
  expect(await promises.powerToDb(S)).toEqual(powerToDb(S));
  expect(await promises.amplitudeToDb(S)).toEqual(amplitudeToDb(S));
});

describe('errors', () => {
  const D = complex([1], [1]);
  const S = row(1);
  const RANGE = 'ERR_COCHLEA_OUT_OF_RANGE';
  it.each([
    [() => magnitude(D, { power: 0 }), RangeError, RANGE, 'power: expected a finite number > 0, received 0'],
    [() => magnitude({ ...D, shape: [2, 2] }), RangeError, RANGE, 'D.re: expected a Float32Array of 2 x 2 values'],
    [
      () => magphase(S as never),
      TypeError,
      'ERR_COCHLEA_INVALID_TYPE',
      'D.re: expected a Float32Array, received undefined',
    ],
    [() => powerToDb(S, { amin: 0 }), RangeError, RANGE, 'amin: expected a finite number > 0, received 0'],
    [() => powerToDb(S, { amin: 1e-42 }), RangeError, RANGE, 'amin: expected a number >= 2^-126'],
    [() => powerToDb(S, { topDb: -1 }), RangeError, RANGE, 'topDb: expected a finite number >= 0, received -1'],
    [
      () => powerToDb(S, { ref: 'mean' } as never),
      TypeError,
      'ERR_COCHLEA_INVALID_TYPE',
      "ref: expected a finite number or 'max'",
    ],
    [
      () => powerToDb(row(0, Number.NaN)),
      RangeError,
      'ERR_COCHLEA_NOT_FINITE',
      'S.data: expected finite samples, received NaN at index 1',
    ],
    [
      () => powerToDb(null as never),
      TypeError,
      'ERR_COCHLEA_INVALID_TYPE',
      'S: expected an object { data, shape: [rows, columns] }',
    ],
    [
      () => phase(D, { out: { data: D.re, shape: D.shape } }),
      RangeError,
      'ERR_COCHLEA_OVERLAP',
      'out.data: expected memory that does not overlap D.re',
    ],
  ])('%#', (call, type, code, message) => expectError(call, type, code, message));
});

it('takes inputs that share memory, which are only read', () => {
  const plane = Float32Array.of(3, -4);
  const D: ComplexMatrix = { re: plane, im: plane, shape: [1, 2] };
  const out = { data: new Float32Array(2), shape: [1, 2] as [number, number] };
  expect(magnitude(D, { power: 2, out }).data).toEqual(Float32Array.of(18, 32));
  expect(phase(D, { out }).data[0]).toBeCloseTo(Math.PI / 4, 6);
  expectError(
    () => phase(D, { out: { data: plane, shape: [1, 2] } }),
    RangeError,
    'ERR_COCHLEA_OVERLAP',
    'out.data: expected memory that does not overlap D.re',
  );
});
