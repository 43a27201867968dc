import { amplitudeToDb, istft, stft } from 'cochlea';
import { music } from '../../signals.mjs';

const about = '30 s mono at 22.05 kHz, nFft 2048, hop 512';
const input = () => ({ y: music(30, 22050) });

export default [
  {
    name: 'stft',
    about: `${about}, a new result each time`,
    input,
    ours:
      ({ y }) =>
      () =>
        stft(y),
    peers: { librosa: { setup: 'import librosa', run: 'librosa.stft(y)' } },
    targets: { librosa: 6 },
    bound: 'A fresh result of 10 MB is cleared by the system before it is written: memory, not arithmetic.',
  },
  {
    name: 'stft into out',
    about: `${about}, into a reused result`,
    input,
    ours({ y }) {
      const out = stft(y);
      return () => stft(y, { out });
    },
    peers: { librosa: { setup: 'import librosa\nout = librosa.stft(y)', run: 'librosa.stft(y, out=out)' } },
    targets: { librosa: 8 },
    bound: 'Half the rate of a plain copy of as much memory; 60 % of the rest is the FFT, 14 % transposing tiles.',
  },
  {
    name: 'istft',
    about: `${about}, a new result each time`,
    input,
    ours({ y }) {
      const D = stft(y);
      return () => istft(D, { length: y.length });
    },
    peers: {
      librosa: { setup: 'import librosa\nD = librosa.stft(y)', run: 'librosa.istft(D, length=len(y))' },
    },
    targets: { librosa: 15 },
    bound:
      'Half of the time is the inverse FFT; reading rows of the spectrogram that lie pages apart is most of the rest.',
  },
  {
    name: 'amplitudeToDb',
    about: '1025 x 1292 magnitudes',
    input: () => ({ y: music(60.064, 22050).map(Math.abs) }),
    ours: ({ y }) => {
      const S = { data: y.subarray(0, 1025 * 1292), shape: [1025, 1292] };
      return () => amplitudeToDb(S);
    },
    peers: {
      librosa: { setup: 'import librosa\nS = y[:1025 * 1292].reshape(1025, 1292)', run: 'librosa.amplitude_to_db(S)' },
    },
  },
];
