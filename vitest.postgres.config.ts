import { readdirSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { memoryFolder } from './test/support/memory-folder.js';

/** What only tests of SQLite and of its file name. */
const OF_SQLITE =
  /better-sqlite3|openSqlite|keptBy|\bdatabase\(\)|`file:|support\/(?:storage|workload|sql\/(?!rebuilt|authentication)|docs|package)/;

/**
 * Tests of SQLite that do not name it, and of what only it does: a commit of any process costs nothing to notice, so that
 * authentication can be kept; and statements run in the event loop, so that those of a request that is gone can be left
 * out in the middle.
 */
const ON_SQLITE = [
  'events/event-history.process.test.ts',
  'federation/supergraph-demo.process.test.ts',
  'access/remembered-tokens.test.ts',
  'http/abandoned-requests.test.ts',
];

/** Tests in folders of other tests. */
const ALSO = ['cli/workers.process.test.ts'];

/** Folders with tests of what stands beside the database. */
const WITHOUT_DATABASE = /^(?:house|package|docs|bench|cli|storage|frontends|transfers)\//;

const files = readdirSync('test', { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.test.ts'));
const isBehavior = (path: string) =>
  path.startsWith('postgres/') ||
  ALSO.includes(path) ||
  !(ON_SQLITE.includes(path) || WITHOUT_DATABASE.test(path) || OF_SQLITE.test(readFileSync(`test/${path}`, 'utf8')));

const temporary = memoryFolder();
// The server for all tests is started before there are test processes.
if (temporary !== null) process.env.TMPDIR = temporary;

/** The behaviour suite on PostgreSQL. `npm test` runs it on SQLite. */
export default defineConfig({
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: files.filter(isBehavior).map((path) => `test/${path}`),
    globalSetup: ['test/support/processes/build.ts', 'test/support/postgres/setup.ts'],
    // Tests end processes and not the power, so files in memory keep as much.
    ...(temporary === null ? {} : { env: { TMPDIR: temporary } }),
    testTimeout: 120_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    isolate: false,
  },
});
