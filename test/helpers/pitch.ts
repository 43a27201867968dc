/** Tones, and a range of pitches to look for them in. */

export const rate = 22050;
export const range = { sampleRate: rate, fmin: 65, fmax: 2093 };

export const tone = (frequency: number, n = rate, amplitude = 0.5) =>
  Float32Array.from({ length: n }, (_, i) => amplitude * Math.sin((2 * Math.PI * frequency * i) / rate));
