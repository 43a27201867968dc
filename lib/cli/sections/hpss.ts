import { hpss as separate } from '../../index.js';
import { SpectrogramPool, stepPowers, stepSeconds, type TimeFrequency, transformLength } from '../analysis.js';
import type { Track } from '../decode.js';
import { decibels } from '../numbers.js';
import { curve, linearAxis, plot, SOUND, timeAxis } from '../plot.js';
import { separationPieces } from '../separation.js';
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
    const parts = PARTS.map((name) => ({ name, powers: stepPowers(track), pool: new SpectrogramPool(track) }));
    for (const { heard, from, to, end } of separationPieces(samples, nFft)) {
      const separated = separate(heard, { nFft });
      for (const { name, powers, pool } of parts) {
        const piece = separated[name].subarray(from, to);
        powers.add(piece);
        pool.add(piece);
      }
      progress(end / samples.length);
    }
    const step = stepSeconds(track);
    const [harmonic, percussive] = parts.map(({ powers }) => powers.perStep()) as [number[], number[]];
    const ratios = harmonic.map((power, i) => ratioDb(power, percussive[i]!));
    const total = ratioDb(parts[0]!.powers.total(), parts[1]!.powers.total());
    const drawRatios = () =>
      plot({
        title: 'Harmonic to percussive energy',
        height: 200,
        x: timeAxis(samples.length / sampleRate),
        y: linearAxis('ratio (dB)', -1.05 * RANGE_DB, 1.05 * RANGE_DB, 4),
        layers: [
          curve(
            ratios.map((_, i) => Math.min((i + 0.5) * step, samples.length / sampleRate)),
            ratios.map((ratio) => Math.max(-RANGE_DB, Math.min(RANGE_DB, ratio ?? Number.NaN))),
            SOUND,
          ),
        ],
      });
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
      figures: () => [
        {
          svg: drawRatios(),
          caption: 'How much stronger the harmonic part (tones) is than the percussive one (clicks, drums).',
        },
        ...pictureBoth(
          track,
          parts.map(({ name, pool }) => ({ name, power: pool.finish() })),
        ),
      ],
    };
  },
};

const PARTS = ['harmonic', 'percussive'] as const;

/** Both parts on one scale, so that equal colours are equally loud. */
function pictureBoth(track: Track, parts: { name: string; power: TimeFrequency }[]): Figure[] {
  const loudest = Math.max(...parts.map(({ power }) => loudestPower(power)));
  return parts.map(({ name, power }) => {
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

/** To 0.01 dB; null where either is silent. */
function ratioDb(harmonic: number, percussive: number): number | null {
  return harmonic > 0 && percussive > 0 ? Number(decibels(harmonic / percussive).toFixed(2)) : null;
}
