// Loads the library in 100 workers, 10 at a time, and terminates each while its jobs run and wait.
import { isMainThread, parentPort, Worker } from 'node:worker_threads';

if (isMainThread) {
  let ended = 0;
  const lane = async () => {
    for (let i = 0; i < 10; i++) {
      const worker = new Worker(new URL(import.meta.url));
      await new Promise((resolve, reject) => {
        worker.on('error', reject);
        worker.once('message', resolve);
      });
      await new Promise((resolve) => setTimeout(resolve, 10 * Math.random()));
      await worker.terminate();
      ended++;
    }
  };
  await Promise.all(Array.from({ length: 10 }, lane));
  // The main thread comes last: until here the library lived in workers only.
  const { stft } = await import('cochlea/promises');
  const { shape } = await stft(new Float32Array(22050));
  console.log(`${ended} workers ended, ${shape[1]} frames`);
} else {
  const { stft } = await import('cochlea/promises');
  const y = new Float32Array(300_000).fill(0.5);
  for (let i = 0; i < 4; i++) stft(y);
  parentPort.postMessage('jobs are under way');
}
