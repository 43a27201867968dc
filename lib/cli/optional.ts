import { Failure } from './failure.js';

/**
 * What the command line alone needs is optional, so that the library can be installed without it, and is loaded on use.
 * All of these packages are ES modules, which CommonJS can only import this way. `install` is the line that the error
 * names.
 */
export async function optional<T>(loading: Promise<T>, install = 'npm install --include=optional cochlea'): Promise<T> {
  try {
    return await loading;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    const name = /'([^']+)'/.exec((error as Error).message)?.[1] ?? 'a package';
    throw new Failure(`${name} is not installed; this installs it: ${install}`);
  }
}
