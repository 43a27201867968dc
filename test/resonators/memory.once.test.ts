/**
 * An hour of sound through each of the streaming classes leaves memory as it was. In a process of its own, for its own heap, and
 * into reused results: when the memory of dropped ones goes back to the system is not ours to say.
 */
import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

it.each([
  [
    'ResonatorBank',
    'new ResonatorBank({ sampleRate, frequencies: midiFrequencies() })',
    'x.resonate(y, { hopLength: 480, out: out ??= x.resonate(y, { hopLength: 480 }) })',
  ],
  [
    'ResonatorBank in blocks',
    'new ResonatorBank({ sampleRate, frequencies: few })',
    'for (let i = 0; i < y.length; i += 128) { x.process(y.subarray(i, i + 128)); x.magnitude(row); }',
  ],
  [
    'TrackingBank',
    'new TrackingBank({ sampleRate, frequencies: few })',
    'x.track(y, { hopLength: 480, out: out ??= x.track(y, { hopLength: 480 }) })',
  ],
  [
    'Synthesizer',
    'new Synthesizer({ sampleRate, frequencies: few, pitch: 1.1, speed: 1.3 })',
    'x.process(y, out ??= new Float32Array(x.maxOutput(y.length)))',
  ],
])(
  '%s',
  (_, make, step) => {
    const script = `
    const { midiFrequencies, ResonatorBank, Synthesizer, TrackingBank } = require('cochlea');
    const sampleRate = 48000, few = [220, 330, 440, 550];
    const y = Float32Array.from({ length: 10 * sampleRate }, (_, i) => 0.5 * Math.sin(0.0576 * i) + 0.1 * Math.sin(i * i));
    const row = new Float32Array(4);
    let out;
    const x = ${make};
    const memory = () => {
      gc(); gc();
      const { rss, heapUsed, external } = process.memoryUsage();
      return [rss, heapUsed + external].map((bytes) => bytes / 2 ** 20);
    };
    const run = (seconds) => { for (let i = 0; i < seconds; i += 10) { ${step}; } };
    run(120);
    const before = memory();
    run(3600);
    console.log(JSON.stringify(memory().map((after, i) => after - before[i])));`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--expose-gc', '-e', script], { encoding: 'utf8' });
    expect(stderr).toBe('');
    const [rss, heap] = JSON.parse(stdout);
    expect(rss).toBeLessThan(16);
    expect(heap).toBeLessThan(0.5);
  },
  600_000,
);
