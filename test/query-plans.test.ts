import Database from 'better-sqlite3';
import fc from 'fast-check';
import { type GraphQLInputType, getNamedType, isInputObjectType, isListType, isNonNullType } from 'graphql';
import { expect, test } from 'vitest';
import { importViewer, systemViewer } from '../src/auth/viewer.js';
import { createSchema } from '../src/graphql/schema.js';
import { MAX_ROWS_EXAMINED } from '../src/users/user-query.js';
import { makeCrowd } from './support/crowd.js';
import { makeApplication, makeGrant, makeMembership, makeOrganization, makeUser } from './support/make.js';
import { codeIn, type Execute, type TestApp, testApp } from './support/test-app.js';

/** What is wrong with the plan of a statement: a table read from end to end, or rows sorted after they were read. */
function faultsOf(sqlite: Database.Database, sql: string): string[] {
  // Our SQL has no text literals, so each question mark is a parameter. Plans do not depend on what is bound.
  const parameters = Array.from(sql.matchAll(/\?/g), () => null);
  const rows = sqlite.prepare<null[], { detail: string }>(`explain query plan ${sql}`).all(...parameters);
  expect(rows.length).toBeGreaterThan(0);
  const steps = rows.map(({ detail }) => detail);
  return steps.filter((step) => isFault(step, steps));
}

function isFault(step: string, plan: readonly string[]): boolean {
  // What an index of a condition leads to was counted before, and is sorted; all users of an environment never are.
  if (step.includes('USE TEMP B-TREE')) return !plan.some(isNarrow) || plan.some(isWhole);
  // json_each is the list of a request; CONSTANT ROW is the VALUES of an upsert. An index scan is a scan all the same.
  if (!step.startsWith('SCAN ') || step.includes('VIRTUAL TABLE') || step === 'SCAN CONSTANT ROW') return false;
  // A subquery is judged by its own steps.
  const name = step.slice('SCAN '.length);
  return (
    !name.startsWith('(subquery') &&
    !plan.some((other) => /^(CO-ROUTINE|MATERIALIZE) /.test(other) && other.endsWith(` ${name}`))
  );
}

