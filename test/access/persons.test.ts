import { describe, expect, test } from 'vitest';
import { type Person, world } from '../support/access/person-world.js';
import { codesOf, sshaOf } from '../support/sign-in.js';
import { codeIn } from '../support/test-app.js';

test('a signed-in user reads their own data', async () => {
  const { ada } = await world();
  const { data, errors } = await ada.ask(`{ viewer {
    scopes apiKey { id } environment { name } rateLimit { remaining }
    user {
      id email firstName metadata externalId
      authorizedApplications { totalCount nodes { grantedScopes application { name clientId } user { email } } }
      organizationMemberships { nodes { roles organization { id name } } }
      events { nodes { name ... on UserCreatedEvent { snapshot { email metadata } user { id } } } }
    }
  } }`);
  expect(errors).toBeUndefined();
  const { user, ...viewer } = data.viewer;
  expect(viewer).toMatchObject({ scopes: [], apiKey: null, environment: { name: 'test' } });
  expect(user).toMatchObject({
    id: ada.userId,
    firstName: 'CANARY_ADA_first',
    authorizedApplications: { totalCount: 1, nodes: [{ application: { name: 'Shop' }, user: { email: ada.email } }] },
    organizationMemberships: { nodes: [{ roles: ['canary_ada_role'], organization: { name: 'Org' } }] },
  });
  expect(user.events.nodes.map(({ name }: { name: string }) => name)).toContain('session.created');
});

test('every lookup returns the signed-in user themselves and nobody else', async () => {
  const { ada, bob, organizationId, applicationId } = await world();
  const query = `query ($user: ID!, $email: String!, $external: String!, $verification: ID!, $ids: [ID!]!) {
    user(id: $user) { id } userByEmail(email: $email) { id } userByExternalId(externalId: $external) { id }
    emailVerification(id: $verification) { id } nodes(ids: $ids) { id } node(id: $user) { id }
    _entities(representations: [{ __typename: "User", id: $user }, { __typename: "User", externalId: $external }]) {
      ... on User { id }
    }
  }`;
  const variables = ({ userId, email, externalId, verificationId, grantId, membershipId }: Person) => ({
    user: userId,
    email,
    external: externalId,
    verification: verificationId,
    ids: [userId, grantId, membershipId, verificationId, organizationId, applicationId],
  });
  const found = (of: Person) => of && ada.ask(query.replaceAll('$user: ID!', '$user: ID!'), variables(of));
  const own = await found(ada);
  expect(own.errors).toBeUndefined();
  const me = { id: ada.userId };
  expect(own.data).toMatchObject({ user: me, userByEmail: me, userByExternalId: me, node: me, _entities: [me, me] });
  expect(own.data.nodes.map((node: { id: string } | null) => node?.id ?? null)).toEqual([
    ada.userId,
    ada.grantId,
    ada.membershipId,
    ada.verificationId,
    null,
    null,
  ]);
  const others = await found(bob);
  expect(others.errors).toBeUndefined();
  expect(others.data).toEqual({
    user: null,
    userByEmail: null,
    userByExternalId: null,
    emailVerification: null,
    nodes: [null, null, null, null, null, null],
    node: null,
    _entities: [null, null],
  });
});

test.each([
  ['{ users { nodes { id } } }', 'Query.users'],
  ['{ usersCount { value } }', 'Query.usersCount'],
  ['{ events { nodes { id } } }', 'Query.events'],
  ['{ organizations { nodes { id } } }', 'Query.organizations'],
  [
    '{ viewer { user { organizationMemberships { nodes { organization { memberships { totalCount } } } } } } }',
    'Organization.memberships',
  ],
  ['{ viewer { user { organizationMemberships { nodes { organization { metadata } } } } } }', 'Organization.metadata'],
  [
    '{ viewer { user { authorizedApplications { nodes { application { redirectUris { uri } } } } } } }',
    'Application.redirectUris',
  ],
  ['{ viewer { user { events { nodes { actor { id } } } } } }', '.actor'],
  ['mutation { createUser(input: { email: "x@example.com" }) { user { id } } }', 'Mutation.createUser'],
])('refuses %s', async (query, field) => {
  const { ada } = await world();
  const { errors } = await ada.ask(query);
  expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  expect(errors?.[0]?.message).toContain(field);
});

