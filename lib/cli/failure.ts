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
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'the symbolic links go in a circle',
  ENXIO: 'nobody reads from this pipe',
  EPIPE: 'nobody reads from this pipe any more',
  EMFILE: 'too many files are open',
  ERR_COCHLEA_OUT_OF_MEMORY: 'not enough memory',
  ERR_WORKER_OUT_OF_MEMORY: 'not enough memory',
};

/** Why something failed, on one line and free of control characters, ready to be printed. */
export function reason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  const known = code === undefined ? undefined : SYSTEM_REASONS[code];
  return printable(known ?? (error instanceof Error ? error.message : String(error)));
}

/**
 * The error, if it is about a file or tells the user what to do; otherwise one that says what was being done. What
 * libraries throw speaks of their arguments, which the user has never seen.
 */
export function inUsersWords(error: unknown, doing: string): Error {
  const { code, syscall } = error as NodeJS.ErrnoException;
  const isPlain = error instanceof Failure || syscall !== undefined || (code !== undefined && code in SYSTEM_REASONS);
  return isPlain ? (error as Error) : new Failure(doing, { cause: error });
}

/** The text with everything that a terminal could take for a command replaced by a question mark. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this removes
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, '?');
}
