import { beforeEach, describe, expect, test } from 'vitest';
import { makeApplication, makeGrant, makeMembership, makeOrganization, makeUser } from '../support/make.js';
import { isOnPostgres } from '../support/postgres/database.js';
import { isAuthentication, withoutAuthentication } from '../support/sql/authentication.js';
import { type Answer, type Execute, type TestApp, testApp, WITHOUT_BOUNDS } from '../support/test-app.js';

interface World {
  readonly app: TestApp;
  readonly execute: Execute;
  /** Users with two grants and two memberships each. No two share an application or organization. */
  readonly userIds: readonly string[];
}

const PARENTS = 50;
const UNKNOWN = 'user_01E4ZCR3C56J083X43JQXF3JK5';

let world: World;

beforeEach(async () => {
  const app = await testApp(WITHOUT_BOUNDS);
  const execute = await app.client();
  const userIds = await Promise.all(
    Array.from({ length: PARENTS }, async (_, index) => {
      const input = { email: `u${index}@example.com`, externalId: `ext-${index}` };
      const userId = await makeUser(execute, input);
      for (const name of ['One', 'Two']) {
        await makeGrant(execute, userId, await makeApplication(execute, { name: `${name} ${index}` }));
        await makeMembership(execute, userId, await makeOrganization(execute, { name: `${name} ${index}` }));
      }
      return userId;
    }),
  );
  world = { app, execute, userIds };
});

/** Returns the statements of a request without the one that authenticates its key. */
async function statementsOf(ask: () => Promise<Answer>): Promise<{ data: Answer['data']; statements: string[] }> {
  const { statements } = world.app;
  statements.length = 0;
  const { data, errors } = await ask();
  expect(errors).toBeUndefined();
  return { data, statements: withoutAuthentication(statements) };
}

const usersWith = (selection: string) => `query ($first: Int) { users(first: $first) { nodes { id ${selection} } } }`;
// A total count of all users reads a counter instead of counting.
const isCount = (sql: string) => sql.includes('count(*)') || sql.includes('"user_totals"');

describe('a field of many users takes as many statements as that of one user', () => {
  test.each([
    ['authorizedApplications { nodes { id } }', 1],
    ['authorizedApplications { edges { cursor node { id } } pageInfo { hasNextPage } }', 1],
    ['authorizedApplications(first: 1) { nodes { id } pageInfo { hasNextPage } }', 1],
    ['authorizedApplications(last: 1) { nodes { id } }', 1],
    ['authorizedApplications { nodes { application { name } } }', 2],
    ['authorizedApplications { edges { node { application { name } } } }', 2],
    ['authorizedApplications { nodes { user { email } } }', 2],
    ['authorizedApplications { totalCount }', 2],
    ['organizationMemberships { nodes { id } }', 1],
    ['organizationMemberships { edges { cursor node { id } } pageInfo { hasNextPage } }', 1],
    ['organizationMemberships(first: 1) { nodes { id } pageInfo { hasNextPage } }', 1],
    ['organizationMemberships(last: 1) { nodes { id } }', 1],
    ['organizationMemberships { nodes { organization { name } } }', 2],
    ['organizationMemberships { edges { node { organization { name } } } }', 2],
    ['organizationMemberships { nodes { user { email } } }', 2],
    ['organizationMemberships { totalCount }', 2],
    // One of the statements reads the epoch of the log, which is part of its cursors.
    ['events { nodes { id } }', 2],
    ['events(first: 1) { edges { cursor node { id } } pageInfo { hasNextPage } }', 2],
    ['events(last: 1) { nodes { ... on OrganizationMembershipEvent { user { email } organization { name } } } }', 2],
    [
      `events { nodes { ... on UserCreatedEvent { user { email } } ... on OrganizationMembershipEvent { organization { name } }
        ... on AuthorizedApplicationEvent { application { name } } } }`,
      5,
    ],
    [
      `authorizedApplications { totalCount nodes { application { name } user { email } } }
       organizationMemberships { totalCount nodes { organization { name } user { organizationMemberships { totalCount } } } }`,
      7,
    ],
  ])('%s', async (selection, expected) => {
    const query = usersWith(selection);
    const costs: Record<number, number> = {};
    for (const first of [1, 2, PARENTS]) {
      const { data, statements } = await statementsOf(() => world.execute(query, { first }));
      expect(data.users.nodes).toHaveLength(first);
      costs[first] = statements.length - 1;
    }
    expect(costs).toEqual({ 1: expected, 2: expected, [PARENTS]: expected });
  });

  test('returns to each user their own objects', async () => {
    const selection = `email
      authorizedApplications { totalCount nodes { application { name } user { id } } }
      organizationMemberships { totalCount nodes { organization { name } user { id } } }`;
    const { data } = await statementsOf(() => world.execute(usersWith(selection), { first: PARENTS }));
    for (const user of data.users.nodes) {
      const number = /\d+/.exec(user.email)?.[0];
      const names = [`Two ${number}`, `One ${number}`];
      expect(user.authorizedApplications).toEqual({
        totalCount: 2,
        nodes: names.map((name) => ({ application: { name }, user: { id: user.id } })),
      });
      expect(user.organizationMemberships).toEqual({
        totalCount: 2,
        nodes: names.map((name) => ({ organization: { name }, user: { id: user.id } })),
      });
    }
  });
});

