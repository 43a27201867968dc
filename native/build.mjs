// Builds the addon with cmake-js (node native/build.mjs), or the native programs with CMake alone:
//   --check          the kernel check, run after it is built
//   --bench [NAME]   the native benchmarks; runs bench/native/NAME.cc
//   --sanitize       addon and check with AddressSanitizer and UndefinedBehaviorSanitizer, in build/sanitize
//   --threads        the check of what threads share, with ThreadSanitizer, in build/threads
// Before anything else it looks for the tools, so that a machine without them gets one message instead of a build log.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const flags = new Set(process.argv.slice(2));

const remedies = {
  linux: 'sudo apt-get install g++ cmake make   (Alpine: apk add g++ cmake make)',
  darwin: 'xcode-select --install && brew install cmake',
  win32: 'winget install Kitware.CMake Microsoft.VisualStudio.2022.BuildTools   (with the C++ workload)',
};

function has(command, args = ['--version']) {
  return spawnSync(command, args, { stdio: 'ignore' }).error === undefined;
}

function requireTools() {
  const missing = [];
  if (!has('cmake')) missing.push('CMake 3.18 or later');
  // CMake finds Visual Studio by itself; it is not on the PATH.
  const compilers = [process.env.CXX, 'c++', 'g++', 'clang++'].filter(Boolean);
  if (process.platform !== 'win32' && !compilers.some((compiler) => has(compiler.split(' ')[0]))) {
    missing.push('a C++20 compiler');
  }
  if (process.platform === 'linux' && !has('make') && !has('ninja')) missing.push('make or ninja');
  if (missing.length === 0) return;
  console.error(
    `cochlea cannot be built from source: ${missing.join(' and ')} not found.\n` +
      `Install with:  ${remedies[process.platform] ?? 'your package manager'}\n` +
      'then run:      npm run build',
  );
  process.exit(1);
}

function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (error) console.error(`${command}: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}

requireTools();
const require = createRequire(import.meta.url);
const jobs = ['--parallel', process.env.CMAKE_BUILD_PARALLEL_LEVEL ?? '2'];

/** The addon, by cmake-js, which knows Node's headers. */
function buildAddon(...options) {
  const strict = process.env.CI ? ['--CDCOCHLEA_WERROR=ON'] : [];
  const cmakeJs = require.resolve('cmake-js/bin/cmake-js');
  run(process.execPath, [cmakeJs, 'compile', '--log-level=warn', ...jobs, ...strict, ...options]);
}

/** Native programs, by CMake alone: all that the options ask for, or one target. */
function buildPrograms(name, options, ...target) {
  const folder = join(root, 'build', name);
  run('cmake', ['-S', root, '-B', folder, '-DCMAKE_BUILD_TYPE=Release', '-DCOCHLEA_ADDON=OFF', ...options]);
  run('cmake', ['--build', folder, ...jobs, ...target]);
  return folder;
}

if (flags.has('--sanitize')) {
  buildAddon('--CDCOCHLEA_SANITIZE=address', '--CDCOCHLEA_CHECK=ON', '--out=build/sanitize/build');
  if (flags.has('--check')) run(join(root, 'build', 'sanitize', 'build', 'check'), ['--no-timing']);
} else if (flags.has('--threads')) {
  const options = ['-DCOCHLEA_CHECK=ON', '-DCOCHLEA_SANITIZE=thread'];
  run(join(buildPrograms('threads', options, '--target', 'threads'), 'threads'), []);
} else if (flags.has('--check')) {
  run(join(buildPrograms('native', ['-DCOCHLEA_CHECK=ON']), 'check'), []);
} else if (flags.has('--bench')) {
  const folder = buildPrograms('native', ['-DCOCHLEA_BENCH=ON']);
  const program = process.argv.slice(2).find((argument) => !argument.startsWith('--'));
  if (program) run(join(folder, `bench_${program}`), []);
} else {
  buildAddon();
}
