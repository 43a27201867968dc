import { expect } from 'vitest';

/** Expects `call` to throw an error of that class and code whose message begins with `message`. */
export function expectError(call: () => unknown, type: new () => Error, code: string, message: string): void {
  let error: (Error & { code?: string }) | undefined;
  try {
    call();
  } catch (thrown) {
    error = thrown as Error;
  }
  expect(error, 'an error was expected').toBeInstanceOf(type);
  expect(error?.message).toContain(message);
  expect(error?.message.indexOf(message)).toBe(0);
  expect(error?.code).toBe(code);
}
