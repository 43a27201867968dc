/**
 * cochlea against the golden numbers that test/reference/generate.py took from librosa 0.11.0. Needs no Python.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checksum, signal, signalNames } from '../helpers/signals.mjs';
import { cases, describeCase, groups, modules, run } from './cases.mjs';
import { compare, DECISIONS_MAY_DIFFER, GATE, norm } from './compare.mjs';

interface Golden {
  call: string;
  signal: string;
  options: Record<string, unknown>;
  refused?: string;
  outputs?: { shape: number[]; complex: boolean; max: number; norm: number }[];
}

const read = (file: string) => readFileSync(new URL(`goldens/${file}`, import.meta.url));

/** The twin of sample_indices() in generate.py. */
function sampleIndices(size: number, count: number): number[] {
  if (size <= count) return Array.from({ length: size }, (_, i) => i);
  return Array.from({ length: count }, (_, i) => Math.floor(((i + ((i * 0.6180339887498949) % 1)) * size) / count));
}

/** Takes floats from the front of a module's .bin file. */
function reader(module: string) {
  const bytes = read(`${module}.bin`);
  let offset = 0;
  return {
    take(count: number): Float32Array {
      const values = Float32Array.from({ length: count }, (_, i) => bytes.readFloatLE(offset + 4 * i));
      offset += 4 * count;
      return values;
    },
    left: () => bytes.length - offset,
  };
}

describe('test signals', () => {
  const checksums: Record<string, string> = JSON.parse(read('signals.json').toString());

  it('are all listed', () => expect(Object.keys(checksums)).toEqual(signalNames));

  it.each(signalNames)('%s has the samples that Python makes', (name) => {
    expect(checksum(signal(name))).toBe(checksums[name]);
  });
});

describe('the gate', () => {
  const worst = (a: number[], b: number[]) =>
    compare({ shape: [a.length], re: Float64Array.from(a) }, { shape: [b.length], re: Float64Array.from(b) });

  it('is 1e-4 of the value plus 1e-6 of the maximum', () => {
    expect(worst([100.0101, 1.0002 - 1e-6], [100, 1])).toMatchObject({
      worst: expect.closeTo(1, 9),
      above: 0,
      total: 2,
    });
    expect(worst([100, 1.00021], [100, 1])).toMatchObject({ worst: expect.closeTo(1.05, 9), index: 1, above: 1 });
  });

  it('takes NaN and infinity only for themselves', () => {
    const [nan, infinity] = [Number.NaN, Number.POSITIVE_INFINITY];
    expect(worst([nan, infinity, 1], [nan, infinity, 1])).toMatchObject({ worst: 0, above: 0 });
    expect(worst([1, nan, infinity, 1, -infinity], [nan, 1, 1, infinity, infinity])).toMatchObject({ above: 5 });
  });

  it('wants silence for silence', () => {
    expect(worst([0, -0], [0, 0])).toMatchObject({ worst: 0 });
    expect(worst([1e-30], [0])).toMatchObject({ worst: Number.POSITIVE_INFINITY, above: 1 });
  });
});

describe.each(modules())('librosa 0.11.0: %s', (module) => {
  const goldens: Golden[] = JSON.parse(read(`${module}.json`).toString());
  const values = reader(module);

  for (const group of groups(module).filter(({ golden }) => golden !== false)) {
    const tests = cases(group).map((test) => {
      const golden = goldens.shift()!;
      const stored = (golden.outputs ?? []).map(({ shape, complex, ...sizes }) => {
        const indices = sampleIndices(
          shape.reduce((a, b) => a * b, 1),
          group.samples ?? 64,
        );
        const flat = values.take(indices.length * (complex ? 2 : 1));
        const re = complex ? flat.filter((_, i) => i % 2 === 0) : flat;
        const reference = { shape, re, ...(complex && { im: flat.filter((_, i) => i % 2 === 1) }) };
        return { shape, indices, reference, ...sizes };
      });
      return { test, golden, stored };
    });

    it(`${group.call}: ${group.about}${group.refused ? ` ${JSON.stringify(group.grid ?? group.options)}` : ''}`, () => {
      const decisions: Record<string, { above: number; total: number }> = {};
      for (const { test, golden, stored } of tests) {
        const text = describeCase(test);
        expect({ call: golden.call, signal: golden.signal, options: golden.options }, 'stale goldens').toEqual(test);
        if (group.refused) {
          expect(() => run(group, test), text).toThrow(
            expect.objectContaining({ code: expect.stringMatching(/^ERR_COCHLEA_/) }),
          );
          continue;
        }
        const outputs = run(group, test);
        const names = Object.keys(outputs);
        expect(names.length, `${text}: results`).toBe(stored.length);
        for (const [i, { shape, max, indices, reference, ...sizes }] of stored.entries()) {
          const name = names[i]!;
          const ours = outputs[name]!;
          expect(ours.shape, `${text}: shape of ${name}`).toEqual(shape);
          const difference = compare(ours, reference, { max, indices, gate: group.gate });
          if (group.kinds?.[name] === 'decisions') {
            decisions[name] ??= { above: 0, total: 0 };
            decisions[name].above += difference.above;
            decisions[name].total += difference.total;
            continue;
          }
          expect(difference.worst, `${text}: ${name} ${JSON.stringify(difference)}`).toBeLessThanOrEqual(1);
          // The places between the stored ones: their energy.
          const [relative, ofMax] = group.gate ?? GATE;
          const gate = relative * sizes.norm + ofMax * max * Math.sqrt(ours.re.length);
          expect(Math.abs(norm(ours) - sizes.norm), `${text}: norm of ${name}`).toBeLessThanOrEqual(gate);
        }
      }
      for (const [name, { above, total }] of Object.entries(decisions)) {
        expect(above / total, `${name}: ${above} of ${total} differ`).toBeLessThanOrEqual(DECISIONS_MAY_DIFFER);
      }
    });
  }

  it('uses all golden numbers', () => expect([goldens.length, values.left()]).toEqual([0, 0]));
});
