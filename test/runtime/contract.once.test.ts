/** The addon has exactly the functions that binding.d.ts declares, and both module formats the same exports. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
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
    const addon = require('../../dist/runtime/native.js').native;
    expect(Object.keys(addon).sort()).toEqual(expected.sort());
  });

  it('reads the arguments that binding.d.ts declares, and the fields of each group', () => {
    const { functions, groups } = require('../../dist/runtime/native.js').native.contract();
    const types: Record<string, string[]> = {};
    for (const [, name, parameters] of contract.matchAll(/^ {2}(\w+)\(([^)]*)\)/gm)) {
      types[name!] = parameters!
        .split(/,(?![^{]*\})/)
        .map((parameter) => parameter.trim())
        .filter((parameter) => parameter !== '')
        .map((parameter) => parameter.replace(/^\w+\??: /, '').replace(/^\w+Handle$/, 'Handle'));
    }
    const readsItself = ['simd', 'threads', 'contract'];
    for (const name of Object.keys(functions).filter(
      (each) => !readsItself.includes(each) && !each.endsWith('Async'),
    )) {
      expect([name, functions[name]]).toEqual([name, types[name]]);
    }
    for (const [name, fields] of Object.entries(groups)) {
      const body = new RegExp(`interface ${name} \\{\n(.*?)\n\\}`, 's').exec(contract)?.[1] ?? '';
      const given = [...body.matchAll(/^ {2}(\w+): (.*?);$/gm)].map(([, field, type]) => [field, type]);
      expect([name, Object.fromEntries(given)]).toEqual([name, fields]);
    }
    expect(Object.keys(groups)).toContain('FrameParameters');
  });
});

describe('the package', () => {
  it.each(['cochlea', 'cochlea/promises'])('%s is one instance for import and require', (name) => {
    // In plain Node: vitest's own module loader would make a second instance.
    const script = `
      import { createRequire } from 'node:module';
      import * as imported from '${name}';
      const required = createRequire('${import.meta.url}')('${name}');
      const names = Object.keys(required);
      console.log(names.length > 0 && names.every((key) => imported[key] === required[key]));`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: fileURLToPath(root),
      encoding: 'utf8',
    });
    expect({ stdout, stderr }).toEqual({ stdout: 'true\n', stderr: '' });
  });

  it('offers every promise form under the name of its synchronous form', () => {
    for (const name of Object.keys(promises)) expect(cochlea).toHaveProperty(name);
  });

  it('exports both forms of every plan', () => {
    const folder = new URL('lib/', root);
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
    const plans = files.flatMap((file) =>
      [...readFileSync(new URL(file, folder), 'utf8').matchAll(/^export function plan(\w+)/gm)].map(([, name]) => ({
        file: file.replaceAll('\\', '/').replace(/\.ts$/, '.js'),
        name: `${name![0]!.toLowerCase()}${name!.slice(1)}`,
      })),
    );
    expect(plans.map(({ name }) => name)).toContain('stft');
    // Each missing line, as it should be written.
    const missing = plans.flatMap(({ file, name }) => [
      ...(name in cochlea ? [] : [`lib/index.ts: export { ${name} } from './${file}';`]),
      ...(name in promises
        ? []
        : [`lib/promises.ts: export const ${name} = promised(plan${name[0]!.toUpperCase()}${name.slice(1)});`]),
    ]);
    expect(missing).toEqual([]);
  });
});
