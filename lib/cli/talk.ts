/**
 * Standard output and standard error. Neither may stop the work: what is to be saved is saved before anything is said,
 * and a full disk or a reader that has left shows in the exit code.
 */
import { reason } from './failure.js';

let isSilenced = false;

function silence(error: NodeJS.ErrnoException): void {
  process.exitCode = 1;
  // A reader that stops early, as head does, knows that it has.
  if (!isSilenced && error.code !== 'EPIPE') complain(`cannot write to standard output: ${reason(error)}`);
  isSilenced = true;
}

process.stdout.on('error', silence);
process.stderr.on('error', () => {
  process.exitCode = 1;
});

/** Writes to standard output. */
export function say(text: string): void {
  if (isSilenced) return;
  try {
    process.stdout.write(text);
  } catch (error) {
    // Where standard output is a file or a device, write() itself throws.
    silence(error as NodeJS.ErrnoException);
  }
}

/** Writes a line to standard error, with the program's name before it. */
export function complain(message: string): void {
  note(`cochlea: ${message}\n`);
}

/** Writes to standard error. */
export function note(text: string): void {
  try {
    process.stderr.write(text);
  } catch {
    process.exitCode = 1;
  }
}
