import { magnitude, ResonatorBank } from 'cochlea';

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

const rust = (...args) => ({
  'resonators (Rust)': { cargo: 'resonators-rust', flags: '-C target-cpu=native', args },
  // Its fused multiply-add becomes a call into the C library: minutes for the larger banks.
  ...(args[1] === '88' && { 'resonators, default build': { cargo: 'resonators-rust', flags: '', args } }),
});

export default [
  { name: 'resonators, share of peak', about: 'the dense form against the multipliers', program: 'resonators' },
  ...[88, 264, 440, 880].map((bins) => ({
    name: `resonate, ${bins} bins`,
    about: '10 s of noise at 48 kHz, hop 256, complex, into a reused result',
    input: () => ({ y: noise(10) }),
    ours({ y }) {
      const b = bank(bins);
      const out = b.resonate(y, { hopLength: 256 });
      return () => {
        b.reset();
        return b.resonate(y, { hopLength: 256, out });
      };
    },
    peers: rust('resonate', `${bins}`),
    tiers: ['avx2', 'baseline'],
    targets: { 'resonators (Rust)': 8, 'resonators (Rust) (avx2)': 5 },
    // The width of the gate is the error of the crate; the tests hold the bank to 1e-5 of the definition.
    compared: (result) => magnitude(result),
    gate: [0, 1e-2],
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
    tiers: ['avx2'],
    targets: { 'resonators (Rust)': 4 },
    gate: [0, 1e-2],
  },
];
