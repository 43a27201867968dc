/**
 * The contract between lib/ and native/: every function of the addon, with plain numbers and typed arrays in fixed
 * positions. lib/ has checked every value and allocated every result; the addon checks memory safety only and throws
 * for samples that are not finite.
 *
 * A matrix is row-major, rows first. `frames` and `bins` name its columns and rows.
 */

/** Functions that also exist as `<name>Async(token, ...)`, returning a promise; see `Token`. */
export interface Functions {
  /**
   * Short-time Fourier transform. `re` and `im` are [1 + floor(nFft / 2), frames].
   * `window` has nFft values; `padMode` indexes `padModes` of lib/stft.ts, -1 for no padding.
   */
  stft(
    y: Float32Array,
    window: Float32Array,
    hopLength: number,
    padMode: number,
    re: Float32Array,
    im: Float32Array,
  ): void;
}

/** Functions without an asynchronous form. */
export interface SyncFunctions {
  /** The active tier, then every tier that this machine can run, slowest first. */
  simd(): string[];
  /** The size of the pool, after setting it when `count` is given. */
  threads(count?: number): number;
}

/** `[0]`: set to 1 to cancel the call. `[1]`: its progress in thousandths. Nothing else may use the array. */
export type Token = Int32Array;

export type Binding = Functions &
  SyncFunctions & {
    [Name in keyof Functions as `${Name}Async`]: (token: Token, ...args: Parameters<Functions[Name]>) => Promise<void>;
  };
