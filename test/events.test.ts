import { randomBytes } from 'node:crypto';
import BetterSqlite3 from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { initial } from '../migrations/0001-initial.js';
import { migrations } from '../migrations/index.js';
import { openDatabase } from '../src/db/database.js';
import { migrate } from '../src/db/migrator.js';
import { EVENTS, MAX_EVENTS_EXAMINED } from '../src/events/event.js';
import { makeApplication, makeGrant, makeMembership, makeOrganization, makeUser } from './support/make.js';
import { codeIn, type Execute, execute as executeWith, post, type TestApp, testApp } from './support/test-app.js';

const EVENT = `__typename id type name createdAt actor { id name source }
  ... on UserCreatedEvent { snapshot { ...S } user { id } }
  ... on UserUpdatedEvent { snapshot { ...S } user { id } changes { field previous } }
  ... on UserDeletedEvent { snapshot { ...S } }
  ... on EmailVerificationCreatedEvent { userId emailVerificationId email user { id } }
  ... on AuthorizedApplicationEvent { userId applicationId authorizedApplicationId grantedScopes
    user { id } application { id } changes { field previous } }
  ... on OrganizationMembershipEvent { userId organizationId membershipId status roles
    user { id } organization { id } changes { field previous } }
  ... on OrganizationEvent { organizationId organizationName organization { id } changes { field previous } }
  ... on ApplicationEvent { applicationId applicationName application { id } changes { field previous } }`;
const SNAPSHOT = `fragment S on UserSnapshot {
  id email emailVerified firstName lastName name locale externalId metadata version createdAt updatedAt }`;
const EVENTS_QUERY = `query ($filter: EventFilter, $orderBy: EventOrder, $first: Int, $after: String, $last: Int, $before: String) {
  events(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
    edges { cursor node { ${EVENT} } } nodes { id }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
} ${SNAPSHOT}`;

interface Slice {
  readonly filter?: object;
  readonly orderBy?: object;
  readonly first?: number;
  readonly after?: string | null;
  readonly last?: number;
  readonly before?: string | null;
}

async function list(execute: Execute, slice: Slice = {}) {
  const { data, errors } = await execute(EVENTS_QUERY, { ...slice });
  expect(errors).toBeUndefined();
  return data.events;
}

// biome-ignore lint/suspicious/noExplicitAny: an event is read by path, as the answers of `Execute` are.
async function all(execute: Execute, slice: Slice = {}): Promise<any[]> {
  const events = [];
  let after: string | null = null;
  for (;;) {
    const page = await list(execute, { first: 100, ...slice, after });
    events.push(...page.edges.map(({ node }: { node: unknown }) => node));
    if (!page.pageInfo.hasNextPage) return events;
    after = page.pageInfo.endCursor;
  }
}

const names = (events: readonly { name: string }[]) => events.map(({ name }) => name);

const mutate = (execute: Execute, field: string, input: object) =>
  execute(
    `mutation ($input: ${field[0]?.toUpperCase()}${field.slice(1)}Input!) { ${field}(input: $input) { errors { ... on MutationError { code } } } }`,
    { input },
  );

/** Something of everything happens. */
async function makeHistory(execute: Execute) {
  const userId = await makeUser(execute, {
    email: 'Ada@example.com',
    externalId: 'ext-1',
    metadata: { plan: 'free', team: 'a' },
    password: 'i8uv6g34kd490s',
  });
  const organizationId = await makeOrganization(execute, { name: 'Org' });
  const applicationId = await makeApplication(execute, { name: 'App' });
  const grantId = await makeGrant(execute, userId, applicationId);
  await makeGrant(execute, userId, applicationId, ['profile']);
  const membershipId = await makeMembership(execute, userId, organizationId);
  await mutate(execute, 'sendVerificationEmail', { userId });
  const change = { metadata: { plan: 'pro', team: null, city: 'Rome' }, firstName: 'Ada', emailVerified: true };
  await mutate(execute, 'updateUser', { id: userId, ...change, password: 'w8tmbd92k1rqz' });
  await mutate(execute, 'deleteUser', { id: userId });
  return { userId, organizationId, applicationId, grantId, membershipId };
}

const HISTORY = [
  // The key that asks.
  'api_key.created',
  'user.created',
  'organization.created',
  'application.created',
  'authorized_application.created',
  'authorized_application.updated',
  'organization_membership.created',
  'email_verification.created',
  'user.updated',
  'authorized_application.deleted',
  'organization_membership.deleted',
  'user.deleted',
];

