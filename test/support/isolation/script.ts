import { expect } from 'vitest';
import { IDEMPOTENCY_TTL_SECONDS } from '../../../src/idempotency/idempotency.js';
import { openApp } from '../open-app.js';
import { codeIn, type Execute, execute, type TestApp } from '../test-app.js';
import { ID, ID_KINDS, idsIn, leaksIn } from './leaks.js';
import { operate } from './operate.js';
import type { Stage } from './stage.js';
import { rowsOf, ULID } from './twins.js';
import { HASH, SETTINGS } from './two-environments.js';

const ENDS = 'pageInfo { hasNextPage hasPreviousPage }';
const PAGE_OF_EVENTS = `pageInfo { hasNextPage startCursor endCursor }
  nodes { id name actor { name } ... on UserCreatedEvent { snapshot { email metadata } } }`;

/** Ends a script early: an answer shows that B is there. */
export class Seen extends Error {
  override readonly name = 'Seen';
}

interface Played {
  readonly answers: string[];
  readonly leaks: string[];
  readonly statements: string[];
}

/**
 * What A does with its own data, beside B or alone in the file: nobody can tell from the answers which it was.
 *
 * @param expected the answers that A gets alone
 * @throws {Seen} at the first answer that is another one than expected, or that leaks
 */
export async function script(stage: Stage, expected?: readonly string[]): Promise<Played> {
  const app = await openApp(SETTINGS, {}, stage.kept);
  try {
    app.mails.push(...stage.mails);
    // Ids of one millisecond are in order in one app only.
    app.clock.advance(1);
    return await play(app, stage, expected);
  } finally {
    await app.close();
  }
}

