import BetterSqlite3 from 'better-sqlite3';
import { expect, test } from 'vitest';
import { MAX_ROWS_COUNTED } from '../../src/db/totals.js';
import { MAX_ROWS_EXAMINED, MAX_ROWS_SEARCHED } from '../../src/users/user-query.js';
import { makeCrowd } from '../support/crowd.js';
import { makeMembership, makeOrganization, makeUser } from '../support/make.js';
import { type Answer, type Execute, type TestApp, testApp } from '../support/test-app.js';

const LIST = `query ($filter: UserFilter, $search: String, $orderBy: UserOrder, $first: Int, $after: String) {
  users(filter: $filter, search: $search, orderBy: $orderBy, first: $first, after: $after) {
    nodes { id email } pageInfo { hasNextPage endCursor }
  }
}`;
const TOTAL = 'query ($filter: UserFilter, $search: String) { users(filter: $filter, search: $search) { totalCount } }';
const COUNT = 'query ($filter: UserFilter) { usersCount(filter: $filter, limit: 10) { value isExact } }';

const BY_NAME = { field: 'NAME', direction: 'ASC' };
const NOBODY = { email: { contains: 'nobody' } };

async function appWithCrowd(count: number): Promise<TestApp & { execute: Execute }> {
  const app = await testApp();
  const execute = await app.client();
  const { id } = await app.app.db.reader.selectFrom('environments').select('id').executeTakeFirstOrThrow();
  await makeCrowd(app.app, id, count);
  return { ...app, execute };
}

function refusal({ errors }: Answer): string {
  expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['FILTER_NOT_SELECTIVE']);
  return errors?.[0]?.message ?? '';
}

test('a page examines at most MAX_ROWS_EXAMINED users', async () => {
  const { execute } = await appWithCrowd(MAX_ROWS_EXAMINED);
  const list = async (variables: object) => (await execute(LIST, { ...variables })).data.users;
  expect((await list({ filter: NOBODY, orderBy: BY_NAME })).nodes).toEqual([]);
  expect((await list({ search: 'example', orderBy: BY_NAME, first: 3 })).nodes).toHaveLength(3);
  // Users that an index finds are sorted, whatever the order is.
  const domain = { emailDomain: { in: ['example.com', 'mail.example', 'post.example', 'initech.example'] } };
  expect((await list({ filter: { ...domain, name: { neq: '' } }, orderBy: BY_NAME, first: 3 })).nodes).toHaveLength(3);

  await makeUser(execute, { email: 'zz@example.com', name: 'Zz' });
  const alone = refusal(await execute(LIST, { filter: NOBODY, orderBy: BY_NAME }));
  expect(alone).toMatch(/^More than 10000 users would have to be examined for email\.contains in the order NAME\. Add/);
  expect(refusal(await execute(LIST, { search: 'example', orderBy: BY_NAME }))).toContain('search in the order NAME');
  expect(refusal(await execute(LIST, { filter: { not: { ...NOBODY, emailVerified: true }, ...NOBODY } }))).toContain(
    'not, email.contains in the order CREATED_AT',
  );
  // The filters are accepted when enough users match early, when an index helps, or in the order of the search.
  const seldom = { email: { contains: '.77' } };
  expect((await list({ filter: seldom, orderBy: BY_NAME, first: 5 })).nodes).toHaveLength(5);
  expect(
    (await list({ filter: { ...NOBODY, emailDomain: { eq: 'initech.example' } }, orderBy: BY_NAME })).nodes,
  ).toEqual([]);
  expect((await list({ filter: { ...NOBODY, externalId: { eq: 'customer-5' } } })).nodes).toEqual([]);
  expect((await list({ search: 'example', first: 3 })).nodes[0].email).toBe('zz@example.com');
  expect((await list({ search: 'zz', orderBy: BY_NAME })).nodes).toHaveLength(1);
  // A cursor limits the examined range, so a page far from the start is accepted too.
  const { pageInfo } = await list({
    filter: { name: { neq: 'Zz' } },
    orderBy: { field: 'NAME', direction: 'DESC' },
    first: 90,
  });
  const next = { filter: seldom, orderBy: { field: 'NAME', direction: 'DESC' }, first: 5, after: pageInfo.endCursor };
  expect((await list(next)).nodes).toHaveLength(5);
}, 300_000);

