import * as check from '../runtime/check.js';
import { rangeError, typeError } from '../runtime/errors.js';
import { roundHalfEven } from '../runtime/round.js';

/** One number, or several. */
type Values = Float32Array | Float64Array | readonly number[];

const number = check.number();
const numbers = check.numbers({}, { mayBeEmpty: true });

/** The function of one number, for one or for several. Values out of a function's domain give NaN or an infinity. */
function mapped<T>(name: string, value: T | Values, f: (x: number) => number): T extends number ? number : Float64Array;
function mapped(name: string, value: unknown, f: (x: number) => number): number | Float64Array {
  return typeof value === 'number' ? f(number.read(value, name)) : numbers.read(value, name).map(f);
}

/**
 * Frequencies as MIDI note numbers, `69 + 12 * log2(frequency / 440)`, fractions included.
 *
 * @param frequencies In Hz, > 0.
 * @throws TypeError, RangeError for what is not a finite number.
 * @see librosa.hz_to_midi
 * @example
 * import { hzToMidi } from 'cochlea';
 * console.log(hzToMidi(440), hzToMidi([220, 880])); // 69 Float64Array(2) [ 57, 81 ]
 */
export function hzToMidi(frequencies: number): number;
export function hzToMidi(frequencies: Values): Float64Array;
export function hzToMidi(frequencies: number | Values): number | Float64Array {
  return mapped('frequencies', frequencies, (f) => 12 * (Math.log2(f) - Math.log2(440)) + 69);
}

/**
 * MIDI note numbers as frequencies in Hz, `440 * 2 ** ((note - 69) / 12)`.
 *
 * @param notes Fractions are allowed.
 * @throws TypeError, RangeError for what is not a finite number.
 * @see librosa.midi_to_hz
 * @example
 * import { midiToHz } from 'cochlea';
 * console.log(midiToHz(81)); // 880
 */
export function midiToHz(notes: number): number;
export function midiToHz(notes: Values): Float64Array;
export function midiToHz(notes: number | Values): number | Float64Array {
  return mapped('notes', notes, (note) => 440 * 2 ** ((note - 69) / 12));
}

export interface OctaveOptions {
  /** Deviation from A4 = 440 Hz in bins, as `estimateTuning` returns it. Number; default 0. */
  tuning?: number;
  /** Bins in an octave. Integer >= 1; default 12. */
  binsPerOctave?: number;
}

const octaveRules = {
  tuning: check.withDefault(number, 0),
  binsPerOctave: check.withDefault(check.integer({ min: 1 }), 12),
};

/** The frequency of octave 0's A. */
function lowestA(options: OctaveOptions | undefined): number {
  const { tuning, binsPerOctave } = check.readOptions(options, octaveRules);
  return (440 * 2 ** (tuning / binsPerOctave)) / 16;
}

/**
 * Frequencies as octaves above A0 (27.5 Hz).
 *
 * @param frequencies In Hz, > 0.
 * @param options See {@link OctaveOptions}.
 * @throws TypeError, RangeError for what is not a finite number, and for an option out of its range.
 * @see librosa.hz_to_octs
 * @example
 * import { hzToOcts } from 'cochlea';
 * console.log(hzToOcts(440)); // 4
 */
export function hzToOcts(frequencies: number, options?: OctaveOptions): number;
export function hzToOcts(frequencies: Values, options?: OctaveOptions): Float64Array;
export function hzToOcts(frequencies: number | Values, options?: OctaveOptions): number | Float64Array {
  const a0 = lowestA(options);
  return mapped('frequencies', frequencies, (f) => Math.log2(f / a0));
}

/**
 * Octaves above A0 as frequencies in Hz, the inverse of `hzToOcts`.
 *
 * @param octaves Fractions are allowed.
 * @param options See {@link OctaveOptions}.
 * @throws TypeError, RangeError for what is not a finite number, and for an option out of its range.
 * @see librosa.octs_to_hz
 * @example
 * import { octsToHz } from 'cochlea';
 * console.log(octsToHz(4)); // 440
 */
export function octsToHz(octaves: number, options?: OctaveOptions): number;
export function octsToHz(octaves: Values, options?: OctaveOptions): Float64Array;
export function octsToHz(octaves: number | Values, options?: OctaveOptions): number | Float64Array {
  const a0 = lowestA(options);
  return mapped('octaves', octaves, (o) => a0 * 2 ** o);
}