async function play(app: TestApp, { a, b, secret }: Stage, expected?: readonly string[]): Promise<Played> {
  const asA: Execute = (query, variables) => execute(app.app, secret, query, variables);
  const leaks: string[] = [];
  const before = b ? JSON.stringify(await rowsOf(app, 'B')) : '';
  app.statements.length = 0;
  const idsOfB = b ? idsIn(b) : new Set<string>();
  for (const number of ['T1', 'T2', 'T3', 'T9']) {
    for (const prefix of ['authorized_connect_app_', 'email_verification_']) idsOfB.add(`${prefix}${ULID}${number}`);
  }
  const numbers = new Map<string, number>();
  const answers: string[] = [];
  const ask = async (query: string, variables: Record<string, unknown> = {}) => {
    const answer = await asA(query, variables);
    // What does not fit the schema runs no statement, and would see no leak.
    expect(answer.errors?.map(({ extensions }) => extensions.code) ?? []).not.toContain('GRAPHQL_VALIDATION_FAILED');
    leaks.push(...leaksIn(answer, variables, idsOfB));
    // A price tells how many rows were looked at, not which: a plan without its wall is not to be seen by it alone.
    const { extensions: _, ...told } = answer;
    const named = JSON.stringify(told).replace(ID, (id) => {
      if (id.startsWith('req_')) return 'req';
      if (!numbers.has(id)) numbers.set(id, numbers.size);
      return `#${numbers.get(id)}`;
    });
    if (expected && (leaks.length > 0 || named !== expected[answers.length])) throw new Seen(named);
    answers.push(named);
  };
  const mutate = (field: string, type: string, selection: string, input: object) => {
    const attempts = field === 'verifyEmail' ? '... on VerificationCodeError { attemptsRemaining }' : '';
    const errors = `errors { ... on MutationError { __typename code path } ${attempts} }`;
    return ask(`mutation ($input: ${type}!) { ${field}(input: $input) { ${selection} ${errors} } }`, { input });
  };

  const user = 'id email externalId metadata version';
  const nested = (
    args: string,
  ) => `authorizedApplications${args} { totalCount ${ENDS} nodes { id application { name } } }
    organizationMemberships${args} { totalCount ${ENDS} nodes { id roles organization { name } } }`;
  for (const field of ['CREATED_AT', 'EMAIL']) {
    for (const filter of [
      {},
      { emailVerified: false },
      { email: { eq: b?.emails[0] ?? a.emails[0]?.replaceAll(/a_/gi, 'b_').replace('-a', '-b') } },
      { externalId: { eq: 'CANARY_B_external_0' } },
      { organizationId: { eq: a.organizations[0] } },
    ]) {
      const query = `query ($filter: UserFilter, $orderBy: UserOrder) {
        users(filter: $filter, orderBy: $orderBy, first: 50) { totalCount nodes { ${user} ${nested('')} } }
      }`;
      for (const direction of ['ASC', 'DESC']) await ask(query, { filter, orderBy: { field, direction } });
    }
  }
  const pair = [{ key: 'CANARY_B_key', eq: 'CANARY_B_value' }];
  const found = `query ($filter: UserFilter, $search: String, $orderBy: UserOrder) {
    users(filter: $filter, search: $search, orderBy: $orderBy, first: 50) { nodes { ${user} } }
  }`;
  // Each way to users, and each condition that is asked of them one by one.
  for (const [field, filter, search] of [
    ['CREATED_AT', { metadata: pair }],
    ['CREATED_AT', { metadata: [{ key: 'CANARY_A_key', eq: 'CANARY_A_value' }] }],
    ['CREATED_AT', { or: [{ metadata: pair }, { email: { contains: '_7@' } }] }],
    ['CREATED_AT', { not: { organizationId: { eq: a.organizations[0] } } }],
    ['CREATED_AT', { firstName: { eq: 'CANARY_A_first' } }],
    ['CREATED_AT', { organizationId: { in: [a.organizations[0], a.organizations[2]] } }],
    ['NAME', { or: [{ name: { eq: 'canary_a_name' } }, { organizationId: { eq: a.organizations[0] } }] }],
    ['NAME', { name: { startsWith: 'canary' } }],
    ['NAME', { emailDomain: { startsWith: 'canary' } }],
    ['UPDATED_AT', {}],
    ['LAST_SIGN_IN_AT', { lastSignInAt: { isNull: true } }],
    ['CREATED_AT', {}, 'canary'],
    ['NAME', {}, 'canary'],
  ] as const) {
    await ask(found, { filter, search, orderBy: { field } });
  }
  const counted = 'query ($filter: UserFilter) { usersCount(filter: $filter, limit: 3) { value isExact } }';
  for (const filter of [{}, { metadata: pair }, { email: { contains: '_1@' } }]) await ask(counted, { filter });
  const one = (slice: string) => `query ($id: ID!) { user(id: $id) { ${user} ${nested(`(${slice})`)} } }`;
  // A row of B's that is counted in pushes one of A's out of a page of one, and shows itself in a long one.
  for (const slice of ['first: 1', 'last: 1', 'last: 20']) await ask(one(slice), { id: a.users[1] });
  const more = `... on AuthorizedApplication { grantedScopes } ... on OrganizationMembership { roles organization { name } }
    ... on Organization { name } ... on Application { name } ... on User { email } ... on ApiKey { name revokedAt } ... on WebhookEndpoint { url enabled } ... on WebhookDelivery { error }
    ... on EmailVerification { email delivery { state attempts } } ... on UserCreatedEvent { snapshot { email } }`;
  const nodes = `query ($ids: [ID!]!) { nodes(ids: $ids) { id ${more} } }`;
  for (const kind of ID_KINDS.filter((name) => name !== 'clients')) await ask(nodes, { ids: a[kind].slice(0, 4) });
  const time = '2026-01-15T12:00:00.000Z';
  const inOrganization = { organizationId: a.organizations[0] };
  for (const filter of [
    {},
    { types: ['USER_CREATED', 'USER_UPDATED'] },
    { userId: a.users[0] },
    inOrganization,
    { userId: a.users[0], types: ['ORGANIZATION_MEMBERSHIP_CREATED'] },
    { ...inOrganization, types: ['ORGANIZATION_MEMBERSHIP_CREATED'] },
    { ...inOrganization, userId: a.users[0] },
    { createdAt: { gt: time } },
    { createdAt: { gte: time, lt: '2026-02-01T00:00:00.000Z' } },
  ]) {
    const query = `query ($filter: EventFilter, $direction: OrderDirection!, $first: Int!) {
      events(filter: $filter, orderBy: { direction: $direction }, first: $first) { ${PAGE_OF_EVENTS} }
    }`;
    // A short page shows what pushes others out, a long one what ends too early.
    for (const direction of ['ASC', 'DESC']) {
      for (const first of [3, 20]) await ask(query, { filter, direction, first });
    }
  }
  const happened = (slice: string) => `query ($id: ID!) { user(id: $id) { events(${slice}) { ${PAGE_OF_EVENTS} } } }`;
  for (const slice of ['first: 1', 'last: 1', 'first: 20', 'last: 20']) await ask(happened(slice), { id: a.users[0] });
  const lists = `query ($organizations: OrganizationFilter, $applications: ApplicationFilter) {
    organizations(filter: $organizations, first: 50) { totalCount nodes { id name } }
    applications(filter: $applications, first: 50) { totalCount nodes { id name } }
  }`;
  const [organizationId] = a.organizations;
  for (const [organizations, applications] of [
    [{}, {}],
    [{ name: 'CANARY_B_org' }, { name: 'CANARY_B_app' }],
    [{ externalId: 'CANARY_B_org_external_0' }, { organizationId }],
    [
      { name: 'CANARY_B_org', externalId: 'CANARY_B_org_external_0' },
      { name: 'CANARY_B_app', organizationId },
    ],
  ]) {
    await ask(lists, { organizations, applications });
  }
  const byKey = `query ($externalId: String!, $clientId: ID!) {
    organizationByExternalId(externalId: $externalId) { id } applicationByClientId(clientId: $clientId) { id name }
  }`;
  await ask(byKey, { externalId: 'CANARY_B_org_external_0', clientId: a.clients[0] });
  const members = (slice: string) => `query ($id: ID!) { organization(id: $id) { memberships(${slice}) {
    totalCount ${ENDS} nodes { id roles } } } }`;
  for (const slice of ['first: 1', 'last: 1', 'last: 20']) await ask(members(slice), { id: organizationId });
  const keys =
    '{ viewer { environment { name } apiKey { name } scopes } apiKeys(first: 50) { totalCount nodes { id name } } }';
  await ask(keys);
  const hooks = (
    slice: string,
  ) => `{ webhookEndpoints(${slice}) { totalCount ${ENDS} nodes { id url enabled failingSince
    deliveries(${slice}) { ${ENDS} nodes { id error statusCode } } } } }`;
  const listHooks = async () => {
    for (const slice of ['first: 1', 'last: 1', 'last: 20']) await ask(hooks(slice));
  };
  await listHooks();
  const lookUps = `query ($email: String!, $externalId: String!) {
    userByEmail(email: $email) { ${user} } userByExternalId(externalId: $externalId) { ${user} }
  }`;
  await ask(lookUps, { email: 'CANARY_B_email_1@canary-b.example', externalId: 'CANARY_B_external_1' });

  const [first, second, third, fourth, fifth] = a.users;
  const [app0, app1, app2] = a.applications;
  const authorize = (userId: string | undefined, applicationId: string | undefined) =>
    mutate('authorizeApplication', 'AuthorizeApplicationInput', 'authorizedApplication { id grantedScopes }', {
      ...{ userId, applicationId },
      scopes: ['openid'],
    });
  await authorize(first, app0);
  await authorize(first, app2);
  await authorize(second, b?.clients[0] ?? `client_${ULID}XX`);
  const revoke = (userId: string | undefined, applicationId: string | undefined) =>
    mutate('deleteAuthorizedApplication', 'DeleteAuthorizedApplicationInput', 'deletedAuthorizedApplicationId', {
      ...{ userId, applicationId },
    });
  await revoke(first, app1);
  await revoke(second, a.clients[1]);
  await mutate('updateUser', 'UpdateUserInput', 'user { id version }', { id: third, firstName: 'New', ...HASH });
  await mutate('verifyEmail', 'VerifyEmailInput', 'user { id }', { userId: fifth, code: '000000' });
  await mutate('verifyEmail', 'VerifyEmailInput', 'user { id }', { userId: second, code: '000001' });
  await mutate('verifyEmail', 'VerifyEmailInput', 'user { id emailVerified }', { userId: second, code: a.codes[1] });
  await mutate('verifyEmail', 'VerifyEmailInput', 'user { id }', { userId: second, code: a.codes[1] });
  await mutate('sendVerificationEmail', 'SendVerificationEmailInput', 'user { id }', { userId: first });
  const address = { userId: third, newEmail: 'moved@example.com' };
  await mutate('sendEmailChange', 'SendEmailChangeInput', 'newEmail expiresAt', address);
  const confirm = (userId: string | undefined, code: string) =>
    mutate('confirmEmailChange', 'ConfirmEmailChangeInput', 'user { email emailVerified }', { userId, code });
  await confirm(third, 'wrong');
  await confirm(third, codeIn(app.mails.at(-1)));
  await confirm(fifth, '000000');
  await mutate('updateUser', 'UpdateUserInput', 'user { email }', { id: first, email: 'also.moved@example.com' });
  const change = (field: string, selection: string, input: object) =>
    mutate(field, `${field[0]?.toUpperCase()}${field.slice(1)}Input`, selection, input);
  const [, org1, org2] = a.organizations;
  await change('updateOrganization', 'organization { id name }', {
    id: org1,
    name: 'New',
    externalId: 'CANARY_B_org_external_1',
  });
  await change('updateOrganization', 'organization { id }', {
    id: org2,
    name: '',
    externalId: 'CANARY_B_org_external_1',
  });
  await change('updateApplication', 'application { id name }', { id: app1, name: 'New' });
  await change('updateOrganizationMembership', 'membership { id roles }', { id: a.memberships[4], roles: ['admin'] });
  await change('deactivateOrganizationMembership', 'membership { id status }', { id: a.memberships[5] });
  await change('reactivateOrganizationMembership', 'membership { id status }', { id: a.memberships[5] });
  await change('deleteOrganizationMembership', 'deletedMembershipId', { id: a.memberships[5] });
  await change('deleteOrganization', 'deletedOrganizationId', { id: org2 });
  // Of the twins, one belongs to the organization still.
  await change('deleteApplication', 'deletedApplicationId', { id: app2 });
  await change('deleteOrganization', 'deletedOrganizationId', { id: org2 });
  await change('deleteApplication', 'deletedApplicationId', { id: app1 });
  await change('deleteOrganization', 'deletedOrganizationId', { id: org1 });
  await change('revokeApiKey', 'revokedApiKeyId', { id: a.apiKeys[0] });
  await change('createApiKey', 'apiKey { id name }', { name: 'new', scopes: ['users:read'] });
  const [hook0, hook1, hook2] = a.endpoints;
  const deliver = () => app.app.services.webhookWorker.deliverDue();
  await deliver();
  await listHooks();
  const { data: log } = await asA('{ events(first: 1) { pageInfo { endCursor } } }');
  await change('updateWebhookEndpoint', 'webhookEndpoint { id types }', { id: hook0, types: ['USER_CREATED'] });
  await change('updateWebhookEndpoint', 'webhookEndpoint { id }', {
    id: hook0,
    url: 'http://127.0.0.1:1/CANARY_A_hook_1',
  });
  await change('rotateWebhookEndpointSecret', 'webhookEndpoint { id }', { id: hook1 });
  const after = log.events.pageInfo.endCursor;
  await change('replayWebhookEndpoint', 'queuedCount webhookEndpoint { id }', { id: hook0, after });
  // What the worker reads, by the same statement.
  await ask(
    `query ($after: String) { events(filter: { types: [USER_CREATED] }, first: 20, after: $after) { ${PAGE_OF_EVENTS} } }`,
    { after },
  );
  await deliver();
  for (const id of [hook1, hook2]) {
    await change('deleteWebhookEndpoint', 'deletedWebhookEndpointId', { id });
    await listHooks();
    await deliver();
  }
  await ask(nodes, { ids: [...a.endpoints, ...a.deliveries] });
  answers.push(...(await operate(app, second)));
  await mutate('deleteUser', 'DeleteUserInput', 'deletedUserId', { id: fourth });
  await mutate('deleteUser', 'DeleteUserInput', 'deletedUserId', { id: first });
  // What went with them.
  await ask('{ events(last: 20) { nodes { id name } } }');
  const bulk = 'createdCount results { user { email externalId } errors { ... on MutationError { code } } }';
  const taken = { email: 'CANARY_B_email_6@canary-b.example', externalId: 'CANARY_B_external_6' };
  await mutate('createUsers', 'CreateUsersInput', bulk, { users: [taken, taken, { email: a.emails[6] }] });
  await mutate('deleteUser', 'DeleteUserInput', 'deletedUserId', { id: fifth, expectedVersion: 9 });
  const keyed = (idempotencyKey: string, name: string) =>
    mutate('createOrganization', 'CreateOrganizationInput', 'organization { id name }', { name, idempotencyKey });
  await keyed('key-A-0', 'Other');
  await keyed('key-B-0', 'Org');
  app.clock.advance(IDEMPOTENCY_TTL_SECONDS);
  // What goes now is A's, and only what is over: B has a key of each of these names, and its time is over too.
  await keyed('key-A-0', 'Org');
  await keyed('key-A-9', 'Org');
  await keyed('key-A-0', 'Org');
  // The key that asks is used again after more than a minute; the write stands behind no answer but before the next one.
  app.clock.advance(61);
  await ask(keys);
  await mutate('updateUser', 'UpdateUserInput', 'user { id version }', { id: third, firstName: 'Newer' });
  await ask(nodes, { ids: [...a.users, ...a.grants, ...a.memberships, ...a.verifications, ...a.apiKeys] });
  const statements = [...app.statements];
  if (b && JSON.stringify(await rowsOf(app, 'B')) !== before) leaks.push('B was changed');
  return { answers, leaks, statements };
}
