// Builds the addon with cmake-js (node native/build.mjs), or the native programs with CMake alone:
//   --check          the kernel check, run after it is built
//   --bench [NAME]   the native benchmarks; runs bench/native/NAME.cc
//   --sanitize       addon and check with AddressSanitizer and UndefinedBehaviorSanitizer, in build/sanitize
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

/** A native program, by CMake alone. */
function buildProgram(option) {
  const folder = join(root, 'build', 'native');
  run('cmake', ['-S', root, '-B', folder, '-DCMAKE_BUILD_TYPE=Release', '-DCOCHLEA_ADDON=OFF', `-D${option}=ON`]);
  run('cmake', ['--build', folder, ...jobs]);
  return folder;
}

if (flags.has('--sanitize')) {
  buildAddon('--CDCOCHLEA_SANITIZE=ON', '--CDCOCHLEA_CHECK=ON', '--out=build/sanitize/build');
  if (flags.has('--check')) run(join(root, 'build', 'sanitize', 'build', 'check'), ['--no-timing']);
} else if (flags.has('--check')) {
  run(join(buildProgram('COCHLEA_CHECK'), 'check'), []);
} else if (flags.has('--bench')) {
  const folder = buildProgram('COCHLEA_BENCH');
  const program = process.argv.slice(2).find((argument) => !argument.startsWith('--'));
  if (program) run(join(folder, `bench_${program}`), []);
} else {
  buildAddon();
}
