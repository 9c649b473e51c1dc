import { expect, test } from 'vitest';
import { makeApplication, makeGrant, makeMembership, makeOrganization, makeUser } from '../support/make.js';
import { type Answer, testApp } from '../support/test-app.js';
import { codes, create, update } from '../support/users/users.js';

const DELETE = `mutation ($id: ID!) {
  deleteUser(input: { id: $id }) { deletedUserId errors { ... on MutationError { code path } } }
}`;

test('a user created with every field reads back the same by each lookup', async () => {
  const { client, clock } = await testApp();
  const execute = await client();
  const input = { email: ' Ada@Example.com ', firstName: 'Ada', externalId: 'a-1', metadata: { plan: 'pro' } };
  const { user, errors } = await create(execute, { ...input, password: 'i8uv6g34kd490s' });
  expect(errors).toEqual([]);
  expect(user).toEqual({
    id: expect.stringMatching(/^user_[0-9A-HJKMNP-TV-Z]{26}$/),
    email: 'Ada@Example.com',
    emailVerified: false,
    firstName: 'Ada',
    name: null,
    externalId: 'a-1',
    metadata: { plan: 'pro' },
    version: 1,
    createdAt: clock.now(),
    updatedAt: clock.now(),
  });
  const fields = 'id email emailVerified firstName name externalId metadata version createdAt updatedAt';
  const { data } = await execute(
    `query ($id: ID!) {
      byId: user(id: $id) { ${fields} }
      byExternalId: userByExternalId(externalId: "a-1") { ${fields} }
      byEmail: userByEmail(email: "ADA@example.COM ") { ${fields} }
      node(id: $id) { __typename ... on User { ${fields} } }
      nodes(ids: [$id, "user_00000000000000000000000000", "nonsense"]) { id }
      none: user(id: "user_00000000000000000000000000") { id }
      plan: user(id: $id) { metadataValue(key: "plan") none: metadataValue(key: "toString") }
    }`,
    { id: user.id },
  );
  expect(data).toEqual({
    byId: user,
    byExternalId: user,
    byEmail: user,
    node: { __typename: 'User', ...user },
    nodes: [{ id: user.id }, null, null],
    none: null,
    plan: { metadataValue: 'pro', none: null },
  });
});

test('all problems of an input are returned at once, including values in use', async () => {
  const { client } = await testApp();
  const execute = await client();
  await makeUser(execute, { email: 'taken@example.com', externalId: 'taken' });
  const refused = await create(execute, {
    email: 'Taken@Example.com',
    externalId: 'taken',
    firstName: 'x'.repeat(256),
    metadata: { number: 1, gone: null, long: 'x'.repeat(601), ['k'.repeat(41)]: 'v' },
    password: 'short',
  });
  expect(refused.user).toBeNull();
  expect(codes(refused)).toEqual([
    'EMAIL_NOT_AVAILABLE@email',
    'EXTERNAL_ID_ALREADY_USED@externalId',
    'INVALID_INPUT@firstName',
    'INVALID_METADATA@metadata.gone',
    `INVALID_METADATA@metadata.${'k'.repeat(41)}`,
    'INVALID_METADATA@metadata.long',
    'INVALID_METADATA@metadata.number',
    'PASSWORD_TOO_SHORT@password',
    'PASSWORD_TOO_WEAK@password',
  ]);
  const both = await create(execute, { email: 'taken@example.com', externalId: 'taken' });
  expect(codes(both)).toEqual(['EMAIL_NOT_AVAILABLE@email', 'EXTERNAL_ID_ALREADY_USED@externalId']);
});

test.each([
  ['not-an-email', 'INVALID_EMAIL'],
  ['a@localhost', 'INVALID_EMAIL'],
  ['a\n@example.com', 'INVALID_EMAIL'],
  [`${'a'.repeat(64)}@${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(63)}.com`, 'INVALID_EMAIL'],
  // Mailboxes like these exist, and no mail can arrive at those below.
  ['a..b@docomo.ne.jp', undefined],
  ['a.@docomo.ne.jp', undefined],
  ['u1@192.168.0.10', 'INVALID_EMAIL'],
  ['user@example.-a', 'INVALID_EMAIL'],
  ['user@-example.com', 'INVALID_EMAIL'],
  ['user@example-.com', 'INVALID_EMAIL'],
  ['user@-bücher.example', 'INVALID_EMAIL'],
  ['user@exam_ple.com', 'INVALID_EMAIL'],
  ['user@example.com.', 'INVALID_EMAIL'],
  ['user@example..com', 'INVALID_EMAIL'],
  ['user@[192.168.0.10]', 'INVALID_EMAIL'],
  ['user@xn--a.example', 'INVALID_EMAIL'],
  ['user@exa%6dple.com', 'INVALID_EMAIL'],
  ['user@example.com/x', 'INVALID_EMAIL'],
  ['"a b"@example.com', 'INVALID_EMAIL'],
  ['@example.com', 'INVALID_EMAIL'],
  ['a@b@example.com', 'INVALID_EMAIL'],
  ['user@r3---sn.example', undefined],
  ['user@i❤.ws', undefined],
  ['用户@例子.中国', undefined],
  ['müller@exämple.de', undefined],
  // Counted in bytes, and of the domain in ASCII: 64 before the @, 254 in all.
  [`${'é'.repeat(32)}@example.com`, undefined],
  [`${'é'.repeat(33)}@example.com`, 'INVALID_EMAIL'],
  [`a@${'ü'.repeat(58)}.example`, 'INVALID_EMAIL'],
  [`a@example${'\u00ad'.repeat(300)}.com`, 'INVALID_EMAIL'],
  [`${'a'.repeat(64)}@example.com`, undefined],
])('the address %j is answered %s', async (email, code) => {
  const { client } = await testApp();
  const refused = await create(await client(), { email });
  expect(refused.errors[0]?.code).toBe(code);
});

