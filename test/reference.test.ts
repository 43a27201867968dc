/** The generated signals against the checksums of the same signals made in Python. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checksum, signal, signalNames } from './helpers/signals.mjs';

const read = (file: string) => readFileSync(new URL(`reference/goldens/${file}`, import.meta.url));

describe('test signals', () => {
  const checksums: Record<string, string> = JSON.parse(read('signals.json').toString());

  it('are all listed', () => expect(Object.keys(checksums)).toEqual(signalNames));

  it.each(signalNames)('%s has the samples that Python makes', (name) => {
    expect(checksum(signal(name))).toBe(checksums[name]);
  });
});
