// What a foreign runtime must be able to do with the installed package: both import styles, promises, an abort, worker
// threads that end during a job, an error. Prints `N passed, N failed`; argument: the tier that must be in force.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { hpss, simd, stft } from 'cochlea';
import * as promises from 'cochlea/promises';

const y = Float32Array.from({ length: 44100 }, (_, i) => Math.sin(i * i * 1e-5));
const tests = {
  'the expected tier is in force': () => assert.equal(simd().active, process.argv[2]),
  'require and import give one instance': () => assert.equal(createRequire(import.meta.url)('cochlea').stft, stft),
  'a promise has the numbers of the call': async () => {
    const [now, later] = [stft(y), await promises.stft(y)];
    assert.deepEqual(later.shape, now.shape);
    assert.deepEqual(later.re, now.re);
  },
  'an abort rejects': async () => {
    const controller = new AbortController();
    const job = promises.hpss(y, { signal: controller.signal });
    controller.abort();
    await assert.rejects(job, { name: 'AbortError' });
  },
  'errors have a code': () => {
    assert.throws(() => stft(new Float32Array([Number.NaN])), { code: 'ERR_COCHLEA_NOT_FINITE' });
    assert.throws(() => hpss(y, { nFtt: 1 }), { code: 'ERR_COCHLEA_UNKNOWN_OPTION' });
  },
  'workers load it and may end during a job': async () => {
    const script = `
      const { parentPort } = require('node:worker_threads');
      const { stft } = require('cochlea');
      require('cochlea/promises').hpss(new Float32Array(400000).fill(0.5)).catch(() => {});
      parentPort.postMessage(stft(new Float32Array(22050)).shape);`;
    for (let i = 0; i < 3; i++) {
      const worker = new Worker(script, { eval: true });
      const [shape] = await new Promise((resolve, reject) => {
        worker.once('message', (message) => resolve([message]));
        worker.once('error', reject);
      });
      assert.deepEqual(shape, [1025, 44]);
      await worker.terminate();
    }
  },
};

let failed = 0;
for (const [name, test] of Object.entries(tests)) {
  try {
    await test();
  } catch (error) {
    failed++;
    console.log(`FAIL  ${name}: ${error?.message ?? error}`);
  }
}
console.log(`${Object.keys(tests).length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
