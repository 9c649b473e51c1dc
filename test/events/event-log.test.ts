import BetterSqlite3 from 'better-sqlite3';
import { type GraphQLInputType, isListType, isNonNullType } from 'graphql';
import { expect, test } from 'vitest';
import type { EnvironmentId } from '../../src/domain/ids.js';
import { createSchema } from '../../src/graphql/schema.js';
import { workosIssuer } from '../../src/tokens/issuer.js';
import { CASES, type World } from '../support/events/changes.js';
import { makeApplication, makeGrant, makeMembership, makeOrganization, makeUser } from '../support/make.js';
import { allowSignIn, signedIn } from '../support/sign-in.js';
import { type TestApp, testApp } from '../support/test-app.js';

/**
 * Tables outside the domain: the log itself, data derived from other tables, and data that only serves to run the
 * server.
 */
const IGNORED_TABLES = [
  ...['events', 'event_sequences', 'schema_migrations'],
  ...['search_spaces', 'user_metadata', 'user_totals', 'organization_totals'],
  ...['idempotency_keys', 'mails', 'mail_days', 'user_imports', 'webhook_deliveries', 'sign_in_attempts'],
];
/** Columns that change without an event, e.g. counters of attempts and times of last use. */
const IGNORED_COLUMNS: Record<string, readonly string[]> = {
  api_keys: ['last_used_at'],
  one_time_codes: ['attempts', 'is_newest', 'consumed_at'],
  sessions: ['generation', 'refreshed_at'],
  // The progress of a webhook delivery is not an event of the domain.
  webhook_endpoints: ['position', 'claims', 'attempts', 'failing_since', 'next_attempt_at'],
};

type Row = Record<string, unknown>;

const changedTables = new Set<string>();
let domainTables: string[] = [];

/** Returns the tables in which two states differ, and records them for the last test. */
function recordChanges(before: Record<string, string[]>, after: Record<string, string[]>): string[] {
  domainTables = Object.keys(after);
  const changed = domainTables.filter((table) => JSON.stringify(before[table]) !== JSON.stringify(after[table]));
  for (const table of changed) changedTables.add(table);
  return changed;
}

function open<T>({ folder }: TestApp, read: (sqlite: BetterSqlite3.Database) => T): T {
  const sqlite = new BetterSqlite3(`${folder}/test.db`, { readonly: true });
  try {
    return read(sqlite);
  } finally {
    sqlite.close();
  }
}

/** Returns the rows of all tables of the domain, including tables that later migrations add. */
function stateOf(app: TestApp): Record<string, string[]> {
  return open(app, (sqlite) => {
    const tables = sqlite
      .prepare<[], { name: string }>(`select name from pragma_table_list where schema = 'main' and type = 'table'
        and name not like 'sqlite_%' order by name`)
      .all()
      .map(({ name }) => name)
      .filter((name) => !IGNORED_TABLES.includes(name));
    return Object.fromEntries(
      tables.map((table) => {
        const rows = sqlite.prepare<[], Row>(`select * from ${table}`).all();
        const omitted = IGNORED_COLUMNS[table] ?? [];
        return [
          table,
          rows.map((row) => JSON.stringify(row, (key, value) => (omitted.includes(key) ? 0 : value))).sort(),
        ];
      }),
    );
  });
}

function eventsOf(app: TestApp, after: number): { sequence: number; name: string }[] {
  return open(app, (sqlite) =>
    sqlite
      .prepare<[number], { sequence: number; name: string }>(
        'select sequence, name from events where sequence > ? order by sequence',
      )
      .all(after),
  );
}

