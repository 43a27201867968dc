/** A machine without the tools to build from source is told what is missing, and which command helps. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('../../native/build.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'cochlea-path-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Builds where the search path holds nothing but `tools`, which answer and do nothing. */
function build(tools: string[]) {
  for (const tool of tools) {
    writeFileSync(join(folder, tool), '#!/bin/sh\n');
    chmodSync(join(folder, tool), 0o755);
  }
  const { CXX: _, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, [script], {
    encoding: 'utf8',
    env: { ...env, PATH: folder, Path: folder },
  });
  return { status, stdout, lines: stderr.trimEnd().split('\n') };
}

describe('building from source', () => {
  it('names everything that is missing in one message', () => {
    const { status, stdout, lines } = build([]);
    expect({ status, stdout, count: lines.length }).toEqual({ status: 1, stdout: '', count: 3 });
    expect(lines[0]).toMatch(/^cochlea cannot be built from source: CMake 3.18 or later.* not found\.$/);
    if (process.platform !== 'win32') expect(lines[0]).toContain('a C++20 compiler');
    expect(lines[1]).toMatch(
      { linux: /apt-get install/, darwin: /xcode-select/, win32: /winget/ }[process.platform as 'linux'],
    );
    expect(lines[2]).toContain('npm run build');
  });

  it.runIf(process.platform === 'linux')('names only what is missing', () => {
    expect(build(['cmake', 'make']).lines[0]).toBe('cochlea cannot be built from source: a C++20 compiler not found.');
  });
});
