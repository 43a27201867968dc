// vitest compares typed arrays element by element, some ten microseconds each; arrays of equal bytes are equal.
import { expect } from 'vitest';

expect.addEqualityTesters([
  (a, b) => {
    if (!(a instanceof Float32Array && b instanceof Float32Array)) return undefined;
    const [x, y] = [a, b].map((array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength));
    return x.equals(y) || undefined;
  },
]);
