import { findLayout } from './decoding/containers.js';
import { flacPieces } from './decoding/flac.js';
import { mpegPieces } from './decoding/mpeg.js';
import { oggPieces } from './decoding/ogg.js';
import { formatOf, otherPieces } from './decoding/other.js';
import { pcmPieces } from './decoding/pcm.js';
import { ID3_HEAD_BYTES, id3Bytes, latin1, type Piece, Source } from './decoding/source.js';
import { Failure, inUsersWords } from './failure.js';
import { Signal } from './signal.js';

/** A decoded recording, mixed down to one channel. */
export interface Track {
  file: string;
  sampleRate: number;
  /** Channels in the file; `samples` is their mean. */
  channels: number;
  samples: Signal;
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
/** 3.4 hours at 44.1 kHz: a mono copy of 2 GB. */
const MAX_SAMPLES = 2 ** 29;
const HEAD_BYTES = 1 << 16;

/**
 * The largest samples that a sound file can have. What encoders make of a full-scale master stays below twice full scale;
 * four times, 12 dB above it, only damaged files decode to. Floating-point samples may be on the scale of integers, too.
 */
const LOUDEST = { encoded: 4, float: 2 ** 31 };

/**
 * Decodes a sound file piece by piece, so that memory holds one mono copy of it and never the whole file or all its
 * channels. `progress` hears the fraction of the file that has been read.
 */
export async function decode(file: string, progress: (fraction: number) => void): Promise<Track> {
  const source = await Source.open(file, progress);
  try {
    const { pieces, loudest } = await start(source);
    const mono = new Mono(loudest);
    for await (const piece of pieces) mono.add(piece);
    return { file, ...mono.finish() };
  } catch (error) {
    throw inUsersWords(error, 'the decoder cannot read it: the file is damaged, or of a kind that it does not know');
  } finally {
    await source.close();
  }
}

/** Refuses what is no file that could be read. */
export async function checkRecording(file: string): Promise<void> {
  const source = await Source.open(file, () => {});
  await source.close();
}

/** The decoder of the file's format: what it is in is told by its first bytes, whatever it is called. */
async function start(source: Source): Promise<{ pieces: AsyncGenerator<Piece>; loudest: number }> {
  const begin = await afterTags(source);
  const head = await source.read(begin, HEAD_BYTES);
  const layout = await findLayout(source, head);
  if (layout) {
    const loudest = layout.encoding === 'float' ? LOUDEST.float : LOUDEST.encoded;
    return { pieces: pcmPieces(source, layout), loudest };
  }
  const loudest = LOUDEST.encoded;
  if (latin1(head, 0, 4) === 'OggS') return { pieces: oggPieces(source), loudest };
  const format = await formatOf(head);
  if (format === 'mp3') return { pieces: mpegPieces(source, begin), loudest };
  if (format === 'flac') return { pieces: flacPieces(source, begin, head), loudest };
  return { pieces: otherPieces(source, begin, format), loudest };
}

/** Where the sound's own format begins: MP3, FLAC and others may have ID3 tags before it, with pictures of any size. */
async function afterTags(source: Source): Promise<number> {
  let begin = 0;
  for (;;) {
    const bytes = id3Bytes(await source.read(begin, ID3_HEAD_BYTES));
    if (bytes === 0) return begin;
    begin += bytes;
  }
}

/** Collects decoded pieces as one mono signal and measures their levels. */
class Mono {
  private readonly samples = new Signal();
  private sampleRate = 0;
  private channels = 0;
  private peak = 0;
  private energy = 0;
  private values = 0;

  constructor(private readonly loudest: number) {}

  add({ channelData, sampleRate }: Piece): void {
    const length = channelData[0]?.length ?? 0;
    if (length === 0) return;
    if (this.samples.length === 0) {
      if (!(sampleRate >= MIN_RATE && sampleRate <= MAX_RATE)) {
        throw new Failure(`a sample rate of ${sampleRate} Hz; ${MIN_RATE} to ${MAX_RATE} Hz can be analysed`);
      }
      this.sampleRate = sampleRate;
    } else if (sampleRate !== this.sampleRate) {
      throw new Failure(
        `the sample rate changes from ${this.sampleRate} to ${sampleRate} Hz: the file is damaged, or several in one`,
      );
    }
    if (this.samples.length + length > MAX_SAMPLES) {
      const hours = (MAX_SAMPLES / this.sampleRate / 3600).toFixed(1);
      throw new Failure(`longer than ${hours} hours at ${this.sampleRate} Hz; split it first`);
    }
    // MP3 decoders report one channel for as long as left and right are equal: the most channels seen is the truth.
    this.channels = Math.max(this.channels, channelData.length);
    this.samples.append(this.mix(channelData, length));
  }

  private mix(channels: Float32Array[], length: number): Float32Array {
    const mono = new Float32Array(length);
    const scale = 1 / channels.length;
    for (const channel of channels) {
      for (let i = 0; i < length; i++) {
        const x = channel[i]!;
        if (!(Math.abs(x) <= this.loudest)) this.refuse(x, this.samples.length + i);
        this.peak = Math.max(this.peak, Math.abs(x));
        this.energy += x * x;
        mono[i]! += x * scale;
      }
    }
    this.values += length * channels.length;
    return mono;
  }

  private refuse(value: number, index: number): never {
    if (!Number.isFinite(value)) throw new Failure(`sample ${index} is not a finite number`);
    const level = 20 * Math.log10(Math.abs(value));
    throw new Failure(`the file is damaged: sample ${index} decodes to ${level.toFixed(0)} dB above full scale`);
  }

  finish(): Omit<Track, 'file'> {
    const { samples, sampleRate, channels, peak } = this;
    if (samples.length === 0) throw new Failure('there are no sound samples in it');
    if (samples.length < MIN_SECONDS * sampleRate) {
      const count = samples.length === 1 ? '1 sample' : `${samples.length} samples`;
      throw new Failure(`only ${count} of sound; at least ${MIN_SECONDS * 1000} ms are needed`);
    }
    return { sampleRate, channels, samples, peak, rms: Math.sqrt(this.energy / this.values) };
  }
}