test('limits hold at the limit and not one past it', async () => {
  const { client } = await testApp();
  const execute = await client();
  const keys = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 'v']));
  const at = { externalId: 'x'.repeat(128), metadata: { ...keys(49), ['k'.repeat(40)]: 'v'.repeat(600) } };
  expect(codes(await create(execute, { email: 'at@example.com', firstName: 'x'.repeat(255), ...at }))).toEqual([]);
  const past = { externalId: 'x'.repeat(129), metadata: keys(51) };
  expect(codes(await create(execute, { email: 'past@example.com', ...past }))).toEqual([
    'INVALID_EXTERNAL_ID@externalId',
    'INVALID_METADATA@metadata',
  ]);
  expect(codes(await create(execute, { email: 'e@example.com', externalId: '' }))).toEqual([
    'INVALID_EXTERNAL_ID@externalId',
  ]);
  expect(codes(await create(execute, { email: 'e@example.com', externalId: 'ü' }))).toEqual([
    'INVALID_EXTERNAL_ID@externalId',
  ]);
});

test.each([
  ['123456789', ['PASSWORD_TOO_SHORT@password', 'PASSWORD_TOO_WEAK@password']],
  ['password123', ['PASSWORD_TOO_WEAK@password']],
  ['ada.lovelace', ['PASSWORD_TOO_WEAK@password']],
  ['x'.repeat(257), ['PASSWORD_TOO_LONG@password']],
  ['i8uv6g34kd490s', []],
])('the password %j is answered %j', async (password, wanted) => {
  const { client } = await testApp();
  expect(codes(await create(await client(), { email: 'ada.lovelace@example.com', password }))).toEqual(wanted);
});

test('a password is stored as argon2id, and appears in no response and no event', async () => {
  const { client, app } = await testApp();
  const execute = await client();
  const { user } = await create(execute, { email: 'a@example.com', password: 'i8uv6g34kd490s' });
  await update(execute, { id: user.id, password: 'another-4kd490s' });
  const stored = await app.db.reader.selectFrom('passwords').select('hash').execute();
  expect(stored).toEqual([{ hash: expect.stringMatching(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/) }]);
  const events = JSON.stringify(await app.db.reader.selectFrom('events').selectAll().execute());
  for (const secret of ['i8uv6g34kd490s', 'another-4kd490s', stored[0]?.hash]) expect(events).not.toContain(secret);
});

test('50 parallel calls with one address create exactly one user', async () => {
  const { client } = await testApp();
  const execute = await client();
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, index) =>
      create(execute, { email: index % 2 ? 'One@example.com' : 'one@Example.com' }),
    ),
  );
  expect(answers.filter(({ user }) => user !== null)).toHaveLength(1);
  expect(answers.filter((answer) => codes(answer)[0] === 'EMAIL_NOT_AVAILABLE@email')).toHaveLength(49);
  const { data }: Answer = await execute('{ users { totalCount } }');
  expect(data.users.totalCount).toBe(1);
});

test('deleting a user deletes everything that belongs to them, with events, and frees the address', async () => {
  const { client, app } = await testApp();
  const execute = await client();
  const input = { email: 'a@example.com', externalId: 'x', password: 'i8uv6g34kd490s' };
  const id = await makeUser(execute, input);
  const organizationId = await makeOrganization(execute, { name: 'Org' });
  await makeMembership(execute, id, organizationId);
  await makeGrant(execute, id, await makeApplication(execute, { name: 'App' }));
  await execute('mutation ($id: ID!) { sendVerificationEmail(input: { userId: $id }) { errors { __typename } } }', {
    id,
  });
  const { data } = await execute(DELETE, { id });
  expect(data.deleteUser).toEqual({ deletedUserId: id, errors: [] });
  for (const table of ['users', 'passwords', 'one_time_codes', 'mails', 'authorized_applications'] as const) {
    expect(await app.db.reader.selectFrom(table).selectAll().execute()).toEqual([]);
  }
  const events = await app.db.reader.selectFrom('events').select(['sequence', 'name']).orderBy('sequence').execute();
  expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index + 1));
  expect(events.map(({ name }) => name).slice(-3)).toEqual([
    'authorized_application.deleted',
    'organization_membership.deleted',
    'user.deleted',
  ]);
  const again = await execute(DELETE, { id });
  expect(again.data.deleteUser).toEqual({ deletedUserId: null, errors: [{ code: 'USER_NOT_FOUND', path: ['id'] }] });
  expect(await makeUser(execute, input)).not.toBe(id);
});

test('a request sees the effect of its own mutations', async () => {
  const { client } = await testApp();
  const execute = await client();
  const userId = await makeUser(execute, { email: 'a@example.com' });
  const [one, two] = [await makeApplication(execute, { name: 'One' }), await makeApplication(execute, { name: 'Two' })];
  await makeGrant(execute, userId, one);
  await makeGrant(execute, userId, two);
  const revoke = (alias: string, applicationId: string) => `${alias}: deleteAuthorizedApplication(
    input: { userId: "${userId}", applicationId: "${applicationId}" }
  ) { user { authorizedApplications { totalCount nodes { application { name } } } } }`;
  const { data } = await execute(`mutation { ${revoke('first', one)} ${revoke('second', two)} }`);
  expect(data.first.user.authorizedApplications).toEqual({ totalCount: 1, nodes: [{ application: { name: 'Two' } }] });
  expect(data.second.user.authorizedApplications).toEqual({ totalCount: 0, nodes: [] });
});
