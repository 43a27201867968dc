import { outOfMemoryError } from './errors.js';

/** A new array for a result. Where the memory for it is not to be had, an error of ours says how much it was. */
export function allocate<A>(Type: { new (length: number): A; name: string }, length: number): A {
  try {
    return new Type(length);
  } catch (cause) {
    throw outOfMemoryError(`a ${Type.name} of ${length} values`, cause);
  }
}
