import { magnitude, ResonatorBank, Synthesizer, TrackingBank } from 'cochlea';

const sampleRate = 48000;

function noise(seconds) {
  let state = 0xdeadbeef;
  return Float32Array.from({ length: seconds * sampleRate }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

const bank = (bins) =>
  new ResonatorBank({
    sampleRate,
    frequencies: Float32Array.from({ length: bins }, (_, i) => 30 * (8000 / 30) ** (i / (bins - 1))),
  });

/** The crate's Python wheel; what it returns is complex and lies the other way round. */
const wheel = (bins) => ({
  environment: 'peers',
  setup: `import resonators
b = resonators.ResonatorBank(np.geomspace(30, 8000, ${bins}).astype(np.float32), 48000.0)
def run():
    b.reset()
    return b.resonate(y, 256)`,
  run: 'run()',
  gate: false,
});

const rust = (...args) => ({
  'resonators (Rust)': { cargo: 'resonators-rust', flags: '-C target-cpu=native', args },
  // Its fused multiply-add becomes a call into the C library: minutes for the larger banks.
  ...(args[1] === '88' && { 'resonators, default build': { cargo: 'resonators-rust', flags: '', args } }),
});

const trackingSetup = `
def track(y):
    f = 32.7 * 2 ** (np.arange(112) / 12)
    alpha = -np.expm1(-f / np.log10(1 + f) / 48000)
    gamma = alpha / 2
    natural = np.exp(-2j * np.pi * f / 48000)
    R, S, P, W = np.zeros(112, complex), np.zeros(112, complex), np.ones(112, complex), natural.copy()
    magnitude, frequency = [], []
    for n, x in enumerate(y):
        before = S
        R = R + alpha * (x * P - R)
        S = S + alpha * (R - S)
        D = S * before.conj()
        size = np.abs(D)
        heard = (np.abs(S) ** 2 > 1e-4) & (size > 1e-10)
        turn = W * ((1 - gamma) + gamma * D.conj() / np.where(heard, size, 1))
        W = np.where(heard, turn / np.abs(turn), natural)
        P = P * W
        if (n + 1) % 64 == 0:
            magnitude.append(np.abs(S))
            frequency.append(-np.angle(W) * 48000 / (2 * np.pi))
    return np.array(magnitude).T, np.array(frequency).T
`;

export default [
  ...[88, 264, 440, 880].map((bins) => ({
    name: `resonate, ${bins} bins`,
    about: '10 s of noise at 48 kHz, hop 256, complex, into a reused result',
    full: bins !== 88,
    input: () => ({ y: noise(10) }),
    ours({ y }) {
      const b = bank(bins);
      const out = b.resonate(y, { hopLength: 256 });
      return () => {
        b.reset();
        return b.resonate(y, { hopLength: 256, out });
      };
    },
    peers: { ...rust('resonate', `${bins}`), 'resonators (PyPI wheel)': wheel(bins) },
    targets: { 'resonators (Rust)': 8, 'resonators (Rust) (avx2)': 5 },
    // The width of the gate is the error of the crate; the tests hold the bank to 1e-5 of the definition.
    compared: (result) => magnitude(result),
    gate: [1e-3, 1e-5],
  })),
  {
    name: 'resonators, stream',
    about: '1 s at 48 kHz in blocks of 128, 880 bins: process and magnitude each time (375 blocks)',
    input: () => ({ y: noise(1) }),
    ours({ y }) {
      const b = bank(880);
      const out = new Float32Array(880);
      return () => {
        b.reset();
        for (let i = 0; i < y.length; i += 128) {
          b.process(y.subarray(i, i + 128));
          b.magnitude(out);
        }
        return out;
      };
    },
    peers: rust('stream', '880'),
    targets: { 'resonators (Rust)': 4 },
    bound: 'A block of 128 samples is two steps of the recurrence, whose latency its few frames do not hide.',
    gate: [1e-3, 1e-5],
  },
  {
    name: 'resonators, tracking',
    about: '0.1 s at 48 kHz, 112 bins from 32.7 Hz, chord rule, hop 64',
    input: () => ({ y: noise(0.1) }),
    ours({ y }) {
      const frequencies = Float64Array.from({ length: 112 }, (_, i) => 32.7 * 2 ** (i / 12));
      const b = new TrackingBank({ sampleRate, frequencies, threshold: 1e-4 });
      const out = b.track(y, { hopLength: 64 });
      return () => {
        b.reset();
        return b.track(y, { hopLength: 64, out });
      };
    },
    peers: { 'NumPy, sample by sample': { setup: trackingSetup, run: 'track(y)' } },
    targets: { 'NumPy, sample by sample': 100 },
    // Where a resonator is about to be heard, a rounding error decides when it begins to follow.
    gate: false,
  },
  {
    name: 'resonators, synthesis',
    about: '1 s at 48 kHz, 112 bins from 32.7 Hz, two semitones up at 0.8 of the speed, in blocks of 128',
    input: () => ({ y: noise(1) }),
    ours({ y }) {
      const frequencies = Float64Array.from({ length: 112 }, (_, i) => 32.7 * 2 ** (i / 12));
      const synthesizer = new Synthesizer({ sampleRate, frequencies, pitch: 2 ** (2 / 12), speed: 0.8 });
      const out = new Float32Array(synthesizer.maxOutput(128));
      return () => {
        for (let i = 0; i < y.length; i += 128) synthesizer.process(y.subarray(i, i + 128), out);
        return out;
      };
    },
    // The published one is a notebook.
    peers: {},
    gate: false,
  },
];
