import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { Failure } from '../failure.js';

/** A piece of sound: one array per channel, all of one length. */
export interface Piece {
  channelData: Float32Array[];
  sampleRate: number;
}

const CHUNK_BYTES = 1 << 18;

/** A regular file to decode, read from any place. */
export class Source {
  private constructor(
    private readonly handle: FileHandle,
    readonly size: number,
    private readonly progress: (fraction: number) => void,
  ) {}

  /**
   * Opens a regular file. To open a pipe would wait for its writer, in a thread that neither a signal nor the end of the
   * process can stop: so the file is looked at first, and opened without waiting in case it has changed meanwhile.
   * `progress` hears the fraction of the file that `chunks` has read.
   */
  static async open(file: string, progress: (fraction: number) => void): Promise<Source> {
    requireRegular(await stat(file));
    const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const stats = await handle.stat();
      requireRegular(stats);
      if (stats.size === 0) throw new Failure('the file is empty');
      return new Source(handle, stats.size, progress);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** The bytes from `start` to `end`, or to the end of the file; fewer if there are no more. */
  async read(start: number, length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, this.size - start)));
    let filled = 0;
    while (filled < bytes.length) {
      const { bytesRead } = await this.handle.read(bytes, filled, bytes.length - filled, start + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  }

  /** The same in chunks, each in memory of its own: decoders keep and slice what they are given. */
  async *chunks(start = 0, end = this.size): AsyncGenerator<Uint8Array> {
    for (let at = start; at < end; at += CHUNK_BYTES) {
      const bytes = await this.read(at, Math.min(CHUNK_BYTES, end - at));
      if (bytes.length === 0) return;
      this.progress((at + bytes.length) / this.size);
      yield bytes;
    }
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}

function requireRegular(stats: Awaited<ReturnType<typeof stat>>): void {
  if (stats.isFile()) return;
  if (stats.isDirectory()) throw new Failure('it is a directory');
  const kind = stats.isFIFO() ? 'a pipe' : stats.isSocket() ? 'a socket' : 'a device';
  throw new Failure(`it is ${kind}; only regular files can be analysed`);
}

/** Text of one byte per character, as chunk names are. */
export function latin1(bytes: Uint8Array, start: number, length: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1', start, start + length);
}

/** A DataView of just these bytes. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export const ID3_HEAD_BYTES = 10;

/** The length of the ID3v2 tag that begins there, or 0. */
export function id3Bytes(bytes: Uint8Array, at = 0): number {
  if (bytes.length - at < ID3_HEAD_BYTES || latin1(bytes, at, 3) !== 'ID3') return 0;
  const size = bytes.subarray(at + 6, at + 10).reduce((sum, byte) => (sum << 7) | (byte & 0x7f), 0);
  const footBytes = bytes[at + 5]! & 0x10 ? ID3_HEAD_BYTES : 0;
  return ID3_HEAD_BYTES + size + footBytes;
}
