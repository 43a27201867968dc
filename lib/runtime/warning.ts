import { dirname, sep } from 'node:path';

/** The codes of this library's warnings, in the `code` of the process's `warning` event; its `name` is `CochleaWarning`. */
export type WarningCode = 'COCHLEA_WARN_EMPTY_FILTERS' | 'COCHLEA_WARN_SHORT_SIGNAL' | 'COCHLEA_WARN_NO_PITCH';

/** Frames of a stack that are looked at: more than lie between a public function and this one. */
const DEPTH = 16;
/** Where that many places have been warned, something is called from ever new ones; the rest would be noise. */
const MOST_SITES = 1000;
const ours = dirname(__dirname) + sep;
const warned = new Set<string>();

/** The line of the caller's code, the first of the stack that is not of this library. */
function callSite(): string {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = DEPTH;
  const stack = String(new Error().stack);
  Error.stackTraceLimit = limit;
  const frames = stack.split('\n').filter((line) => line.includes(':'));
  return frames.slice(1).find((line) => !line.includes(ours) && !line.includes('node:internal')) ?? '';
}

/**
 * Warns of a result that is likely not what was meant, once for each line of the caller's code: a loop warns once, a second
 * place of the program again. The line is looked up only when there is something to warn of.
 */
export function warn(code: WarningCode, message: string): void {
  if (warned.size >= MOST_SITES) return;
  const site = `${code} ${callSite()}`;
  if (warned.has(site)) return;
  warned.add(site);
  process.emitWarning(message, { type: 'CochleaWarning', code });
}
