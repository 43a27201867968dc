import { existsSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';

/**
 * Writes a file whole or not at all: under a temporary name beside it, then renamed. Synchronous on purpose: a signal
 * handler cannot run in between, so Ctrl-C leaves either the old file or the new one.
 */
export function writeWhole(file: string, content: string | Uint8Array): void {
  const target = existsSync(file) ? realpathSync(file) : file;
  if (existsSync(target) && !statSync(target).isFile()) {
    // A device or a pipe must be written to, not replaced.
    writeFileSync(target, content);
    return;
  }
  const temporary = `${target}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, content);
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