test('what happened is in the log, in order, and readable when the user is gone', async () => {
  const { client, mails } = await testApp();
  const execute = await client();
  const { userId, organizationId, applicationId, grantId, membershipId } = await makeHistory(execute);
  const events = await all(execute);
  expect(names(events)).toEqual(HISTORY);
  const [, created, organization, application, grant, regrant, membership, verification, updated] = events;
  const [, , deleted] = events.slice(-3);
  expect(created).toMatchObject({
    __typename: 'UserCreatedEvent',
    type: 'USER_CREATED',
    actor: { name: 'test', source: 'API' },
    snapshot: { id: userId, email: 'Ada@example.com', version: 1, metadata: { plan: 'free', team: 'a' }, locale: null },
    user: null,
  });
  expect(created.actor.id).toMatch(/^api_key_/);
  expect(organization).toMatchObject({ organizationId, organizationName: 'Org', organization: { id: organizationId } });
  expect(application).toMatchObject({ applicationId, applicationName: 'App', application: { id: applicationId } });
  expect(grant).toMatchObject({ authorizedApplicationId: grantId, applicationId, userId, user: null, changes: [] });
  expect(regrant).toMatchObject({
    grantedScopes: ['profile'],
    changes: [
      { field: 'grantedScopes', previous: '["openid"]' },
      { field: 'resource', previous: null },
    ],
  });
  expect(membership).toMatchObject({ membershipId, organizationId, status: 'ACTIVE', roles: ['member'] });
  expect(verification).toMatchObject({ type: 'EMAIL_VERIFICATION_CREATED', userId, email: 'Ada@example.com' });
  expect(updated.snapshot).toMatchObject({ firstName: 'Ada', metadata: { plan: 'pro', city: 'Rome' }, version: 2 });
  expect(updated.changes).toEqual([
    { field: 'emailVerified', previous: 'false' },
    { field: 'firstName', previous: null },
    { field: 'metadata.plan', previous: 'free' },
    { field: 'metadata.team', previous: 'a' },
    { field: 'metadata.city', previous: null },
    { field: 'password', previous: null },
  ]);
  expect(deleted).toMatchObject({ __typename: 'UserDeletedEvent', snapshot: updated.snapshot });
  const text = JSON.stringify(events);
  expect(text).not.toContain('argon2');
  expect(text).not.toContain('i8uv6g34kd490s');
  expect(text).not.toContain(codeIn(mails[0]));
});

