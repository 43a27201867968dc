import {
  a4ToTuning,
  hzToMidi,
  hzToNote,
  hzToOcts,
  midiToHz,
  midiToNote,
  noteToHz,
  noteToMidi,
  octsToHz,
  tuningToA4,
} from 'cochlea';
import { describe, expect, it } from 'vitest';
import { expectError } from '../helpers/errors.js';

describe('frequencies, MIDI notes and octaves', () => {
  it('are known at some places', () => {
    expect(hzToMidi(440)).toBe(69);
    expect(hzToMidi(27.5)).toBe(21);
    expect(midiToHz(60)).toBeCloseTo(261.6255653, 6);
    expect(hzToOcts(55)).toBe(1);
    expect(hzToOcts(55, { tuning: -6 })).toBeCloseTo(1.5, 12);
    expect(hzToOcts(55, { tuning: 12, binsPerOctave: 24 })).toBeCloseTo(0.5, 12);
    expect(octsToHz(4)).toBe(440);
    expect(tuningToA4(1)).toBeCloseTo(466.1637615, 6);
    expect(tuningToA4(3, 36)).toBe(tuningToA4(1));
    expect(a4ToTuning(466.1637615180899)).toBeCloseTo(1, 12);
  });

  it('are inverse to each other', () => {
    const frequencies = Float64Array.from({ length: 200 }, (_, i) => 20 * 1.03 ** i);
    for (const again of [
      midiToHz(hzToMidi(frequencies)),
      octsToHz(hzToOcts(frequencies, { tuning: 0.3 }), { tuning: 0.3 }),
    ]) {
      again.forEach((f, i) => {
        expect(f / frequencies[i]).toBeCloseTo(1, 12);
      });
    }
    expect(a4ToTuning(tuningToA4(-0.37))).toBeCloseTo(-0.37, 12);
  });

  it('take one value or several', () => {
    expect(hzToMidi([440, 880])).toEqual(Float64Array.of(69, 81));
    expect(hzToMidi(Float32Array.of(440))).toEqual(Float64Array.of(69));
    for (const none of [[], new Float32Array(0), new Float64Array(0)]) {
      for (const convert of [hzToMidi, midiToHz, hzToOcts, octsToHz]) {
        expect(convert(none)).toEqual(new Float64Array(0));
      }
      expect(hzToNote(none)).toEqual([]);
      expect(midiToNote(none)).toEqual([]);
    }
    expect(noteToMidi([])).toEqual(new Float64Array(0));
    expect(hzToMidi(0)).toBe(Number.NEGATIVE_INFINITY);
    expect(hzToMidi(-1)).toBeNaN();
  });
});

describe('note names', () => {
  it.each([
    ['C4', 60],
    ['A4', 69],
    ['a', 21],
    ['C', 12],
    ['C-1', 0],
    ['B#3', 60],
    ['Cb4', 59],
    ['b3', 59],
    ['Bb3', 58],
    ['D♯4', 63],
    ['E♭4', 63],
    ['F##2', 43],
    ['G𝄪2', 45],
    ['A𝄫2', 43],
    ['Gn5', 79],
    ['C#!4', 60],
    ['A4+40', 69],
    ['A4-60', 68],
  ])('%s is note %d', (name, note) => {
    expect(noteToMidi(name)).toBe(note);
  });

  it('keep their cents when told', () => {
    expect(noteToMidi('A4+40', { roundMidi: false })).toBeCloseTo(69.4, 12);
    expect(noteToHz('A4-1200')).toBeCloseTo(220, 9);
    expect(noteToHz(['A4', 'A5'])).toEqual(Float64Array.of(440, 880));
    expect(noteToMidi(['C0', 'C#0'])).toEqual(Float64Array.of(12, 13));
  });

  it('are those of the nearest notes', () => {
    expect(Array.from({ length: 12 }, (_, i) => midiToNote(60 + i)).join(' ')).toBe(
      'C4 C♯4 D4 D♯4 E4 F4 F♯4 G4 G♯4 A4 A♯4 B4',
    );
    expect(midiToNote(61, { unicode: false, octave: false })).toBe('C#');
    expect(midiToNote([69.25, 68.9, 69, 60.5, 61.5], { cents: true })).toEqual([
      'A4+25',
      'A4-10',
      'A4+0',
      'C4+50',
      'D4-50',
    ]);
    expect(midiToNote([0, -1, -12, 127])).toEqual(['C-1', 'B-2', 'C-2', 'G9']);
    expect(hzToNote(445)).toBe('A4');
    expect(hzToNote([32.7, 4186], { cents: true })).toEqual(['C1+0', 'C8+0']);
    for (let note = -10; note < 130; note++) {
      expect(noteToMidi(midiToNote(note))).toBe(note);
      expect(hzToNote(midiToHz(note))).toBe(midiToNote(note));
    }
  });
});

describe('conversions: errors', () => {
  const [type, range] = ['ERR_COCHLEA_INVALID_TYPE', 'ERR_COCHLEA_OUT_OF_RANGE'];

  it('refuse what they cannot read', () => {
    expectError(() => hzToMidi('A4' as never), TypeError, type, 'frequencies: expected');
    for (const [convert, name] of [
      [hzToMidi, 'frequencies'],
      [midiToHz, 'notes'],
      [hzToOcts, 'frequencies'],
      [octsToHz, 'octaves'],
      [hzToNote, 'frequencies'],
      [midiToNote, 'notes'],
    ] as [(values: never) => unknown, string][]) {
      for (const wrong of [{ length: 0 }, { length: 1, 0: 440 }, new Set(), null, undefined, '', new Int8Array(0)]) {
        expectError(
          () => convert(wrong as never),
          TypeError,
          type,
          `${name}: expected a Float64Array, Float32Array or`,
        );
      }
    }
    expectError(() => noteToMidi({ length: 0 } as never), TypeError, type, 'notes: expected a note');
    expectError(
      () => hzToNote([440, -1]),
      RangeError,
      range,
      'frequencies[1]: expected a finite number > 0, received -1',
    );
    expectError(() => hzToMidi(Number.NaN), RangeError, range, 'frequencies: expected a finite number, received NaN');
    expectError(() => midiToHz([1, 'x'] as never), TypeError, type, 'notes[1]: expected a finite number');
    expectError(() => hzToOcts(1, { binsPerOctave: 0 }), RangeError, range, 'binsPerOctave: expected an integer >= 1');
    expectError(() => tuningToA4(0, 1.5), RangeError, range, 'binsPerOctave: expected an integer >= 1');
    expectError(() => a4ToTuning(0), RangeError, range, 'a4: expected a finite number > 0, received 0');
    expectError(() => hzToNote(0), RangeError, range, 'frequencies: expected a finite number > 0, received 0');
    expectError(() => midiToNote(1, { octave: false, cents: true }), RangeError, range, 'cents: expected false');
    const note = "a note such as 'A4', 'C♯-1', 'Bb3' or 'E2+25'";
    for (const bad of ['', 'H4', 'BB3', 'A4.5', 'A4+', '4A', 'AN3']) {
      expectError(() => noteToMidi(bad), RangeError, range, `notes: expected ${note}, received '${bad}'`);
    }
    expectError(() => noteToHz(['A4', 4] as never), TypeError, type, `notes[1]: expected ${note}, received 4`);
  });
});
