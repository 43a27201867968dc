import { join } from 'node:path';
import type { Binding } from '../binding.js';
import { loadError } from './errors.js';

// This file runs from dist/, one level below the package's root.
const root = join(__dirname, '..');

function load(): Binding {
  try {
    return require('node-gyp-build')(root) as Binding;
  } catch (cause) {
    if ((cause as { code?: unknown }).code === 'ERR_COCHLEA_SIMD') throw cause;
    const { platform, arch, version } = process;
    throw loadError(
      `cochlea has no binary that loads here (${platform}-${arch}, Node ${version}, looked in ${join(root, 'build')} and ` +
        `${join(root, 'prebuilds')}). Reinstall it with 'npm install cochlea', or build it in ${root} with 'npm install && npm run build:native'.`,
      cause,
    );
  }
}

/** The addon; the only way to it. */
export const native: Binding = load();
