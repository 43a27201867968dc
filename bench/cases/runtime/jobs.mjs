/** Whole jobs, as a user has them. */
import { chromaCqt, configure, cqt, hpss, magnitude, melSpectrogram, stft, yin } from 'cochlea';
import * as promises from 'cochlea/promises';
import { music } from '../../signals.mjs';

const sampleRate = 22050;
const range = { sampleRate, fmin: 65.4, fmax: 2093 };
const few = (parts) => parts.map((part) => (part.harmonic ?? part.data ?? part).subarray(0, 1000));

// nnAudio's table: 1,770 clips of 80,000 samples at 44.1 kHz. These are 59 of them, 30 times over.
const CLIPS = 59;
const CLIP = 80000;
const clipRate = 44100;
const constantQ = { sampleRate: clipRate, nBins: 84, binsPerOctave: 24, fmin: 55 };
const clips = (y) => Array.from({ length: CLIPS }, (_, i) => y.subarray(CLIP * i, CLIP * (i + 1)));
const kinds = [
  {
    kind: 'STFT',
    ours: (y) => magnitude(stft(y)),
    inBackground: (y) => promises.stft(y),
    layer: 'STFT(n_fft=2048, hop_length=512, sr=44100, output_format="Magnitude", verbose=False)',
  },
  {
    kind: 'Mel',
    ours: (y) => melSpectrogram(y, { sampleRate: clipRate }),
    inBackground: (y) => promises.melSpectrogram(y, { sampleRate: clipRate }),
    layer: 'MelSpectrogram(sr=44100, n_mels=128, verbose=False)',
  },
  {
    kind: 'CQT',
    ours: (y) => magnitude(cqt(y, constantQ)),
    inBackground: (y) => promises.cqt(y, constantQ),
    layer: 'CQT2010v2(sr=44100, n_bins=84, bins_per_octave=24, fmin=55, verbose=False)',
  },
];

const table = kinds.flatMap(({ kind, ours, inBackground, layer }) => {
  const input = () => ({ y: music((CLIPS * CLIP) / clipRate, clipRate) });
  const all = async (y, job) => {
    let last;
    for (let repeat = 0; repeat < 30; repeat++) last = await job(clips(y));
    return last;
  };
  return [
    {
      name: `59 clips, ${kind}`,
      about: "a thirtieth of nnAudio's table: clips of 80,000 samples at 44.1 kHz, one after the other, magnitudes",
      input,
      ours:
        ({ y }) =>
        () =>
          clips(y).map(ours)[0],
      peers: {
        nnAudio: {
          environment: 'torch',
          setup: `import torch
from nnAudio import features
torch.set_num_threads(1)
torch.set_grad_enabled(False)
x = torch.from_numpy(y.reshape(${CLIPS}, ${CLIP}))
f = features.${layer}`,
          run: 'np.concatenate([f(clip[None]).numpy() for clip in x])',
          gate: false, // it centres and decimates in its own way
        },
      },
      rounds: 5,
      full: true,
    },
    {
      name: `1,770 clips, ${kind}`,
      about:
        "nnAudio's table, on one thread and on two; its best published time on an 8-core processor for CQT is 2.65 s",
      input,
      ours({ y }) {
        configure({ threads: 2 });
        return () => all(y, async (batch) => (await Promise.all(batch.map((clip) => inBackground(clip)))).length);
      },
      peers: {
        'one thread': {
          node:
            ({ y }) =>
            async () =>
              all(y, (batch) => batch.map((clip) => ours(clip)).length),
        },
      },
      gate: false,
      rounds: 3,
      full: true,
    },
  ];
});

export default [
  {
    name: 'three minutes: HPSS, YIN and chroma',
    about: '180 s mono at 22.05 kHz, one after the other',
    input: () => ({ y: music(180, sampleRate) }),
    ours:
      ({ y }) =>
      () =>
        few([hpss(y), yin(y, range), chromaCqt(y, { sampleRate })]),
    peers: {
      librosa: {
        setup: 'import librosa',
        run: `[librosa.effects.hpss(y)[0][:1000], librosa.yin(y, sr=22050, fmin=65.4, fmax=2093)[:1000],
  librosa.feature.chroma_cqt(y=y).ravel()[:1000]]`,
        gate: false, // a decision of a YIN frame in a thousand may differ
      },
    },
    rounds: 3,
    full: true,
  },
  {
    name: 'three minutes, promises',
    about: 'the same three at once on two threads, against one after the other',
    input: () => ({ y: music(180, sampleRate) }),
    ours({ y }) {
      configure({ threads: 2 });
      return async () =>
        few(await Promise.all([promises.hpss(y), promises.yin(y, range), promises.chromaCqt(y, { sampleRate })]));
    },
    peers: {
      'in sequence': {
        node:
          ({ y }) =>
          () =>
            few([hpss(y), yin(y, range), chromaCqt(y, { sampleRate })]),
      },
    },
    rounds: 5,
    full: true,
  },
  ...table,
];
