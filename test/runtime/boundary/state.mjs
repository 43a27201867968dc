// Loads the library, uses both forms, and tells what it left behind.
import { Resampler, stft } from 'cochlea';
import * as promises from 'cochlea/promises';

const denormals = () => Number.MIN_VALUE * 1 === Number.MIN_VALUE && JSON.stringify(5e-324) === '5e-324';
const before = denormals();
const decaying = Float32Array.from({ length: 4096 }, (_, i) => 1e-38 / (i + 1));
stft(decaying);
new Resampler({ from: 44100, to: 22050 }).process(decaying);
await promises.stft(decaying);
new Resampler({ from: 44100, to: 22050 }).process(decaying);
await promises.stft(decaying.map(() => Number.NaN)).catch(() => {});
await promises.stft(decaying, { signal: AbortSignal.abort() }).catch(() => {});
console.log(`exitCode ${process.exitCode}, denormals ${before} ${denormals()}`);
