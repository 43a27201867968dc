import { type BoundaryMode, type Matrix, type MedianFilterOptions, medianFilter } from 'cochlea';
import * as promises from 'cochlea/promises';
import { describe, expect, it } from 'vitest';
import { expectError } from '../helpers/errors.js';

/** Values of which many are equal, or hardly any. */
function random(rows: number, columns: number, levels = 1e6, seed = 1): Matrix {
  let state = seed;
  const data = Float32Array.from({ length: rows * columns }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * levels) / levels - 0.5;
  });
  return { data, shape: [rows, columns] };
}

/** The index that stands at i on a line of n, by walking there; -1 for none. */
function walk(i: number, n: number, mode: BoundaryMode): number {
  for (;;) {
    if (i >= 0 && i < n) return i;
    if (mode === 'constant') return -1;
    if (mode === 'nearest') return i < 0 ? 0 : n - 1;
    if (mode === 'wrap') i += i < 0 ? n : -n;
    else if (mode === 'reflect') i = i < 0 ? -1 - i : 2 * n - 1 - i;
    else if (n === 1) return 0;
    else i = i < 0 ? -i : 2 * n - 2 - i;
  }
}

function sorted({ data, shape: [rows, columns] }: Matrix, options: MedianFilterOptions): Float32Array {
  const { size, mode = 'reflect', cval = 0 } = options;
  const [m, n] = typeof size === 'number' ? [size, size] : size;
  return data.map((_, index) => {
    const window = new Float32Array(m * n);
    for (let i = 0; i < m; i++) {
      const r = walk(Math.floor(index / columns) + i - Math.floor(m / 2), rows, mode);
      for (let j = 0; j < n; j++) {
        const c = walk((index % columns) + j - Math.floor(n / 2), columns, mode);
        window[i * n + j] = r < 0 || c < 0 ? cval : data[r * columns + c];
      }
    }
    return window.sort()[Math.floor(window.length / 2)];
  });
}

const row = (...values: number[]): Matrix => ({ data: Float32Array.from(values), shape: [1, values.length] });

describe('medianFilter: known values', () => {
  it.each([
    [{ size: [1, 3] }, [1, 2, 3, 3, 8]],
    [{ size: [1, 2] }, [1, 9, 9, 3, 8]],
    [{ size: [1, 5] }, [2, 2, 3, 8, 3]],
    [{ size: [1, 3], mode: 'constant', cval: 5 }, [5, 2, 3, 3, 5]],
    [{ size: [1, 3], mode: 'nearest' }, [1, 2, 3, 3, 8]],
    [{ size: [1, 3], mode: 'mirror' }, [9, 2, 3, 3, 3]],
    [{ size: [1, 3], mode: 'wrap' }, [8, 2, 3, 3, 3]],
    [{ size: [3, 1] }, [1, 9, 2, 3, 8]],
    [{ size: 1 }, [1, 9, 2, 3, 8]],
  ] as [MedianFilterOptions, number[]][])('%j', (options, expected) => {
    expect([...medianFilter(row(1, 9, 2, 3, 8), options).data]).toEqual(expected);
  });

  const sizes = Array.from({ length: 66 }, (_, i) => i + 1).concat(101, 127, 128, 200, 254, 255, 256, 300);

  it.each(sizes)('a window of %d, both ways, is what sorting gives', (size) => {
    for (const [S, window] of [
      [random(21, 70, 50, size), [1, size]],
      [random(70, 21, 50, size), [size, 1]],
      [random(3, 40, 1e6, size), [size, 1]],
    ] as [Matrix, [number, number]][]) {
      expect(medianFilter(S, { size: window }).data).toEqual(sorted(S, { size: window }));
    }
  });

  it.each(['reflect', 'nearest', 'mirror', 'wrap', 'constant'] as const)('mode %s', (mode) => {
    for (const [rows, columns] of [
      [7, 33],
      [1, 4],
      [20, 1],
      [17, 16],
    ] as const) {
      const S = random(rows, columns, 9, rows);
      for (const size of [[1, 12], [31, 1], [4, 5], [9, 2], 6, [17, 23], [2, 300], [281, 1]] as [number, number][]) {
        const options = { size, mode, cval: -0.25 };
        expect(medianFilter(S, options).data).toEqual(sorted(S, options));
      }
    }
  });
});

