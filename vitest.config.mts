import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/helpers/setup.ts'],
    // Each file in a process of its own: a crash in the addon then names its file.
    pool: 'forks',
    testTimeout: 60_000,
  },
});
