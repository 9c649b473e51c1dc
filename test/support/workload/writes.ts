import { makeApplication, makeGrant, makeMembership, makeOrganization, makeUser } from '../make.js';
import { allowSignIn, PASSWORD, SIGN_IN, sshaOf, type Tokens } from '../sign-in.js';
import { codeIn, type Execute, execute as executeAs, type TestApp } from '../test-app.js';

/** What the writes work on: users, with an organization and an application all of them have. */
export interface Household {
  readonly userIds: readonly string[];
  readonly organizationId: string;
  readonly applicationId: string;
  readonly grantId: string;
  readonly membershipId: string;
}

/** @param mark tells the addresses apart from those of another household */
export async function makeHousehold(execute: Execute, mark = ''): Promise<Household> {
  const userIds: string[] = [];
  for (const name of ['a', 'b', 'c']) {
    userIds.push(await makeUser(execute, { email: `${name}${mark}@example.com`, externalId: `${name}${mark}` }));
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

/** Every mutation of a key, with what it refuses; the household is gone afterwards. */
export async function writeAsKey(app: TestApp, execute: Execute, home: Household): Promise<void> {
  const { userIds, applicationId, organizationId, grantId, membershipId } = home;
  const [ada, bob, cyd] = userIds;
  const spare = await makeApplication(execute, { name: 'Spare', isFirstParty: false, organizationId });
  const { data } = await execute('query ($id: ID!) { application(id: $id) { clientId } }', { id: spare });
  const changed = { id: ada, email: 'new@example.com', externalId: 'new', password: PASSWORD };
  const mutate = mutator(execute);
  await mutate('createUser', { email: 'a@example.com', externalId: 'b' });
  const users = [
    { email: 'd@example.com', externalId: 'd' },
    { email: 'a@example.com', externalId: 'b' },
  ];
  for (const idempotencyKey of ['one', 'two', 'one']) await mutate('createUsers', { users, idempotencyKey });
  await mutate('createUser', { email: 'e@example.com', idempotencyKey: 'three' });
  await mutate('updateUser', changed);
  await mutate('updateUser', { ...changed, externalId: 'b' });
  await mutate('authorizeApplication', { userId: ada, applicationId, scopes: ['other'] });
  const byClientId = { userId: ada, applicationId: data.application.clientId };
  await mutate('authorizeApplication', { ...byClientId, scopes: [] });
  await mutate('deleteAuthorizedApplication', byClientId);
  await mutate('deleteAuthorizedApplication', { userId: cyd, applicationId: grantId });
  await mutate('createOrganizationMembership', { userId: ada, organizationId });
  await mutate('sendVerificationEmail', { userId: ada });
  for (const _ of [1, 2]) await mutate('verifyEmail', { userId: ada, code: codeIn(app.mails.at(-1)) });
  await mutate('sendVerificationEmail', { userId: bob });
  for (const _ of Array(6)) await mutate('verifyEmail', { userId: bob, code: '000000' });
  const kai = await makeUser(execute, { email: 'kai@b\u00fccher.example' });
  await mutate('updateUser', { id: kai, email: 'kai@xn--bcher-kva.example' });
  await mutate('sendEmailChange', { userId: ada, newEmail: 'newer@example.com' });
  await mutate('confirmEmailChange', { userId: ada, code: codeIn(app.mails.at(-1)) });
  await mutate('updateOrganizationMembership', { id: membershipId, roles: ['admin'] });
  await mutate('deactivateOrganizationMembership', { id: membershipId });
  await mutate('reactivateOrganizationMembership', { id: membershipId });
  await mutate('deleteOrganizationMembership', { id: membershipId });
  await mutate('updateOrganization', { id: organizationId, name: 'New', externalId: 'o' });
  await mutate('updateOrganization', { id: organizationId, name: '', externalId: 'p' });
  await mutate('updateApplication', { id: spare, name: 'New' });
  await mutate('deleteOrganization', { id: organizationId });
  await mutate('deleteApplication', { id: spare });
  await mutate('deleteOrganization', { id: organizationId });
  const made = await execute('mutation { createApiKey(input: { name: "a", scopes: ["*"] }) { apiKey { id } } }');
  await mutate('revokeApiKey', { id: made.data.createApiKey.apiKey.id });
  await mutate('deleteUser', { id: ada });
  await mutate('deleteUser', { id: bob });
}

/** Every mutation of webhook endpoints. Nobody listens where they go. */
export async function writeWebhooks(execute: Execute): Promise<void> {
  const mutate = mutator(execute);
  const hook = { url: 'http://127.0.0.1:1/written', types: ['USER_DELETED'] };
  const query = `mutation ($input: CreateWebhookEndpointInput!) { createWebhookEndpoint(input: $input) {
    webhookEndpoint { id } } }`;
  const { data } = await execute(query, { input: hook });
  const { id } = data.createWebhookEndpoint.webhookEndpoint;
  const { data: feed } = await execute('{ events(last: 1) { edges { cursor } } }');
  await mutate('createWebhookEndpoint', hook);
  await mutate('updateWebhookEndpoint', { id, types: ['USER_CREATED'] });
  await mutate('rotateWebhookEndpointSecret', { id });
  await mutate('replayWebhookEndpoint', { id, after: feed.events.edges[0].cursor });
  await mutate('deleteWebhookEndpoint', { id });
}

/** Sessions of a person: signing in, right and wrong, going on, changing the password, reading, and ending it. */
export async function writeAsPerson(test: TestApp, execute: Execute): Promise<void> {
  const environmentId = await allowSignIn(test);
  const email = 'person@example.com';
  await makeUser(execute, { email, passwordHash: sshaOf(PASSWORD), passwordHashType: 'SSHA' });
  const nobody = (query: string, variables?: Record<string, unknown>) => executeAs(test.app, null, query, variables);
  const mutate = mutator(nobody);
  await mutate('authenticateWithPassword', { environmentId, email, password: 'wrong' });
  await mutate('authenticateWithPassword', { environmentId, email: 'nobody@example.com', password: 'wrong' });
  const { data } = await nobody(SIGN_IN, { input: { environmentId, email, password: PASSWORD } });
  const { accessToken, refreshToken }: Tokens = data.authenticateWithPassword.tokens;
  const person = (query: string, variables?: Record<string, unknown>) =>
    executeAs(test.app, accessToken, query, variables);
  await person('{ viewer { user { id authorizedApplications { nodes { id } } events { nodes { id } } } } }');
  await mutator(person)('changePassword', { currentPassword: PASSWORD, password: `${PASSWORD}2` });
  await mutate('refreshSession', { refreshToken });
  await mutator(person)('revokeSession', {});
  await mutate('revokeSession', { refreshToken });
}

function mutator(execute: Execute): (field: string, input: object) => Promise<void> {
  return async (field, input) => {
    const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`;
    const query = `mutation ($input: ${type}!) { ${field}(input: $input) { errors { __typename } } }`;
    const { errors } = await execute(query, { input });
    if (errors) throw new Error(`${field}: ${JSON.stringify(errors)}`);
  };
}
