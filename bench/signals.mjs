/** Music-like test material of any length and rate: a chord progression, a melody with vibrato, drum hits and a noise floor. */
export function music(seconds, sampleRate) {
  const y = new Float32Array(Math.round(seconds * sampleRate));
  const chords = [
    [48, 55, 64],
    [45, 52, 60],
    [41, 57, 60],
    [43, 50, 59],
  ];
  const melody = [72, 76, 79, 74, 71, 67, 69, 72];
  const hertz = (midi) => 440 * 2 ** ((midi - 69) / 12);
  let state = 12345;
  let phase = 0;
  for (let i = 0; i < y.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const noise = state / 2 ** 31 - 1;
    const t = i / sampleRate;
    const beat = (t * 2) % 1;
    phase += hertz(melody[Math.floor(t * 2) % 8]) * (1 + 0.01 * Math.sin(2 * Math.PI * 5.5 * t));
    let value = 0.2 * Math.sin((2 * Math.PI * phase) / sampleRate) + 0.3 * noise * Math.exp(-beat * 30) + 0.003 * noise;
    for (const note of chords[Math.floor(t / 2) % 4]) {
      for (let h = 1; h <= 4; h++) value += (0.08 / h) * Math.sin(2 * Math.PI * h * hertz(note) * t);
    }
    y[i] = value;
  }
  return y;
}
