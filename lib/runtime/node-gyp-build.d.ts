// It brings no types of its own.
declare module 'node-gyp-build' {
  /** The binary for this process that lies in the package's folder. Throws if it finds none. */
  export function resolve(folder: string): string;
}
