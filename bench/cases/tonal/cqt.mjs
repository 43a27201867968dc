import { chromaCqt, chromaStft, cqt, hybridCqt, icqt, vqt } from 'cochlea';
import { music } from '../../signals.mjs';

const sampleRate = 22050;
const input = () => ({ y: music(30, sampleRate) });

const versus = (name, call, python, target, bound) => ({
  name,
  about: '30 s mono at 22.05 kHz, defaults',
  input,
  ours:
    ({ y }) =>
    () =>
      call(y, { sampleRate }),
  peers: { librosa: { setup: 'import librosa', run: python } },
  targets: { librosa: target },
  bound,
});

const TRANSFORMS =
  'Fourier transforms, of the frames and of the blocks whose rate is halved, with what brings samples into their lanes: 60 %.';

export default [
  versus('cqt', cqt, 'librosa.cqt(y)', 15, TRANSFORMS),
  versus('vqt', vqt, 'librosa.vqt(y)', 12, TRANSFORMS),
  {
    ...versus('hybridCqt', hybridCqt, 'librosa.hybrid_cqt(y)'),
    // Its lower part divides the rate by 4, where libsoxr drops what rings before the first sample.
    input: () => ({ y: music(30, sampleRate).fill(0, 0, 1000) }),
  },
  {
    ...versus('icqt', icqt, 'librosa.icqt(C)', 10),
    about: 'of the transform of 30 s mono at 22.05 kHz, defaults',
    input() {
      // From silence, for the same reason.
      const { re, im } = cqt(music(30, sampleRate).fill(0, 0, 20000), { sampleRate });
      return { re, im };
    },
    ours:
      ({ re, im }) =>
      () =>
        icqt({ re, im, shape: [84, re.length / 84] }, { sampleRate }),
    peers: {
      librosa: {
        setup: 'import librosa\nC = (re + 1j * im).astype(np.complex64).reshape(84, -1)',
        run: 'librosa.icqt(C)',
      },
    },
  },
  versus(
    'chromaCqt',
    chromaCqt,
    'librosa.feature.chroma_cqt(y=y)',
    25,
    'The seven octaves of 36 filters, 5 ms by themselves, and the tuning, 2 ms.',
  ),
  versus('chromaStft', chromaStft, 'librosa.feature.chroma_stft(y=y)', 12),
];
