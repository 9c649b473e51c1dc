import BetterSqlite3 from 'better-sqlite3';
import { type GraphQLInputType, isListType, isNonNullType } from 'graphql';
import { expect, test } from 'vitest';
import { createSchema } from '../src/graphql/schema.js';
import type { EnvironmentId } from '../src/ids.js';
import { workosIssuer } from '../src/tokens/issuer.js';
import { makeApplication, makeGrant, makeMembership, makeOrganization, makeUser } from './support/make.js';
import { allowSignIn, signedIn } from './support/sign-in.js';
import { codeIn, type Execute, type TestApp, testApp } from './support/test-app.js';

/** What is not the domain: the log itself, what is derived from other tables, and what only serves to run the server. */
const NOT_DOMAIN = [
  ...['events', 'event_sequences', 'schema_migrations'],
  ...['search_spaces', 'user_metadata', 'user_totals', 'organization_totals'],
  ...['idempotency_keys', 'mails', 'mail_days', 'user_imports', 'webhook_deliveries', 'sign_in_attempts'],
];
/** Columns that change without anything having happened: guesses are counted, and uses of keys noted. */
const NOT_STATE: Record<string, readonly string[]> = {
  api_keys: ['last_used_at'],
  one_time_codes: ['attempts', 'is_newest', 'consumed_at'],
  sessions: ['generation', 'refreshed_at'],
  // How far an endpoint was sent the log is no news of the domain.
  webhook_endpoints: ['position', 'claims', 'attempts', 'failing_since', 'next_attempt_at'],
};

type Row = Record<string, unknown>;

const changedTables = new Set<string>();
let domainTables: string[] = [];