test('an event is a node, and needs its scope', async () => {
  const { client } = await testApp();
  const execute = await client();
  await makeHistory(execute);
  const ids = (await all(execute)).map(({ id }) => id);
  const nodes = await execute('query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }', { ids });
  expect(nodes.data.nodes.map(({ id }: { id: string }) => id)).toEqual(ids);
  expect(nodes.data.nodes[1].__typename).toBe('UserCreatedEvent');
  const usersOnly = await client('test', ['users:read']);
  const refused = await usersOnly('query ($id: ID!) { node(id: $id) { id } }', { id: ids[0] });
  expect(refused.errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  expect((await usersOnly('{ events { nodes { id } } }')).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  const nested = await usersOnly('{ users { nodes { events { nodes { id } } } } }');
  expect(nested.errors ?? []).toEqual([]);
  await makeUser(execute, { email: 'b@example.com' });
  const forbidden = await usersOnly('{ users { nodes { events { nodes { id } } } } }');
  expect(forbidden.errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  // The log may be read without the right to read users as they are now.
  const eventsOnly = await client('test', ['events:read']);
  const { data, errors } = await eventsOnly(
    '{ events(last: 1, filter: { types: [USER_CREATED] }) { nodes { ... on UserCreatedEvent { snapshot { email } user { id } } } } }',
  );
  expect(data.events.nodes).toEqual([{ snapshot: { email: 'b@example.com' }, user: null }]);
  expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN']);
});

test("a user's events are newest first, and their cursors are good for the log too", async () => {
  const { client } = await testApp();
  const execute = await client();
  const ada = await makeUser(execute, { email: 'a@example.com' });
  const bob = await makeUser(execute, { email: 'b@example.com' });
  for (const firstName of ['x', 'y', 'z']) {
    for (const id of [ada, bob]) await mutate(execute, 'updateUser', { id, firstName });
  }
  const query = `query ($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
    user(id: $id) { events(first: $first, after: $after, last: $last, before: $before) {
      edges { cursor node { name ... on UserUpdatedEvent { snapshot { id firstName } } } }
      pageInfo { hasNextPage hasPreviousPage endCursor startCursor } } }
  }`;
  const { data } = await execute(query, { id: ada, first: 3 });
  const { edges, pageInfo } = data.user.events;
  expect(edges.map(({ node }: { node: { snapshot: object } }) => node.snapshot)).toEqual(
    ['z', 'y', 'x'].map((firstName) => ({ id: ada, firstName })),
  );
  expect(pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
  const rest = await execute(query, { id: ada, first: 3, after: pageInfo.endCursor });
  expect(names(rest.data.user.events.edges.map(({ node }: { node: { name: string } }) => node))).toEqual([
    'user.created',
  ]);
  const oldest = await execute(query, { id: ada, last: 1 });
  expect(oldest.data.user.events.edges[0].node.name).toBe('user.created');
  // From the middle of Ada's list on in the log: everybody's events that came later.
  const later = await list(execute, { after: edges[1].cursor });
  expect(later.nodes).toHaveLength(3);
});

interface Row {
  readonly id: string;
  readonly name: string;
  readonly user_id: string | null;
  readonly organization_id: string | null;
  readonly created_at: string;
}

function rowsOf({ folder }: TestApp): Row[] {
  const sqlite = new BetterSqlite3(`${folder}/test.db`, { readonly: true });
  try {
    return sqlite.prepare<[], Row>('select * from events order by sequence').all();
  } finally {
    sqlite.close();
  }
}

describe('filters', () => {
  test('alone and together, from either end, at any size, agree with filtering in memory', async () => {
    const app = await testApp();
    const execute = await app.client();
    const organizations = [
      await makeOrganization(execute, { name: 'One' }),
      await makeOrganization(execute, { name: 'Two' }),
    ];
    const users: string[] = [];
    for (let index = 0; index < 6; index++) {
      app.clock.advance(index % 2);
      const id = await makeUser(execute, { email: `u${index}@example.com` });
      users.push(id);
      for (const organization of organizations.slice(0, index % 3)) await makeMembership(execute, id, organization);
      await mutate(execute, 'updateUser', { id, firstName: 'New' });
    }
    await mutate(execute, 'deleteUser', { id: users[2] });
    const rows = rowsOf(app);
    const times = [...new Set(rows.map(({ created_at }) => created_at))];
    const time = fc.constantFrom(...times, '2020-01-01T00:00:00.000Z', '2030-01-01T00:00:00.000Z');
    const filters = fc.record(
      {
        types: fc.subarray(['USER_CREATED', 'USER_UPDATED', 'ORGANIZATION_MEMBERSHIP_CREATED', 'USER_DELETED']),
        userId: fc.constantFrom(...users, 'nonsense'),
        organizationId: fc.constantFrom(...organizations, 'nonsense'),
        createdAt: fc.record({ gte: time, gt: time, lte: time, lt: time }, { requiredKeys: [] }),
      },
      { requiredKeys: [] },
    );
    const directions = fc.constantFrom('ASC', 'DESC');
    const sizes = fc.integer({ min: 1, max: 7 });
    await fc.assert(
      fc.asyncProperty(filters, directions, fc.boolean(), sizes, async (filter, direction, backward, size) => {
        const { types, userId, organizationId, createdAt = {} } = filter;
        const wanted = rows
          .filter(
            (row) =>
              (types === undefined || types.includes(row.name.toUpperCase().replaceAll('.', '_'))) &&
              (userId === undefined || row.user_id === userId) &&
              (organizationId === undefined || row.organization_id === organizationId) &&
              (createdAt.gte === undefined || row.created_at >= createdAt.gte) &&
              (createdAt.gt === undefined || row.created_at > createdAt.gt) &&
              (createdAt.lte === undefined || row.created_at <= createdAt.lte) &&
              (createdAt.lt === undefined || row.created_at < createdAt.lt),
          )
          .map(({ id }) => id);
        const found: string[][] = [];
        let cursor: string | null = null;
        for (;;) {
          const bound: Slice = backward ? { last: size, before: cursor } : { first: size, after: cursor };
          const { nodes, pageInfo } = await list(execute, { filter, orderBy: { direction }, ...bound });
          found.push(nodes.map(({ id }: { id: string }) => id));
          if (!(backward ? pageInfo.hasPreviousPage : pageInfo.hasNextPage)) break;
          cursor = backward ? pageInfo.startCursor : pageInfo.endCursor;
        }
        const read = (backward ? found.reverse() : found).flat();
        expect(direction === 'ASC' ? read : read.reverse()).toEqual(wanted);
      }),
      { numRuns: 200 },
    );
  });

  test('a condition that is null does not count, and an empty list of types is none', async () => {
    const { client } = await testApp();
    const execute = await client();
    const nothing = { types: null, userId: null, organizationId: null, createdAt: null };
    for (const filter of [null, {}, nothing, { createdAt: { gte: null } }]) {
      expect((await execute(EVENTS_QUERY, { filter })).data.events.nodes).toHaveLength(1);
    }
    expect((await list(execute, { filter: { types: [] } })).nodes).toEqual([]);
  });

  test.each([
    [MAX_EVENTS_EXAMINED, 1],
    [MAX_EVENTS_EXAMINED + 1, 2],
  ])('a page of two conditions examines a bounded number of rows: %i of them are %i pages', async (count, pages) => {
    const app = await testApp();
    const execute = await app.client();
    const userId = await makeUser(execute, { email: 'a@example.com' });
    // The user's creation is the first of the rows; the one event that is looked for is the last.
    const sqlite = new BetterSqlite3(`${app.folder}/test.db`);
    const add = sqlite.prepare(`insert into events select environment_id, ?, 'event_' || ?, ?, user_id, organization_id,
      actor_source, actor_id, actor_name, request_id, data, previous, created_at from events where name = 'user.created'`);
    sqlite.transaction(() => {
      for (let number = 3; number < count + 2; number++) {
        add.run(number, number, number === count + 1 ? 'user.deleted' : 'user.updated');
      }
    })();
    sqlite.close();
    for (const slice of [{ direction: 'ASC' }, { direction: 'DESC', backward: true }] as const) {
      const sizes: number[] = [];
      let cursor: string | null = null;
      for (;;) {
        const bound: Slice = 'backward' in slice ? { last: 5, before: cursor } : { first: 5, after: cursor };
        const filter = { userId, types: ['USER_DELETED'] };
        const page = await list(execute, { filter, orderBy: { direction: slice.direction }, ...bound });
        sizes.push(page.nodes.length);
        const { pageInfo } = page;
        if (!('backward' in slice ? pageInfo.hasPreviousPage : pageInfo.hasNextPage)) break;
        cursor = 'backward' in slice ? pageInfo.startCursor : pageInfo.endCursor;
      }
      // A walk of exactly the limit cannot know that it has come to the end: one empty page says so.
      expect(sizes.filter((size) => size > 0)).toEqual([1]);
      expect(sizes.findIndex((size) => size > 0)).toBe(pages - 1);
    }
  });
});

describe('cursors', () => {
  test('of a log that was put back are refused, and the feed can be read anew', async () => {
    const { app, client } = await testApp();
    const execute = await client();
    const userId = await makeUser(execute, { email: 'a@example.com' });
    const { pageInfo } = await list(execute);
    const after = pageInfo.endCursor;
    expect((await list(execute, { after })).nodes).toEqual([]);
    await app.services.events.startEpoch();
    const nested = `query ($id: ID!, $after: String) { user(id: $id) { events(after: $after) { nodes { id } } } }`;
    for (const answer of [await execute(EVENTS_QUERY, { after }), await execute(nested, { id: userId, after })]) {
      expect(answer.errors?.map(({ extensions }) => extensions.code)).toEqual(['CURSOR_EXPIRED']);
    }
    const again = await list(execute);
    expect(again.nodes).toHaveLength(2);
    expect(again.pageInfo.endCursor).not.toBe(after);
    await makeUser(execute, { email: 'b@example.com' });
    expect((await list(execute, { after: again.pageInfo.endCursor })).nodes).toHaveLength(1);
  });

  test('of an environment that had no event yet are of the epoch it began in', async () => {
    const { app, client } = await testApp();
    const quiet = await client('quiet');
    await app.services.events.startEpoch();
    await makeUser(quiet, { email: 'a@example.com' });
    const { pageInfo } = await list(quiet);
    await app.services.events.startEpoch();
    const { errors } = await quiet(EVENTS_QUERY, { after: pageInfo.endCursor });
    expect(errors?.[0]?.extensions.code).toBe('CURSOR_EXPIRED');
  });

  test('that hold no number are no cursors', async () => {
    const { client } = await testApp();
    const execute = await client();
    for (const sequence of ['', '-1', '1e3', 'x', '9'.repeat(16)]) {
      const after = Buffer.from(JSON.stringify([1, 'events', '0', sequence])).toString('base64url');
      const { errors } = await execute(EVENTS_QUERY, { after });
      expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    }
    const { data } = await execute('{ users { pageInfo { endCursor } } }');
    expect(data.users.pageInfo.endCursor).toBeNull();
  });
});

test('the time of events never goes back, also when the clock does', async () => {
  const app = await testApp();
  const execute = await app.client();
  app.clock.advance(60);
  await makeUser(execute, { email: 'a@example.com' });
  app.clock.advance(-3600);
  // Another process has ids of its own, which know nothing of the later time.
  const { createApp } = await import('../src/app.js');
  const { loadConfig } = await import('../src/config.js');
  const config = loadConfig({ DATABASE_URL: `file:${app.folder}/test.db`, NODE_ENV: 'test', LOG_LEVEL: 'silent' });
  const other = await createApp(config, { clock: app.clock });
  const { secret } = await other.services.apiKeys.create({
    environment: 'test',
    kind: 'test',
    name: 'other',
    scopes: '*',
  });
  await makeUser((query, variables) => executeWith(other, secret, query, variables), { email: 'b@example.com' });
  await other.close();
  const [first, second] = rowsOf(app).slice(-2);
  expect(first?.created_at).toBe('2026-01-15T12:01:00.000Z');
  expect(second?.created_at).toBe(first?.created_at);
});

test('a log from before is readable after the migration, in order of time', async () => {
  const { folder, clock } = await testApp();
  const file = `${folder}/before.db`;
  const db = openDatabase(file);
  onTestFinished(() => db.close());
  await migrate(db, [initial], clock);
  const sqlite = new BetterSqlite3(file);
  sqlite.exec(`insert into environments values ('env_1', 'one', 'test', '2026-01-01T00:00:00.000Z')`);
  const insert =
    sqlite.prepare(`insert into events values ('env_1', ?, ?, 'user.created', 'user_1', null, 'API', 'k', 'n',
    'r', '{}', null, ?)`);
  const times = ['2026-01-01T00:00:01.000Z', '2026-01-01T00:00:03.000Z', '2026-01-01T00:00:02.000Z'];
  for (const [index, time] of times.entries()) insert.run(index + 1, `event_${index}`, time);
  sqlite.exec(`insert into event_sequences values ('env_1', 3)`);
  await migrate(db, migrations, clock);
  expect(sqlite.prepare('select sequence, id, created_at from events order by sequence').raw().all()).toEqual([
    [1, 'event_0', times[0]],
    [2, 'event_1', times[1]],
    [3, 'event_2', times[1]],
  ]);
  expect(sqlite.prepare('select last, last_at, epoch from event_sequences').raw().all()).toEqual([[3, times[1], '0']]);
  const cast = sqlite.prepare(`insert into events select environment_id, sequence + 10, id || ?, name, user_id,
    organization_id, ?, actor_id, actor_name, request_id, data, previous, created_at from events where sequence = 1`);
  for (const source of ['IMPORT', 'PERSON', 'SYSTEM']) {
    expect(() => cast.run(randomBytes(4).toString('hex'), source)).not.toThrow();
    sqlite.exec('delete from events where sequence > 3');
  }
  expect(() => cast.run('x', 'OTHER')).toThrow('CHECK');
  sqlite.close();
});

test('every name of the log is a type of event', async () => {
  const { client } = await testApp();
  const { data } = await (await client())('{ __type(name: "EventType") { enumValues { name description } } }');
  const described = data.__type.enumValues.map(({ name, description }: Record<string, string>) => [name, description]);
  expect(Object.fromEntries(described)).toEqual(
    Object.fromEntries(
      Object.entries(EVENTS).map(([name, { description }]) => [name.toUpperCase().replace('.', '_'), description]),
    ),
  );
});

test('an event names the request that caused it, as its answer and the log of the server do', async () => {
  const { app, key } = await testApp();
  const secret = await key();
  const query = 'mutation { createUser(input: { email: "ada@example.com" }) { user { id } } }';
  const response = await post(app, secret, { query });
  const { data } = await executeWith(app, secret, '{ events { nodes { name requestId } } }');
  expect(data.events.nodes).toEqual([
    { name: 'api_key.created', requestId: 'keys create' },
    { name: 'user.created', requestId: response.headers.get('x-request-id') },
  ]);
});