describe('medianFilter: invariants', () => {
  it('does the same to rows as to columns of the transposed matrix, over many tiles', () => {
    const [rows, columns] = [600, 1100];
    const S = random(rows, columns);
    const transposed = (M: Matrix): Matrix => ({
      data: M.data.map((_, i) => M.data[(i % M.shape[0]) * M.shape[1] + Math.floor(i / M.shape[0])]),
      shape: [M.shape[1], M.shape[0]],
    });
    for (const size of [31, 32, 255]) {
      const across = medianFilter(S, { size: [1, size] });
      const down = medianFilter(transposed(S), { size: [size, 1] });
      expect(transposed(down).data).toEqual(across.data);
    }
  });

  it('commutes with a monotone map and keeps a constant', () => {
    const S = random(40, 90);
    const cubed = { ...S, data: S.data.map((x) => x ** 3) };
    const options = { size: [1, 17] as [number, number] };
    expect(medianFilter(cubed, options).data).toEqual(medianFilter(S, options).data.map((x) => x ** 3));
    const flat = { ...S, data: S.data.map(() => 0.3) };
    expect(medianFilter(flat, { size: 5 }).data).toEqual(flat.data);
  });

  it('removes an impulse shorter than half the window and keeps an edge', () => {
    const S = row(...Array.from({ length: 50 }, (_, i) => (i === 20 ? 100 : i < 30 ? 0 : 1)));
    const { data } = medianFilter(S, { size: [1, 7] });
    expect([...data]).toEqual(Array.from({ length: 50 }, (_, i) => (i < 30 ? 0 : 1)));
  });
});

describe('medianFilter: edges', () => {
  it.each([
    [0, 5],
    [5, 0],
    [0, 0],
  ])('an empty matrix of %d x %d', (rows, columns) => {
    const { data, shape } = medianFilter({ data: new Float32Array(0), shape: [rows, columns] }, { size: 3 });
    expect([data.length, shape]).toEqual([0, [rows, columns]]);
  });

  it('keeps the smallest normal numbers, full scale and the sign of zero', () => {
    const S = row(2 ** -126, -0, 3e38, -3e38, 2 ** -126);
    expect([...medianFilter(S, { size: [1, 5] }).data]).toEqual([...sorted(S, { size: [1, 5] })]);
    const zeros = row(-0, -0, -0, -0);
    for (const size of [3, 300]) {
      expect([...medianFilter(zeros, { size: [1, size] }).data]).toEqual([-0, -0, -0, -0]);
    }
  });

  // The element in the middle of all, since the window sees each of them equally often.
  it('counts rather than holds what a window of 2^30 elements sees', () => {
    const S = random(3, 32, 20);
    const middle = S.data.slice().sort()[48];
    for (const size of [
      [3, 2 ** 28],
      [3 * 2 ** 14, 2 ** 14],
    ] as [number, number][]) {
      expect(medianFilter(S, { size, mode: 'wrap' }).data).toEqual(S.data.map(() => middle));
    }
    expect(medianFilter(S, { size: [1, 2 ** 30], mode: 'constant', cval: 7 }).data).toEqual(S.data.map(() => 7));
  });

  it('slides long windows over many steps as short ones', () => {
    const S = random(1, 30_000, 300);
    for (const length of [257, 5001]) {
      const { data } = medianFilter(S, { size: [1, length] });
      for (let i = 0; i < 30_000; i += 997) {
        const window = Array.from(
          { length },
          (_, j) => S.data[walk(i + j - Math.floor(length / 2), 30_000, 'reflect')],
        );
        expect(data[i]).toBe(window.sort((a, b) => a - b)[Math.floor(length / 2)]);
      }
    }
  });

  it('takes a window far beyond the matrix', () => {
    const S = random(3, 10, 20);
    for (const size of [
      [1, 255],
      [200, 1],
      [1, 5000],
    ] as [number, number][]) {
      expect(medianFilter(S, { size }).data).toEqual(sorted(S, { size }));
    }
  });

  it('writes into out', () => {
    const S = random(20, 30);
    const out: Matrix = { data: new Float32Array(600), shape: [20, 30] };
    expect(medianFilter(S, { size: 3, out }).data).toBe(out.data);
    expect(out.data).toEqual(sorted(S, { size: 3 }));
  });
});

