/** The loader: what it takes, what it refuses, and what it says then. A refusal must never be a crash. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const binary = readFileSync(join(root, 'build', 'Release', 'cochlea.node'));
const { platform, arch } = process;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cochlea-loading-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Loads the package in a process of its own, with the binaries in `folder`; what it says of its failure. */
function load(name = root, env: NodeJS.ProcessEnv = { COCHLEA_PREBUILD: folder }) {
  const script = `
    try { console.log(JSON.stringify({ tier: require(${JSON.stringify(name)}).simd().active })); }
    catch (error) { console.log(JSON.stringify({ code: error.code, message: error.message, cause: error.cause?.message })); }`;
  const { stdout, stderr, signal, status } = spawnSync(process.execPath, ['-e', script], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  expect({ signal, status, stderr }).toEqual({ signal: null, status: 0, stderr: '' });
  return JSON.parse(stdout);
}

function place(content: Uint8Array, ...path: string[]): string {
  const file = join(folder, ...path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, content);
  return file;
}

/** Where the package's own binary of this platform lies; on Linux the other C library's is tried after it. */
const prebuild = (libc: string) =>
  ['prebuilds', `${platform}-${arch}`, platform === 'linux' ? `cochlea.${libc}.node` : 'cochlea.node'] as const;

describe('a package without a binary', () => {
  it('names the platform, every file that was tried, and both commands', () => {
    for (const part of ['package.json', 'dist']) cpSync(join(root, part), join(folder, part), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
    const { code, message } = load(folder, {});
    expect(code).toBe('ERR_COCHLEA_LOAD');
    expect(message).toContain(`no binary that loads on ${platform}-${arch}`);
    expect(message).toContain(`Node ${process.version}`);
    if (platform === 'linux') expect(message).toMatch(/\((glibc|musl)\)/);
    expect(message).toContain(`${join(folder, 'build', 'Release', 'cochlea.node')}: not there`);
    expect(message).toContain(`${join(folder, ...prebuild('glibc'))}: not there`);
    expect(message).toContain('npm install cochlea');
    expect(message).toContain(`cd ${JSON.stringify(folder)} && npm install && npm run build:native`);
  });
});

describe('a binary', () => {
  it('is found where a build from source leaves it', () => {
    place(binary, 'build', 'Release', 'cochlea.node');
    expect(load()).toHaveProperty('tier');
    expect(load(root, { COCHLEA_PREBUILD: relative('.', folder) })).toHaveProperty('tier');
  });

  it('is found among the prebuilt ones, whatever is broken before it', () => {
    place(binary, ...prebuild('glibc'));
    expect(load()).toHaveProperty('tier');
    place(binary.subarray(0, 5000), 'build', 'Release', 'cochlea.node');
    expect(load()).toHaveProperty('tier');
  });

  it('is found by node-gyp-build, under any tag that it knows', () => {
    const name = platform === 'linux' ? 'cochlea.node.napi.glibc.node' : 'cochlea.node.napi.node';
    place(binary, 'prebuilds', `${platform}-${arch}`, name);
    expect(load()).toHaveProperty('tier');
  });

  it('is found where node-gyp-build is told to look for another one, or finds a broken one', () => {
    place(binary, ...prebuild('glibc'));
    for (const env of [{ npm_config_arch: 'mips' }, { npm_config_platform: 'aix' }, { LIBC: 'musl' }]) {
      expect(load(root, { COCHLEA_PREBUILD: folder, ...env })).toHaveProperty('tier');
    }
    const broken = place(binary.subarray(0, 5000), 'build', 'Debug', 'cochlea.node');
    expect(load()).toHaveProperty('tier');
    rmSync(join(folder, 'prebuilds'), { recursive: true });
    expect(load().message).toContain(`${broken}: `);
  });

  it.runIf(platform === 'linux')("for the other C library comes after the process's own", () => {
    const own = (process.report.getReport() as { header: { glibcVersionRuntime?: string } }).header.glibcVersionRuntime
      ? 'glibc'
      : 'musl';
    const other = own === 'glibc' ? 'musl' : 'glibc';
    place(binary, ...prebuild(own));
    place(Buffer.from('not for this process'), ...prebuild(other));
    expect(load(root, { COCHLEA_PREBUILD: folder, LIBC: other })).toHaveProperty('tier');
  });

  const cuts = [0, 63, 64, 4096, 50_000, Math.floor(binary.length / 2), binary.length - 5000, binary.length - 1];
  it.each(cuts)('cut to %d bytes is refused', (bytes) => {
    const file = place(binary.subarray(0, bytes), ...prebuild('glibc'));
    const { code, message, cause } = load();
    expect(code).toBe('ERR_COCHLEA_LOAD');
    expect(message).toContain(`${file}: `);
    expect(message).not.toContain(`${file}: not there`);
    expect(cause).toBeTruthy();
  });

  it('of another architecture is refused', () => {
    const other = Uint8Array.from(binary);
    // ELF and Mach-O name the architecture at a fixed place, PE behind the offset at 0x3c.
    const place3c = new DataView(other.buffer).getUint32(0x3c, true);
    const at = platform === 'win32' ? place3c + 4 : platform === 'darwin' ? 4 : 18;
    new DataView(other.buffer).setUint16(at, platform === 'win32' ? 0x1c0 : platform === 'darwin' ? 12 : 243, true);
    const file = place(other, ...prebuild('glibc'));
    const { code, message } = load();
    expect(code).toBe('ERR_COCHLEA_LOAD');
    expect(message).toContain(`${file}: `);
    expect(message).not.toContain(`${file}: not there`);
  });

  it('that is a text, an empty file or a folder is refused', () => {
    const file = place(Buffer.from('version https://git-lfs.github.com/spec/v1\n'.repeat(100)), ...prebuild('glibc'));
    expect(load().code).toBe('ERR_COCHLEA_LOAD');
    place(new Uint8Array(0), ...prebuild('glibc'));
    expect(load().code).toBe('ERR_COCHLEA_LOAD');
    rmSync(file);
    mkdirSync(file);
    expect(load().code).toBe('ERR_COCHLEA_LOAD');
  });

  it('that loads and refuses COCHLEA_SIMD is not passed over', () => {
    place(binary, 'build', 'Release', 'cochlea.node');
    expect(load(root, { COCHLEA_PREBUILD: folder, COCHLEA_SIMD: 'mmx' }).code).toBe('ERR_COCHLEA_SIMD');
  });
});