test.each([
  ['memberships { nodes { id } pageInfo { hasNextPage } }', 1],
  ['memberships(last: 1) { totalCount nodes { user { email } organization { name } } }', 4],
])('organizations with %s take a constant number of statements', async (selection, expected) => {
  const query = `query ($first: Int) { organizations(first: $first) { nodes { id ${selection} } } }`;
  for (const first of [1, 2, PARENTS]) {
    const { data, statements } = await statementsOf(() => world.execute(query, { first }));
    expect(data.organizations.nodes).toHaveLength(first);
    expect(statements).toHaveLength(1 + expected);
    for (const { memberships } of data.organizations.nodes) expect(memberships.nodes).toHaveLength(1);
  }
});

test('two slices of the same list take two statements for any number of users', async () => {
  const selection = `newest: authorizedApplications(first: 1) { nodes { id } }
    oldest: authorizedApplications(last: 1) { nodes { id } }`;
  for (const first of [1, PARENTS]) {
    const { statements } = await statementsOf(() => world.execute(usersWith(selection), { first }));
    expect(statements).toHaveLength(3);
  }
});

describe('totalCount', () => {
  test.each([
    ['', 0],
    ['totalCount', 1],
    ['totalCount again: totalCount', 1],
  ])('of users, selected as "%s", takes %i statements', async (selection, expected) => {
    const query = `{ users(first: 3) { nodes { id } ${selection} } }`;
    const { data, statements } = await statementsOf(() => world.execute(query));
    expect(statements.filter(isCount)).toHaveLength(expected);
    expect(statements).toHaveLength(1 + expected);
    if (expected > 0) expect(data.users.totalCount).toBe(PARENTS);
  });

  test.each(['authorizedApplications', 'organizationMemberships'])(
    'of %s is counted only when selected, and once for all users and aliases',
    async (field) => {
      const without = usersWith(`${field} { nodes { id } }`);
      const withTwo = usersWith(`${field} { totalCount again: totalCount } more: ${field} { totalCount }`);
      expect((await statementsOf(() => world.execute(without, { first: 5 }))).statements.filter(isCount)).toEqual([]);
      const { data, statements } = await statementsOf(() => world.execute(withTwo, { first: 5 }));
      expect(statements.filter(isCount)).toHaveLength(1);
      expect(data.users.nodes[4]).toMatchObject({ [field]: { totalCount: 2, again: 2 }, more: { totalCount: 2 } });
    },
  );
});

describe('a filtered list takes a constant number of statements for any number of results', () => {
  test.each([
    ['served entirely by the index of the order', { createdAt: { gte: '2020-01-01T00:00:00Z' } }, null, 1],
    ['found by a unique key', { externalId: { in: ['ext-1', 'ext-2'] }, email: { contains: 'u' } }, null, 1],
    ['found by an index and sorted', { emailDomain: { eq: 'example.com' }, email: { contains: 'u' } }, null, 2],
    [
      'found by several indexes, for `or`',
      { or: [{ emailDomain: { eq: 'example.com' } }, { name: { eq: 'x' } }] },
      null,
      2,
    ],
    // One of the statements counts the examined rows, which the cost depends on.
    ['examined row by row', { email: { contains: 'u' } }, null, 3],
    // One reads the number that the environment has in the index of SQLite.
    ['a search', {}, 'u1', isOnPostgres() ? 1 : 2],
    ['a search with a condition', { emailDomain: { eq: 'example.com' } }, 'u1', isOnPostgres() ? 2 : 3],
  ])('%s', async (_, filter, search, expected) => {
    const query = `query ($filter: UserFilter, $search: String, $first: Int) {
      users(filter: $filter, search: $search, first: $first) { nodes { id } }
    }`;
    for (const first of [1, 2, PARENTS]) {
      const { data, statements } = await statementsOf(() => world.execute(query, { filter, search, first }));
      expect(data.users.nodes.length).toBeGreaterThanOrEqual(Math.min(first, 2));
      expect(statements).toHaveLength(expected);
    }
  });
});

test.each([1, 2, 49])('nodes of one type take one statement for %i IDs', async (length) => {
  const ids = [UNKNOWN, ...world.userIds.slice(0, length)];
  const query = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }';
  const { data, statements } = await statementsOf(() => world.execute(query, { ids: [...ids, ...ids] }));
  expect(statements).toHaveLength(1);
  const found = [null, ...ids.slice(1).map((id) => ({ id }))];
  expect(data.nodes).toEqual([...found, ...found]);
});

