// Builds the binaries of all targets, inspects them, packs and installs the package, and loads every binary that a
// program on this machine can load (runtimes.mjs). Ends with a table and `N passed, N failed`.
//   node test/prebuild/run.mjs [--no-build] [--only=TEXT]   TEXT: part of a target's or a runtime's name; the target of
//                                                           the machine is always there, because the package needs it
//   node test/prebuild/run.mjs --docs                       also writes what it found to docs/targets.md
// Linux x64 with python3 and pip, cmake, make, binutils, qemu-user, libc6-arm64-cross and wine64.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { targets } from '../../native/prebuild.mjs';
import { VECTOR } from '../gates/vector.mjs';
import { codeSize, inspect } from './formats.mjs';
import { runtimes } from './runtimes.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const require = createRequire(import.meta.url);
const MEGABYTE = 1e6;
const arguments_ = process.argv.slice(2);
const only = arguments_.find((argument) => argument.startsWith('--only='))?.slice(7) ?? '';
const queue = runtimes.filter(({ name, target }) => `${target} ${name}`.includes(only));
const chosen = Object.entries(targets).filter(
  ([name]) => name.includes(only) || name === 'linux-x64-glibc' || queue.some(({ target }) => target === name),
);

let passed = 0;
let failed = 0;
/** What was checked of each target, and how many tests that were. */
const results = Object.fromEntries(Object.keys(targets).map((name) => [name, []]));

/** Runs one check, of a target or of the package: it fails by throwing, or counts by itself. */
async function check(name, what, body) {
  const start = Date.now();
  const result = { what, good: 1, bad: 0 };
  results[name]?.push(result);
  try {
    Object.assign(result, await body());
  } catch (error) {
    Object.assign(result, { good: 0, bad: 1 });
    console.log(`      ${String(error?.message ?? error).replaceAll('\n', '\n      ')}`);
  }
  const { good, bad } = result;
  passed += good;
  failed += bad;
  const seconds = ((Date.now() - start) / 1000).toFixed(0);
  const count = good + bad > 1 ? `${good} passed, ${bad} failed; ` : '';
  console.log(`${bad === 0 ? 'ok  ' : 'FAIL'}  ${name}: ${what} (${count}${seconds} s)`);
}

function demand(condition, complaint) {
  if (!condition) throw new Error(complaint);
}

/** Runs a program of tests; its last line says `N passed, N failed`. */
async function counted([command, ...args], options) {
  // Into a file: Node's pipes are sockets, which Wine does not hand on.
  const folder = mkdtempSync(join(tmpdir(), 'cochlea-log-'));
  const log = join(folder, 'log');
  const output = openSync(log, 'w');
  const child = spawn(command, args, { stdio: ['ignore', output, output], timeout: 1_200_000, ...options });
  const [status, signal] = await once(child, 'exit');
  closeSync(output);
  const text = readFileSync(log, 'utf8').trim();
  rmSync(folder, { recursive: true });
  const counts = /(\d+) passed, (\d+) failed$/.exec(text);
  const ended = `${basename(command)}: ${signal ?? `exit code ${status}`}`;
  if (!counts) throw new Error(`${ended}\n${text.split('\n').slice(-15).join('\n')}`);
  if (status !== 0) console.log(`      ${ended}\n${text}`);
  const bad = Number(counts[2]);
  return { good: Number(counts[1]), bad: status === 0 ? bad : Math.max(1, bad) };
}

// 1. The binaries.

/** C++ that a C library is expected to bring, and what the host of an addon exports. */
const HOST = /^(napi|node_api)_/;
const entries = ['napi_register_module_v1', 'node_api_module_get_api_version_v1'];
const libraries = {
  glibc: /^(lib(c|m|dl|pthread|rt)\.so\.\d|ld-linux-[\w-]+\.so\.\d)$/,
  musl: /^libc\.so$/,
  darwin: /^\/usr\/lib\/libSystem\.B\.dylib$/,
  win32: /^(KERNEL32\.dll|ntdll\.dll|ADVAPI32\.dll|api-ms-win-crt-[\w-]+\.dll)$/i,
};

