// Judges the symbols and the machine code of a build (Linux, binutils):
//   node test/gates/symbols.mjs              the addon and its objects in build/
//   node test/gates/symbols.mjs --selftest   compiles one offender per rule and expects the rule to catch it
// Ends with `N passed, N failed`.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { VECTOR } from './vector.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

function lines(command, ...args) {
  return execFileSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 30 }).split('\n');
}

/** `{type, name}` of every symbol; the type is nm's letter. */
function symbols(file, ...flags) {
  return lines('nm', ...flags, file).flatMap((line) => {
    const found = /^[0-9a-f]* +([A-Za-z?]) (.+)$/.exec(line);
    return found ? [{ type: found[1], name: found[2] }] : [];
  });
}

// What a compiler may call by itself.
const IMPLICIT = /^(mem(cpy|move|set|cmp)|_GLOBAL_OFFSET_TABLE_|__stack_chk_fail)$/;

/**
 * A tier object is compiled with instructions that the machine may lack. A weak symbol could be the copy that the
 * linker keeps for the whole program; a constructor would run before the dispatcher has chosen; a call out of the
 * object means library code in a kernel, such as fmaf() where the tier has no FMA.
 */
function judgeTier(file) {
  const faults = [];
  for (const { type, name } of symbols(file, '-C')) {
    if (/[WwVvu]/.test(type)) faults.push(`weak symbol ${name}`);
    else if (type === 'U' && !IMPLICIT.test(name)) faults.push(`calls ${name}`);
    else if (/[A-TV-Z]/.test(type) && !/^cochlea::kernels::\w+::table$/.test(name)) faults.push(`exports ${name}`);
    else if (/\bstd::/.test(name)) faults.push(`instantiates ${name}`);
  }
  for (const line of lines('objdump', '-h', file)) {
    const section = /\.(init_array|ctors|preinit_array)\S*/.exec(line);
    if (section) faults.push(`initialises statics (${section[0]})`);
  }
  return faults;
}

/** process.exit() runs the destructors of statics while pool threads still compute: there must be none. */
function judgeObject(file) {
  return symbols(file, '-u')
    .filter(({ name }) => /^(__cxa_(thread_)?)?atexit$/.test(name))
    .map(({ name }) => `destroys a static at exit (${name})`);
}

/** Two addons, or two copies of this one, must not share symbols by name. */
function judgeExports(file) {
  const allowed = ['napi_register_module_v1', 'node_api_module_get_api_version_v1'];
  return symbols(file, '-D', '--defined-only')
    .filter(({ name }) => !allowed.includes(name))
    .map(({ name }) => `exports ${name}`);
}

const VECTOR_TIER = /^(?:[\w:&* ]+ )?cochlea::kernels::avx(2|512)::/;

/** AVX instructions stand in the functions of the AVX tiers alone, and they do stand there. */
function judgeInstructions(file) {
  const faults = new Set();
  const seen = new Set();
  let symbol = '';
  let tier;
  for (const line of lines('objdump', '-d', '-C', '--no-show-raw-insn', file)) {
    const head = /^[0-9a-f]+ <(.+)>:$/.exec(line);
    if (head) {
      symbol = head[1];
      tier = VECTOR_TIER.exec(symbol)?.[1];
    } else if (VECTOR.test(/^ +[0-9a-f]+:\s+(?:\{\w+\} )?(\S+)/.exec(line)?.[1] ?? '')) {
      if (tier) seen.add(tier);
      else faults.add(`AVX outside its tier, in ${symbol}`);
    }
  }
  for (const expected of ['2', '512']) {
    if (!seen.has(expected)) faults.add(`no vector instruction found in the avx${expected} tier`);
  }
  return [...faults];
}

let passed = 0;
let failed = 0;

function report(what, ok, details) {
  console.log(`${ok ? 'ok  ' : 'FAIL'}  ${what}`);
  for (const detail of ok ? [] : details) console.log(`      ${detail}`);
  ok ? passed++ : failed++;
}