/** An index is read by more than the environment, or the index of words is. */
function isNarrow(step: string): boolean {
  return /^SEARCH (users|hit) .*\(environment_id=\? AND /.test(step) || /^SCAN hit VIRTUAL TABLE INDEX .*M/.test(step);
}

function isWhole(step: string): boolean {
  return /^SEARCH users .*\(environment_id=\?\)$/.test(step);
}

/** The distinct statements that were run, each with what is wrong with it. */
function judge({ folder, statements }: TestApp): { judged: string[]; faulty: Record<string, string[]> } {
  const sqlite = new Database(`${folder}/test.db`, { readonly: true });
  try {
    const judged = [...new Set(statements)].filter((sql) => /^(with|select|update|delete)\b/i.test(sql.trim()));
    const plans = judged.map((sql) => [sql, faultsOf(sqlite, sql)] as const);
    return { judged, faulty: Object.fromEntries(plans.filter(([, faults]) => faults.length > 0)) };
  } finally {
    sqlite.close();
  }
}

interface World {
  readonly userIds: readonly string[];
  readonly organizationId: string;
  readonly applicationId: string;
  readonly grantId: string;
  readonly membershipId: string;
}

async function makeWorld(execute: Execute): Promise<World> {
  const userIds: string[] = [];
  for (const name of ['a', 'b', 'c']) {
    userIds.push(await makeUser(execute, { email: `${name}@example.com`, externalId: name }));
  }
  const organizationId = await makeOrganization(execute, { name: 'Org' });
  const applicationId = await makeApplication(execute, { name: 'App' });
  let grantId = '';
  let membershipId = '';
  for (const userId of userIds) {
    grantId = await makeGrant(execute, userId, applicationId);
    membershipId = await makeMembership(execute, userId, organizationId);
  }
  return { userIds, organizationId, applicationId, grantId, membershipId };
}

const ARGS = '$first: Int, $after: String, $last: Int, $before: String';
const PASSED = 'first: $first, after: $after, last: $last, before: $before';

/** Every slice that can be asked for, with and without a cursor at either side. */
function slices(cursor: string) {
  return [{ first: 2 }, { last: 2 }].flatMap((size) => [
    size,
    { ...size, after: cursor },
    { ...size, before: cursor },
    { ...size, after: cursor, before: cursor },
  ]);
}

/** Every choice of some of the conditions. */
function subsets<T extends object>(conditions: readonly T[]): object[] {
  return conditions.reduce<object[]>((sets, one) => sets.concat(sets.map((set) => ({ ...set, ...one }))), [{}]);
}

async function run(execute: Execute, query: string, variables: Record<string, unknown>) {
  const { data, errors } = await execute(query, variables);
  expect(errors).toBeUndefined();
  return data;
}

/** A value for an operator of a filter, by the type it takes; few users of the crowd have one, or most do. */
function valuesOf(type: GraphQLInputType, field: string, ids: Record<string, string>): unknown[] {
  if (isNonNullType(type)) return valuesOf(type.ofType, field, ids);
  if (isListType(type)) return valuesOf(type.ofType, field, ids).map((value) => [value, value]);
  const { name } = getNamedType(type);
  if (name === 'Boolean') return [true, false];
  if (name === 'DateTime') return ['2024-01-01T00:01:00Z'];
  if (name === 'ID') return [ids[field] ?? ''];
  const texts: Record<string, [string, string]> = {
    email: ['ada.', 'nobody@example.com'],
    emailDomain: ['initech.example', 'example.com'],
    externalId: ['customer-1', 'customer-77'],
  };
  return texts[field] ?? ['Ada', 'Ada Albe', ''];
}

/** Every field with every operator, from the schema: one that is added is planned here too. */
function singleFilters(ids: Record<string, string>): Record<string, unknown>[] {
  const type = createSchema().getType('UserFilter');
  if (!isInputObjectType(type)) throw new Error('UserFilter is an input.');
  return Object.values(type.getFields()).flatMap((field): Record<string, unknown>[] => {
    const inner = getNamedType(field.type);
    if (['and', 'or', 'not'].includes(field.name)) return [];
    if (!isInputObjectType(inner))
      return valuesOf(field.type, field.name, ids).map((value) => ({ [field.name]: value }));
    const operators = Object.values(inner.getFields()).filter(({ name }) => name !== 'key');
    return operators.flatMap((operator) =>
      valuesOf(operator.type, field.name, ids).map((value) => {
        const test = { [operator.name]: value };
        return { [field.name]: field.name === 'metadata' ? [{ key: 'plan', ...test }] : test };
      }),
    );
  });
}

const ORDERS = ['CREATED_AT', 'UPDATED_AT', 'LAST_SIGN_IN_AT', 'EMAIL', 'NAME'].flatMap((field) =>
  ['ASC', 'DESC'].map((direction) => ({ field, direction })),
);

test('no list of users scans a table or sorts all of them, whatever is asked', async () => {
  const app = await testApp();
  const execute = await app.client();
  const environment = await app.app.db.reader.selectFrom('environments').select('id').executeTakeFirstOrThrow();
  await makeCrowd(app.app, environment.id, MAX_ROWS_EXAMINED + 1);
  const { userIds, organizationId } = await makeWorld(execute);
  const singles = singleFilters({ id: userIds[0] ?? '', organizationId });
  expect(singles.length).toBeGreaterThan(60);
  const query = `query ($filter: UserFilter, $search: String, $orderBy: UserOrder, ${ARGS}) {
    users(filter: $filter, search: $search, orderBy: $orderBy, ${PASSED}) { edges { cursor } totalCount }
    usersCount(filter: $filter, search: $search, limit: 5) { value isExact }
  }`;
  app.statements.length = 0;
  const tally = { answered: 0, refused: 0 };
  const ask = async (variables: Record<string, unknown>) => {
    const { data, errors } = await execute(query, variables);
    const codes = (errors ?? []).map(({ extensions }) => extensions.code);
    expect(codes.filter((code) => code !== 'FILTER_NOT_SELECTIVE')).toEqual([]);
    tally[codes.length > 0 ? 'refused' : 'answered']++;
    return data;
  };
  const cursors = new Map<unknown, Record<string, string>>();
  for (const search of [null, 'ada', 'example', 'zzz']) {
    for (const orderBy of ORDERS) {
      const { users } = (await ask({ orderBy, search, first: 3 })) ?? { users: { edges: [] } };
      const slice = { after: users.edges[0]?.cursor, before: users.edges[2]?.cursor };
      if (search === null) cursors.set(orderBy, slice);
      await ask({ orderBy, search, ...slice, last: 2 });
      await ask({ orderBy, search, filter: { emailDomain: { eq: 'initech.example' } }, first: 2 });
    }
  }
  for (const filter of singles) {
    for (const orderBy of ORDERS) {
      await ask({ filter, orderBy, first: 2 });
      await ask({ filter, orderBy, last: 2, ...cursors.get(orderBy) });
    }
  }
  const some = fc.constantFrom(...singles);
  const { tree } = fc.letrec<{ tree: Record<string, unknown> }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3 },
      some,
      fc
        .tuple(some, fc.constantFrom('and', 'or'), fc.array(tie('tree'), { minLength: 1, maxLength: 3 }))
        .map(([one, key, of]) => ({
          ...one,
          [key]: of,
        })),
      fc.tuple(some, tie('tree')).map(([one, not]) => ({ ...one, not })),
    ),
  }));
  const searches = fc.constantFrom(null, null, 'ada', 'example albe');
  await fc.assert(
    fc.asyncProperty(
      tree,
      fc.constantFrom(...ORDERS),
      searches,
      fc.boolean(),
      async (filter, orderBy, search, forward) => {
        const slice = search === null ? cursors.get(orderBy) : {};
        await ask({ filter, orderBy, search, ...slice, ...(forward ? { first: 2 } : { last: 2 }) });
      },
    ),
    { numRuns: 300 },
  );
  // Both kinds were met: what an index serves in a large environment, and what it does not.
  expect(tally.answered).toBeGreaterThan(500);
  expect(tally.refused).toBeGreaterThan(20);
  const { judged, faulty } = judge(app);
  expect(faulty).toEqual({});
  expect(judged.length).toBeGreaterThan(800);
}, 600_000);

