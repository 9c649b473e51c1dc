import { readdirSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { memoryFolder } from './test/support/memory-folder.js';

/** Files with a number of runs that is larger in `npm run test:long`. */
function filesWithLongRuns(): string[] {
  return readdirSync('test', { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.test.ts'))
    .map((path) => `test/${path}`)
    .filter((path) => readFileSync(path, 'utf8').includes("/support/runs.js'"));
}

const temporary = memoryFolder();
const isLong = process.env.TESTS === 'long';

export default defineConfig({
  // Vite prefers a package's ES module; Node, and so every dependency, takes graphql's main: there must be one of it.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: isLong ? filesWithLongRuns() : ['test/**/*.test.ts'],
    // They need a server: `npm run test:postgres`.
    exclude: ['test/postgres/**'],
    globalSetup: 'test/support/processes/build.ts',
    // Each commit waits for the disk. Tests end processes and not the power, so a file in memory keeps as much.
    ...(temporary === null ? {} : { env: { TMPDIR: temporary } }),
    // A slow disk or a browser on two busy cores must not fail a test that only waits.
    testTimeout: isLong ? 1_800_000 : 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    isolate: false,
  },
});
