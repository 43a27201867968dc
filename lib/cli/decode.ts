import { createReadStream, type ReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Failure } from './failure.js';

/** A decoded recording, mixed down to one channel. */
export interface Track {
  file: string;
  sampleRate: number;
  /** Channels in the file; `samples` is their mean. */
  channels: number;
  samples: Float32Array;
  /** Largest absolute sample of any channel, 1 = full scale. */
  peak: number;
  /** Root mean square over all samples of all channels, 1 = full scale. */
  rms: number;
}

/** The rates that the pictures and features make sense for. */
const MIN_RATE = 1000;
const MAX_RATE = 768_000;
/** Shorter than this there is nothing to draw. */
const MIN_SECONDS = 0.01;
/** 3.4 hours at 44.1 kHz: a mono copy of 2 GB, well below the largest array of every supported Node. */
const MAX_SAMPLES = 2 ** 29;
const CHUNK_BYTES = 1 << 20;

/** What audio-decode gives for a piece of a file. */
interface Piece {
  channelData: Float32Array[];
  sampleRate: number;
}
type Decoder = ((bytes?: Uint8Array) => Promise<Piece>) & { free(): void };

/**
 * Decodes a sound file piece by piece, so that memory holds one mono copy of it and never the whole file or all its
 * channels. `progress` hears the fraction of the file that has been read.
 */
export async function decode(file: string, progress: (fraction: number) => void): Promise<Track> {
  const { size, head } = await look(file);
  const decoder = await decoderFor(head);
  const mono = new Mono();
  const stream = createReadStream(file, { highWaterMark: CHUNK_BYTES });
  try {
    let read = 0;
    for await (const bytes of plainBytes(stream)) {
      mono.add(await decoder(bytes));
      read += bytes.length;
      progress(read / size);
    }
    mono.add(await decoder());
  } finally {
    stream.destroy();
    decoder.free();
  }
  return { file, ...mono.finish() };
}

async function look(file: string): Promise<{ size: number; head: Uint8Array }> {
  const handle = await open(file);
  try {
    const stat = await handle.stat();
    if (stat.isDirectory()) throw new Failure('it is a directory');
    if (!stat.isFile()) throw new Failure('not a regular file');
    if (stat.size === 0) throw new Failure('the file is empty');
    const head = new Uint8Array(Math.min(stat.size, 1 << 16));
    await handle.read(head, 0, head.length, 0);
    return { size: stat.size, head };
  } finally {
    await handle.close();
  }
}

async function decoderFor(head: Uint8Array): Promise<Decoder> {
  // The decoders are optional, so that the library can be installed without them, and are loaded only here.
  const [{ default: formatOf }, { default: decoders }] = await Promise.all([
    import('audio-type'),
    import('audio-decode'),
  ]).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new Failure('the decoders are not installed: npm install audio-decode audio-type');
  });
  const format = formatOf(head);
  if (!format) throw new Failure('not a sound file (no known format: wav, flac, mp3, ogg, opus, m4a, aac, aiff, ...)');
  const start = (decoders as unknown as Record<string, (() => Promise<Decoder>) | undefined>)[format];
  if (!start) throw new Failure(`no decoder for the format ${format}`);
  return start();
}

/**
 * The stream's chunks as plain Uint8Arrays. The decoders call slice() to get an aligned copy, but a Buffer's slice() is
 * a view: a WAV of 32-bit floats then fails with "start offset of Float32Array should be a multiple of 4".
 */
async function* plainBytes(stream: ReadStream): AsyncGenerator<Uint8Array> {
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    yield new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length);
  }
}

/** Collects decoded pieces as one mono signal and measures their levels. */
class Mono {
  private readonly pieces: Float32Array[] = [];
  private length = 0;
  private sampleRate = 0;
  private channels = 0;
  private peak = 0;
  private energy = 0;
  private values = 0;

  add({ channelData, sampleRate }: Piece): void {
    const length = channelData[0]?.length ?? 0;
    if (length === 0) return;
    if (this.length === 0) {
      if (!(sampleRate >= MIN_RATE && sampleRate <= MAX_RATE)) {
        throw new Failure(`a sample rate of ${sampleRate} Hz; ${MIN_RATE} to ${MAX_RATE} Hz can be analysed`);
      }
      this.sampleRate = sampleRate;
    } else if (sampleRate !== this.sampleRate) {
      // Damaged MP3 frames look like this: going on would analyse noise at the wrong pitch.
      throw new Failure(`the sample rate changes from ${this.sampleRate} to ${sampleRate} Hz: the file is damaged`);
    }
    if (this.length + length > MAX_SAMPLES) {
      const hours = (MAX_SAMPLES / this.sampleRate / 3600).toFixed(1);
      throw new Failure(`longer than ${hours} hours at ${this.sampleRate} Hz; split it first`);
    }
    // MP3 decoders report one channel for as long as left and right are equal: the most channels seen is the truth.
    this.channels = Math.max(this.channels, channelData.length);
    this.pieces.push(this.mix(channelData, length));
    this.length += length;
  }

  private mix(channels: Float32Array[], length: number): Float32Array {
    const mono = new Float32Array(length);
    const scale = 1 / channels.length;
    for (const channel of channels) {
      for (let i = 0; i < length; i++) {
        const x = channel[i]!;
        this.peak = Math.max(this.peak, Math.abs(x));
        this.energy += x * x;
        mono[i]! += x * scale;
      }
    }
    if (!Number.isFinite(this.energy)) {
      const bad = mono.findIndex((x) => !Number.isFinite(x));
      throw new Failure(`sample ${this.length + bad} is not a finite number`);
    }
    this.values += length * channels.length;
    return mono;
  }

  finish(): Omit<Track, 'file'> {
    if (this.length === 0) throw new Failure('there are no sound samples in it');
    if (this.length < MIN_SECONDS * this.sampleRate) {
      const count = this.length === 1 ? '1 sample' : `${this.length} samples`;
      throw new Failure(`only ${count} of sound; at least ${MIN_SECONDS * 1000} ms are needed`);
    }
    const samples = new Float32Array(this.length);
    let at = 0;
    for (let piece = this.pieces.shift(); piece; piece = this.pieces.shift()) {
      samples.set(piece, at);
      at += piece.length;
    }
    const { sampleRate, channels, peak } = this;
    return { sampleRate, channels, samples, peak, rms: Math.sqrt(this.energy / this.values) };
  }
}
