import { chromaCqt, chromaStft, cqt, hybridCqt, vqt } from 'cochlea';
import { music } from '../signals.mjs';

const sampleRate = 22050;
const input = () => ({ y: music(30, sampleRate) });

const versus = (name, call, python, target) => ({
  name,
  about: '30 s mono at 22.05 kHz, defaults',
  input,
  ours:
    ({ y }) =>
    () =>
      call(y, { sampleRate }),
  peers: { librosa: { setup: 'import librosa', run: python } },
  tiers: ['avx2', 'baseline'],
  targets: { librosa: target },
});

export default [
  versus('cqt', cqt, 'librosa.cqt(y)', 15),
  versus('vqt', vqt, 'librosa.vqt(y)', 12),
  versus('hybridCqt', hybridCqt, 'librosa.hybrid_cqt(y)'),
  versus('chromaCqt', chromaCqt, 'librosa.feature.chroma_cqt(y=y)', 25),
  versus('chromaStft', chromaStft, 'librosa.feature.chroma_stft(y=y)', 12),
];
