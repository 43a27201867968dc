// Prints the strongest note ten times a second, from a stream of samples on standard input:
//   ffmpeg -v error -i song.mp3 -f f32le -ac 1 -ar 48000 - | node examples/stream.mjs
import { midiFrequencies, ResonatorStream } from 'cochlea';

const names = ['C', 'C#', 'D', 'D#', 'E', 'F', 'F#', 'G', 'G#', 'A', 'A#', 'B'];
const frames = new ResonatorStream({ sampleRate: 48000, frequencies: midiFrequencies(), hopLength: 4800 });
let tenths = 0;
for await (const magnitudes of process.stdin.pipe(frames)) {
  tenths++;
  const note = 21 + magnitudes.indexOf(Math.max(...magnitudes));
  const level = 20 * Math.log10(2 * magnitudes[note - 21] + 1e-5);
  const name = `${names[note % 12]}${Math.floor(note / 12) - 1}`;
  console.log(`${(tenths / 10).toFixed(1).padStart(7)} s  ${name.padEnd(3)} ${level.toFixed(1).padStart(6)} dB`);
}
