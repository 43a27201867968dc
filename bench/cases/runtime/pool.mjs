import { configure } from 'cochlea';
import * as promises from 'cochlea/promises';
import { music } from '../../signals.mjs';

const input = () => ({ a: music(60, 22050), b: music(61, 22050) });

/** Two promises at once, against one after the other. */
const pair = (name, job, few) => ({
  name: `two promises of ${name}`,
  about: 'two signals of 60 s at 22.05 kHz at once on two threads, against one after the other',
  input,
  ours({ a, b }) {
    configure({ threads: 2 });
    return async () => (await Promise.all([job(a), job(b)])).map(few);
  },
  peers: {
    'in sequence': {
      node:
        ({ a, b }) =>
        async () => [few(await job(a)), few(await job(b))],
    },
  },
  full: true,
  targets: { 'in sequence': 1.8 },
  bound: 'Half of the time goes to fresh memory of 20 MB for each result, which the system hands out page by page.',
});

export default [
  pair('hpss', promises.hpss, ({ harmonic }) => harmonic.subarray(0, 1000)),
  pair('stft', promises.stft, ({ re }) => re.subarray(0, 1000)),
];
