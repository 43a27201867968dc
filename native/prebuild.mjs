// Builds the binaries that the package carries, all on one Linux machine: npm run prebuild [-- TARGET...]
//   --check   also builds the kernel check of every target, build/prebuild/<target>/check
// The compiler is zig's clang, which brings the C and C++ libraries of every system; it is installed once by pip, into
// the user's cache. Needs python3 with pip, cmake and make.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import prebuildify from 'prebuildify';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);

const x64 = ['scalar', 'baseline', 'avx2', 'avx512'];
const arm64 = ['scalar', 'neon'];

/**
 * The targets by name, which is `<platform>-<arch>` and for Linux the C library: where the binary lies, what zig calls
 * the target, what it needs of the system.
 */
export const targets = {
  'linux-x64-glibc': { zig: 'x86_64-linux-gnu.2.28', system: 'Linux', needs: 'glibc 2.28', tiers: x64 },
  'linux-arm64-glibc': { zig: 'aarch64-linux-gnu.2.28', system: 'Linux', needs: 'glibc 2.28', tiers: arm64 },
  'linux-x64-musl': { zig: 'x86_64-linux-musl', system: 'Linux', needs: 'musl 1.2', tiers: x64 },
  'linux-arm64-musl': { zig: 'aarch64-linux-musl', system: 'Linux', needs: 'musl 1.2', tiers: arm64 },
  'darwin-x64': { zig: 'x86_64-macos.11.0', system: 'Darwin', needs: 'macOS 11', tiers: x64 },
  'darwin-arm64': { zig: 'aarch64-macos.11.0', system: 'Darwin', needs: 'macOS 11', tiers: arm64 },
  'win32-x64': { zig: 'x86_64-windows-gnu', system: 'Windows', needs: 'Windows 10', tiers: x64 },
  'win32-arm64': { zig: 'aarch64-windows-gnu', system: 'Windows', needs: 'Windows 11', tiers: arm64 },
};
for (const [name, target] of Object.entries(targets)) {
  const [platform, arch, libc] = name.split('-');
  target.folder = join(root, 'build', 'prebuild', name);
  target.file = join(root, 'prebuilds', `${platform}-${arch}`, `cochlea${libc ? `.${libc}` : ''}.node`);
}

/** What is downloaded, and zig's cache; outside the repository, so that every clone has it. */
export const tools = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'cochlea');

function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (error) throw new Error(`${command}: ${error.message}`);
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: exit code ${status}`);
}

function installZig() {
  const requirements = join(root, 'native', 'zig-requirements.txt');
  const version = /==(\S+)/.exec(readFileSync(requirements, 'utf8'))[1];
  const folder = join(tools, `zig-${version}`);
  const zig = join(folder, 'ziglang', 'zig');
  if (!existsSync(zig)) {
    const pip = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--only-binary=:all:', '--require-hashes'];
    run('python3', [...pip, '--target', folder, '-r', requirements]);
  }
  return zig;
}

async function build(name, zig, check) {
  const target = targets[name];
  const headers = dirname(require.resolve('node-api-headers/package.json'));
  const wrapper = dirname(require.resolve('node-addon-api/package.json'));
  const env = {
    ...process.env,
    ZIG_GLOBAL_CACHE_DIR: join(tools, 'zig-cache'),
    ZIG_LOCAL_CACHE_DIR: join(target.folder, 'zig-cache'),
  };
  const definitions = {
    CMAKE_TOOLCHAIN_FILE: join(root, 'native', 'zig.cmake'),
    CMAKE_BUILD_TYPE: 'Release',
    CMAKE_LIBRARY_OUTPUT_DIRECTORY: join(target.folder, 'build', 'Release'),
    COCHLEA_ZIG: zig,
    COCHLEA_ZIG_TARGET: target.zig,
    COCHLEA_SYSTEM: target.system,
    CMAKE_RULE_MESSAGES: 'OFF',
    COCHLEA_CHECK: check ? 'ON' : 'OFF',
    CMAKE_JS_INC: `${wrapper};${join(headers, 'include')}`,
    CMAKE_JS_NODELIB_DEF: join(headers, 'def', 'node_api.def'),
  };
  const options = Object.entries(definitions).map(([name, value]) => `-D${name}=${value}`);
  run('cmake', ['-S', root, '-B', target.folder, '--log-level=WARNING', '--no-warn-unused-cli', ...options], { env });
  const jobs = process.env.CMAKE_BUILD_PARALLEL_LEVEL ?? '2';
  run('cmake', ['--build', target.folder, '--parallel', jobs], { env });
  // CMake has compiled, so prebuildify's node-gyp has nothing to do; it finds the binary, names it and puts it in its place.
  const [platform, arch, libc] = name.split('-');
  const place = { name: 'cochlea', napi: true, platform, arch, tagLibc: libc, cwd: target.folder, out: root };
  await promisify(prebuildify)({ ...place, nodeGyp: 'true' });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const names = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
  const unknown = names.find((name) => !(name in targets));
  if (unknown) {
    console.error(`${unknown}: expected one of ${Object.keys(targets).join(', ')}`);
    process.exit(1);
  }
  const zig = installZig();
  for (const name of names.length > 0 ? names : Object.keys(targets)) {
    const start = Date.now();
    await build(name, zig, process.argv.includes('--check'));
    console.log(`${name}: ${((Date.now() - start) / 1000).toFixed(0)} s`);
  }
}
