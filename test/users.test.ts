import { expect, test } from 'vitest';
import { makeApplication, makeGrant, makeMembership, makeOrganization, makeUser } from './support/make.js';
import { type Answer, type Execute, testApp } from './support/test-app.js';

const CREATE = `mutation ($input: CreateUserInput!) {
  createUser(input: $input) {
    user { id email emailVerified firstName name externalId metadata version createdAt updatedAt }
    errors { __typename ... on MutationError { code path } ... on PasswordError { minimumLength suggestions } }
  }
}`;

const UPDATE = `mutation ($input: UpdateUserInput!) {
  updateUser(input: $input) {
    user { id email emailVerified firstName name externalId locale metadata version updatedAt }
    errors { ... on MutationError { code path } }
  }
}`;

const DELETE = `mutation ($id: ID!) {
  deleteUser(input: { id: $id }) { deletedUserId errors { ... on MutationError { code path } } }
}`;

async function create(execute: Execute, input: Record<string, unknown>) {
  return (await execute(CREATE, { input })).data.createUser;
}

async function update(execute: Execute, input: Record<string, unknown>) {
  return (await execute(UPDATE, { input })).data.updateUser;
}

function codes(payload: { errors: readonly { code: string; path: readonly string[] | null }[] }): string[] {
  return payload.errors.map(({ code, path }) => `${code}@${path?.join('.') ?? ''}`).sort();
}

test('a user is created with every field, and read back the same by each look-up', async () => {
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

test('all problems of an input are answered at once, the taken values among them', async () => {
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

test('a password is stored as argon2id and comes back in no answer and no event', async () => {
  const { client, app } = await testApp();
  const execute = await client();
  const { user } = await create(execute, { email: 'a@example.com', password: 'i8uv6g34kd490s' });
  await update(execute, { id: user.id, password: 'another-4kd490s' });
  const stored = await app.db.reader.selectFrom('passwords').select('hash').execute();
  expect(stored).toEqual([{ hash: expect.stringMatching(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/) }]);
  const events = JSON.stringify(await app.db.reader.selectFrom('events').selectAll().execute());
  for (const secret of ['i8uv6g34kd490s', 'another-4kd490s', stored[0]?.hash]) expect(events).not.toContain(secret);
});

test('an update leaves what is left out and clears what is null', async () => {
  const { client, clock } = await testApp();
  const execute = await client();
  const made = {
    email: 'a@example.com',
    firstName: 'Ada',
    name: 'Ada L',
    externalId: 'x',
    metadata: { a: '1', b: '2' },
  };
  const { user } = await create(execute, made);
  clock.advance(60);
  const changed = await update(execute, { id: user.id, firstName: null, externalId: null, locale: 'en-us' });
  expect(changed.user).toMatchObject({ firstName: null, externalId: null, name: 'Ada L', locale: 'en-US', version: 2 });
  expect(changed.user.metadata).toEqual({ a: '1', b: '2' });
  expect(changed.user.updatedAt).toBe(clock.now());
  expect(codes(await update(execute, { id: user.id, email: null, emailVerified: null, password: null }))).toEqual([
    'INVALID_INPUT@email',
    'INVALID_INPUT@emailVerified',
    'INVALID_INPUT@password',
  ]);
  expect(codes(await update(execute, { id: user.id, locale: 'not a locale' }))).toEqual(['INVALID_LOCALE@locale']);
  expect(codes(await update(execute, { id: 'user_x', name: 'n' }))).toEqual(['USER_NOT_FOUND@id']);
});

test('a locale is stored and compared in its normal form, also when it comes with underscores', async () => {
  const { client } = await testApp();
  const execute = await client();
  const { user } = await create(execute, { email: 'a@example.com' });
  for (const [given, stored, version] of [
    ['en_US', 'en-US', 2],
    ['EN_us', 'en-US', 2],
    ['en-US', 'en-US', 2],
    ['zh_hant_tw', 'zh-Hant-TW', 3],
    ['zh-Hant_TW', 'zh-Hant-TW', 3],
    ['iw_IL', 'he-IL', 4],
  ]) {
    const changed = await update(execute, { id: user.id, locale: given });
    expect(changed).toMatchObject({ user: { locale: stored, version }, errors: [] });
  }
  for (const locale of ['_', 'en_', '_US', 'en__US', 'en_US.UTF-8', 'en US', ' en_US', 'C', '']) {
    expect([locale, codes(await update(execute, { id: user.id, locale }))]).toEqual([
      locale,
      ['INVALID_LOCALE@locale'],
    ]);
  }
});

test('metadata is merged: null removes a key, {} and null remove all, limits hold for the result', async () => {
  const { client } = await testApp();
  const execute = await client();
  const { user } = await create(execute, { email: 'a@example.com', metadata: { a: '1', b: '2' } });
  const merged = await update(execute, { id: user.id, metadata: { b: null, c: '3' } });
  expect(merged.user.metadata).toEqual({ a: '1', c: '3' });
  const full = Object.fromEntries(Array.from({ length: 49 }, (_, index) => [`k${index}`, 'v']));
  expect(codes(await update(execute, { id: user.id, metadata: full }))).toEqual(['INVALID_METADATA@metadata']);
  expect((await update(execute, { id: user.id, metadata: {} })).user.metadata).toEqual({});
  await update(execute, { id: user.id, metadata: { d: '' } });
  expect((await update(execute, { id: user.id, metadata: null })).user.metadata).toEqual({});
});

test('an update that changes nothing moves nothing and writes no event', async () => {
  const { client, clock, app } = await testApp();
  const execute = await client();
  const { user } = await create(execute, { email: 'a@example.com', firstName: 'Ada', metadata: { a: '1' } });
  const log = app.db.reader.selectFrom('events').select('name').orderBy('sequence');
  const events = () => log.where('name', '!=', 'api_key.created').execute();
  clock.advance(60);
  await update(execute, { id: user.id, email: 'a@example.com', firstName: 'Ada', metadata: { a: '1' } });
  const { data } = await execute('query ($id: ID!) { user(id: $id) { version updatedAt } }', { id: user.id });
  expect(data.user).toEqual({ version: 1, updatedAt: user.updatedAt });
  expect(await events()).toEqual([{ name: 'user.created' }]);
  await update(execute, { id: user.id, firstName: 'Eva' });
  expect(await events()).toEqual([{ name: 'user.created' }, { name: 'user.updated' }]);
});

test('a changed address is unverified, unless the call vouches for it; another case is no change', async () => {
  const { client } = await testApp();
  const execute = await client();
  const { user } = await create(execute, { email: 'a@example.com', emailVerified: true });
  const recased = await update(execute, { id: user.id, email: 'A@example.com' });
  expect(recased.user).toMatchObject({ email: 'A@example.com', emailVerified: true });
  const moved = await update(execute, { id: user.id, email: 'b@example.com' });
  expect(moved.user).toMatchObject({ email: 'b@example.com', emailVerified: false });
  const vouched = await update(execute, { id: user.id, email: 'c@example.com', emailVerified: true });
  expect(vouched.user).toMatchObject({ email: 'c@example.com', emailVerified: true });
  await makeUser(execute, { email: 'taken@example.com' });
  expect(codes(await update(execute, { id: user.id, email: 'TAKEN@example.com' }))).toEqual([
    'EMAIL_NOT_AVAILABLE@email',
  ]);
});

test('50 parallel creates of one address make exactly one user', async () => {
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

test('a deleted user takes all that hangs on them along, with an event for each, and frees the address', async () => {
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