test('no list under users scans a table or sorts', async () => {
  const app = await testApp();
  const execute = await app.client();
  await makeWorld(execute);
  app.statements.length = 0;
  for (const field of ['authorizedApplications', 'organizationMemberships']) {
    const target = field === 'authorizedApplications' ? 'application' : 'organization';
    const query = `query (${ARGS}) { users(first: 3) { nodes { ${field}(${PASSED}) {
      totalCount edges { cursor node { user { id } ${target} { id } } }
    } } } }`;
    const { users } = await run(execute, query, { first: 1 });
    for (const slice of slices(users.nodes[0][field].edges[0].cursor)) await run(execute, query, slice);
  }
  const { judged, faulty } = judge(app);
  expect(faulty).toEqual({});
  expect(judged.length).toBeGreaterThanOrEqual(2 * (2 * 4 + 2));
});

test('no list of events scans a table or sorts', async () => {
  const app = await testApp();
  const execute = await app.client();
  const { userIds, organizationId } = await makeWorld(execute);
  const ids = (await run(execute, '{ events(first: 100) { nodes { id } } }', {})).events.nodes;
  app.statements.length = 0;
  const query = `query ($filter: EventFilter, $direction: OrderDirection!, ${ARGS}) {
    events(filter: $filter, orderBy: { direction: $direction }, ${PASSED}) { edges { cursor } }
  }`;
  const filters = subsets([
    { types: ['USER_CREATED', 'ORGANIZATION_MEMBERSHIP_CREATED'] },
    { userId: userIds[0] },
    { organizationId },
    { createdAt: { gte: '2026-01-01T00:00:00.000Z', lte: '2027-01-01T00:00:00.000Z' } },
  ]);
  for (const direction of ['ASC', 'DESC']) {
    const { events } = await run(execute, query, { direction, first: 3 });
    for (const filter of filters) {
      for (const slice of slices(events.edges[1].cursor)) await run(execute, query, { filter, direction, ...slice });
    }
  }
  const nested = `query (${ARGS}) { users(first: 3) { nodes { events(${PASSED}) { edges { cursor } } } } }`;
  const { users } = await run(execute, nested, { first: 1 });
  for (const slice of slices(users.nodes[0].events.edges[0].cursor)) await run(execute, nested, slice);
  await run(execute, 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', {
    ids: ids.map(({ id }: { id: string }) => id),
  });
  const { judged, faulty } = judge(app);
  expect(faulty).toEqual({});
  // 8 walks, 2 ways to read: with no bound, one or both; the 4 of them with several conditions look for their edge.
  expect(judged.length).toBeGreaterThanOrEqual(8 * 2 * 4 + 4 * 2 * 4 + 2 + 8);
});

