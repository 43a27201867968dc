/** Runs one case of any kind and says what came out; see run.mjs for what a case is. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { simd } from 'cochlea';
import { compare } from '../test/reference/compare.mjs';
import { cargo, folder, node, npmContenders, program, python } from './contenders.mjs';

const quantile = (values, q) => values.toSorted((a, b) => a - b)[Math.round(q * (values.length - 1))];
const median = (values) => quantile(values, 0.5);

/** Result files hold each array's length, then its values. */
function readArrays(file) {
  const bytes = readFileSync(file);
  const arrays = [];
  for (let at = 0; at < bytes.length; ) {
    const size = Number(bytes.readBigUInt64LE(at));
    arrays.push(new Float32Array(bytes.buffer.slice(bytes.byteOffset + at + 8, bytes.byteOffset + at + 8 + 4 * size)));
    at += 8 + 4 * size;
  }
  return arrays;
}

/** The worst error over all arrays, in units of the gate. */
function difference(ours, theirs, gate) {
  if (ours.length !== theirs.length) return Number.POSITIVE_INFINITY;
  return Math.max(
    ...ours.map((a, i) => {
      const b = theirs[i];
      if (a.length !== b.length) return Number.POSITIVE_INFINITY;
      return compare({ shape: [a.length], re: a }, { shape: [b.length], re: b }, { gate }).worst;
    }),
  );
}

/** Tiers that a target asks for by name, besides the best one. */
function tiersOf({ targets = {} }) {
  const named = Object.keys(targets).map((label) => label.match(/\((\w+)\)$/)?.[1]);
  return simd().available.filter((tier) => named.includes(tier) && tier !== simd().active);
}

const label = (peer, tier) => (tier ? `${peer} (${tier})` : peer);

async function ratios(module, test, { rounds, seconds, leftOut, other, torch }) {
  const input = Object.entries(test.input()).map(([name, samples]) => {
    const file = join(folder, `${name}.f32`);
    writeFileSync(file, samples);
    return { name, file };
  });
  const contenders = [node('cochlea'), ...tiersOf(test).map((tier) => node(`cochlea (${tier})`, { tier }))];
  const ours = contenders.length;
  const omit = (name, error) => leftOut.push(`${name} in ${test.name}: ${error.message.split('\n')[0]}`);
  const result = (i) => join(folder, `${i}.out`);
  if (other) contenders.push(node(other.name, { tree: other.tree }));
  for (const [name, peer] of other ? [] : Object.entries(test.peers)) {
    try {
      if (peer.environment === 'torch' && !torch)
        throw new Error('needs three gigabytes of PyTorch: --torch installs it');
      const i = contenders.length;
      if (peer.run) contenders.push(python(name, peer.environment));
      else if (peer.cargo) contenders.push(cargo(name, peer, input, result(i), seconds));
      else contenders.push(node(name));
    } catch (error) {
      omit(name, error);
    }
  }
  const ready = [];
  const close = () => {
    for (const contender of ready) if (!contender.stays) contender.close();
  };
  for (const [i, contender] of contenders.entries()) {
    const isOurs = i < ours || contender.name === other?.name;
    const peer = test.peers[contender.name];
    const question = { prepare: test.name, module, peer: isOurs ? 'cochlea' : contender.name, input, seconds };
    try {
      const npm = peer?.npm ? npmContenders() : undefined;
      const { first } = await contender.ask({
        ...question,
        result: result(i),
        python: peer?.run && peer,
        npm,
        warm: rounds > 1 ? 3 : 0,
      });
      ready.push(Object.assign(contender, { result: result(i), first }));
    } catch (error) {
      contender.close();
      if (i < ours) throw error;
      omit(contender.name, error);
    }
  }
  const [best] = ready;
  for (const contender of ready.slice(1)) {
    const peerGate = test.peers[contender.name]?.gate ?? test.gate;
    if (peerGate === false || test.gate === false) continue;
    const worst = difference(readArrays(best.result), readArrays(contender.result), peerGate);
    if (!(worst <= 1)) {
      close();
      throw new Error(`${contender.name} differs, ${worst} times the gate`);
    }
  }
  for (let round = 0; round < rounds; round++) {
    // Another order each round, so that nobody always runs behind the same neighbour.
    for (let i = 0; i < ready.length; i++) {
      const contender = ready[(i + round) % ready.length];
      contender.times.push((await contender.ask({ time: true })).seconds);
    }
  }
  close();
  const rows = [];
  const mine = ready.filter(({ name }) => name.startsWith('cochlea'));
  for (const own of mine) {
    for (const peer of ready.filter((contender) => !mine.includes(contender))) {
      const each = peer.times.map((t, i) => t / own.times[i]);
      rows.push({
        case: test.name,
        about: test.about,
        tier: own.tier ?? simd().active,
        peer: peer.name,
        ours: median(own.times),
        first: own.first,
        theirs: median(peer.times),
        ratio: median(each),
        quartiles: [quantile(each, 0.25), quantile(each, 0.75)],
        target: other ? undefined : test.targets?.[label(peer.name, own.tier)],
        bound: test.bound,
        equal: test.gate !== false && test.peers[peer.name]?.gate !== false,
      });
    }
  }
  if (rows.length === 0)
    rows.push({ case: test.name, about: test.about, tier: simd().active, ours: median(best.times) });
  return { rows };
}

/** Time, or the memory beyond what was there before, against one parameter; cochlea alone. */
async function curve(module, test, { rounds, seconds, quick }) {
  const points = [];
  const series = test.tiers ? simd().available : [undefined];
  for (const tier of series) {
    for (const x of quick ? test.points.slice(0, 1) : test.points) {
      const contender = node('cochlea', { tier });
      const question = { prepare: test.name, module, peer: 'cochlea', point: x, seconds };
      const { added } = await contender.ask({ ...question, warm: test.memory ? 0 : 1 });
      const times = [];
      for (let round = 0; !test.memory && round < Math.min(rounds, 5); round++) {
        times.push((await contender.ask({ time: true })).seconds);
      }
      contender.close();
      if (test.memory) {
        points.push({ series: 'all', x, y: Math.max(1, added) }, { series: 'its result', x, y: test.memory(x) });
      } else {
        points.push({ series: tier, x, y: Math.min(...times) / (test.per?.(x) ?? 1) });
      }
    }
  }
  const { name, about, axis, unit } = test;
  const facts = test.facts?.(points).map((fact) => ({ fact: `${name}: ${fact.of}`, value: fact.value })) ?? [];
  return { curves: [{ name, about, axis, unit, points }], facts };
}

/** @returns rows, curves and facts, as far as the case has them. */
export async function measure(module, test, options) {
  if (test.program) {
    const lines = program(test.program);
    options.leftOut.push(...lines.flatMap(({ leftOut }) => leftOut ?? []));
    return test.read(lines);
  }
  if (test.points) return curve(module, test, options);
  return ratios(module, test, { ...options, rounds: Math.min(options.rounds, test.rounds ?? options.rounds) });
}