describe('medianFilter: promises', () => {
  it('gives the same', async () => {
    const S = random(50, 60);
    const fractions: number[] = [];
    const onProgress = (fraction: number) => fractions.push(fraction);
    const result = await promises.medianFilter(S, { size: [1, 31], onProgress });
    expect(result).toEqual(medianFilter(S, { size: [1, 31] }));
    expect(fractions.at(-1)).toBe(1);
  });

  it('stops when aborted', async () => {
    const controller = new AbortController();
    const slow = promises.medianFilter(random(400, 2000), { size: [1, 3001], signal: controller.signal });
    controller.abort();
    await expect(slow).rejects.toHaveProperty('name', 'AbortError');
  });
});

describe('medianFilter: errors', () => {
  const S = random(4, 5);
  const call = (options: unknown, matrix: unknown = S) =>
    medianFilter(matrix as Matrix, options as MedianFilterOptions);

  it.each([
    [undefined, TypeError, 'ERR_COCHLEA_MISSING_OPTION', 'size: expected this option to be given'],
    [{ size: 0 }, RangeError, 'ERR_COCHLEA_OUT_OF_RANGE', 'size: expected an integer >= 1, received 0'],
    [{ size: [3] }, TypeError, 'ERR_COCHLEA_INVALID_TYPE', 'size: expected an integer or [rows, columns], received'],
    [{ size: [3, 2.5] }, RangeError, 'ERR_COCHLEA_OUT_OF_RANGE', 'size[1]: expected an integer >= 1, received 2.5'],
    [{ size: 60000 }, RangeError, 'ERR_COCHLEA_OUT_OF_RANGE', 'size: expected fewer than 2^31 elements'],
    [{ size: 3, mode: 'symmetric' }, RangeError, 'ERR_COCHLEA_OUT_OF_RANGE', "mode: expected one of 'reflect'"],
    [{ size: 3, cval: NaN }, RangeError, 'ERR_COCHLEA_OUT_OF_RANGE', 'cval: expected a finite number, received NaN'],
    [{ size: 3, axis: 1 }, TypeError, 'ERR_COCHLEA_UNKNOWN_OPTION', 'options: expected one of the options size'],
    [{ size: 3, out: random(5, 4) }, RangeError, 'ERR_COCHLEA_OUT_OF_RANGE', 'out.shape: expected [4, 5]'],
    [{ size: 3, out: S }, RangeError, 'ERR_COCHLEA_OVERLAP', 'out.data: expected memory that does not overlap S.data'],
  ])('%j', (options, type, code, message) => {
    expectError(() => call(options), type, code, message);
  });

  it('refuses what is no matrix and what is not finite', () => {
    expectError(() => call({ size: 3 }, S.data), TypeError, 'ERR_COCHLEA_INVALID_TYPE', 'S.shape: expected [rows');
    const bad = { data: Float32Array.of(0, 1, NaN, 2), shape: [2, 2] };
    expectError(
      () => call({ size: 3 }, bad),
      RangeError,
      'ERR_COCHLEA_NOT_FINITE',
      'S.data: expected finite samples, received NaN at index 2',
    );
  });
});
