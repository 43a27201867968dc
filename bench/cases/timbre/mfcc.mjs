import { mfcc } from 'cochlea';
import { music } from '../../signals.mjs';

export default [
  {
    name: 'mfcc',
    about: '30 s mono at 22.05 kHz, defaults',
    input: () => ({ y: music(30, 22050) }),
    ours:
      ({ y }) =>
      () =>
        mfcc(y, { sampleRate: 22050 }),
    peers: { librosa: { setup: 'import librosa', run: 'librosa.feature.mfcc(y=y)' } },
  },
];
