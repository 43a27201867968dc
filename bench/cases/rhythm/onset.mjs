import { onsetStrength } from 'cochlea';
import { music } from '../../signals.mjs';

export default [
  {
    name: 'onsetStrength',
    about: '30 s mono at 22.05 kHz, defaults',
    input: () => ({ y: music(30, 22050) }),
    ours:
      ({ y }) =>
      () =>
        onsetStrength(y, { sampleRate: 22050 }),
    peers: { librosa: { setup: 'import librosa', run: 'librosa.onset.onset_strength(y=y)' } },
  },
];