test('no list of organizations, applications or keys scans a table or sorts', async () => {
  const app = await testApp();
  const execute = await app.client();
  const { organizationId } = await makeWorld(execute);
  await makeApplication(execute, { name: 'App', organizationId });
  app.statements.length = 0;
  const list = async (field: string, filters: readonly object[], type: string) => {
    const [defined, passed] = type === '' ? ['', ''] : [`$filter: ${type}, `, 'filter: $filter, '];
    const query = `query (${defined}${ARGS}) { ${field}(${passed}${PASSED}) { totalCount edges { cursor } } }`;
    const cursor = (await run(execute, query, { first: 1 }))[field].edges[0].cursor;
    for (const filter of filters) for (const slice of slices(cursor)) await run(execute, query, { filter, ...slice });
  };
  await list('organizations', subsets([{ name: 'Org' }, { externalId: 'x' }]), 'OrganizationFilter');
  await list('applications', subsets([{ name: 'App' }, { organizationId }]), 'ApplicationFilter');
  await list('apiKeys', [{}], '');
  const nested = `query ($id: ID!, ${ARGS}) { organization(id: $id) { memberships(${PASSED}) { totalCount edges { cursor } } } }`;
  const { organization } = await run(execute, nested, { id: organizationId, first: 1 });
  for (const slice of slices(organization.memberships.edges[0].cursor)) {
    await run(execute, nested, { id: organizationId, ...slice });
  }
  await run(
    execute,
    '{ viewer { environment { id } apiKey { id } } organizationByExternalId(externalId: "x") { id } }',
    {},
  );
  const { judged, faulty } = judge(app);
  expect(faulty).toEqual({});
  expect(judged.length).toBeGreaterThanOrEqual(2 * (4 * 8 + 4) + 9 + 9);
});

test('no lookup scans a table or sorts', async () => {
  const app = await testApp();
  const execute = await app.client();
  const { userIds, organizationId, applicationId, grantId, membershipId } = await makeWorld(execute);
  const send = 'mutation ($id: ID!) { sendVerificationEmail(input: { userId: $id }) { emailVerification { id } } }';
  const sent = await run(execute, send, { id: userIds[0] });
  const verificationId = sent.sendVerificationEmail.emailVerification.id;
  const ids = [...userIds, organizationId, applicationId, grantId, membershipId, verificationId];
  app.statements.length = 0;
  const query = `query ($ids: [ID!]!, $userId: ID!, $organizationId: ID!, $applicationId: ID!, $representations: [_Any!]!) {
    node(id: $userId) { id }
    nodes(ids: $ids) { id ... on EmailVerification { user { id } } }
    user(id: $userId) { id }
    userByEmail(email: "a@example.com") { id }
    userByExternalId(externalId: "a") { id }
    organization(id: $organizationId) { id }
    application(id: $applicationId) { id }
    _entities(representations: $representations) { ... on User { id } }
  }`;
  const representations = [
    { __typename: 'User', id: userIds[0] },
    { __typename: 'User', externalId: 'b' },
  ];
  const data = await run(execute, query, { ids, userId: userIds[0], organizationId, applicationId, representations });
  expect(data.nodes).not.toContain(null);
  const { judged, faulty } = judge(app);
  expect(faulty).toEqual({});
  // The key, six types by id, users by two other keys.
  expect(judged).toHaveLength(9);
});

