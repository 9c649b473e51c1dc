import { createHash } from 'node:crypto';
import type { Call, Caller } from './corpus-app.js';
import type { Calls, World } from './corpus-requests.js';
import type { Operation } from './documents.js';

/** The signed-in user. */
export interface Person {
  readonly id: string;
  readonly email: string;
  readonly refreshToken: string;
}

const PASSWORD = 'i8uv6g34kd490s';
const NAMES = [
  ['Ada', 'Lovelace'],
  ['Grace', 'Hopper'],
  ['Zoë', 'Ångström'],
  ['山田', '太郎'],
  ['Łukasz', 'O’Brien'],
] as const;
const USERS = 30;
const ORGANIZATIONS = 4;

/** The selection of a mutation's errors. */
export const ERRORS = 'errors { __typename ... on MutationError { code message path } }';
const TOKENS = 'tokens { sessionId accessToken accessTokenExpiresAt refreshToken expiresAt scopes }';
const CREATE_USER = `mutation ($input: CreateUserInput!) { createUser(input: $input) { user { id email externalId } ${ERRORS} } }`;

/** Fields that signed-in users may read about themselves. */
const OWN = [
  'id',
  'email',
  'emailVerified',
  'firstName',
  'lastName',
  'name',
  'profilePictureUrl',
  'locale',
  'lastSignInAt',
  'externalId',
  'metadata',
  'version',
  'createdAt',
  'updatedAt',
  'authorizedApplications(first: 3) { nodes { id grantedScopes application { id name description } } totalCount }',
  'organizationMemberships(last: 2) { edges { cursor node { id status roles organization { id name } } } }',
  'events(first: 5) { nodes { __typename id type name createdAt } pageInfo { endCursor hasNextPage } }',
  // Signed-in users may not read this field.
  'organizationMemberships(first: 1) { nodes { organization { externalId } } }',
] as const;

/** Returns an operation as a request that a client would send. */
export function requestOf(who: Caller, operation: Operation, more: Readonly<Record<string, string>> = {}): Call {
  const headers: Record<string, string> = { 'content-type': 'application/json', ...more };
  if (who !== 'nobody') headers.authorization = `Bearer {${who}}`;
  return { who, wire: { method: 'POST', path: '/graphql', headers, body: JSON.stringify(operation) } };
}

/** Creates users, organizations, applications, grants and memberships for later requests. */
export function* makePeople({ dice, known }: World): Calls {
  const create = (name: string, fields: string, input: Operation['variables']) => {
    const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
    const query = `mutation ($input: ${type}!) { ${name}(input: $input) { ${fields} ${ERRORS} } }`;
    return requestOf('full', { query, variables: { input } });
  };
  const webhook = { url: 'https://hooks.example/one', types: ['USER_CREATED', 'USER_UPDATED'] };
  yield create('createWebhookEndpoint', 'webhookEndpoint { id url types }', webhook);
  for (let index = 0; index < USERS; index++) {
    const [firstName, lastName] = dice.pick(NAMES);
    const email = `${firstName}.${index}@${dice.pick(['example.com', 'mail.example', 'bücher.example'])}`;
    const metadata = { plan: dice.pick(['free', 'gold']) };
    const input = { email, firstName, lastName, externalId: `customer-${index}`, metadata };
    yield create('createUser', 'user { id email externalId }', input);
  }
  for (let index = 0; index < ORGANIZATIONS; index++) {
    const application = { name: `App ${index}`, kind: 'OAUTH', description: 'An application', scopes: ['openid'] };
    yield create('createOrganization', 'organization { id externalId }', {
      name: `Org ${index}`,
      externalId: `o-${index}`,
    });
    yield create('createApplication', 'application { id clientId }', application);
  }
  for (let index = 0; index < USERS; index++) {
    const userId = known.key.pick(dice, 'user');
    const [organizationId, applicationId] = [known.key.pick(dice, 'org'), known.key.pick(dice, 'conn_app')];
    yield create('createOrganizationMembership', 'membership { id }', { userId, organizationId, roles: ['member'] });
    yield create('authorizeApplication', 'authorizedApplication { id }', { userId, applicationId, scopes: ['openid'] });
  }
}

