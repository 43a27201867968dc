/** Bytes of a sample of 32-bit floating point. */
const FLOAT_BYTES = 4;

/**
 * The head of a mono WAV file of `frames` samples of 32-bit floating point, which follow it as they are in memory: every
 * processor that the library runs on is little-endian, as WAV is. It has no room for 2^30 samples or more.
 */
export function wavHead(frames: number, sampleRate: number): Uint8Array {
  const head = Buffer.alloc(58);
  const dataBytes = frames * FLOAT_BYTES;
  head.write('RIFF', 0);
  head.writeUInt32LE(head.length - 8 + dataBytes, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(18, 16);
  head.writeUInt16LE(3, 20); // floating point
  head.writeUInt16LE(1, 22); // channels
  head.writeUInt32LE(sampleRate, 24);
  head.writeUInt32LE(sampleRate * FLOAT_BYTES, 28);
  head.writeUInt16LE(FLOAT_BYTES, 32);
  head.writeUInt16LE(8 * FLOAT_BYTES, 34);
  head.writeUInt16LE(0, 36); // no extension
  head.write('fact', 38);
  head.writeUInt32LE(4, 42);
  head.writeUInt32LE(frames, 46);
  head.write('data', 50);
  head.writeUInt32LE(dataBytes, 54);
  return head;
}

/** Samples as the bytes that follow a `wavHead`. */
export function wavSamples(samples: Float32Array): Uint8Array {
  return new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
}
