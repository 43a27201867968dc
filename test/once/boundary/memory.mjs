// Prints by how many megabytes the process grew over 1,000 calls, once warm.
import { stft } from 'cochlea';
import * as promises from 'cochlea/promises';

const y = new Float32Array(22050).fill(0.5);
const bad = new Float32Array(22050).fill(Number.NaN);
const call = {
  sync: () => stft(y),
  async: () => Promise.all([promises.stft(y), promises.stft(y)]),
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
// The least of three rounds: a leak grows in every round, the allocator's reserves in some.
const sizes = [];
for (let round = 0; round < 4; round++) sizes.push(await calls());
const growth = sizes.slice(1).map((size, i) => size - sizes[i]);
console.log((Math.min(...growth) / 2 ** 20).toFixed(1));
