import { noteToHz, pyin } from '../../index.js';
import { type Progress, resonances, stepSeconds, transformLength } from '../analysis.js';
import type { Track } from '../decode.js';
import { hertz, inHertz, median, noteName } from '../numbers.js';
import { curve, pitchAxis } from '../plot.js';
import { powerPicture } from './power-picture.js';
import type { Section } from './section.js';

/** Below the voice of nearly everybody. */
const LOWEST_HZ = noteToHz('C2');
/** Above where most birds sing. */
const HIGHEST_HZ = noteToHz('C9');

/** The path is found in pieces, so that memory does not grow with the recording. */
const PIECE_SECONDS = 300;

/** More points than this make no smoother line, only a larger file. */
const MAX_POINTS = 1600;

export const pitch: Section = {
  name: 'pitch',
  title: 'Pitch',
  analyze(track, progress) {
    const { samples, sampleRate } = track;
    const power = resonances(track, progress);
    const { f0, hopLength, range } = trackPitch(track, progress);
    const voiced = f0.filter((f) => !Number.isNaN(f));
    const medianHz = orNull(median(Array.from(voiced)));
    const draw = () => {
      const every = Math.ceil(f0.length / MAX_POINTS);
      const shown = f0.filter((_, t) => t % every === 0);
      const times = shown.map((_, i) => (i * every * hopLength) / sampleRate);
      return powerPicture({
        title: 'Pitch over the resonator spectrogram',
        track,
        power,
        y: pitchAxis(range.fmin, Math.min(range.fmax, power.edges[1])),
        // Dark under light, so that the line shows on any colour.
        over: [curve(times, shown, '#000', 5), curve(times, shown, '#7df9ff')],
      });
    };
    const seconds = stepSeconds(track);
    const steps = Math.ceil(samples.length / sampleRate / seconds);
    const overTime = Array.from({ length: steps }, (_, step) => {
      const [from, to] = [step, step + 1].map((i) => Math.ceil((i * seconds * sampleRate) / hopLength));
      return orNull(median(Array.from(f0.subarray(from, to)).filter((f) => !Number.isNaN(f))));
    });
    const share = voiced.length / f0.length;
    return {
      features: {
        lowestHz: hertz(range.fmin),
        highestHz: hertz(range.fmax),
        hopLengthSamples: hopLength,
        frames: f0.length,
        voicedShare: Number(share.toFixed(4)),
        medianHz,
        medianNote: medianHz === null ? null : noteName(medianHz),
        overTime: { stepSeconds: seconds, medianHz: overTime },
      },
      summary:
        medianHz === null
          ? 'no pitch'
          : `median ${inHertz(medianHz)} (${noteName(medianHz)}), ${Math.round(100 * share)} % voiced`,
      figures: () => [
        {
          svg: draw(),
          caption:
            'The line is the fundamental frequency by pYIN, in tenths of a semitone, broken where no voice is heard; behind ' +
            'it the power of the resonators. One line follows one voice: in chords it goes with one of the notes, or with ' +
            'one that all of them are overtones of.',
        },
      ],
    };
  },
};

function orNull(value: number | null): number | null {
  return value === null ? null : hertz(value);
}

/** The pitch of each frame, NaN where it is unvoiced. */
function trackPitch({ samples, sampleRate }: Track, progress: Progress) {
  const frameLength = 2 * transformLength(sampleRate);
  const hopLength = frameLength / 4;
  const range = { fmin: LOWEST_HZ, fmax: Math.min(HIGHEST_HZ, sampleRate / 2) };
  const f0 = new Float32Array(1 + Math.floor(samples.length / hopLength));
  const piece = Math.ceil((PIECE_SECONDS * sampleRate) / hopLength);
  for (let first = 0; first < f0.length; first += piece) {
    const count = Math.min(piece, f0.length - first);
    const heard = samples.read(first * hopLength - frameLength / 2, (count - 1) * hopLength + frameLength);
    f0.set(pyin(heard, { ...range, sampleRate, frameLength, hopLength, center: false }).f0, first);
    progress((first + count) / f0.length);
  }
  return { f0, hopLength, range };
}
