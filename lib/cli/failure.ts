/** Something the user can act on: its message is the whole story, and no stack trace is wanted. */
export class Failure extends Error {
  override name = 'Failure';
}

const SYSTEM_REASONS: Record<string, string> = {
  ENOENT: 'no such file',
  EISDIR: 'it is a directory',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ENOTDIR: 'no such folder',
  ENOSPC: 'the disk is full',
};

/** Why something failed, on one line and free of control characters, ready to be printed. */
export function reason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  const known = code === undefined ? undefined : SYSTEM_REASONS[code];
  return printable(known ?? (error instanceof Error ? error.message : String(error)));
}

/** The text with everything that a terminal could take for a command replaced by a question mark. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this removes
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, '?');
}
