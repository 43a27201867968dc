/** How time and memory grow; cochlea alone. */
import {
  configure,
  cqt,
  hpss,
  istft,
  magnitude,
  medianFilter,
  pyin,
  ResonatorBank,
  resample,
  softmask,
  stft,
  yin,
} from 'cochlea';
import * as promises from 'cochlea/promises';
import { quantity } from '../../report.mjs';
import { music } from '../../signals.mjs';

const sampleRate = 22050;
const range = { sampleRate, fmin: 65.4, fmax: 2093 };

/** Long signals are short ones over and over: making an hour of music would take longer than analysing it. */
function long(seconds, rate = sampleRate) {
  const piece = music(Math.min(seconds, 30), rate);
  const y = new Float32Array(seconds * rate);
  for (let i = 0; i < y.length; i += piece.length) y.set(piece.subarray(0, y.length - i), i);
  return y;
}

function bank(bins, rate = 48000) {
  const frequencies = Float64Array.from({ length: bins }, (_, i) => 30 * (8000 / 30) ** (i / (bins - 1)));
  return new ResonatorBank({ sampleRate: rate, frequencies });
}

const analyses = {
  stft: (y) => {
    const out = stft(y);
    return () => stft(y, { out });
  },
  hpss: (y) => () => hpss(y),
  yin: (y) => () => yin(y, range),
  pyin: (y) => () => pyin(y, range),
  cqt: (y) => () => cqt(y, { sampleRate }),
  resample: (y) => () => resample(y, { from: 44100, to: 22050 }),
};

const lengths = {
  hpss: [1, 10, 60, 600, 3600],
  stft: [1, 10, 60, 600],
  yin: [1, 10, 60, 600, 3600],
  cqt: [1, 10, 60, 600, 3600],
};

const byLength = Object.entries(lengths).map(([name, points]) => ({
  name: `${name} against length`,
  about: 'time per sample of a mono signal at 22.05 kHz',
  axis: 'seconds of signal',
  unit: 's',
  points,
  ours: (seconds) => analyses[name](long(seconds)),
  per: (seconds) => seconds * sampleRate,
  facts(all) {
    const each = all.filter(({ x }) => x >= 10).map(({ y }) => y);
    const spread = Math.max(...each) / Math.min(...each) - 1;
    return [{ of: 'time per sample from 10 s on', value: `within ${Math.round(100 * spread)} %` }];
  },
}));

const memory = Object.entries({ hpss: 2, yin: 1 / 512, cqt: (2 * 84) / 512, resample: 1 / 2 }).map(
  ([name, results]) => ({
    name: `${name}: memory against length`,
    about: 'what a call adds to the peak of the process, its result included',
    axis: 'seconds of signal',
    unit: 'B',
    points: [10, 60, 600, 1800],
    memory: (seconds) => seconds * sampleRate * results * 4,
    ours: (seconds) => analyses[name](long(seconds)),
    facts(all) {
      const beyond = all.filter(({ series }) => series === 'all').map(({ x, y }) => y - x * sampleRate * results * 4);
      return [{ of: 'beyond its result', value: `at most ${quantity(Math.max(...beyond), 'B')}` }];
    },
  }),
);

/** The stages of hpss on a whole spectrogram of 30 s, each by itself. */
const stages = {
  'analysis, in double precision inside hpss': (y) => () => stft(y),
  'median along time': (_, S) => () => medianFilter(S, { size: [1, 31] }),
  'median along frequency': (_, S) => () => medianFilter(S, { size: [31, 1] }),
  'two masks': (_, S) => () => [softmask(S, S, { power: 2 }), softmask(S, S, { power: 2 })],
  'two inverse transforms': (y) => {
    const D = stft(y);
    return () => [istft(D, { length: y.length }), istft(D, { length: y.length })];
  },
};

const hpssStages = {
  name: 'hpss, stage by stage',
  about: `30 s mono at 22.05 kHz; ${Object.keys(stages)
    .map((name, i) => `${i + 1} ${name}`)
    .join(', ')}`,
  axis: 'stage',
  unit: 's',
  points: [1, 2, 3, 4, 5],
  ours(stage) {
    const y = long(30);
    return Object.values(stages)[stage - 1](y, magnitude(stft(y)));
  },
  facts(all) {
    const total = all.reduce((sum, { y }) => sum + y, 0);
    return all.map(({ x, y }) => ({ of: Object.keys(stages)[x - 1], value: `${Math.round((100 * y) / total)} %` }));
  },
};

export default [
  hpssStages,
  ...byLength,
  ...memory,
  {
    name: 'stft against nFft',
    about: 'time per second of signal, hop a quarter',
    axis: 'nFft',
    unit: 's',
    points: [256, 512, 1024, 2048, 4096, 8192],
    ours(nFft) {
      const y = long(30);
      const out = stft(y, { nFft });
      return () => stft(y, { nFft, out });
    },
    per: () => 30,
  },
  {
    name: 'median against its length',
    about: 'time per element along time, 1025 x 1292',
    axis: 'elements of the window',
    unit: 's',
    points: [3, 9, 17, 31, 63, 127, 255],
    ours(size) {
      const S = {
        data: long(61)
          .map(Math.abs)
          .subarray(0, 1025 * 1292),
        shape: [1025, 1292],
      };
      return () => medianFilter(S, { size: [1, size] });
    },
    per: () => 1025 * 1292,
  },
  {
    name: 'resonators against their number',
    about: 'time per bin and sample, hop 256, complex, into a reused result',
    axis: 'bins',
    unit: 's',
    points: [12, 44, 88, 264, 440, 880, 1760],
    ours(bins) {
      const y = long(10, 48000);
      const b = bank(bins);
      const out = b.resonate(y, { hopLength: 256 });
      return () => {
        b.reset();
        return b.resonate(y, { hopLength: 256, out });
      };
    },
    per: (bins) => bins * 480000,
  },
  {
    name: 'resonators in a stream',
    about: 'time of a block of 128 samples, process and magnitude; at 48 kHz it lasts 2.67 ms',
    axis: 'bins',
    unit: 's',
    points: [88, 264, 440, 880],
    ours(bins) {
      const y = long(1, 48000);
      const b = bank(bins);
      const out = new Float32Array(bins);
      return () => {
        for (let i = 0; i < y.length; i += 128) {
          b.process(y.subarray(i, i + 128));
          b.magnitude(out);
        }
      };
    },
    per: () => 375,
    facts: (all) =>
      all.map(({ x, y }) => ({
        of: `${x} bins`,
        value: `${quantity(128 / y, 'samples/s')}, ${quantity(y / 128, 's')} a sample, ${((100 * y * 48000) / 128).toFixed(2)} % of the time that the block lasts`,
      })),
  },
  {
    name: 'hpss on threads',
    about: 'eight signals of 30 s as promises, time of all',
    axis: 'threads',
    unit: 's',
    points: [1, 2],
    ours(threads) {
      configure({ threads });
      const y = long(30);
      return () => Promise.all(Array.from({ length: 8 }, () => promises.hpss(y)));
    },
  },
  ...Object.entries(analyses).map(([name, prepare]) => ({
    name: `${name} on every tier`,
    about: 'time per second of signal at 22.05 kHz',
    axis: 'seconds of signal',
    unit: 's',
    points: [10],
    tiers: true,
    full: true,
    ours: (seconds) => prepare(long(seconds)),
    per: (seconds) => seconds,
  })),
];
