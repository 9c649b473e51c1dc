import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSchema } from '../../src/graphql/schema.js';
import { MAX_ROWS_EXAMINED } from '../../src/users/user-query.js';
import { makeCrowd } from '../support/crowd.js';
import { openApp } from '../support/open-app.js';
import { rowsReadIn, type Step, tablesReadIn } from '../support/postgres/plans.js';
import { type Execute, type TestApp, WITHOUT_BOUNDS } from '../support/test-app.js';
import { singleFilters, USER_ORDERS } from '../support/workload/user-filters.js';
import { makeHousehold } from '../support/workload/writes.js';

const USERS = 100_000;
/** Rows that a step of a plan may read: what a page or a count may examine, and what is looked up beside it. */
const MAX_ROWS = 2 * MAX_ROWS_EXAMINED;

let app: TestApp & { close(): Promise<void> };
let execute: Execute;
let client: pg.Client;
let household: Awaited<ReturnType<typeof makeHousehold>>;

beforeAll(async () => {
  app = await openApp(WITHOUT_BOUNDS);
  execute = await app.client();
  const { id } = await app.app.db.reader.selectFrom('environments').select('id').executeTakeFirstOrThrow();
  household = await makeHousehold(execute);
  await makeCrowd(app.app, id, USERS);
  client = new pg.Client({ connectionString: String(app.settings.DATABASE_URL) });
  await client.connect();
}, 300_000);

afterAll(async () => {
  await client?.end();
  await app?.close();
});

const LIST = `query ($filter: UserFilter, $search: String, $orderBy: UserOrder, $first: Int, $after: String) {
  users(filter: $filter, search: $search, orderBy: $orderBy, first: $first, after: $after) {
    edges { cursor node { id authorizedApplications { nodes { id } } events(first: 2) { nodes { id } } } } totalCount
  }
  usersCount(filter: $filter, search: $search, limit: 5) { value }
}`;

/** Sends reads of every kind. Returns their statements, each with its values. */
async function readEverything(): Promise<readonly (readonly [sql: string, values: readonly unknown[]])[]> {
  app.bound.clear();
  const { userIds, organizationId } = household;
  const ask = async (query: string, variables: Record<string, unknown> = {}) => {
    const { data, errors } = await execute(query, variables);
    const codes = (errors ?? []).map(({ extensions }) => extensions.code);
    expect(codes.filter((code) => code !== 'FILTER_NOT_SELECTIVE')).toEqual([]);
    return data;
  };
  const filters = [null, ...singleFilters(createSchema(), { id: userIds[0] ?? '', organizationId })];
  for (const orderBy of USER_ORDERS) {
    for (const filter of filters) await ask(LIST, { orderBy, filter, first: 20 });
    for (const search of ['ada', 'example', 'ada alb', 'zzz']) await ask(LIST, { orderBy, search, first: 20 });
    const page = await ask('query ($orderBy: UserOrder) { users(orderBy: $orderBy, first: 50) { edges { cursor } } }', {
      orderBy,
    });
    await ask(LIST, { orderBy, first: 20, after: page.users.edges[49].cursor });
  }
  const byId = 'query ($id: ID!) { user(id: $id) { email events(first: 5) { nodes { id } } } node(id: $id) { id } }';
  for (const id of userIds) await ask(byId, { id });
  await ask('{ userByEmail(email: "nobody@example.com") { id } userByExternalId(externalId: "customer-7") { id } }');
  for (const filter of [{}, { userId: userIds[0] }, { organizationId }, { types: ['USER_CREATED'] }]) {
    const events = `query ($filter: EventFilter) { events(filter: $filter, last: 20) { nodes { id } } }`;
    await ask(events, { filter });
  }
  await ask('query ($id: ID!) { organization(id: $id) { memberships(first: 20) { totalCount nodes { id } } } }', {
    id: organizationId,
  });
  await ask('{ organizations { totalCount } applications { totalCount } apiKeys { totalCount } }');
  return [...app.bound].filter(([sql]) => /^\s*(select|with)/i.test(sql));
}

/** The statements that read a table without an index, or more rows than a page or a total may, with the worst step. */
async function faultsOf(statements: Awaited<ReturnType<typeof readEverything>>): Promise<Record<string, string>> {
  const faults: Record<string, string> = {};
  for (const [sql, values] of statements) {
    const { rows } = await client.query({
      text: `explain (analyze, timing off, format json) ${sql}`,
      values: [...values],
    });
    const [{ Plan: plan }] = rows[0]['QUERY PLAN'] as [{ Plan: Step }]; // one statement
    const worst = rowsReadIn(plan);
    // A total of a third of all users may well read all of them: it is as many as it may count.
    const isTotal = sql.includes('as examined');
    const isWhole = !isTotal && tablesReadIn(plan).length > 0;
    if (isWhole || worst.rows > (isTotal ? USERS * 1.01 : MAX_ROWS)) faults[sql] = `${worst.what}: ${worst.rows} rows`;
  }
  return faults;
}

test('no read of 100,000 users reads more than a page may, planned for its values or for any', async () => {
  await client.query('analyze');
  const statements = await readEverything();
  expect(statements.length).toBeGreaterThan(300);
  await client.query('set plan_cache_mode = force_custom_plan');
  expect(await faultsOf(statements)).toEqual({});
  await client.query('set plan_cache_mode = force_generic_plan');
  expect(await faultsOf(statements)).toEqual({});
}, 600_000);

test('control: a read of all users is one too many', async () => {
  const sql = 'select id from users where metadata = $1';
  expect(await faultsOf([[sql, ['none']]])).toEqual({ [sql]: expect.stringContaining('users') });
});
