/**
 * The codes of the errors that this library throws, in `error.code`. A wrong type is a `TypeError`, a wrong value a
 * `RangeError`; the message names the argument, what was expected and what was received.
 */
export type ErrorCode =
  | 'ERR_COCHLEA_INVALID_TYPE'
  | 'ERR_COCHLEA_OUT_OF_RANGE'
  | 'ERR_COCHLEA_NOT_FINITE'
  | 'ERR_COCHLEA_UNKNOWN_OPTION'
  | 'ERR_COCHLEA_MISSING_OPTION'
  | 'ERR_COCHLEA_SHARED_BUFFER'
  | 'ERR_COCHLEA_DETACHED_BUFFER'
  | 'ERR_COCHLEA_OVERLAP'
  | 'ERR_COCHLEA_OUT_OF_MEMORY'
  | 'ERR_COCHLEA_CANCELLED'
  | 'ERR_COCHLEA_SIMD'
  | 'ERR_COCHLEA_LOAD';

export type CodedError<E extends Error> = E & { code: ErrorCode };

function coded<E extends Error>(error: E, code: ErrorCode): CodedError<E> {
  return Object.assign(error, { code });
}

/**
 * How a received value reads in a message: short, on one line, with its type where the value alone would not tell. Never
 * throws, whatever the value's getters and proxies do.
 */
export function describe(value: unknown): string {
  try {
    return inWords(value);
  } catch {
    return 'an object that throws when it is looked at';
  }
}

function inWords(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'string') return value.length > 40 ? `'${value.slice(0, 40)}...'` : `'${value}'`;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'symbol') return 'a symbol';
  const given: unknown = value.constructor?.name;
  const name = typeof given === 'string' && given !== '' ? given.slice(0, 40) : undefined;
  if (ArrayBuffer.isView(value)) {
    return `${name ?? 'a view'} of length ${(value as Float32Array).length ?? value.byteLength}`;
  }
  if (Array.isArray(value)) return `an array of length ${value.length}`;
  if (name !== undefined) return `an object (${name})`;
  return Object.getPrototypeOf(value) === null ? 'an object (no prototype)' : 'an object';
}

export function typeError(
  argument: string,
  expected: string,
  received: unknown,
  code: ErrorCode = 'ERR_COCHLEA_INVALID_TYPE',
) {
  return coded(new TypeError(`${argument}: expected ${expected}, received ${describe(received)}`), code);
}

export function rangeError(
  argument: string,
  expected: string,
  received: unknown,
  code: ErrorCode = 'ERR_COCHLEA_OUT_OF_RANGE',
) {
  return coded(new RangeError(`${argument}: expected ${expected}, received ${describe(received)}`), code);
}

/** `what` could not be had. */
export function outOfMemoryError(what: string, cause: unknown) {
  return coded(new RangeError(`not enough memory for ${what}`, { cause }), 'ERR_COCHLEA_OUT_OF_MEMORY');
}

export function loadError(message: string, cause: unknown) {
  return coded(new Error(message, { cause }), 'ERR_COCHLEA_LOAD');
}
