import { readdirSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

/** What only tests of SQLite, of its file, or of commands on a file name. */
const OF_SQLITE =
  /better-sqlite3|openSqlite|\.file\b|\.folder\b|support\/(?:processes|storage|workload|sql|docs|package)\/|keptBy|\bfolder\(|statements\b/;

/** Folders with tests of what stands beside the database. */
const WITHOUT_DATABASE = /^(?:house|package|docs|bench|cli|storage|frontends|postgres|transfers)\//;

const files = readdirSync('test', { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.test.ts'));
const isBehavior = (path: string) =>
  !WITHOUT_DATABASE.test(path) && !OF_SQLITE.test(readFileSync(`test/${path}`, 'utf8'));

/** The behaviour suite on PostgreSQL. `npm test` runs it on SQLite. */
export default defineConfig({
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: files.filter(isBehavior).map((path) => `test/${path}`),
    globalSetup: ['test/support/processes/build.ts', 'test/support/postgres/setup.ts'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    isolate: false,
  },
});
