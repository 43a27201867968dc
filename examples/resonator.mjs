// The simplest of it: one resonator, told of a tone by its amplitude and phase, while the tone changes.
//   node examples/resonator.mjs
import { Resonator } from 'cochlea';

const sampleRate = 48000;
const frequency = 440;
const resonator = new Resonator({ sampleRate, frequency });

// A quarter of a second each: amplitude, phase offset in radians.
for (const [amplitude, phase] of [
  [0.5, 0],
  [0.5, Math.PI / 2],
  [0.1, Math.PI / 2],
  [0, 0],
]) {
  // 440 Hz goes through 110 whole turns in that time, so that each part begins where the tone would be.
  const part = Float32Array.from({ length: sampleRate / 4 }, (_, i) => {
    return amplitude * Math.cos((2 * Math.PI * frequency * i) / sampleRate + phase);
  });
  // It can be read after any sample; here before the end, and at the end.
  resonator.process(part.subarray(0, 240));
  const soon = resonator.amplitude;
  resonator.process(part.subarray(240));
  const { cosine, sine } = resonator.quadratures;
  console.log(
    `told ${amplitude.toFixed(2)} at ${phase.toFixed(2)} rad`,
    `| after 5 ms ${soon.toFixed(2)}, at the end ${resonator.amplitude.toFixed(2)}`,
    `at ${resonator.phaseOffset.toFixed(2)} rad`,
    `| quadratures ${cosine.toFixed(3)} ${sine.toFixed(3)}`,
  );
}
