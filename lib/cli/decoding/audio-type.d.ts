declare module 'audio-type' {
  /** The format's short name, from the first bytes of a file. Reads `bytes.buffer` from its start: pass no views. */
  export default function formatOf(bytes: Uint8Array): string | undefined;
}
