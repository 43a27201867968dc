/** The examples of the README and of the public documentation run, and print what their comments say. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const lineOf = (text: string, index: number) => text.slice(0, index).split('\n').length;

function readmeExamples(): [string, string][] {
  const text = readFileSync(join(root, 'README.md'), 'utf8');
  return [...text.matchAll(/^```js\n(.*?)^```/gms)].map((match) => [
    `README.md:${lineOf(text, match.index)}`,
    match[1]!,
  ]);
}

/** What follows an `@example` up to the next tag or the end of its comment. */
function sourceExamples(): [string, string][] {
  return readdirSync(join(root, 'lib'), { encoding: 'utf8', recursive: true }).flatMap((name) => {
    if (!name.endsWith('.ts')) return [];
    const text = readFileSync(join(root, 'lib', name), 'utf8');
    return [...text.matchAll(/^ *\* @example\n(.*?)(?=^ *\*\/|^ *\* @\w)/gms)].map((match): [string, string] => [
      `lib/${name}:${lineOf(text, match.index)}`,
      match[1]!.replace(/^ *\* ?/gm, '').replace(/^```.*$/gm, ''),
    ]);
  });
}

/** Numbers that a comment after `console.log(...)` claims are printed; what follows a colon in it is prose. */
function claims(code: string): string[] {
  return [...code.matchAll(/console\.log\(.*\); \/\/ (.*?)(?:: .*)?$/gm)].map((match) => match[1]!.trim());
}

mkdirSync(join(root, 'build'), { recursive: true });
const folder = mkdtempSync(join(root, 'build', 'examples-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('examples', () => {
  const examples = [...readmeExamples(), ...sourceExamples()];

  it('are found', () => {
    expect(examples.length).toBeGreaterThan(10);
    expect(examples.map(([where]) => where).join()).toContain('lib/spectrum/stft.ts');
  });

  it.each(examples)('%s', (_, code) => {
    expect(code).toContain("from 'cochlea");
    const file = join(folder, 'example.mjs');
    writeFileSync(file, code);
    const { status, stdout, stderr } = spawnSync(process.execPath, [file], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const printed = stdout.trim().split('\n');
    // A word in quotes stands for any word: which tier runs depends on the machine.
    for (const [i, claim] of claims(code).entries()) {
      if (/^'.*'$/.test(claim)) expect(printed[i]).toMatch(/^[\w-]+$/);
      else expect(printed[i]).toBe(claim);
    }
  });
});