/**
 * The frequency of A4 in Hz as a tuning, `binsPerOctave * log2(a4 / 440)`.
 *
 * @param a4 In Hz, > 0.
 * @param binsPerOctave Integer >= 1; default 12.
 * @throws TypeError, RangeError for an argument out of its range.
 * @see librosa.A4_to_tuning
 * @example
 * import { a4ToTuning } from 'cochlea';
 * console.log(a4ToTuning(442).toFixed(3)); // 0.079
 */
export function a4ToTuning(a4: number, binsPerOctave = 12): number {
  const frequency = check.number({ above: 0 }).read(a4, 'a4');
  return octaveRules.binsPerOctave.read(binsPerOctave, 'binsPerOctave') * (Math.log2(frequency) - Math.log2(440));
}

/**
 * A tuning as the frequency of A4 in Hz, `440 * 2 ** (tuning / binsPerOctave)`.
 *
 * @param tuning In bins, as `estimateTuning` returns it.
 * @param binsPerOctave Integer >= 1; default 12.
 * @throws TypeError, RangeError for an argument out of its range.
 * @see librosa.tuning_to_A4
 * @example
 * import { tuningToA4 } from 'cochlea';
 * console.log(tuningToA4(0.08).toFixed(1)); // 442.0
 */
export function tuningToA4(tuning: number, binsPerOctave = 12): number {
  const bins = octaveRules.binsPerOctave.read(binsPerOctave, 'binsPerOctave');
  return 440 * 2 ** (number.read(tuning, 'tuning') / bins);
}

export interface NoteOptions {
  /** Whether the octave follows the name. Default true. */
  octave?: boolean;
  /** Whether the deviation follows, in cents: `'A4+13'`. Needs `octave`. Default false. */
  cents?: boolean;
  /** Whether a sharp is `'♯'`; otherwise `'#'`. Default true. */
  unicode?: boolean;
}

const noteRules = {
  octave: check.withDefault(check.boolean(), true),
  cents: check.withDefault(check.boolean(), false),
  unicode: check.withDefault(check.boolean(), true),
};

const NAMES = ['C', 'C♯', 'D', 'D♯', 'E', 'F', 'F♯', 'G', 'G♯', 'A', 'A♯', 'B'];

/**
 * MIDI note numbers as names, rounded to the nearest note, halves to the even one.
 *
 * @param notes Fractions are allowed.
 * @param options See {@link NoteOptions}.
 * @returns `'A4'` for 69, `'C♯-1'` for 1. Cents are rounded; the reference cuts them off, and its octaves below C-1
 *   (note 0) are one too high.
 * @throws TypeError, RangeError for what is not a finite number, and for an option out of its range.
 * @see librosa.midi_to_note
 * @example
 * import { midiToNote } from 'cochlea';
 * console.log(midiToNote(61, { unicode: false }), midiToNote(69.25, { cents: true })); // C#4 A4+25
 */
export function midiToNote(notes: number, options?: NoteOptions): string;
export function midiToNote(notes: Values, options?: NoteOptions): string[];
export function midiToNote(notes: number | Values, options?: NoteOptions): string | string[] {
  const { octave, cents, unicode } = check.readOptions(options, noteRules);
  if (cents && !octave) throw rangeError('cents', 'false unless octave is true', cents);
  const name = (note: number) => {
    const nearest = roundHalfEven(note);
    const letter = NAMES[((nearest % 12) + 12) % 12]!;
    const deviation = Math.round(100 * (note - nearest));
    return [
      unicode ? letter : letter.replace('♯', '#'),
      octave ? Math.floor(nearest / 12) - 1 : '',
      cents ? `${deviation < 0 ? '-' : '+'}${Math.abs(deviation)}` : '',
    ].join('');
  };
  if (typeof notes === 'number') return name(number.read(notes, 'notes'));
  return Array.from(
    mapped('notes', notes, (note) => note),
    name,
  );
}

