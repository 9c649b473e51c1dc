import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Query } from './plans.js';
import { toText, watchFunctions } from './statements.js';

// npm run statements writes every statement the program runs into test/statements, each with its plan; with --check it
// only tells whether they are what the code says. A change of SQL, or of a plan, is then seen in review.
const FOLDER = new URL('../../statements/', import.meta.url);

// Before the program is loaded: functions that are never called are known only then.
const functions = await watchFunctions();
const { openApp, WITHOUT_BOUNDS } = await import('../open-app.js');
const { createSchema } = await import('../../../src/graphql/schema.js');
const { BACKGROUND, workInBackground, workOfCommands } = await import('../workload/background.js');
const { readsOf, valuesIn } = await import('../workload/reads.js');
const { makeTown } = await import('../workload/town.js');
const { readOverRest } = await import('../workload/rest.js');
const { userReads } = await import('../workload/user-filters.js');
const { makeHousehold, writeAsKey, writeAsPerson, writeWebhooks } = await import('../workload/writes.js');

const app = await openApp({ ...WITHOUT_BOUNDS, ...BACKGROUND });
const { id } = await app.app.services.environments.ensure('test', 'test');
await makeTown(app.app, app.file, id, 3);
const execute = await app.client();
const home = await makeHousehold(execute, '.statements');
const values = valuesIn(app.file, id);
const { User = '', Organization = '' } = values.ids;
const schema = createSchema();

const seen = new Set<string>();
const files: Record<string, string> = {};
async function record(name: string, work: () => Promise<unknown>): Promise<void> {
  app.bound.clear();
  await work();
  const queries = [...app.bound]
    .filter(([sql]) => !seen.has(sql) && !/^\s*(create|alter|drop|pragma)/i.test(sql))
    .map(([sql, parameters]): Query => ({ sql, parameters }));
  for (const { sql } of queries) seen.add(sql);
  files[`${name}.sql`] = toText(app.file, queries);
}

async function read(reads: readonly { query: string; variables: Readonly<Record<string, unknown>> }[]): Promise<void> {
  for (const { query, variables } of reads) await execute(query, { ...variables });
}

await record('reads', () => read(readsOf(schema, values)));
await record('reads-of-users', () => read(userReads(schema, { id: User, organizationId: Organization })));
await record('reads-over-rest', () => readOverRest(app, values));
await record('writes', async () => {
  await writeAsKey(app, execute, home);
  await writeWebhooks(execute);
});
await record('writes-of-persons', () => writeAsPerson(app, execute));
await record('background', () => workInBackground(app, execute, id));
await record('commands', () => workOfCommands(app, id));
await app.close();

/** What only a list or a search of more than 10,000 users calls; query-plans.test.ts has such. */
const AT_SIZE = ['finding/count.ts: countInMemory', 'finding/query.ts: matchesSearch', 'finding/page.ts: withEnd'];
const uncalled = (await functions.uncalled(/\/src\/(.*\.store|db\/sqlite\/finding\/[\w-]+)\.ts$/)).filter(
  (one) => !AT_SIZE.some((name) => one.endsWith(name)),
);
if (uncalled.length > 0) {
  process.stderr.write(`The workload in test/support/workload calls everything that stores can do, but not:\n`);
  process.stderr.write(`${uncalled.map((one) => `  ${one}\n`).join('')}`);
  process.exitCode = 1;
} else if (process.argv.includes('--check')) {
  const there = Object.fromEntries(
    readdirSync(FOLDER).map((name) => [name, readFileSync(new URL(name, FOLDER), 'utf8')]),
  );
  const stale = [...new Set([...Object.keys(there), ...Object.keys(files)])].filter(
    (name) => there[name] !== files[name],
  );
  if (stale.length > 0) {
    const names = stale.map((name) => `test/statements/${name}`).join(', ');
    process.stderr.write(`Stale: ${names}. Run "npm run statements" and look at the change.\n`);
    process.exitCode = 1;
  }
} else {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER);
  for (const [name, text] of Object.entries(files)) writeFileSync(new URL(name, FOLDER), text);
}