const mutate = (name: string, selection: string) => {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input!`;
  return `mutation ($input: ${type}) { ${name}(input: $input) { ${selection} errors { ... on MutationError { code } } } }`;
};

describe('a signed-in user', () => {
  test('updates their names and locale and no other field', async () => {
    const { ada } = await world();
    const update = mutate('updateUser', 'user { firstName locale version }');
    const { data } = await ada.ask(update, { input: { id: ada.userId, firstName: 'Augusta', locale: 'fr' } });
    expect(data.updateUser).toEqual({ user: { firstName: 'Augusta', locale: 'fr', version: 2 }, errors: [] });
    const refused = {
      email: 'else@example.com',
      emailVerified: true,
      externalId: 'else',
      metadata: { admin: 'yes' },
      password: 'i8uv6g34kd490s-else',
      passwordHash: sshaOf('else'),
    };
    for (const [field, value] of Object.entries(refused)) {
      const { errors } = await ada.ask(update, { input: { id: ada.userId, firstName: 'No', [field]: value } });
      expect(errors?.[0]).toMatchObject({ extensions: { code: 'FORBIDDEN' }, message: expect.stringContaining(field) });
    }
    expect((await ada.ask('{ viewer { user { firstName version } } }')).data.viewer.user).toEqual({
      firstName: 'Augusta',
      version: 2,
    });
  });

  test('changes their email address with the code that was sent to it', async () => {
    const { ada, bob, mails, asKey } = await world();
    const send = mutate('sendEmailChange', 'newEmail');
    const confirm = mutate('confirmEmailChange', 'user { email }');
    const taken = await ada.ask(send, { input: { userId: ada.userId, newEmail: bob.email } });
    const free = await ada.ask(send, { input: { userId: ada.userId, newEmail: 'free@example.com' } });
    // Both answers have the same form, so that they do not reveal whether somebody uses the address.
    expect(taken.data.sendEmailChange).toEqual({ newEmail: bob.email, errors: [] });
    expect(free.data.sendEmailChange).toEqual({ newEmail: 'free@example.com', errors: [] });
    expect(mails.filter(({ to }) => to === bob.email)).toHaveLength(1);
    const { data } = await ada.ask(confirm, { input: { userId: ada.userId, code: codeIn(mails.at(-1)) } });
    expect(data.confirmEmailChange).toEqual({ user: { email: 'free@example.com' }, errors: [] });
    // An API key receives the error, as the WorkOS contract specifies.
    expect(
      codesOf(await asKey(send, { input: { userId: ada.userId, newEmail: bob.email } }), 'sendEmailChange'),
    ).toEqual(['EMAIL_NOT_AVAILABLE']);
  });

  test('verifies their email address and revokes their authorized applications', async () => {
    const { ada, mails, clock, applicationId } = await world();
    clock.advance(61);
    expect(
      (await ada.ask(mutate('sendVerificationEmail', 'emailVerification { email }'), { input: { userId: ada.userId } }))
        .errors,
    ).toBeUndefined();
    const code = codeIn(mails.at(-1));
    const { data } = await ada.ask(mutate('verifyEmail', 'user { emailVerified }'), {
      input: { userId: ada.userId, code },
    });
    expect(data.verifyEmail).toEqual({ user: { emailVerified: true }, errors: [] });
    const revoke = mutate('deleteAuthorizedApplication', 'deletedAuthorizedApplicationId');
    const revoked = await ada.ask(revoke, { input: { userId: ada.userId, applicationId } });
    expect(codesOf(revoked, 'deleteAuthorizedApplication')).toEqual([]);
    expect(
      (await ada.ask('{ viewer { user { authorizedApplications { totalCount } } } }')).data.viewer.user
        .authorizedApplications.totalCount,
    ).toBe(0);
  });

  test('cannot change another user, who looks nonexistent to them', async () => {
    const { ada, bob, asKey, applicationId } = await world();
    const inputs = {
      updateUser: { id: bob.userId, firstName: 'Eve' },
      sendVerificationEmail: { userId: bob.userId },
      verifyEmail: { userId: bob.userId, code: '000000' },
      sendEmailChange: { userId: bob.userId, newEmail: 'eve@example.com' },
      confirmEmailChange: { userId: bob.userId, code: '000000' },
      deleteAuthorizedApplication: { userId: bob.userId, applicationId },
    };
    for (const [name, input] of Object.entries(inputs)) {
      expect(codesOf(await ada.ask(mutate(name, '__typename'), { input }), name)).toEqual(['USER_NOT_FOUND']);
    }
    const revoke = mutate('deleteAuthorizedApplication', '__typename');
    const foreign = await ada.ask(revoke, { input: { userId: ada.userId, applicationId: bob.grantId } });
    expect(codesOf(foreign, 'deleteAuthorizedApplication')).toEqual(['AUTHORIZED_APPLICATION_NOT_FOUND']);
    const { data } = await asKey(
      'query ($id: ID!) { user(id: $id) { firstName version authorizedApplications { totalCount } } }',
      { id: bob.userId },
    );
    expect(data.user).toEqual({ firstName: 'CANARY_BOB_first', version: 1, authorizedApplications: { totalCount: 1 } });
  });
});
