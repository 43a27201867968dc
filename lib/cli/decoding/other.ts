/// <reference path="./audio-type.d.ts" />
import { Failure } from '../failure.js';
import { optional } from '../optional.js';
import type { Piece, Source } from './source.js';

type Decoder = ((bytes?: Uint8Array) => Promise<Piece>) & { free(): void };

/** The format's short name, from the first bytes of a file. */
export async function formatOf(head: Uint8Array): Promise<string> {
  const { default: typeOf } = await optional(import('audio-type'));
  // It reads the buffer from its start, whatever part of it the array is.
  const format = typeOf(Uint8Array.from(head));
  if (!format) throw new Failure('not a sound file (no known format: wav, flac, mp3, ogg, opus, m4a, aac, aiff, ...)');
  return format;
}

/**
 * The samples of a file in one of the many other formats that `audio-decode` knows: M4A, AAC, WebM, WMA, AMR and more. Some
 * of its decoders are under the GPL, so nobody gets it who has not asked for it.
 */
export async function* otherPieces(source: Source, begin: number, format: string): AsyncGenerator<Piece> {
  const { default: decoders } = await optional(import('audio-decode'), 'npm install audio-decode');
  const start = (decoders as unknown as Record<string, (() => Promise<Decoder>) | undefined>)[format];
  if (!start) throw new Failure(`no decoder for the format ${format}`);
  const decoder = await start();
  try {
    for await (const bytes of source.chunks(begin)) yield await decoder(bytes);
    yield await decoder();
  } finally {
    decoder.free();
  }
}