test('no mutation scans a table or sorts', async () => {
  const app = await testApp();
  const execute = await app.client();
  const { userIds, applicationId, organizationId, grantId, membershipId } = await makeWorld(execute);
  const [ada, bob] = userIds;
  const spare = await makeApplication(execute, { name: 'Spare', isFirstParty: false, organizationId });
  const { data } = await execute('query ($id: ID!) { application(id: $id) { clientId } }', { id: spare });
  const mutate = (field: string, type: string, input: object) =>
    run(execute, `mutation ($input: ${type}!) { ${field}(input: $input) { errors { __typename } } }`, { input });
  app.statements.length = 0;
  const changed = { id: ada, email: 'new@example.com', externalId: 'new', password: 'i8uv6g34kd490s' };
  await mutate('createUser', 'CreateUserInput', { email: 'a@example.com', externalId: 'b' });
  const users = [
    { email: 'd@example.com', externalId: 'd' },
    { email: 'a@example.com', externalId: 'b' },
  ];
  for (const idempotencyKey of ['one', 'two', 'one']) {
    await mutate('createUsers', 'CreateUsersInput', { users, idempotencyKey });
  }
  await mutate('updateUser', 'UpdateUserInput', changed);
  await mutate('updateUser', 'UpdateUserInput', { ...changed, externalId: 'b' });
  await mutate('authorizeApplication', 'AuthorizeApplicationInput', { userId: ada, applicationId, scopes: ['other'] });
  const byClientId = { userId: ada, applicationId: data.application.clientId };
  await mutate('authorizeApplication', 'AuthorizeApplicationInput', { ...byClientId, scopes: [] });
  await mutate('deleteAuthorizedApplication', 'DeleteAuthorizedApplicationInput', byClientId);
  const byGrant = { userId: userIds[2], applicationId: grantId };
  await mutate('deleteAuthorizedApplication', 'DeleteAuthorizedApplicationInput', byGrant);
  await mutate('createOrganizationMembership', 'CreateOrganizationMembershipInput', { userId: ada, organizationId });
  await mutate('sendVerificationEmail', 'SendVerificationEmailInput', { userId: ada });
  const code = codeIn(app.mails.at(-1));
  await mutate('verifyEmail', 'VerifyEmailInput', { userId: ada, code });
  await mutate('verifyEmail', 'VerifyEmailInput', { userId: ada, code });
  const membership = { id: membershipId };
  await mutate('updateOrganizationMembership', 'UpdateOrganizationMembershipInput', {
    ...membership,
    roles: ['admin'],
  });
  await mutate('deactivateOrganizationMembership', 'DeactivateOrganizationMembershipInput', membership);
  await mutate('deleteOrganizationMembership', 'DeleteOrganizationMembershipInput', membership);
  await mutate('updateOrganization', 'UpdateOrganizationInput', { id: organizationId, name: 'New', externalId: 'o' });
  await mutate('updateOrganization', 'UpdateOrganizationInput', { id: organizationId, name: '', externalId: 'p' });
  await mutate('updateApplication', 'UpdateApplicationInput', { id: spare, name: 'New' });
  await mutate('deleteOrganization', 'DeleteOrganizationInput', { id: organizationId });
  await mutate('deleteApplication', 'DeleteApplicationInput', { id: spare });
  await mutate('deleteOrganization', 'DeleteOrganizationInput', { id: organizationId });
  const made = await execute('mutation { createApiKey(input: { name: "a", scopes: ["*"] }) { apiKey { id } } }');
  await mutate('revokeApiKey', 'RevokeApiKeyInput', { id: made.data.createApiKey.apiKey.id });
  await mutate('deleteUser', 'DeleteUserInput', { id: ada });
  await mutate('deleteUser', 'DeleteUserInput', { id: bob });
  const { judged, faulty } = judge(app);
  expect(faulty).toEqual({});
  const starts = ['update "users"', 'delete from "users"', 'delete from "authorized_applications"'];
  for (const start of [...starts, 'delete from "idempotency_keys"']) {
    expect(judged.some((sql) => sql.startsWith(start))).toBe(true);
  }
});

