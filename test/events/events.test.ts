import { expect, test } from 'vitest';
import { EVENTS } from '../../src/event-catalog/event-catalog.js';
import { list, mutate, type Slice } from '../support/events/events.js';
import { makeApplication, makeGrant, makeMembership, makeOrganization, makeUser } from '../support/make.js';
import { codeIn, type Execute, execute as executeWith, post, testApp } from '../support/test-app.js';

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

/** Performs an operation of every kind. */
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
  // The API key of this test.
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

test('the log lists the events in order, and they stay readable after the user is deleted', async () => {
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

test('an event is a node and requires its scope', async () => {
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
  // The scope for events does not include the current users.
  const eventsOnly = await client('test', ['events:read']);
  const { data, errors } = await eventsOnly(
    '{ events(last: 1, filter: { types: [USER_CREATED] }) { nodes { ... on UserCreatedEvent { snapshot { email } user { id } } } } }',
  );
  expect(data.events.nodes).toEqual([{ snapshot: { email: 'b@example.com' }, user: null }]);
  expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN']);
});

test('the events of a user are newest first, and their cursors are valid in the log of the environment', async () => {
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
  // Continues in the log of the environment, which has the later events of all users.
  const later = await list(execute, { after: edges[1].cursor });
  expect(later.nodes).toHaveLength(3);
});

test('every event name has a value in EventType', async () => {
  const { client } = await testApp();
  const { data } = await (await client())('{ __type(name: "EventType") { enumValues { name description } } }');
  const described = data.__type.enumValues.map(({ name, description }: Record<string, string>) => [name, description]);
  expect(Object.fromEntries(described)).toEqual(
    Object.fromEntries(
      Object.entries(EVENTS).map(([name, { description }]) => [name.toUpperCase().replace('.', '_'), description]),
    ),
  );
});

test('an event has the ID of the request that caused it', async () => {
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
