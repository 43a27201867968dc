/** The addon has exactly the functions that binding.d.ts declares, and both module formats the same exports. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import * as cochlea from 'cochlea';
import * as promises from 'cochlea/promises';
import { describe, expect, it } from 'vitest';

const require = createRequire(import.meta.url);
const root = new URL('../../', import.meta.url);
const contract = readFileSync(new URL('binding.d.ts', root), 'utf8');

/** The names of the methods that an interface of binding.d.ts declares. */
function declared(name: string): string[] {
  const body = new RegExp(`interface ${name} \\{\n(.*?)\n\\}`, 's').exec(contract)![1]!;
  return [...body.matchAll(/^ {2}(\w+)\(/gm)].map((match) => match[1]!);
}

describe('the addon', () => {
  it('has the functions that binding.d.ts declares, and no others', () => {
    const functions = declared('Functions');
    expect(functions).toContain('stft');
    const expected = [...functions, ...functions.map((name) => `${name}Async`), ...declared('SyncFunctions')];
    const addon = require('node-gyp-build')(fileURLToPath(root));
    expect(Object.keys(addon).sort()).toEqual(expected.sort());
  });
});

describe('the package', () => {
  it.each([
    ['cochlea', cochlea],
    ['cochlea/promises', promises],
  ])('%s is one instance for import and require', (name, imported) => {
    const required = require(name);
    expect(Object.keys(imported).sort()).toEqual(Object.keys(required).sort());
    for (const [key, value] of Object.entries(imported)) expect(required[key]).toBe(value);
  });

  it('offers every promise form under the name of its synchronous form', () => {
    for (const name of Object.keys(promises)) expect(cochlea).toHaveProperty(name);
  });
});