test('no import and no export scans a table or sorts', async () => {
  const app = await testApp();
  const { environments, importRuns, userExports } = app.app.services;
  const { id } = await environments.ensure('test', 'test');
  app.statements.length = 0;
  for (const policy of ['reject', 'skip', 'update'] as const) {
    const plan = { environmentId: id, source: 'x', format: 'ndjson', policy, rejectsFile: '/r' } as const;
    const end = { offset: 1, line: 2 };
    const value = { email: 'a@example.com', externalId: 'a', passwordHash: `{SSHA}${'A'.repeat(38)}==` };
    const rows = [{ line: 1, end, size: 1, value: { ...value, passwordHashType: 'SSHA' } }];
    const run = await importRuns.importRows(importViewer(id, 'x'), await importRuns.beginImport(plan, true), rows, end);
    await importRuns.finishImport(run);
  }
  for await (const page of userExports.pages(systemViewer(id, 'x'), true)) expect(page).toHaveLength(1);
  const { judged, faulty } = judge(app);
  expect(faulty).toEqual({});
  for (const start of ['update "user_imports"', 'delete from "user_imports"', 'select * from "passwords"']) {
    expect(judged.some((sql) => sql.startsWith(start))).toBe(true);
  }
});

test.each([
  [`select * from users where first_name = 'x' order by last_name`, ['SCAN users', 'USE TEMP B-TREE FOR ORDER BY']],
  ['select email_normal from users', ['SCAN users USING COVERING INDEX users_id_email_unique']],
  ['delete from users where email = ?', ['SCAN users']],
])('the checker catches %s', async (sql, faults) => {
  const app = await testApp();
  app.statements.length = 0;
  app.statements.push(sql);
  const { faulty } = judge(app);
  expect(Object.keys(faulty)).toEqual([sql]);
  // Which index is scanned is SQLite's choice.
  expect(faulty[sql]?.map((step) => step.replace(/INDEX .*/, ''))).toEqual(
    faults.map((step) => step.replace(/INDEX .*/, '')),
  );
});

test('nothing that is done in the background scans a table or sorts, and what looks for webhooks looks type by type', async () => {
  const app = await testApp({
    WEBHOOK_NETWORKS: '127.0.0.0/8',
    EVENT_RETENTION_COUNT: '3',
    EVENT_ERASURE_DAYS: '1',
  });
  const execute = await app.client();
  const id = await makeUser(execute, { email: 'a@example.com', idempotencyKey: 'once' });
  const hook = (
    path: string,
  ) => `mutation { createWebhookEndpoint(input: { url: "http://127.0.0.1:1/${path}", types: [USER_DELETED] }) {
    webhookEndpoint { id } } }`;
  const made = await execute(hook('a'));
  await execute(hook('b'));
  await execute('mutation ($id: ID!) { deleteUser(input: { id: $id }) { deletedUserId } }', { id });
  app.clock.advance(2 * 86_400);
  const { webhookWorker, eventRetention, eventErasure } = app.app.services;
  app.statements.length = 0;
  await webhookWorker.deliverDue();
  await eventErasure.eraseDeleted();
  await eventRetention.removeOld();
  const { id: endpoint } = made.data.createWebhookEndpoint.webhookEndpoint;
  await execute('mutation ($id: ID!) { deleteWebhookEndpoint(input: { id: $id }) { errors { __typename } } }', {
    id: endpoint,
  });
  await webhookWorker.deliverDue();
  const { judged, faulty } = judge(app);
  // Every log is looked at, and there are as many as environments.
  const logs = 'select "environment_id", "epoch", "last", "removed", "erased" from "event_sequences"';
  expect(Object.keys(faulty)).toEqual([logs]);
  for (const start of [
    'delete from "webhook_deliveries"',
    'update "webhook_endpoints"',
    'update "events" set "data"',
  ]) {
    expect(judged.some((sql) => sql.startsWith(start))).toBe(true);
  }
  const looks = judged.filter((sql) => sql.includes('json_each(due.types)'));
  expect(looks).toHaveLength(2);
  const sqlite = new Database(`${app.folder}/test.db`, { readonly: true });
  for (const sql of looks.filter((text) => text.startsWith('select'))) {
    const plan = sqlite.prepare<unknown[], { detail: string }>(`explain query plan ${sql}`).all('2026-01-15', 1);
    expect(plan.map(({ detail }) => detail).join()).toMatch(/SEARCH events USING COVERING INDEX events_by_name/);
  }
  sqlite.close();
});
