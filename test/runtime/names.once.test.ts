/** Names that several places know: what one of them lacks is named here. */
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
    expect(
      names.filter((name) => !compared.includes(name) && !excused.includes(name)),
      'a case in test/reference/cases, or a reason in withoutCase',
    ).toEqual([]);
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
