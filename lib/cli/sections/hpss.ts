import { hpss as separate } from '../../index.js';
import { type Progress, spectrogram, stepPowers, stepSeconds, transformLength } from '../analysis.js';
import type { Track } from '../decode.js';
import { decibels } from '../numbers.js';
import { curve, linearAxis, plot, timeAxis } from '../plot.js';
import { loudestPower, powerPicture } from './power-picture.js';
import type { Figure, Section } from './section.js';

/** Ratios further than this from 0 dB are drawn at the edge. */
const RANGE_DB = 40;

export const hpss: Section = {
  name: 'hpss',
  title: 'Harmonic and percussive',
  analyze(track, progress) {
    const { samples, sampleRate } = track;
    const nFft = transformLength(sampleRate);
    const parts = separate(samples, { nFft });
    progress(0.4);
    const step = stepSeconds(track);
    const [harmonic, percussive] = [parts.harmonic, parts.percussive].map((part) =>
      stepPowers(part, step * sampleRate),
    ) as [number[], number[]];
    const ratios = harmonic.map((power, i) => ratioDb(power, percussive[i]!));
    const total = ratioDb(sum(harmonic), sum(percussive));
    const svg = plot({
      title: 'Harmonic to percussive energy',
      height: 200,
      x: timeAxis(samples.length / sampleRate),
      y: linearAxis('ratio (dB)', -RANGE_DB, RANGE_DB),
      layers: [
        curve(
          ratios.map((_, i) => Math.min((i + 0.5) * step, samples.length / sampleRate)),
          ratios.map((ratio) => ratio ?? Number.NaN),
          '#31688e',
        ),
      ],
    });
    const pictures = pictureBoth(track, parts, (fraction) => progress(0.4 + 0.6 * fraction));
    return {
      features: {
        nFft,
        harmonicToPercussiveDb: total,
        overTime: { stepSeconds: step, harmonicToPercussiveDb: ratios },
      },
      summary:
        total === null
          ? 'one part is silent'
          : `harmonic part ${Math.abs(total).toFixed(1)} dB ${total < 0 ? 'below' : 'above'} the percussive one`,
      figures: [
        { svg, caption: 'How much stronger the harmonic part (tones) is than the percussive one (clicks, drums).' },
        ...pictures,
      ],
    };
  },
};

/** Both parts on one scale, so that equal colours are equally loud. */
function pictureBoth(
  track: Track,
  parts: { harmonic: Float32Array; percussive: Float32Array },
  progress: Progress,
): Figure[] {
  const powers = (['harmonic', 'percussive'] as const).map((name, i) => {
    const part = { ...track, samples: parts[name] };
    return { name, power: spectrogram(part, (fraction) => progress((i + fraction) / 2)) };
  });
  const loudest = Math.max(...powers.map(({ power }) => loudestPower(power)));
  return powers.map(({ name, power }) => {
    const svg = powerPicture({
      title: `Spectrogram of the ${name} part`,
      track,
      power,
      loudest,
      y: linearAxis('frequency (Hz)', 0, track.sampleRate / 2),
    });
    return { svg, caption: `The ${name} part, in dB relative to the loudest point of both parts.` };
  });
}

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);

/** To 0.01 dB; null where either is silent. */
function ratioDb(harmonic: number, percussive: number): number | null {
  return harmonic > 0 && percussive > 0 ? Number(decibels(harmonic / percussive).toFixed(2)) : null;
}