/** The tables in which two states differ; remembered for all tests. */
function noteChanges(before: Record<string, string[]>, after: Record<string, string[]>): string[] {
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

/** The tables of the domain, as they are: every one there is, also one that a later step adds. */
function stateOf(app: TestApp): Record<string, string[]> {
  return open(app, (sqlite) => {
    const tables = sqlite
      .prepare<[], { name: string }>(`select name from pragma_table_list where schema = 'main' and type = 'table'
        and name not like 'sqlite_%' order by name`)
      .all()
      .map(({ name }) => name)
      .filter((name) => !NOT_DOMAIN.includes(name));
    return Object.fromEntries(
      tables.map((table) => {
        const rows = sqlite.prepare<[], Row>(`select * from ${table}`).all();
        const omitted = NOT_STATE[table] ?? [];
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

interface World {
  readonly execute: Execute;
  readonly app: TestApp;
  readonly user: string;
  readonly other: string;
  readonly organization: string;
  readonly application: string;
  readonly membership: string;
  readonly endpoint: string;
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

type Case = (world: World) => Promise<object> | object;

/** One call of each mutation that has something to do, with the events it has to leave. */
const CASES: Record<string, { input: Case; events: readonly string[] }> = {
  createUser: { input: () => ({ email: 'c@example.com' }), events: ['user.created'] },
  updateUser: { input: ({ user }) => ({ id: user, firstName: 'New' }), events: ['user.updated'] },
  deleteUser: {
    input: ({ user }) => ({ id: user }),
    events: ['authorized_application.deleted', 'organization_membership.deleted', 'user.deleted'],
  },
  sendVerificationEmail: { input: ({ user }) => ({ userId: user }), events: ['email_verification.created'] },
  verifyEmail: {
    input: async ({ app, execute, user }) => {
      await execute('mutation ($userId: ID!) { sendVerificationEmail(input: { userId: $userId }) { user { id } } }', {
        userId: user,
      });
      return { userId: user, code: codeIn(app.mails.at(-1)) };
    },
    events: ['user.updated'],
  },
  createApplication: { input: () => ({ name: 'New' }), events: ['application.created'] },
  updateApplication: {
    input: ({ application }) => ({ id: application, name: 'New' }),
    events: ['application.updated'],
  },
  deleteApplication: {
    input: ({ application }) => ({ id: application }),
    events: ['authorized_application.deleted', 'application.deleted'],
  },
  authorizeApplication: {
    input: ({ other, application }) => ({ userId: other, applicationId: application, scopes: [] }),
    events: ['authorized_application.created'],
  },
  deleteAuthorizedApplication: {
    input: ({ user, application }) => ({ userId: user, applicationId: application }),
    events: ['authorized_application.deleted'],
  },
  createOrganization: { input: () => ({ name: 'New' }), events: ['organization.created'] },
  updateOrganization: {
    input: ({ organization }) => ({ id: organization, name: 'New' }),
    events: ['organization.updated'],
  },
  deleteOrganization: {
    input: ({ organization }) => ({ id: organization }),
    events: ['organization_membership.deleted', 'organization.deleted'],
  },
  createOrganizationMembership: {
    input: ({ other, organization }) => ({ userId: other, organizationId: organization }),
    events: ['organization_membership.created'],
  },
  updateOrganizationMembership: {
    input: ({ membership }) => ({ id: membership, roles: ['admin'] }),
    events: ['organization_membership.updated'],
  },
  deactivateOrganizationMembership: {
    input: ({ membership }) => ({ id: membership }),
    events: ['organization_membership.updated'],
  },
  reactivateOrganizationMembership: {
    input: async ({ execute, membership }) => {
      await execute(
        'mutation ($id: ID!) { deactivateOrganizationMembership(input: { id: $id }) { membership { id } } }',
        {
          id: membership,
        },
      );
      return { id: membership };
    },
    events: ['organization_membership.updated'],
  },
  deleteOrganizationMembership: {
    input: ({ membership }) => ({ id: membership }),
    events: ['organization_membership.deleted'],
  },
  createApiKey: { input: () => ({ name: 'New', scopes: ['users:read'] }), events: ['api_key.created'] },
  revokeApiKey: {
    input: async ({ execute }) => {
      const { data } = await execute('{ viewer { apiKey { id } } }');
      return { id: data.viewer.apiKey.id };
    },
    events: ['api_key.revoked'],
  },
  createWebhookEndpoint: {
    input: () => ({ url: 'https://other.example/', types: ['USER_CREATED'] }),
    events: ['webhook_endpoint.created'],
  },
  updateWebhookEndpoint: {
    input: ({ endpoint }) => ({ id: endpoint, enabled: false }),
    events: ['webhook_endpoint.updated'],
  },
  rotateWebhookEndpointSecret: {
    input: ({ endpoint }) => ({ id: endpoint }),
    events: ['webhook_endpoint.updated'],
  },
  deleteWebhookEndpoint: { input: ({ endpoint }) => ({ id: endpoint }), events: ['webhook_endpoint.deleted'] },
};

const mutations = Object.values(createSchema().getMutationType()?.getFields() ?? {});

/** The name of the type, with its marks. */
function printed(type: GraphQLInputType | undefined): string {
  if (type === undefined) return '';
  if (isNonNullType(type)) return `${printed(type.ofType)}!`;
  return isListType(type) ? `[${printed(type.ofType)}]` : type.name;
}

test.each(mutations.filter(({ name }) => name in CASES).map((field) => [field.name, field] as const))(
  '%s changes the tables and the log together, or neither',
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
    const changed = noteChanges(before, stateOf(world.app));
    expect(changed).not.toEqual([]);
    if (name === 'revokeApiKey' || name.startsWith('create')) return;
    // The second time there is nothing to do, or nothing to do it to.
    const after = stateOf(world.app);
    await mutate(input);
    const again = eventsOf(world.app, logged + given.events.length).map((event) => event.name);
    if (JSON.stringify(stateOf(world.app)) === JSON.stringify(after)) expect(again).toEqual([]);
    else expect(again.length).toBeGreaterThan(0);
  },
);

/** What an operator does, and people who sign in, with the events it has to leave. */
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

test.each(Object.entries(OPERATIONS))('%s leaves its events', async (_, { run, events }) => {
  const world = await makeWorld();
  const { id } = await world.app.app.db.reader.selectFrom('environments').selectAll().executeTakeFirstOrThrow();
  const before = stateOf(world.app);
  const logged = eventsOf(world.app, 0).length;
  await run(world, id);
  noteChanges(before, stateOf(world.app));
  expect(eventsOf(world.app, logged).map((event) => event.name)).toEqual(events);
});

test('every table of the domain was changed by something that leaves an event, also one that a later step adds', () => {
  // An environment is made before it has a log: what is in the log is what happened in it.
  expect([...changedTables].sort()).toEqual(domainTables.sort());
});

test('no mutation is left out, but those with a test of their own', () => {
  const left = mutations.map(({ name }) => name).filter((name) => !(name in CASES));
  expect(left.filter((name) => !ELSEWHERE.includes(name))).toEqual([]);
});

/** Their events are told where they are tested: several rows at once, changes in two steps, and people signing in. A replay changes nothing of the domain. */
const ELSEWHERE = [
  ...['createUsers', 'sendEmailChange', 'confirmEmailChange'],
  ...['authenticateWithPassword', 'changePassword', 'refreshSession', 'revokeSession'],
  'replayWebhookEndpoint',
];

test('users made again from the log alone are the users of the table', async () => {
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
