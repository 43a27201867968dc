import { resample } from 'cochlea';
import { music } from '../../signals.mjs';

const input = () => ({ y: music(30, 44100) });

const from44 = (to, targets, gate) => ({
  name: `resample 44.1 to ${to / 1000} kHz`,
  about: '30 s mono, soxr_hq',
  input,
  ours:
    ({ y }) =>
    () =>
      resample(y, { from: 44100, to }),
  peers: { soxr: { setup: 'import soxr', run: `soxr.resample(y, 44100, ${to})` } },
  bound:
    'Fourier transforms of blocks are a third, memory half of the time; libsoxr does the same with FFTs of its own.',
  targets,
  gate,
});

// Equality is claimed at 2:1 and 1:2; at other ratios libsoxr's transition band is another one.
export default [from44(22050, { soxr: 2 }), from44(48000, undefined, false), from44(16000, undefined, false)];