function judge(name, target) {
  const [platform, arch, libc] = name.split('-');
  const found = inspect(target.file);
  const size = statSync(target.file).size;
  demand(size <= 2 * MEGABYTE, `${size} bytes`);
  demand(found.arch === arch, `for ${found.arch}`);
  demand(found.format === { linux: 'ELF', darwin: 'Mach-O', win32: 'PE' }[platform], `a file for ${found.format}`);
  // zig's linker for macOS cannot hide the allocation functions of the C++ runtime.
  const runtime = platform === 'darwin' ? /^(_Z[nd][wal]\w+|_mh_dylib_header|__dso_handle)$/ : /^$/;
  const exported = found.exports.filter((symbol) => !runtime.test(symbol)).toSorted();
  demand(String(exported) === String(entries), `exports ${exported}`);
  const foreign = found.libraries.filter((library) => !libraries[libc ?? platform].test(library));
  demand(foreign.length === 0, `needs ${foreign}`);
  const host = found.imports.filter((symbol) => HOST.test(symbol));
  const known = new Set(
    require('node-api-headers').symbols.v8.js_native_api_symbols.concat(
      require('node-api-headers').symbols.v8.node_api_symbols,
    ),
  );
  const late = host.filter((symbol) => !known.has(symbol));
  demand(late.length === 0, `needs more than Node-API 8: ${late}`);
  if (platform === 'win32') demand(host.length === 0 && !found.delayed, 'imports Node-API from a file with a name');
  else demand(host.length > 30, `imports only ${host.length} functions of Node-API`);
  if (platform === 'linux') demand(found.staysMapped, 'may be unmapped');
  if (libc === 'glibc') {
    const version = Number(found.needs.split('.')[1]);
    demand(version <= 28, `needs ${found.needs}`);
  }
  if (libc === 'musl') demand(found.needs === '', `needs ${found.needs}`);
  if (platform === 'darwin') {
    demand(found.loadable, 'neither a library nor a bundle');
    demand(found.needs === target.needs, `needs ${found.needs}`);
    // macOS wants one on arm64 alone; there zig's linker makes it.
    demand(found.signature === (arch === 'arm64' ? 'valid, ad hoc' : 'none'), `signature: ${found.signature}`);
  }
}

/**
 * The binary has no symbols, so AVX is judged by place: all of it stands in one run that is no longer than the code of
 * the two AVX tiers, and their objects are linked side by side.
 */
function judgeInstructions(target) {
  const tiers = ['avx2', 'avx512'].map((tier) => join(target.folder, 'CMakeFiles', `tier_${tier}.dir`));
  const sizes = tiers.map((folder) => {
    const object = readdirSync(folder, { recursive: true }).find((name) => /\.o(bj)?$/.test(name));
    return codeSize(join(folder, object));
  });
  const folder = mkdtempSync(join(tmpdir(), 'cochlea-code-'));
  writeFileSync(join(folder, 'code'), inspect(target.file).code);
  const flags = ['-D', '-b', 'binary', '-m', 'i386:x86-64', '--no-show-raw-insn'];
  const lines = execFileSync('objdump', [...flags, join(folder, 'code')], { encoding: 'utf8', maxBuffer: 1 << 30 });
  rmSync(folder, { recursive: true });
  const places = [];
  let wide = 0;
  for (const line of lines.split('\n')) {
    const found = /^ +([0-9a-f]+):\s+(?:\{\w+\} )?(\S+)/.exec(line);
    if (found && VECTOR.test(found[2])) places.push(Number.parseInt(found[1], 16));
    if (line.includes('%zmm')) wide++;
  }
  const span = places.at(-1) - places[0];
  const allowed = sizes[0] + sizes[1];
  demand(places.length > 5000, `only ${places.length} AVX instructions`);
  demand(wide > 1000, `only ${wide} instructions on 512-bit registers`);
  demand(span <= allowed, `AVX over ${span} bytes of code, and the tiers have ${allowed}`);
}

const kernelChecks = {
  'linux-x64-glibc': [],
  'linux-arm64-glibc': ['qemu-aarch64', '-L', '/usr/aarch64-linux-gnu'],
};
if (!arguments_.includes('--no-build')) {
  const build = (...names) => {
    const { status } = spawnSync(process.execPath, [join(root, 'native', 'prebuild.mjs'), ...names], {
      stdio: 'inherit',
    });
    demand(status === 0, `exit code ${status}`);
  };
  for (const [name] of chosen) {
    await check(name, 'build', () => build(name, ...(name in kernelChecks ? ['--check'] : [])));
  }
}
for (const [name, target] of chosen) {
  await check(name, 'format, symbols, libraries', () => judge(name, target));
  await check(name, 'found by node-gyp-build', () => {
    const [npm_config_platform, npm_config_arch, LIBC = ''] = name.split('-');
    const env = {
      ...process.env,
      npm_config_platform,
      npm_config_arch,
      LIBC,
      PREBUILDS_ONLY: '1',
      COCHLEA_PREBUILD: '',
    };
    const script = `process.stdout.write(require('node-gyp-build').resolve(${JSON.stringify(root)}))`;
    const found = execFileSync(process.execPath, ['-e', script], { cwd: root, env, encoding: 'utf8' });
    demand(found === target.file, found);
  });
  if (name.includes('x64')) await check(name, 'AVX in its tiers alone', () => judgeInstructions(target));
}
for (const [name, target] of chosen) {
  const command = kernelChecks[name];
  if (!command) continue;
  const program = join(target.folder, 'check');
  await check(name, 'kernel check', () => counted([...command, program, '--no-timing', '--trials', '60']));
}