/** Creates a user with a password, a membership and a grant, and signs the user in. Returns null when that fails. */
export function* makePerson({ dice, known, environmentId }: World, index: number): Calls<Person | null> {
  const email = `person.${index}@example.com`;
  const user = { email, firstName: 'Ada', lastName: `Number ${index}`, externalId: `person-${index}` };
  const input = { ...user, passwordHash: ssha(PASSWORD), passwordHashType: 'SSHA' };
  const { body } = yield requestOf('full', { query: CREATE_USER, variables: { input } });
  const userId = /"id":"(user_\w+)"/.exec(body)?.[1];
  if (userId === undefined) return null;
  const [organizationId, applicationId] = [known.key.pick(dice, 'org'), known.key.pick(dice, 'conn_app')];
  const tie = `mutation ($membership: CreateOrganizationMembershipInput!, $grant: AuthorizeApplicationInput!) {
    createOrganizationMembership(input: $membership) { membership { id } ${ERRORS} }
    authorizeApplication(input: $grant) { authorizedApplication { id } ${ERRORS} }
  }`;
  const grant = { userId, applicationId, scopes: ['openid'] };
  yield requestOf('full', { query: tie, variables: { membership: { userId, organizationId }, grant } });
  const signIn = signInOf(environmentId, email, PASSWORD);
  const signedIn = yield { ...requestOf('nobody', signIn), isSignIn: true };
  const refreshToken = /"refreshToken":"([^"]+)"/.exec(signedIn.body)?.[1];
  if (refreshToken === undefined) return null;
  // The IDs of the user's objects, and one of another user.
  known.person.learn(`${body} ${known.key.pick(dice, 'user')} ${organizationId} ${applicationId}`);
  return { id: userId, email, refreshToken };
}

/** Queries a profile page, of the signed-in user or of another one. */
export function* readPerson({ dice, known }: World, person: Person): Calls {
  const fields = OWN.filter((_, index) => dice.percent(index === OWN.length - 1 ? 5 : 35)).map((field, index) =>
    field.includes('(') ? `a${index}: ${field}` : field,
  );
  const user = `{ __typename ${fields.join(' ')} }`;
  const id = dice.percent(70) ? person.id : known.key.pick(dice, 'user');
  const query = dice.pick([
    `query ($id: ID!) { viewer { user ${user} environment { id name kind } scopes rateLimit { remaining } } user(id: $id) { id } }`,
    `query ($id: ID!) { user(id: $id) ${user} }`,
    `query ($id: ID!) { node(id: $id) { __typename ... on User ${user} } }`,
    `query ($id: ID!) { nodes(ids: [$id, "${known.person.pickId(dice)}"]) { __typename id ... on User ${user} } }`,
    `query ($id: ID!) { _entities(representations: [{ __typename: "User", id: $id }]) { __typename ... on User ${user} } }`,
    `query ($id: ID!) { user(id: $id) { id } userByEmail(email: "${person.email}") ${user} }`,
  ]);
  yield requestOf('person', { query, variables: { id } });
}

/** A sequence of changes by a signed-in user, with the codes from the mails. */
export function* changePerson({ dice, environmentId, newestCode }: World, person: Person): Calls {
  const send = (who: Caller, name: string, fields: string, input: Operation['variables']) => {
    const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
    const query = `mutation ($input: ${type}!) { ${name}(input: $input) { ${fields} ${ERRORS} } }`;
    return requestOf(who, { query, variables: { input } });
  };
  const who = dice.percent(70) ? 'person' : 'full';
  const userId = person.id;
  const user = 'user { id email emailVerified firstName version updatedAt }';
  switch (dice.below(6)) {
    case 0:
      yield send(who, 'sendVerificationEmail', `${user} emailVerification { id email expiresAt }`, { userId });
      yield send(who, 'verifyEmail', user, { userId, code: '000000' });
      yield send(who, 'verifyEmail', user, { userId, code: newestCode() });
      return;
    case 1:
      yield send(who, 'sendEmailChange', `${user} newEmail expiresAt`, { userId, newEmail: `new.${person.email}` });
      yield send(who, 'confirmEmailChange', user, { userId, code: newestCode() });
      return;
    case 2:
      yield send('person', 'updateUser', user, { userId, firstName: dice.pick(['Ida', 'Zoë', '']), locale: 'de-de' });
      return;
    case 3:
      yield send('person', 'changePassword', user, { currentPassword: PASSWORD, password: 'Zq7!vbN-4471-hxp-0q' });
      return;
    case 4:
      yield requestOf('nobody', signInOf(environmentId, person.email, dice.pick([PASSWORD, 'wrong', 'wrong'])));
      return;
    default: {
      const { refreshToken } = person;
      yield send('nobody', 'refreshSession', TOKENS, { refreshToken });
      if (dice.percent(40)) yield send('nobody', 'revokeSession', 'revokedSessionId', { refreshToken });
    }
  }
}

function signInOf(environmentId: string, email: string, password: string): Operation {
  const query = `mutation ($input: AuthenticateWithPasswordInput!) {
    authenticateWithPassword(input: $input) { user { id email lastSignInAt } ${TOKENS} ${ERRORS} }
  }`;
  return { query, variables: { input: { environmentId, email, password } } };
}

/** Returns a salted SHA-1 hash as LDAP directories use it. The server verifies it very fast. */
function ssha(password: string): string {
  const salt = Buffer.from('salt');
  return `{SSHA}${Buffer.concat([createHash('sha1').update(password).update(salt).digest(), salt]).toString('base64')}`;
}
