import { configure } from 'cochlea';
import * as promises from 'cochlea/promises';
import { music } from '../signals.mjs';

export default [
  {
    name: 'two promises at once',
    about: 'the STFT of two signals of 60 s at 22.05 kHz, against one after the other',
    input: () => ({ a: music(60, 22050), b: music(61, 22050) }),
    ours({ a, b }) {
      configure({ threads: 2 });
      return async () => {
        const [A, B] = await Promise.all([promises.stft(a), promises.stft(b)]);
        return { a: A.re.subarray(0, 1000), b: B.re.subarray(0, 1000) };
      };
    },
    peers: {
      'in sequence': {
        node:
          ({ a, b }) =>
          async () => {
            const A = await promises.stft(a);
            const B = await promises.stft(b);
            return { a: A.re.subarray(0, 1000), b: B.re.subarray(0, 1000) };
          },
      },
    },
    targets: { 'in sequence': 1.8 },
  },
];