// 2. The package, installed as a user behind a proxy does: from the tarball, no scripts, no network.

const stage = join(root, 'build', 'prebuild', 'stage');
rmSync(stage, { recursive: true, force: true });
mkdirSync(join(stage, 'test'), { recursive: true });
const npm = (folder, ...args) =>
  execFileSync('npm', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

await check('package', 'built', () => void npm(root, 'run', '--silent', 'build:ts'));
let tarball = '';
await check('package', 'contents', () => {
  const [packed] = JSON.parse(npm(root, 'pack', '--json', '--pack-destination', stage));
  tarball = join(stage, packed.filename);
  const files = new Set(packed.files.map(({ path }) => path));
  const wanted = ['LICENSE', 'README.md', 'CMakeLists.txt', 'binding.d.ts', 'dist/index.js', 'dist/index.mjs'];
  wanted.push(
    'dist/index.d.ts',
    'dist/index.js.map',
    'lib/index.ts',
    'native/build.mjs',
    'native/core/spectrum/stft.cc',
  );
  for (const [, { file }] of chosen) wanted.push(file.slice(root.length));
  const missing = wanted.filter((path) => !files.has(path));
  demand(missing.length === 0, `missing: ${missing}`);
  const strange = [...files].filter((path) => /^(test|bench|build|\.)|\.o$/.test(path));
  demand(strange.length === 0, `does not belong: ${strange}`);
  demand(!/"(pre|post)?install"/.test(readFileSync(join(root, 'package.json'), 'utf8')), 'has an install script');
  // Eight binaries, of which half is how arguments are read and how jobs run.
  demand(packed.unpackedSize <= 16 * MEGABYTE, `${packed.unpackedSize} bytes unpacked`);
  demand(packed.size <= 6.5 * MEGABYTE, `${packed.size} bytes packed`);
  console.log(`      ${packed.files.length} files, ${(packed.unpackedSize / MEGABYTE).toFixed(1)} MB unpacked`);
});
await check(
  'package',
  'publint',
  () => void npm(root, 'exec', '--yes', '--package=publint@0.3.25', '--', 'publint', '--strict', tarball),
);
await check(
  'package',
  'arethetypeswrong',
  () =>
    void npm(
      root,
      'exec',
      '--yes',
      '--package=@arethetypeswrong/cli@0.18.5',
      '--',
      'attw',
      '--profile',
      'node16',
      tarball,
    ),
);

const user = mkdtempSync(join(tmpdir(), 'cochlea-user-'));
const install = (folder, ...flags) => {
  npm(folder, 'init', '--yes');
  npm(folder, 'install', '--ignore-scripts', '--no-audit', '--no-fund', ...flags, tarball);
};
await check('package', 'installed offline, without scripts', () => {
  // The first fills npm's cache with the dependencies; in the second the network is forbidden.
  for (const [name, flags] of [
    ['first', []],
    ['second', ['--offline']],
  ]) {
    mkdirSync(join(user, name));
    install(join(user, name), ...flags);
  }
});
const empty = join(user, 'second');
const inUse = (...command) =>
  execFileSync(command[0], command.slice(1), { cwd: empty, encoding: 'utf8', stdio: 'pipe' });
await check('package', 'require and import', () => {
  const shape = "stft(new Float32Array(22050)).shape.join('x')";
  demand(inUse('node', '-p', `require('cochlea').${shape}`) === '1025x44\n', 'require');
  const script = `import { stft } from 'cochlea'; import * as promises from 'cochlea/promises';
    console.log(${shape}, (await promises.stft(new Float32Array(22050))).shape.join('x'));`;
  demand(inUse('node', '--input-type=module', '-e', script) === '1025x44 1025x44\n', 'import');
});
await check('package', 'cochlea analyze', () => {
  cpSync(join(root, 'test', 'fixtures'), join(empty, 'sounds'), { recursive: true });
  const sounds = ['sounds/tone.flac', 'sounds/tone.mp3'];
  inUse('npx', '--offline', 'cochlea', 'analyze', ...sounds, '--json', 'tones.json', '--report', 'tones.html');
  demand(JSON.parse(readFileSync(join(empty, 'tones.json'), 'utf8')).length === 2, 'not two results');
  demand(readFileSync(join(empty, 'tones.html'), 'utf8').includes('</html>'), 'the report is not whole');
});
await check('package', 'Electron and bundlers', () =>
  counted(['node', join(root, 'test', 'prebuild', 'recipes.mjs')], { cwd: empty }),
);

// 3. The runtimes: the installed package against librosa's golden numbers.

function copyWithDependencies(name) {
  const [from, to] = [root, stage].map((folder) => join(folder, 'node_modules', name));
  if (existsSync(to)) return;
  cpSync(from, to, { recursive: true });
  const { dependencies = {} } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8'));
  for (const dependency of Object.keys(dependencies)) copyWithDependencies(dependency);
}

await check('package', 'staged for the runtimes', () => {
  install(stage, '--offline', '--omit=optional');
  for (const name of ['reference', 'helpers'])
    cpSync(join(root, 'test', name), join(stage, 'test', name), { recursive: true });
  cpSync(join(root, 'test', 'prebuild', 'smoke.mjs'), join(stage, 'test', 'smoke.mjs'));
  // Copies: Deno imports nothing from outside a package.
  const vitest = join(stage, 'node_modules', 'vitest');
  mkdirSync(vitest);
  writeFileSync(join(vitest, 'package.json'), '{ "type": "module", "exports": "./vitest.mjs" }');
  cpSync(join(root, 'test', 'prebuild', 'vitest.mjs'), join(vitest, 'vitest.mjs'));
  copyWithDependencies('@vitest/expect');
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const flags = [
    '--ignoreConfig',
    '--noCheck',
    '--module',
    'esnext',
    '--moduleResolution',
    'bundler',
    '--target',
    'es2022',
  ];
  execFileSync(process.execPath, [
    compiler,
    ...flags,
    '--outDir',
    join(stage, 'test', 'reference'),
    join(root, 'test', 'reference', 'reference.test.ts'),
  ]);
  writeFileSync(join(stage, 'package.json'), '{ "type": "module" }');
  demand(existsSync(join(stage, 'test', 'reference', 'reference.test.js')), 'reference.test.js was not made');
});
const { simd } = createRequire(join(stage, 'test', 'smoke.mjs'))('cochlea');
async function load({ name, target, command, tier, environment, smoke }) {
  const options = { cwd: stage, env: { ...process.env, COCHLEA_SIMD: '', COCHLEA_PREBUILD: '', ...environment } };
  const run = (file, ...args) => counted([...command(), join('test', file), ...args], options);
  await check(target, `${name}: loading, promises, workers`, () => run('smoke.mjs', tier ?? simd().active));
  if (!smoke) await check(target, `${name}: golden numbers`, () => run('reference/reference.test.js'));
}
// Two at a time; the emulated ones, which take minutes, first.
queue.sort((a, b) => b.name.includes('qemu') - a.name.includes('qemu'));
async function work() {
  for (let next = queue.shift(); next; next = queue.shift()) await load(next);
}
await Promise.all([work(), work()]);

// 4. The command line, where file names, pipes and descriptors are other than here.

for (const { name, target, command, environment } of runtimes.filter(({ shell }) => shell)) {
  if (!chosen.some(([chosenName]) => chosenName === target)) continue;
  cpSync(join(root, 'test', 'prebuild', 'shell.mjs'), join(empty, 'shell.mjs'));
  const options = { cwd: empty, env: { ...process.env, COCHLEA_SIMD: '', COCHLEA_PREBUILD: '', ...environment } };
  await check(target, `${name}: the command line`, () => counted([...command(), 'shell.mjs'], options));
}
rmSync(user, { recursive: true, force: true });

// 5. The table.

const lines = ['| target | size | SIMD tiers | needs | checked | result |', '|---|---|---|---|---|---|'];
for (const [name, { file, tiers, needs }] of chosen) {
  const size = existsSync(file) ? `${(statSync(file).size / MEGABYTE).toFixed(2)} MB` : 'missing';
  for (const [i, { what, good, bad }] of results[name].entries()) {
    const head = i === 0 ? `${name} | ${size} | ${tiers.join(', ')} | ${needs}` : ' | | |';
    const passes = good + bad > 1 ? `${good} passed` : 'passed';
    lines.push(`| ${head} | ${what} | ${bad > 0 ? `**${bad} failed**` : passes} |`);
  }
}
console.log(`\n${lines.join('\n')}`);
if (arguments_.includes('--docs') && only === '') {
  const page = join(root, 'docs', 'targets.md');
  const [prose] = readFileSync(page, 'utf8').split(lines[0]);
  writeFileSync(page, `${prose}${lines.join('\n')}\n`);
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