/**
 * Frequencies as note names: `midiToNote(hzToMidi(frequencies))`.
 *
 * @param frequencies In Hz, > 0.
 * @param options See {@link NoteOptions}.
 * @throws TypeError, RangeError for what is not a number > 0, and for an option out of its range.
 * @see librosa.hz_to_note
 * @example
 * import { hzToNote } from 'cochlea';
 * console.log(hzToNote(440), hzToNote([261.63, 27.5])); // A4 [ 'C4', 'A0' ]
 */
export function hzToNote(frequencies: number, options?: NoteOptions): string;
export function hzToNote(frequencies: Values, options?: NoteOptions): string[];
export function hzToNote(frequencies: number | Values, options?: NoteOptions): string | string[] {
  const positive = { above: 0 };
  if (typeof frequencies === 'number') {
    return midiToNote(hzToMidi(check.number(positive).read(frequencies, 'frequencies')), options);
  }
  return midiToNote(hzToMidi(check.numbers(positive, { mayBeEmpty: true }).read(frequencies, 'frequencies')), options);
}

const PITCHES: Record<string, number> = { C: 0, D: 2, E: 4, F: 5, G: 7, A: 9, B: 11 };
const ACCIDENTALS: Record<string, number> = { '#': 1, '♯': 1, '𝄪': 2, b: -1, '!': -1, '♭': -1, '𝄫': -2, '♮': 0, n: 0 };
const NOTE = /^([A-G])([#♯𝄪b!♭𝄫♮n]*)([+-]?\d+)?([+-]\d+)?$/iu;
const noteExpected = "a note such as 'A4', 'C♯-1', 'Bb3' or 'E2+25'";

/**
 * Note names as MIDI note numbers.
 *
 * @param notes A letter; accidentals `# ♯ 𝄪 b ! ♭ 𝄫 ♮ n`, any number; an octave, 0 if there is none; a deviation in cents.
 * @param options `roundMidi`: whether to round to a whole note, which drops the cents. Default true.
 * @throws TypeError, RangeError for what is not a note.
 * @see librosa.note_to_midi
 * @example
 * import { noteToMidi } from 'cochlea';
 * console.log(noteToMidi('A4'), noteToMidi(['C', 'Bb3'])); // 69 Float64Array(2) [ 12, 58 ]
 */
export function noteToMidi(notes: string, options?: { roundMidi?: boolean }): number;
export function noteToMidi(notes: readonly string[], options?: { roundMidi?: boolean }): Float64Array;
export function noteToMidi(
  notes: string | readonly string[],
  options?: { roundMidi?: boolean },
): number | Float64Array {
  const { roundMidi } = check.readOptions(options, { roundMidi: check.withDefault(check.boolean(), true) });
  const read = (note: unknown, name: string) => {
    if (typeof note !== 'string') throw typeError(name, noteExpected, note);
    const match = NOTE.exec(note);
    // Letters and accidentals are not the same: 'b' is a note at the beginning and a flat behind one.
    if (match === null || /[BN]/.test(match[2]!)) throw rangeError(name, noteExpected, note);
    const offset = Array.from(match[2]!).reduce((sum, accidental) => sum + ACCIDENTALS[accidental]!, 0);
    const midi = 12 * (Number(match[3] ?? 0) + 1) + PITCHES[match[1]!.toUpperCase()]! + offset;
    const cents = Number(match[4] ?? 0) * 1e-2;
    return roundMidi ? roundHalfEven(midi + cents) : midi + cents;
  };
  if (!Array.isArray(notes)) return read(notes, 'notes');
  return Float64Array.from(notes, (note, i) => read(note, `notes[${i}]`));
}

/**
 * Note names as frequencies in Hz: `midiToHz(noteToMidi(notes))`, cents included.
 *
 * @param notes As for `noteToMidi`.
 * @throws TypeError, RangeError for what is not a note.
 * @see librosa.note_to_hz, which rounds to whole notes unless told otherwise.
 * @example
 * import { noteToHz } from 'cochlea';
 * console.log(noteToHz('A4'), noteToHz('A5+1200')); // 440 1760
 */
export function noteToHz(notes: string): number;
export function noteToHz(notes: readonly string[]): Float64Array;
export function noteToHz(notes: string | readonly string[]): number | Float64Array {
  return midiToHz(noteToMidi(notes as string, { roundMidi: false }));
}
