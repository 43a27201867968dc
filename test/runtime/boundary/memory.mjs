// Prints by how many megabytes the process grew over 1,000 calls, once warm.
import { Resampler, stft } from 'cochlea';
import * as promises from 'cochlea/promises';

const y = new Float32Array(22050).fill(0.5);
const bad = new Float32Array(22050).fill(Number.NaN);
const call = {
  sync: () => stft(y),
  async: () => Promise.all([promises.stft(y), promises.stft(y)]),
  objects: () => new Resampler({ from: 44100, to: 22050 }).process(y),
  failing: () => promises.stft(bad).catch(() => {}),
  abort: () => {
    const controller = new AbortController();
    const result = promises.stft(y, { signal: controller.signal }).catch(() => {});
    controller.abort();
    return result;
  },
}[process.argv[2]];

async function calls() {
  for (let i = 0; i < 1000; i++) {
    await call();
    if (i % 50 !== 0) continue;
    gc();
    await promises.stft(y); // behind what was aborted and still waits
  }
  // What is finalised in one round is freed in the next.
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    gc();
  }
  return process.memoryUsage().rss;
}
// A leak grows in every round, the allocator's reserves in some: up to three rounds, until one is flat.
let size = await calls();
let growth = Number.POSITIVE_INFINITY;
for (let round = 0; round < 3 && growth >= 10; round++) {
  const before = size;
  size = await calls();
  growth = (size - before) / 2 ** 20;
}
console.log(growth.toFixed(1));
