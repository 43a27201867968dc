import { spectrogram, stepSeconds, type TimeFrequency } from '../analysis.js';
import { argmax, hertz, inHertz } from '../numbers.js';
import { linearAxis } from '../plot.js';
import { loudestPower, powerPicture } from './power-picture.js';
import type { Section } from './section.js';

/** The picture ends above the highest frequency that comes this close to the loudest point. */
const SEEN_DB = 70;

export const spectrum: Section = {
  name: 'spectrum',
  title: 'STFT spectrogram',
  analyze(track, progress) {
    const power = spectrogram(track, progress);
    const { nFft, frequencies, hopLength, frames, means } = power;
    const spacing = track.sampleRate / nFft;
    const top = highestSeen(power);
    const draw = () =>
      powerPicture({ title: 'STFT spectrogram', track, power, y: linearAxis('frequency (Hz)', 0, top) });
    const total = means.total();
    const centroidHz = centroid(total, frequencies);
    const rolloff85Hz = rolloff(total, frequencies);
    const strongestHz = strongest(total, spacing);
    const steps = means.perStep();
    const above =
      top < track.sampleRate / 2
        ? ` Nothing above ${inHertz(top)} comes within ${SEEN_DB} dB of the loudest point.`
        : '';
    return {
      features: {
        nFft,
        hopLengthSamples: hopLength,
        frames,
        strongestHz,
        centroidHz,
        rolloff85Hz,
        overTime: {
          stepSeconds: stepSeconds(track),
          strongestHz: steps.map((powers) => strongest(powers, spacing)),
          centroidHz: steps.map((powers) => centroid(powers, frequencies)),
          rolloff85Hz: steps.map((powers) => rolloff(powers, frequencies)),
        },
      },
      summary:
        centroidHz === null || rolloff85Hz === null
          ? 'silence'
          : `centroid ${inHertz(centroidHz)}, 85 % of the power below ${inHertz(rolloff85Hz)}`,
      figures: () => [
        {
          svg: draw(),
          caption:
            `The power of the short-time Fourier transform (${nFft} samples, Hann window, hop ${hopLength}) on a linear ` +
            `frequency axis: the harmonics of a note are equally far apart.${above}`,
        },
      ],
    };
  },
};

/** The upper end of the picture in Hz: a whole number of kHz, 4 or more, or all there is. */
function highestSeen(power: TimeFrequency): number {
  const { rows, columns, data, binsCovered } = power.picture;
  const visible = loudestPower(power) * 10 ** (-SEEN_DB / 10);
  const row = Math.floor(data.findLastIndex((value) => value > visible) / columns);
  const frequency = ((row + 1) / rows) * binsCovered * power.frequencies[1]!;
  return Math.min(power.frequencies.at(-1)!, Math.max(4000, 1000 * Math.ceil(frequency / 1000)));
}

/** The frequency in Hz of the highest peak, between the bins by a parabola through the levels around it; null in silence. */
function strongest(powers: Float64Array, spacing: number): number | null {
  const bin = argmax(powers);
  if (!(powers[bin]! > 0)) return null;
  if (bin === 0 || bin === powers.length - 1) return hertz(bin * spacing);
  const [below, here, above] = [bin - 1, bin, bin + 1].map((i) => Math.log(Math.max(powers[i]!, Number.MIN_VALUE)));
  const curvature = below! - 2 * here! + above!;
  return hertz((bin + (curvature < 0 ? (below! - above!) / (2 * curvature) : 0)) * spacing);
}

/** The mean frequency in Hz weighted by magnitude, or null in silence. */
function centroid(powers: Float64Array, frequencies: Float64Array): number | null {
  let weighted = 0;
  let sum = 0;
  for (let i = 0; i < powers.length; i++) {
    const magnitude = Math.sqrt(powers[i]!);
    weighted += magnitude * frequencies[i]!;
    sum += magnitude;
  }
  return sum > 0 ? hertz(weighted / sum) : null;
}

/** The frequency in Hz below which 85 % of the power lies, or null in silence. */
function rolloff(powers: Float64Array, frequencies: Float64Array): number | null {
  const enough = 0.85 * powers.reduce((sum, power) => sum + power, 0);
  if (enough === 0) return null;
  let sum = 0;
  const bin = powers.findIndex((power) => {
    sum += power;
    return sum >= enough;
  });
  return hertz(frequencies[bin]!);
}
