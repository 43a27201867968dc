/// <reference path="./node-gyp-build.d.ts" />
import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join, resolve } from 'node:path';
import { resolve as findBinary } from 'node-gyp-build';
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

/** What node-gyp-build would load; undefined where it finds nothing, or next to the program another addon's binary. */
function found(folder: string): string | undefined {
  try {
    const file = findBinary(folder);
    return basename(file).startsWith('cochlea') ? file : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The binaries to try, in order: what node-gyp-build finds, then every other that could be meant. It names one file alone,
 * and that need not load: a build that was interrupted comes before a good binary of the package; `npm_config_arch` and
 * `LIBC` change what it looks for; and it takes Linux for glibc's wherever there is no /etc/alpine-release. So a binary
 * for the other C library than the process's comes last, where it finds that.
 */
function candidates(folder: string, libc: 'glibc' | 'musl' | undefined): string[] {
  const other = libc === 'musl' ? 'glibc' : 'musl';
  const names = libc === undefined ? [''] : [`.${libc}`, `.${other}`];
  const prebuilds = join(folder, 'prebuilds', `${platform}-${arch}`);
  const known = [
    join(folder, 'build', 'Release', 'cochlea.node'),
    ...names.map((name) => join(prebuilds, `cochlea${name}.node`)),
  ];
  const first = found(folder);
  if (first === undefined) return known;
  const isForeign = libc !== undefined && first.endsWith(`.${other}.node`);
  return [...new Set(isForeign ? [...known, first] : [first, ...known])];
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
