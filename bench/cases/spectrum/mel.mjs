import { melSpectrogram } from 'cochlea';
import { music } from '../../signals.mjs';

export default [
  {
    name: 'melSpectrogram',
    about: '30 s mono at 22.05 kHz, defaults',
    input: () => ({ y: music(30, 22050) }),
    ours:
      ({ y }) =>
      () =>
        melSpectrogram(y, { sampleRate: 22050 }),
    peers: { librosa: { setup: 'import librosa', run: 'librosa.feature.melspectrogram(y=y)' } },
  },
];