async function makeWorld(): Promise<World> {
  const app = await testApp();
  const execute = await app.client();
  const user = await makeUser(execute, { email: 'a@example.com' });
  const other = await makeUser(execute, { email: 'b@example.com' });
  const organization = await makeOrganization(execute, { name: 'Org' });
  const application = await makeApplication(execute, { name: 'App' });
  await makeGrant(execute, user, application);
  const membership = await makeMembership(execute, user, organization);
  const { data } = await execute(`mutation { createWebhookEndpoint(
    input: { url: "https://receiver.example/", types: [USER_CREATED] }
  ) { webhookEndpoint { id } } }`);
  const endpoint = data.createWebhookEndpoint.webhookEndpoint.id;
  return { app, execute, user, other, organization, application, membership, endpoint };
}

const mutations = Object.values(createSchema().getMutationType()?.getFields() ?? {});

/** The type as GraphQL prints it, e.g. `[ID!]!`. */
function printed(type: GraphQLInputType | undefined): string {
  if (type === undefined) return '';
  if (isNonNullType(type)) return `${printed(type.ofType)}!`;
  return isListType(type) ? `[${printed(type.ofType)}]` : type.name;
}

test.each(mutations.filter(({ name }) => name in CASES).map((field) => [field.name, field] as const))(
  '%s changes the tables and adds its events, or does neither',
  async (name, field) => {
    const world = await makeWorld();
    const given = CASES[name];
    if (!given) throw new Error('Only fields with a case are tested.');
    const input = await given.input(world);
    const mutate = async (value: object) => {
      const type = printed(field.args.find((arg) => arg.name === 'input')?.type);
      const query = `mutation ($input: ${type}) { ${name}(input: $input) { errors { __typename } } }`;
      const { data, errors } = await world.execute(query, { input: value });
      expect(errors).toBeUndefined();
      return data[name].errors;
    };
    const before = stateOf(world.app);
    const logged = eventsOf(world.app, 0).length;
    expect(await mutate(input)).toEqual([]);
    expect(eventsOf(world.app, logged).map((event) => event.name)).toEqual(given.events);
    const changed = recordChanges(before, stateOf(world.app));
    expect(changed).not.toEqual([]);
    if (name === 'revokeApiKey' || name.startsWith('create')) return;
    // A repeated mutation has nothing left to change.
    const after = stateOf(world.app);
    await mutate(input);
    const again = eventsOf(world.app, logged + given.events.length).map((event) => event.name);
    if (JSON.stringify(stateOf(world.app)) === JSON.stringify(after)) expect(again).toEqual([]);
    else expect(again.length).toBeGreaterThan(0);
  },
);

/** Operations of the operator and of signed-in users, with the events that they add. */
const OPERATIONS: Record<
  string,
  { run(world: World, environmentId: EnvironmentId): Promise<unknown>; events: string[] }
> = {
  'environments sign-in': {
    run: ({ app }) => app.app.services.environments.setSignIn('test', true),
    events: ['environment.updated'],
  },
  'issuers add and remove': {
    run: async ({ app }, id) => {
      const { issuers } = app.app.services;
      const made = await issuers.add(id, workosIssuer('client_1', []));
      return issuers.remove(id, made.id);
    },
    events: ['issuer.created', 'issuer.deleted'],
  },
  'issuers add': {
    run: ({ app }, id) => app.app.services.issuers.add(id, workosIssuer('client_1', [])),
    events: ['issuer.created'],
  },
  'keys create': {
    run: ({ app }) => app.key(),
    events: ['api_key.created'],
  },
  'keys rotate': {
    run: async ({ app, execute }) => {
      const { data } = await execute('{ viewer { apiKey { id } } }');
      return app.app.services.apiKeys.rotate('test', data.viewer.apiKey.id, 60);
    },
    events: ['api_key.created', 'api_key.updated'],
  },
  'signing-keys rotate': {
    run: ({ app }, id) => app.app.services.signingKeys.rotate(id, 'EdDSA', false),
    events: ['signing_key.created'],
  },
  'staff grant': {
    run: ({ app, user }, id) => app.app.services.staff.grant(id, user, ['users:read']),
    events: ['staff_grant.created'],
  },
  'staff grant, other scopes, and the user is deleted': {
    run: async ({ app, execute, other }, id) => {
      await app.app.services.staff.grant(id, other, ['users:read']);
      await app.app.services.staff.grant(id, other, ['events:read']);
      return execute('mutation ($id: ID!) { deleteUser(input: { id: $id }) { deletedUserId } }', { id: other });
    },
    events: ['staff_grant.created', 'staff_grant.updated', 'staff_grant.deleted', 'user.deleted'],
  },
  'staff revoke': {
    run: async ({ app, user }, id) => {
      await app.app.services.staff.grant(id, user, ['users:read']);
      return app.app.services.staff.revoke(id, user);
    },
    events: ['staff_grant.created', 'staff_grant.deleted'],
  },
  'signing in, for the first time': {
    run: async ({ app, execute }) => signedIn(app, execute, await allowSignIn(app), { email: 'p@example.com' }),
    events: [
      ...['api_key.created', 'environment.updated', 'user.created', 'authentication.password_succeeded'],
      ...['session.created', 'signing_key.created'],
    ],
  },
};

