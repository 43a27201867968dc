import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import type { Binding } from '../../binding.js';
import { loadError } from './errors.js';

const { platform, arch, version } = process;
// This file runs from dist/runtime/, two levels below the package's root.
const root = join(__dirname, '..', '..');
// Not the bundler's: a bundle does not hold the binary.
const load = createRequire(__filename);

/** The C library of this process, by its mapped dynamic linker: a machine can have both. */
function libcOfProcess(): 'glibc' | 'musl' {
  try {
    return /\/(ld-musl-[^/]+|libc\.so)$/m.test(readFileSync('/proc/self/maps', 'latin1')) ? 'musl' : 'glibc';
  } catch {
    return 'glibc';
  }
}

/** Where a binary may lie: a build from source first, then the package's own; on Linux that of the other C library last. */
function candidates(folder: string, libc: string | undefined): string[] {
  const names = libc === undefined ? [''] : libc === 'musl' ? ['.musl', '.glibc'] : ['.glibc', '.musl'];
  const prebuilds = join(folder, 'prebuilds', `${platform}-${arch}`);
  return [
    join(folder, 'build', 'Release', 'cochlea.node'),
    ...names.map((name) => join(prebuilds, `cochlea${name}.node`)),
  ];
}

/** Linux maps a truncated library without a look at its length, and the process dies at the first page that is not there. */
function refuseTruncated(path: string): void {
  const file = openSync(path, 'r');
  try {
    const header = Buffer.alloc(64);
    const { size } = fstatSync(file);
    const whole = readSync(file, header) === header.length && header.readUInt32BE(0) === 0x7f454c46;
    // ELF: the table of sections ends the file.
    const expected = whole
      ? Number(header.readBigUInt64LE(40)) + header.readUInt16LE(58) * header.readUInt16LE(60)
      : 64;
    if (!whole || size < expected) throw new Error(`no binary for Linux, or truncated: ${size} of ${expected} bytes`);
  } finally {
    closeSync(file);
  }
}

function loadAddon(): Binding {
  const libc = platform === 'linux' ? libcOfProcess() : undefined;
  const tried: string[] = [];
  let cause: unknown;
  for (const file of candidates(resolve(process.env.COCHLEA_PREBUILD || root), libc)) {
    if (!existsSync(file)) {
      tried.push(`${file}: not there`);
      continue;
    }
    try {
      if (platform === 'linux') refuseTruncated(file);
      return load(file) as Binding;
    } catch (error) {
      // The binary loads; the variable is wrong.
      if ((error as { code?: unknown }).code === 'ERR_COCHLEA_SIMD') throw error;
      cause ??= error;
      tried.push(`${file}: ${String((error as Error).message).split('\n')[0]}`);
    }
  }
  const target = `${platform}-${arch}${libc ? ` (${libc})` : ''}, Node ${version}`;
  throw loadError(
    `cochlea has no binary that loads on ${target}. Tried:\n${tried.map((line) => `  ${line}\n`).join('')}` +
      'Install the package anew on this platform:\n  npm install cochlea --force\n' +
      'or build the binary, with CMake and a C++20 compiler, in the folder of the package:\n' +
      `  cd ${JSON.stringify(root)} && npm install && npm run build:native`,
    cause,
  );
}

/** The addon; the only way to it. */
export const native: Binding = loadAddon();
