// Runs the suites: each once for every SIMD tier that this machine has, but `*.once.test.ts`, whose outcome does not
// depend on the tier, on the best tier alone. Arguments go to vitest (`npm test -- stft`).
// Ends with one line, `N passed, N failed`, that adds up all runs.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);
const vitest = join(dirname(require.resolve('vitest/package.json')), 'vitest.mjs');
const { simd } = require(root);
const forced = process.env.COCHLEA_SIMD;
const tiers = forced ? [forced] : simd().available.toReversed();
const folder = join(root, 'build', 'test-results');
mkdirSync(folder, { recursive: true });

let passed = 0;
let failed = 0;
for (const [i, tier] of tiers.entries()) {
  console.log(`\nSIMD tier ${tier}`);
  const results = join(folder, `${tier}.json`);
  const only = i === 0 ? [] : ['--exclude=**/*.once.test.ts', '--passWithNoTests'];
  rmSync(results, { force: true });
  const { status } = spawnSync(
    process.execPath,
    [
      vitest,
      'run',
      ...only,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${results}`,
      ...process.argv.slice(2),
    ],
    { cwd: root, stdio: 'inherit', env: { ...process.env, COCHLEA_SIMD: tier } },
  );
  try {
    const counts = JSON.parse(readFileSync(results, 'utf8'));
    passed += counts.numPassedTests;
    // A file that cannot be loaded, or a process that dies, fails the run without a failed test.
    failed += counts.numFailedTests || (status === 0 ? 0 : 1);
  } catch {
    failed += 1;
  }
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
