/** One contender in JavaScript: answers run.mjs line by line. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

let call;
let repeats = 1;

async function once() {
  const start = process.hrtime.bigint();
  for (let i = 0; i < repeats; i++) await call();
  return Number(process.hrtime.bigint() - start) / 1e9 / repeats;
}

/** Every Float32Array in a result, in the order of its properties. */
function arrays(result) {
  if (result instanceof Float32Array) return [result];
  if (typeof result === 'number') return [Float32Array.of(result)];
  if (result === null || typeof result !== 'object' || ArrayBuffer.isView(result)) return [];
  return Object.entries(result).flatMap(([name, value]) => (name === 'shape' ? [] : arrays(value)));
}

function write(file, result) {
  const chunks = arrays(result).flatMap((array) => {
    const size = Buffer.alloc(8);
    size.writeBigUInt64LE(BigInt(array.length));
    return [size, Buffer.from(array.buffer, array.byteOffset, array.byteLength)];
  });
  writeFileSync(file, Buffer.concat(chunks));
}

const peak = () => process.resourceUsage().maxRSS * 1024;

async function prepare({ prepare: name, module, peer, input = [], point, result, seconds, npm, warm }) {
  const test = (await import(module)).default.find((candidate) => candidate.name === name);
  const samples = Object.fromEntries(
    input.map(({ name: key, file }) => {
      const bytes = readFileSync(file);
      return [key, new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))];
    }),
  );
  const load = npm && (await import(pathToFileURL(join(npm, 'load.mjs')).href)).load;
  call = await (peer === 'cochlea' ? test.ours(point ?? samples) : test.peers[peer].node(samples, load));
  const base = peak();
  const start = process.hrtime.bigint();
  const returned = await call();
  const first = Number(process.hrtime.bigint() - start) / 1e9;
  const added = peak() - base;
  if (result) write(result, peer === 'cochlea' && test.compared ? test.compared(returned) : returned);
  for (let i = 0; i < warm; i++) if ((await once()) > 0.3) break;
  if (warm > 0) repeats = Math.max(1, Math.ceil(seconds / (await once())));
  return { added, first };
}

for await (const line of createInterface({ input: process.stdin })) {
  const question = JSON.parse(line);
  let answer;
  try {
    if (question.prepare) answer = await prepare(question);
    else answer = { seconds: await once() };
  } catch (error) {
    answer = { error: error.message };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
