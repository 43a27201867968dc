import { estimateTuning, piptrack, pyin, yin } from 'cochlea';
import { music } from '../../signals.mjs';

const sampleRate = 22050;
const about = '30 s mono at 22.05 kHz, 65.4 to 2093 Hz, frame 2048, hop 512';
const input = () => ({ y: music(30, sampleRate) });
const range = { sampleRate, fmin: 65.4, fmax: 2093 };
const librosa = (run) => ({ librosa: { setup: 'import librosa', run } });

/** The pitch of each whole frame of 2048 samples, 512 apart, by a function of one frame. */
const frameByFrame = (y, pitchOf) => () => {
  const f0 = new Float32Array(1 + Math.floor((y.length - 2048) / 512));
  for (let t = 0; t < f0.length; t++) f0[t] = pitchOf(y.subarray(512 * t, 512 * t + 2048));
  return f0;
};

/** What pitch trackers of npm say of each frame. */
const peers = {
  pitchfinder: {
    npm: true,
    async node({ y }, load) {
      const { YIN } = await load('pitchfinder');
      const detect = YIN({ sampleRate, threshold: 0.1 });
      return frameByFrame(y, (frame) => detect(frame) ?? 0);
    },
  },
  pitchy: {
    npm: true,
    async node({ y }, load) {
      const { PitchDetector } = await load('pitchy');
      const detector = PitchDetector.forFloat32Array(2048);
      return frameByFrame(y, (frame) => detector.findPitch(frame, sampleRate)[0]);
    },
  },
  aubiojs: {
    npm: true,
    async node({ y }, load) {
      const { default: aubio } = await load('aubiojs');
      const { Pitch } = await aubio();
      const pitch = new Pitch('yin', 2048, 512, sampleRate);
      // It keeps the frame itself and is fed a hop at a time.
      return frameByFrame(y, (frame) => pitch.do(frame.subarray(1536)));
    },
  },
  'essentia.js': {
    npm: true,
    async node({ y }, load) {
      const { Essentia, EssentiaWASM } = (await load('essentia.js')).default;
      const essentia = new Essentia(EssentiaWASM);
      return frameByFrame(y, (frame) => {
        const signal = essentia.arrayToVector(frame);
        const { pitch } = essentia.PitchYin(signal, 2048, true, 2093, 65.4, sampleRate, 0.1);
        signal.delete();
        return pitch;
      });
    },
  },
  audioFlux: {
    environment: 'peers',
    setup:
      'import audioflux as af\nyin = af.PitchYIN(samplate=22050, low_fre=65.4, high_fre=2093, radix2_exp=11, slide_length=512)',
    run: 'yin.pitch(y)[0]',
  },
};

/** What a range of pitches down to `fmin` costs, in frames that hold two periods of it. */
const lowest = (fmin, frameLength) => ({
  name: `yin down to ${fmin} Hz`,
  about: `30 s mono at 22.05 kHz, frame ${frameLength}, hop ${frameLength / 4}`,
  input,
  ours:
    ({ y }) =>
    () =>
      yin(y, { ...range, fmin, frameLength }),
  full: true,
  peers: librosa(`librosa.yin(y, sr=22050, fmin=${fmin}, fmax=2093, frame_length=${frameLength})`),
});

export default [
  {
    name: 'yin',
    about,
    input,
    ours:
      ({ y }) =>
      () =>
        yin(y, range),
    peers: librosa('librosa.yin(y, sr=22050, fmin=65.4, fmax=2093)'),
    targets: { librosa: 25 },
    bound: 'Three Fourier transforms for each hop, which neighbouring frames share, are two thirds of the time.',
  },
  {
    name: 'yin, the same frames',
    about:
      '3 s mono at 22.05 kHz, 127 frames of 2048, hop 512; their ranges of pitch differ, pitchy has a method of its own',
    input: () => ({ y: music(3, sampleRate) }),
    ours:
      ({ y }) =>
      () =>
        yin(y, { ...range, center: false }),
    peers,
    full: true,
    targets: { pitchfinder: 5, aubiojs: 5, 'essentia.js': 5 },
    gate: false,
  },
  ...[
    [400, 512],
    [200, 1024],
    [27.5, 8192],
  ].map(([fmin, frameLength]) => lowest(fmin, frameLength)),
  {
    name: 'pyin',
    about: '10 s mono at 22.05 kHz, 65.4 to 2093 Hz, frame 2048, hop 512',
    input: () => ({ y: music(10, sampleRate) }),
    ours:
      ({ y }) =>
      () =>
        pyin(y, range),
    compared: ({ f0 }) => f0,
    peers: librosa('librosa.pyin(y, sr=22050, fmin=65.4, fmax=2093)[0]'),
    targets: { librosa: 150 },
    bound: 'The Viterbi path, which must add in the order of librosa to break ties alike.',
  },
  {
    name: 'piptrack',
    about: '30 s mono at 22.05 kHz',
    input,
    ours:
      ({ y }) =>
      () =>
        piptrack(y, { sampleRate }),
    peers: librosa('librosa.piptrack(y=y, sr=22050)'),
    targets: { librosa: 15 },
    bound: 'Two dense results of 5 MB each, almost all of it zeros.',
  },
  {
    name: 'estimateTuning',
    about: '30 s mono at 22.05 kHz',
    input,
    ours:
      ({ y }) =>
      () =>
        estimateTuning(y, { sampleRate }),
    peers: librosa('librosa.estimate_tuning(y=y, sr=22050)'),
    targets: { librosa: 15 },
  },
];
