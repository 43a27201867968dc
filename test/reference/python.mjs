/**
 * The Python environment that the parity report and the benchmark compare with.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));

/**
 * The interpreter of an environment in `build/<name>` that holds what a requirements file lists, made when it is not there.
 * Throws where there is no Python 3.11 to 3.13 (the variable PYTHON may name one).
 */
export function pythonEnvironment(name = 'parity-venv', requirements = join(here, 'requirements.txt')) {
  const venv = join(here, '..', '..', 'build', name);
  const python = process.platform === 'win32' ? join(venv, 'Scripts', 'python.exe') : join(venv, 'bin', 'python');
  const installed = join(venv, 'requirements.txt');
  if (existsSync(installed) && readFileSync(installed, 'utf8') === readFileSync(requirements, 'utf8')) return python;

  console.error(`Installing ${basename(requirements)} into ${join('build', name)} ...`);
  rmSync(venv, { recursive: true, force: true });
  const candidates = process.env.PYTHON
    ? [process.env.PYTHON]
    : ['python3.12', 'python3.13', 'python3.11', 'python3', 'python'];
  const recent = 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))';
  const found = candidates.find((name) => spawnSync(name, ['-c', recent]).status === 0);
  if (!found) throw new Error(`needs Python 3.11 to 3.13, tried ${candidates.join(', ')}; set PYTHON to its path`);
  for (const [command, ...args] of [
    [found, '-m', 'venv', venv],
    [python, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements],
  ]) {
    const { status } = spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
    if (status !== 0) throw new Error(`failed: ${command} ${args.join(' ')}`);
  }
  writeFileSync(installed, readFileSync(requirements));
  return python;
}

/** What a child process of that environment runs with: one thread, and no bytecode files in the source tree. */
export const pythonVariables = {
  OMP_NUM_THREADS: '1',
  OPENBLAS_NUM_THREADS: '1',
  NUMBA_NUM_THREADS: '1',
  PYTHONDONTWRITEBYTECODE: '1',
};
