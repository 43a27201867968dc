// Follows a gliding tone with vibrato: the resonators move to it and report its frequency.
//   node examples/tracking.mjs
import { logFrequencies, TrackingBank } from 'cochlea';

const sampleRate = 48000;
const hopLength = 4800;
const truth = (t) => 440 * 2 ** (0.25 * t) + 6 * Math.sin(2 * Math.PI * 2 * t);
let phase = 0;
const y = Float32Array.from({ length: 2 * sampleRate }, (_, i) => {
  phase += truth(i / sampleRate) / sampleRate;
  return 0.5 * Math.sin(2 * Math.PI * phase);
});

const bank = new TrackingBank({ sampleRate, frequencies: logFrequencies({ fmin: 220, nBins: 36 }) });
const { magnitude, frequency } = bank.track(y, { hopLength });
const [bins, frames] = magnitude.shape;
for (let t = 0; t < frames; t++) {
  let best = 0;
  for (let k = 1; k < bins; k++) {
    if (magnitude.data[k * frames + t] > magnitude.data[best * frames + t]) best = k;
  }
  const seconds = ((t + 1) * hopLength) / sampleRate;
  const heard = frequency.data[best * frames + t].toFixed(1);
  console.log(`${seconds.toFixed(1)} s  tone ${truth(seconds).toFixed(1)} Hz  heard ${heard} Hz`);
}