test('nodes of several types take one statement per type', async () => {
  const query = `query ($ids: [ID!]!) { users(first: 3) { nodes {
    authorizedApplications { nodes { id application { id } } } organizationMemberships { nodes { id organization { id } } }
  } } nodes(ids: $ids) { id } }`;
  const { data } = await world.execute(query, { ids: [] });
  const ids = data.users.nodes.flatMap(
    (user: {
      [field: string]: { nodes: { id: string; application?: { id: string }; organization?: { id: string } }[] };
    }) =>
      Object.values(user).flatMap(({ nodes }) =>
        nodes.flatMap(({ id, application, organization }) => [id, application?.id ?? organization?.id]),
      ),
  );
  const only = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }';
  const { data: answer, statements } = await statementsOf(() => world.execute(only, { ids }));
  expect(answer.nodes).toEqual(ids.map((id: string) => ({ id })));
  expect(ids).toHaveLength(24);
  expect(statements).toHaveLength(4);
});

test('repeated lookups take one statement per kind of key', async () => {
  const fields = world.userIds.slice(0, 20).flatMap((id, index) => [
    `a${index}: user(id: "${id}") { id }`,
    // Two spellings of the same address.
    `b${index}: userByEmail(email: "U${index}@Example.com") { id }`,
    `c${index}: userByEmail(email: "u${index}@example.com") { id }`,
    `d${index}: userByExternalId(externalId: "ext-${index}") { id }`,
  ]);
  const { data, statements } = await statementsOf(() => world.execute(`{ ${fields.join(' ')} }`));
  expect(statements).toHaveLength(3);
  for (const [index, id] of world.userIds.slice(0, 20).entries()) {
    for (const alias of ['a', 'b', 'c', 'd']) expect(data[`${alias}${index}`]).toEqual({ id });
  }
});

describe('_entities', () => {
  const ENTITIES = `query ($representations: [_Any!]!) {
    _entities(representations: $representations) { ... on User { id externalId } }
  }`;
  const byId = (id: string | undefined) => ({ __typename: 'User', id });
  const byExternalId = (externalId: string) => ({ __typename: 'User', externalId });

  test('takes one statement for IDs', async () => {
    for (const length of [1, 2, PARENTS]) {
      const ids = world.userIds.slice(0, length);
      const representations = ids.map(byId);
      const { data, statements } = await statementsOf(() => world.execute(ENTITIES, { representations }));
      expect(statements).toHaveLength(1);
      expect(data._entities.map((user: { id: string } | null) => user?.id)).toEqual(ids);
    }
  });

  test('takes one statement for external IDs', async () => {
    for (const length of [1, 2, PARENTS]) {
      const externalIds = world.userIds.slice(0, length).map((_, index) => `ext-${index}`);
      const representations = externalIds.map(byExternalId);
      const { data, statements } = await statementsOf(() => world.execute(ENTITIES, { representations }));
      expect(statements).toHaveLength(1);
      expect(data._entities.map((user: { externalId: string } | null) => user?.externalId)).toEqual(externalIds);
    }
  });

  test('takes two statements for mixed, repeated and unknown keys, and keeps their order', async () => {
    for (const length of [3, PARENTS]) {
      const users = world.userIds.slice(0, length).map((id, index) => ({ id, externalId: `ext-${index}` }));
      const asked = users.flatMap((user, index) => {
        const found = { user, representation: index % 2 === 0 ? byId(user.id) : byExternalId(user.externalId) };
        if (index % 3 === 0) return [found, found];
        if (index % 3 === 1)
          return [found, { user: null, representation: byId(UNKNOWN.replace(/.$/, `${index % 10}`)) }];
        return [
          { user: null, representation: byExternalId(`none-${index}`) },
          found,
          { user: null, representation: byId('org_') },
        ];
      });
      const representations = asked.map(({ representation }) => representation);
      const { data, statements } = await statementsOf(() => world.execute(ENTITIES, { representations }));
      expect(statements).toHaveLength(2);
      expect(data._entities).toEqual(asked.map(({ user }) => user));
    }
  });
});

test('authentication takes one statement after each commit, and on SQLite none in between', async () => {
  const authentications = async () => {
    const { statements } = world.app;
    statements.length = 0;
    expect((await world.execute('{ __typename }')).data).toEqual({ __typename: 'Query' });
    return statements.filter(isAuthentication).length;
  };
  await makeOrganization(world.execute, { name: 'New' });
  expect(await authentications()).toBe(1);
  // PostgreSQL does not tell whether anything was committed.
  expect(await authentications()).toBe(isOnPostgres() ? 1 : 0);
  await makeOrganization(world.execute, { name: 'Newer' });
  expect(await authentications()).toBe(1);
});
