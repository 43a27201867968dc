import { dopplerVelocity } from 'cochlea';
import { describe, expect, it } from 'vitest';
import { expectError } from '../helpers/errors.js';

const OUT_OF_RANGE = 'ERR_COCHLEA_OUT_OF_RANGE';

describe('dopplerVelocity', () => {
  it('is positive for a source that comes nearer', () => {
    expect(dopplerVelocity(441, 440)).toBeCloseTo(0.78636364, 6);
    expect(dopplerVelocity(440, 441)).toBeCloseTo(-0.78458047, 6);
    expect(dopplerVelocity(500, 500)).toBe(0);
    expect(dopplerVelocity(441, 440, { speedOfSound: 1480 })).toBeCloseTo(1480 / 440, 10);
  });

  it('refuses frequencies that are not > 0', () => {
    expectError(() => dopplerVelocity(0, 1), RangeError, OUT_OF_RANGE, 'observed: expected a finite number > 0');
    expectError(() => dopplerVelocity(1, 0), RangeError, OUT_OF_RANGE, 'reference: expected a finite number > 0');
  });
});
