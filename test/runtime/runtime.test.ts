import { spawnSync } from 'node:child_process';
import { configure, simd } from 'cochlea';
import { describe, expect, it } from 'vitest';

describe('simd', () => {
  it('runs the tier that COCHLEA_SIMD forces', () => {
    const forced = process.env.COCHLEA_SIMD;
    expect(simd().active).toBe(forced ?? simd().available.at(-1));
  });

  it('lists the scalar reference first', () => {
    expect(simd().available[0]).toBe('scalar');
    expect(simd().available.length).toBeGreaterThan(1);
  });

  it('refuses to load with a tier that does not exist', () => {
    const { status, stderr } = spawnSync(process.execPath, ['-e', "require('cochlea')"], {
      encoding: 'utf8',
      env: { ...process.env, COCHLEA_SIMD: 'sse9' },
    });
    expect(status).toBe(1);
    expect(stderr).toMatch(/RangeError: COCHLEA_SIMD: expected one of scalar .*, received sse9/);
    expect(stderr).toContain('ERR_COCHLEA_SIMD');
  });
});

describe('configure', () => {
  it('sets and tells the number of threads', () => {
    const before = configure().threads;
    expect(configure({ threads: 3 })).toEqual({ threads: 3 });
    expect(configure()).toEqual({ threads: 3 });
    configure({ threads: before });
  });

  it.each([
    [{ threads: 0 }, RangeError, 'threads: expected an integer >= 1 and <= 1024, received 0'],
    [{ threads: 1.5 }, RangeError, 'threads: expected an integer >= 1 and <= 1024, received 1.5'],
    [{ threads: '2' }, TypeError, "threads: expected an integer >= 1 and <= 1024, received '2'"],
    [{ thread: 2 }, TypeError, "options: expected the option 'threads', received 'thread'"],
    [[2], TypeError, 'options: expected an object, received an array of length 1'],
  ])('refuses %j', (options, type, message) => {
    const call = () => configure(options as never);
    expect(call).toThrow(type);
    expect(call).toThrow(message);
  });
});