function judgeBuild() {
  const objects = join(root, 'build', 'CMakeFiles');
  const addon = join(root, 'build', 'Release', 'cochlea.node');
  const files = readdirSync(objects, { recursive: true }).filter((name) => /^(tier_|core\.|addon\.).*\.o$/.test(name));
  if (!files.some((name) => name.startsWith('tier_'))) report('tier objects', false, [`none in ${objects}`]);
  for (const name of files) {
    const file = join(objects, name);
    const faults = [...judgeObject(file), ...(name.startsWith('tier_') ? judgeTier(file) : [])];
    report(name, faults.length === 0, faults);
  }
  const exported = judgeExports(addon);
  report('cochlea.node exports', exported.length === 0, exported);
  if (process.arch === 'x64') {
    const stray = judgeInstructions(addon);
    report('cochlea.node instructions', stray.length === 0, stray);
  }
}

function selfTest() {
  const folder = mkdtempSync(join(tmpdir(), 'gates-'));
  const compile = (source, ...flags) => {
    writeFileSync(join(folder, 'case.cc'), source);
    const out = join(folder, 'case.out');
    execFileSync('c++', ['-std=c++20', '-O2', '-fPIC', '-fno-exceptions', ...flags, 'case.cc', '-o', out], {
      cwd: folder,
    });
    return out;
  };
  const expectFault = (what, faults, pattern) =>
    report(what, pattern ? faults.some((fault) => pattern.test(fault)) : faults.length === 0, [
      `expected ${pattern ?? 'no fault'}, found ${JSON.stringify(faults)}`,
    ]);

  const tier = (body) => `namespace cochlea::kernels::avx2 { ${body} }`;
  const table = 'extern const int table; const int table = 1;';
  const judge = (source, ...flags) => judgeTier(compile(source, '-c', ...flags));
  expectFault('a clean tier passes', judge(tier(table)));
  expectFault(
    'a tier with a std:: instantiation is caught',
    judge(
      `#include <vector>\n${tier(`${table} static int f(std::vector<int>& v) { v.push_back(1); return v[0]; }
      const auto g = &f;  extern const void* const p; const void* const p = (void*)g;`)}`,
      '-O0',
    ),
    /weak symbol .*std::/,
  );
  expectFault(
    'a tier that calls fmaf is caught',
    judge(
      tier(`${table} static float f(float a) { return
    __builtin_fmaf(a, a, a); } extern float (*const q)(float); float (*const q)(float) = &f;`),
    ),
    /calls fmaf/,
  );
  expectFault('a tier with a second export is caught', judge(tier(`${table} void g() {}`)), /exports .*g\(\)/);
  expectFault(
    'a tier with a static vector is caught',
    judge(
      `int f(); ${tier(`${table} static const int s = f();  extern const int* const p; const int* const p = &s;`)}`,
    ),
    /init_array/,
  );
  const text = '#include <string>\nstd::string& f() { static std::string s; return s; }';
  expectFault('a static with a destructor is caught', judgeObject(compile(text, '-c')), /atexit/);

  const shared = (source, ...flags) => compile(source, '-shared', ...flags);
  const registers = 'extern "C" void napi_register_module_v1() {}';
  expectFault('a clean addon passes', judgeExports(shared(registers)));
  expectFault('a second export is caught', judgeExports(shared(`${registers} int leak;`)), /exports leak/);
  if (process.arch === 'x64') {
    const sum = (name) =>
      `float ${name}(const float* x) { float s = 0; for (int i = 0; i < 64; ++i) s += x[i]; return s; }`;
    const tiers = `namespace cochlea::kernels { namespace avx2 { ${sum('f')} } namespace avx512 { ${sum('f')} } }`;
    expectFault('AVX in its tier passes', judgeInstructions(shared(tiers, '-mavx2')));
    expectFault(
      'AVX elsewhere is caught',
      judgeInstructions(shared(`${tiers} ${sum('g')}`, '-mavx2')),
      /outside .* g\(/,
    );
    expectFault('a tier without AVX is caught', judgeInstructions(shared(tiers)), /no vector .* avx512/);
  }
  rmSync(folder, { recursive: true });
}

process.argv.includes('--selftest') ? selfTest() : judgeBuild();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
