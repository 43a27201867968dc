/** The spectrogram against libraries that do not claim librosa's numbers: the same frames, other scales and edges. */
import { magnitude, stft } from 'cochlea';
import { music } from '../../signals.mjs';

const starts = (y) => Array.from({ length: 1 + Math.floor((y.length - 2048) / 512) }, (_, t) => 512 * t);

const peers = {
  meyda: {
    npm: true,
    async node({ y }, load) {
      const { default: meyda } = await load('meyda');
      meyda.bufferSize = 2048;
      meyda.sampleRate = 22050;
      return () => starts(y).map((start) => meyda.extract('amplitudeSpectrum', y.subarray(start, start + 2048)))[0];
    },
  },
  'essentia.js': {
    npm: true,
    async node({ y }, load) {
      const { Essentia, EssentiaWASM } = (await load('essentia.js')).default;
      const essentia = new Essentia(EssentiaWASM);
      return () => {
        for (const start of starts(y)) {
          const frame = essentia.arrayToVector(y.subarray(start, start + 2048));
          const windowed = essentia.Windowing(frame, true, 2048, 'hann').frame;
          const { spectrum } = essentia.Spectrum(windowed, 2048);
          for (const vector of [frame, windowed, spectrum]) vector.delete();
        }
      };
    },
  },
  audioFlux: {
    environment: 'peers',
    setup: 'import audioflux as af\nf = af.STFT(radix2_exp=11, slide_length=512)',
    run: 'np.abs(f.stft(y))',
  },
  nnAudio: {
    environment: 'torch',
    setup: `import torch
from nnAudio import features
torch.set_num_threads(1)
torch.set_grad_enabled(False)
x = torch.from_numpy(y)[None]
f = features.STFT(n_fft=2048, hop_length=512, sr=22050, output_format='Magnitude', verbose=False)`,
    run: 'f(x)[0].numpy()',
  },
};

export default [
  {
    name: 'magnitudes of a spectrogram',
    about: '10 s mono at 22.05 kHz, 2048 samples, hop 512',
    input: () => ({ y: music(10, 22050) }),
    ours:
      ({ y }) =>
      () =>
        magnitude(stft(y)),
    peers,
    gate: false,
  },
];
