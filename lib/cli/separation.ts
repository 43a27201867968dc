import type { Signal } from './signal.js';

/** A piece of a signal with as much of its neighbours as its separation depends on. */
export interface SeparationPiece {
  /** The samples to separate. */
  heard: Float32Array;
  /** The part of them that belongs to the piece. */
  from: number;
  to: number;
  /** Where the piece ends in the signal. */
  end: number;
}

const PIECE_SAMPLES = 2 ** 21;

/** Half the frames of the medians: `hpss` compares each frame with 15 on either side, at its default kernel size of 31. */
const MEDIAN_FRAMES = 16;

/**
 * A signal in pieces whose separate parts, put together, are those of the whole signal as `hpss` gives them. Pieces begin
 * at frames; what a sample depends on ends with the windows of the frames that the medians of its own frames reach.
 */
export function* separationPieces(signal: Signal, nFft: number): Generator<SeparationPiece> {
  const hopLength = nFft / 4;
  const margin = MEDIAN_FRAMES * hopLength + nFft;
  const length = Math.ceil(PIECE_SAMPLES / hopLength) * hopLength;
  for (let start = 0; start < signal.length; start += length) {
    const end = Math.min(signal.length, start + length);
    const first = Math.max(0, start - margin);
    const heard = signal.read(first, Math.min(signal.length, end + margin) - first);
    yield { heard, from: start - first, to: end - first, end };
  }
}
