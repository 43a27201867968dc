/** Names that several places know: what one of them lacks is named here. */
import { readdirSync, readFileSync } from 'node:fs';
import * as cochlea from 'cochlea';
import * as promises from 'cochlea/promises';
import { describe, expect, it } from 'vitest';
import { groups, modules } from '../reference/cases.mjs';

const functions = Object.entries(cochlea).filter(
  ([, value]) => typeof value === 'function' && !/^class\b/.test(String(value)),
);
const names = functions.map(([name]) => name);

describe('the numbers of every function', () => {
  /** Functions that no case table compares with librosa, by the reason. */
  const withoutCase = {
    'only here; its own suite holds it to its formula': [
      'alphasOf',
      'constantBandwidthAlphas',
      'constantQAlphas',
      'dopplerVelocity',
      'equalizer',
      'estimateKey',
      'heuristicAlphas',
      'linearFrequencies',
      'logFrequencies',
      'midiFrequencies',
      'resonate',
      'resonatorChroma',
      'resonatorFrames',
      'resonatorMfcc',
      'superResolution',
      'synthesize',
      'timeConstantsOf',
    ],
    'part of what is compared: magphase, constantQFilters': ['constantQLengths', 'magnitude', 'phase'],
    "numpy's; its suite holds it to the transform in double precision": ['fft', 'ifft', 'irfft', 'rfft'],
    'no numbers': ['configure', 'simd'],
  };
  const excused = Object.values(withoutCase).flat();
  const calls = modules().flatMap((module) => groups(module).map(({ call }) => call));
  const compared = calls.flatMap((call) => call.match(/\w+/g) ?? []);

  it('are compared in test/reference/cases, or the reason stands in withoutCase', () => {
    expect(names.filter((name) => !compared.includes(name) && !excused.includes(name))).toEqual([]);
  });

  it('are excused only where nothing compares them', () => {
    expect(excused.filter((name) => !names.includes(name) || compared.includes(name))).toEqual([]);
  });
});

describe('the two forms of every function', () => {
  /** Settings, and tables that are made once. */
  const atOnceOnly = ['chromaFilters', 'configure', 'constantQFilters', 'melFilters', 'simd'];
  /** Those whose own lines call the addon. */
  const native = functions.filter(([, value]) => /\brun\)?\(|\bnative\./.test(String(value))).map(([name]) => name);

  it('a promise for all that the addon computes', () => {
    expect(native).toContain('stft');
    expect(native.filter((name) => !(name in promises) && !atOnceOnly.includes(name))).toEqual([]);
    expect(atOnceOnly.filter((name) => name in promises || !native.includes(name))).toEqual([]);
  });

  it('a synchronous one for every promise', () => {
    expect(Object.keys(promises).filter((name) => !names.includes(name))).toEqual([]);
  });
});

describe('the enumerations that cross to C++ as numbers', () => {
  const root = new URL('../../', import.meta.url);
  const read = (file: string) => readFileSync(new URL(file, root), 'utf8');
  const comment = /In the order of `(\w+)` in (native\/[\w/.]+\.h)/g;

  /** Names and numbers of `['a', 'b']`, `{ a: 0, b: 1 }` or of a C++ enumeration: one after the other, unless one is given. */
  function members(list: string): Record<string, number> {
    let next = 0;
    const pairs = list.replace(/\/\/.*/g, '').matchAll(/'?(\w+)'?(?:\s*[:=]\s*(-?\d+))?\s*(?:,|$)/g);
    return Object.fromEntries(
      [...pairs].map(([, name, value]) => {
        const number = value === undefined ? next : Number(value);
        next = number + 1;
        return [name, number];
      }),
    );
  }
  const body = (text: string, pattern: RegExp) => members(pattern.exec(text)![1]!.trim());

  const files = readdirSync(new URL('lib', root), { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  const mirrors = files.flatMap((file) => {
    const text = read(`lib/${file}`);
    return [...text.matchAll(comment)].map(({ 1: name, 2: header, index }) => {
      const list = text.slice(index);
      return {
        file,
        name: name!,
        constant: /const (\w+)/.exec(list)![1]!,
        ours: body(list, /const \w+[^=]*= [[{]([^\]}]*)[\]}]/),
        theirs: body(read(header!), new RegExp(`enum class ${name}[^{]*\\{([^}]*)\\}`)),
      };
    });
  });

  it.each(mirrors)('$name have the same numbers in $file', ({ ours, theirs }) => {
    expect(Object.keys(ours).length).toBeGreaterThan(1);
    // `boxcar` is another name of `ones`.
    const known = Object.entries(ours).filter(([name]) => name in theirs);
    expect(known).toEqual(known.map(([name]) => [name, theirs[name]]));
    const numbers = new Set(known.map(([, value]) => value));
    expect(Object.entries(ours).filter(([, value]) => !numbers.has(value))).toEqual([]);
  });

  it('are all marked as such', () => {
    const constants = mirrors.map(({ constant }) => constant);
    const numbered = files
      .filter((file) => !file.startsWith('cli'))
      .flatMap((file) => [...read(`lib/${file}`).matchAll(/^(?! \*).*?(\w+)\.indexOf\(/gm)].map(([, name]) => name!));
    expect(numbered.filter((name) => !constants.includes(name))).toEqual([]);
  });
});
