import { harmonic, hpss, hpssSpectrogram, istft, magnitude, medianFilter, percussive, softmask, stft } from 'cochlea';
import { music } from '../../signals.mjs';

const about = '30 s mono at 22.05 kHz, nFft 2048, hop 512';
const input = () => ({ y: music(30, 22050) });
const python = {
  setup: `import librosa, scipy.ndimage
S = np.ascontiguousarray(np.abs(librosa.stft(y)))`,
};

const medians = [
  { axis: 'time', size: [1, 31] },
  { axis: 'frequency', size: [31, 1] },
  { axis: 'time', size: [1, 17] },
  { axis: 'frequency', size: [17, 1] },
  { axis: 'time', size: [1, 63] },
  { axis: 'frequency', size: [63, 1] },
].map(({ axis, size }) => ({
  name: `median of ${Math.max(...size)} along ${axis}`,
  about: `1025 x 1292 magnitudes of ${about}`,
  input,
  ours({ y }) {
    const S = magnitude(stft(y));
    return () => medianFilter(S, { size });
  },
  peers: { scipy: { ...python, run: `scipy.ndimage.median_filter(S, size=(${size}), mode="reflect")` } },
  full: Math.max(...size) !== 31,
  targets: { scipy: 120 },
  bound: 'scipy takes half the time for 17 that it takes for 31; here reading and writing the matrix is what is left.',
}));

const separations = [{}, { kernelSize: 17 }, { kernelSize: 63 }, { margin: 3 }].map((options) => {
  const [[name, value] = []] = Object.entries(options);
  return {
    name: name ? `hpss, ${name} ${value}` : 'hpss',
    about,
    input,
    ours:
      ({ y }) =>
      () =>
        hpss(y, options),
    peers: {
      librosa: {
        ...python,
        run: `librosa.effects.hpss(y${name ? `, ${name === 'margin' ? 'margin' : 'kernel_size'}=${value}` : ''})`,
      },
    },
    full: name !== undefined,
    targets: { librosa: 60 },
    bound: 'The transforms there and back cost the same whatever the kernel, and most of it for a short one.',
  };
});

const parts = Object.entries({ harmonic, percussive }).map(([name, part]) => ({
  name: `hpss, ${name} alone`,
  about,
  input,
  ours:
    ({ y }) =>
    () =>
      part(y),
  full: true,
  peers: { librosa: { ...python, run: `librosa.effects.${name}(y)` } },
}));

/** Where the time of hpss goes, each stage on the whole spectrogram. */
const stages = [
  {
    name: 'hpss stage: both masks',
    ours({ y }) {
      const S = magnitude(stft(y));
      const H = medianFilter(S, { size: [1, 31] });
      const P = medianFilter(S, { size: [31, 1] });
      return () => [softmask(H, P, { power: 2, splitZeros: true }), softmask(P, H, { power: 2, splitZeros: true })];
    },
    peers: {
      librosa: {
        setup: `${python.setup}
H, P = (scipy.ndimage.median_filter(S, size=size, mode="reflect") for size in ((1, 31), (31, 1)))`,
        run: '[librosa.util.softmask(a, b, power=2, split_zeros=True) for a, b in ((H, P), (P, H))]',
      },
    },
  },
  {
    name: 'hpss stage: separation of a complex spectrogram',
    ours({ y }) {
      const D = stft(y);
      return () => hpssSpectrogram(D);
    },
    peers: { librosa: { setup: `${python.setup}\nD = librosa.stft(y)`, run: 'librosa.decompose.hpss(D)' } },
  },
  {
    name: 'hpss stage: both inverse transforms',
    ours({ y }) {
      const { harmonic: H, percussive: P } = hpssSpectrogram(stft(y));
      return () => [istft(H, { length: y.length }), istft(P, { length: y.length })];
    },
    peers: {
      librosa: {
        setup: `${python.setup}\nH, P = librosa.decompose.hpss(librosa.stft(y))`,
        run: '[librosa.istft(part, length=len(y)) for part in (H, P)]',
      },
    },
  },
  // Both start from their own transform here, and masks magnify the noise of a single-precision one in quiet cells.
].map((stage) => ({ about, input, gate: [1e-3, 1e-3], full: true, ...stage }));

export default [...medians, ...separations, ...parts, ...stages];