test.each(Object.entries(OPERATIONS))('%s adds its events', async (_, { run, events }) => {
  const world = await makeWorld();
  const { id } = await world.app.app.db.reader.selectFrom('environments').selectAll().executeTakeFirstOrThrow();
  const before = stateOf(world.app);
  const logged = eventsOf(world.app, 0).length;
  await run(world, id);
  recordChanges(before, stateOf(world.app));
  expect(eventsOf(world.app, logged).map((event) => event.name)).toEqual(events);
});

test('each table of the domain, including later ones, was changed by an operation that adds an event', () => {
  // The log of an environment begins after the environment is created.
  expect([...changedTables].sort()).toEqual(domainTables.sort());
});

test('every mutation has a case here or a test of its own', () => {
  const left = mutations.map(({ name }) => name).filter((name) => !(name in CASES));
  expect(left.filter((name) => !ELSEWHERE.includes(name))).toEqual([]);
});

/**
 * Mutations whose events other tests check: bulk calls, changes in two steps and sign-in. A replay changes nothing in
 * the domain.
 */
const ELSEWHERE = [
  ...['createUsers', 'sendEmailChange', 'confirmEmailChange'],
  ...['authenticateWithPassword', 'changePassword', 'refreshSession', 'revokeSession'],
  'replayWebhookEndpoint',
];

test('users rebuilt from the log alone equal the rows of the table', async () => {
  const { app, execute, user, other } = await makeWorld();
  const update = (input: object) =>
    execute('mutation ($input: UpdateUserInput!) { updateUser(input: $input) { errors { __typename } } }', { input });
  app.clock.advance(1);
  await update({ id: user, email: 'New@example.com', metadata: { plan: 'pro' }, locale: 'de-DE' });
  app.clock.advance(1);
  await update({ id: user, metadata: { plan: null, team: 'a' }, externalId: 'x', firstName: 'Ada' });
  await execute('mutation ($id: ID!) { deleteUser(input: { id: $id }) { deletedUserId } }', { id: other });
  await makeUser(execute, { email: 'b@example.com', lastName: 'Again', emailVerified: true });
  const rebuilt = new Map<string, Row>();
  const events = open(app, (sqlite) =>
    sqlite.prepare<[], { name: string; user_id: string; data: string }>('select * from events order by sequence').all(),
  );
  for (const { name, user_id: id, data } of events) {
    if (name === 'user.created' || name === 'user.updated') rebuilt.set(id, JSON.parse(data));
    if (name === 'user.deleted') rebuilt.delete(id);
  }
  const fields = `id email emailVerified firstName lastName name profilePictureUrl locale lastSignInAt externalId
    metadata version createdAt updatedAt`;
  const { data } = await execute(`{ users(first: 100) { nodes { ${fields} } } }`);
  expect(data.users.nodes).toHaveLength(2);
  for (const node of data.users.nodes) expect(rebuilt.get(node.id)).toMatchObject(node);
  expect(rebuilt.size).toBe(2);
});