test('a common search examines up to MAX_ROWS_SEARCHED users that an index finds', async () => {
  const { execute, folder } = await appWithCrowd(MAX_ROWS_EXAMINED + 1);
  const organizationId = await makeOrganization(execute, { name: 'Org' });
  const { data } = await execute(LIST, { filter: { externalId: { eq: `customer-${MAX_ROWS_SEARCHED}` } } });
  const sqlite = new BetterSqlite3(`${folder}/test.db`);
  sqlite
    .prepare(`insert into organization_memberships
      select environment_id, replace(id, 'user_', 'om_'), id, email_normal, ?, 'ACTIVE', '["member"]', created_at, updated_at
      from users order by id limit ?`)
    .run(organizationId, MAX_ROWS_SEARCHED);
  sqlite.close();
  const asked = { filter: { organizationId: { eq: organizationId } }, search: 'example', orderBy: BY_NAME, first: 100 };
  const answer = await execute(LIST, asked);
  expect(answer.errors).toBeUndefined();
  expect(answer.data.users.nodes).toHaveLength(100);
  const names = { ...asked, search: 'example ines' };
  const found = (await execute(LIST, names)).data.users.nodes;
  expect(found.every(({ email }: { email: string }) => email.startsWith('Inés'))).toBe(true);
  await makeMembership(execute, data.users.nodes[0].id, organizationId);
  refusal(await execute(LIST, asked));
}, 300_000);

test('an exact count examines a limited number of rows, and a limited count always succeeds', async () => {
  const { client, folder } = await testApp();
  const execute = await client();
  await makeUser(execute, { email: 'ada@example.com', name: 'Ada' });
  // No test searches for these users, so plain SQL without index entries is enough.
  const sqlite = new BetterSqlite3(`${folder}/test.db`);
  const crowd =
    sqlite.prepare(`with recursive n(i) as (select cast(? as integer) union all select i + 1 from n where i < ?)
    insert into users select environment_id, 'user_01AAAAAAAAAAAAAAAAAA' || printf('%06d', i), i || email, i || email_normal,
      email_verified, first_name, last_name, name, profile_picture_url, locale, last_sign_in_at, external_id, metadata, version,
      created_at, updated_at, email_domain, first_name_normal, last_name_normal, name_normal, last_sign_in_order, i
    from n, users where email_normal = 'ada@example.com'`);
  crowd.run(10, MAX_ROWS_COUNTED + 8);
  const filter = { emailDomain: { eq: 'example.com' } };
  const odd = { email: { contains: '7ada' } };
  expect((await execute(TOTAL, { filter })).data.users.totalCount).toBe(MAX_ROWS_COUNTED);
  expect((await execute(TOTAL, { filter: odd })).data.users.totalCount).toBe(MAX_ROWS_COUNTED / 10);
  crowd.run(MAX_ROWS_COUNTED + 9, MAX_ROWS_COUNTED + 9);
  for (const one of [filter, odd]) expect(refusal(await execute(TOTAL, { filter: one }))).toContain('usersCount');
  // Counters answer without examining rows.
  for (const one of [{}, { emailVerified: false }]) {
    expect((await execute(TOTAL, { filter: one })).data.users.totalCount).toBe(MAX_ROWS_COUNTED + 1);
  }
  expect((await execute(COUNT, { filter })).data.usersCount).toEqual({ value: 10, isExact: false });
  expect((await execute(COUNT, { filter: NOBODY })).data.usersCount).toEqual({ value: 0, isExact: false });
  const one = { ...NOBODY, externalId: { eq: 'x' } };
  expect((await execute(COUNT, { filter: one })).data.usersCount).toEqual({ value: 0, isExact: true });
  sqlite.close();
}, 300_000);
