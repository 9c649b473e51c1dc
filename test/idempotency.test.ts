import { describe, expect, onTestFinished, test } from 'vitest';
import { createApp } from '../src/app.js';
import { loadConfig } from '../src/config.js';
import { fingerprintOf } from '../src/idempotency/idempotency.js';
import { createLogger } from '../src/logger.js';
import { makeApplication, makeGrant, makeUser } from './support/make.js';
import { type Execute, execute as executeIn, type TestApp, testApp } from './support/test-app.js';

const ERRORS = 'errors { __typename ... on MutationError { code path } }';
const USER = 'id email firstName externalId metadata version createdAt updatedAt';
const ROW_ERRORS =
  'errors { __typename ... on MutationError { code message path } ... on PasswordError { minimumLength suggestions } ... on EmailNotAvailableError { email } }';

/** The mutations that take a key: how they are asked, what they are given, and another input. */
const MUTATIONS = {
  createUser: {
    type: 'CreateUserInput',
    selection: `user { ${USER} }`,
    input: { email: 'a@example.com', metadata: { a: '1', b: '2' } },
    other: { email: 'A@example.com', metadata: { a: '1', b: '2' } },
  },
  createUsers: {
    type: 'CreateUsersInput',
    selection: `createdCount failedCount results { user { ${USER} } ${ROW_ERRORS} }`,
    input: { users: [{ email: 'a@example.com' }, { email: 'A@example.com', password: 'short' }] },
    other: { users: [{ email: 'A@example.com', password: 'short' }, { email: 'a@example.com' }] },
  },
  createOrganization: {
    type: 'CreateOrganizationInput',
    selection: 'organization { id name createdAt }',
    input: { name: 'Org' },
    other: { name: 'Org ' },
  },
  createApplication: {
    type: 'CreateApplicationInput',
    selection: 'application { id clientId name scopes createdAt }',
    input: { name: 'App', scopes: ['a', 'b'] },
    other: { name: 'App', scopes: ['b', 'a'] },
  },
} as const;

type Mutation = keyof typeof MUTATIONS;
const EACH = Object.keys(MUTATIONS) as Mutation[]; // keys gives any text

function documentOf(mutation: Mutation): string {
  const { type, selection } = MUTATIONS[mutation];
  return `mutation ($input: ${type}!) { ${mutation}(input: $input) { ${selection} ${ERRORS} } }`;
}

async function call(execute: Execute, mutation: Mutation, input: object) {
  const { data, errors } = await execute(documentOf(mutation), { input });
  expect(errors).toBeUndefined();
  return data[mutation];
}

function refusal(mutation: Mutation, code: string, ...more: object[]) {
  const nothing =
    mutation === 'createUsers'
      ? { createdCount: null, failedCount: null, results: null }
      : { [mutation.replace('create', '').toLowerCase()]: null };
  const error = {
    __typename: code === 'INVALID_INPUT' ? 'InvalidInputError' : 'IdempotencyError',
    code,
    path: ['idempotencyKey'],
  };
  return { ...nothing, errors: [...more, error] };
}

/** How many rows each table has. */
async function counts({ app }: TestApp): Promise<number[]> {
  const { reader } = app.db;
  const count = async (table: 'users' | 'organizations' | 'applications' | 'idempotency_keys') =>
    (await reader.selectFrom(table).selectAll().execute()).length;
  // The key that asks is in the log too.
  const events = await reader.selectFrom('events').selectAll().where('name', '!=', 'api_key.created').execute();
  const [users, organizations, applications] = [count('users'), count('organizations'), count('applications')];
  return Promise.all([users, organizations, applications, events.length, count('idempotency_keys')]);
}

describe.each(EACH)('%s with a key', (mutation) => {
  const { input, other } = MUTATIONS[mutation];

  test('is done once, and answered the same each time', async () => {
    const app = await testApp();
    const execute = await app.client();
    const first = await call(execute, mutation, { ...input, idempotencyKey: 'key' });
    expect(first.errors).toEqual([]);
    const after = await counts(app);
    app.clock.advance(60);
    app.statements.length = 0;
    expect(await call(execute, mutation, { ...input, idempotencyKey: 'key' })).toEqual(first);
    // The API key and the look-up, so no password was hashed either.
    expect(app.statements).toHaveLength(2);
    expect(await counts(app)).toEqual(after);
    // Another key, and none, are other calls.
    const unlike = await call(execute, mutation, { ...input, idempotencyKey: 'Key' });
    expect(unlike).not.toEqual(first);
  });

  test('is refused with other input, and for another mutation', async () => {
    const app = await testApp();
    const execute = await app.client();
    await call(execute, mutation, { ...input, idempotencyKey: 'key' });
    const after = await counts(app);
    expect(await call(execute, mutation, { ...other, idempotencyKey: 'key' })).toEqual(
      refusal(mutation, 'IDEMPOTENCY_KEY_REUSED'),
    );
    for (const another of EACH.filter((name) => name !== mutation)) {
      expect(await call(execute, another, { ...MUTATIONS[another].input, idempotencyKey: 'key' })).toEqual(
        refusal(another, 'IDEMPOTENCY_KEY_REUSED'),
      );
    }
    expect(await counts(app)).toEqual(after);
  });

  test('has a key of 1 to 255 visible ASCII characters', async () => {
    const app = await testApp();
    const execute = await app.client();
    for (const key of ['', 'x'.repeat(256), 'a b', 'ü', 'a\n', '\u007f']) {
      expect(await call(execute, mutation, { ...input, idempotencyKey: key })).toEqual(
        refusal(mutation, 'INVALID_INPUT'),
      );
    }
    expect(await counts(app)).toEqual([0, 0, 0, 0, 0]);
    expect((await call(execute, mutation, { ...input, idempotencyKey: `~!${'x'.repeat(253)}` })).errors).toEqual([]);
  });

  test('is free after 24 hours and not a moment before', async () => {
    const app = await testApp();
    const execute = await app.client();
    const keyed = { ...input, idempotencyKey: 'key' };
    const first = await call(execute, mutation, keyed);
    app.clock.advance(86_399.999);
    expect(await call(execute, mutation, keyed)).toEqual(first);
    app.clock.advance(0.001);
    const { errors } = await call(execute, mutation, { ...other, idempotencyKey: 'key' });
    expect(errors.map(({ code }: { code: string }) => code)).not.toContain('IDEMPOTENCY_KEY_REUSED');
    if (mutation !== 'createUser') expect(errors).toEqual([]);
  });

  test('is done by one of 50 that come at once, and answered the same to all', async () => {
    const app = await testApp();
    const execute = await app.client();
    const password = mutation === 'createUser' ? { password: 'i8uv6g34kd490s' } : {};
    const keyed = { ...input, ...password, idempotencyKey: 'key' };
    const answers = await Promise.all(Array.from({ length: 50 }, () => call(execute, mutation, keyed)));
    expect(answers[0].errors).toEqual([]);
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    const [users = 0, organizations = 0, applications = 0, events, keys] = await counts(app);
    expect({ made: users + organizations + applications, events, keys }).toEqual({ made: 1, events: 1, keys: 1 });
  });
});

test('what was answered is told as it was, whatever became of it; what hangs on it is read anew', async () => {
  const { client } = await testApp();
  const execute = await client();
  const document = `mutation ($input: CreateUserInput!) { createUser(input: $input) {
    user { ${USER} authorizedApplications { totalCount } } ${ERRORS}
  } }`;
  const input = { email: 'a@example.com', idempotencyKey: 'key' };
  const repeat = async () => (await execute(document, { input })).data.createUser;
  const first = await repeat();
  const id = first.user.id;
  await makeGrant(execute, id, await makeApplication(execute, { name: 'App' }));
  await execute('mutation ($id: ID!) { updateUser(input: { id: $id, firstName: "Ada" }) { user { id } } }', { id });
  expect(await repeat()).toEqual({ user: { ...first.user, authorizedApplications: { totalCount: 1 } }, errors: [] });
  await execute('mutation ($id: ID!) { deleteUser(input: { id: $id }) { deletedUserId } }', { id });
  expect(await repeat()).toEqual(first);
  expect((await execute('query ($id: ID!) { user(id: $id) { id } }', { id })).data.user).toBeNull();
  // The address is free all the same.
  expect(await makeUser(execute, { email: 'a@example.com' })).not.toBe(id);
});

test('the same input is the same whatever the order of its keys, and nothing else is', async () => {
  const { client } = await testApp();
  const execute = await client();
  const input = { email: 'a@example.com', firstName: 'Ada', metadata: { a: '1', b: '2' }, idempotencyKey: 'key' };
  const first = await call(execute, 'createUser', input);
  const { metadata, ...rest } = input;
  expect(await call(execute, 'createUser', { metadata: { b: '2', a: '1' }, ...rest })).toEqual(first);
  const others = [
    { ...input, email: 'A@example.com' },
    { ...input, email: ' a@example.com' },
    { ...input, firstName: 'ada' },
    { ...input, firstName: 'Ada ' },
    { ...input, lastName: '' },
    { ...input, emailVerified: true },
    { ...input, password: 'i8uv6g34kd490s' },
    { ...input, metadata: { a: '1' } },
    { ...input, metadata: { a: '2', b: '1' } },
    { ...input, metadata: { a: '1', b: '2', c: '' } },
    { ...input, metadata: { a: '1', b: 2 } },
    { ...input, metadata: { a: '1","b":"2' } },
  ];
  for (const other of others) {
    expect(await call(execute, 'createUser', other)).toEqual(refusal('createUser', 'IDEMPOTENCY_KEY_REUSED'));
  }
});

test('an input too deep to be one is only another input', async () => {
  const app = await testApp();
  const secret = await app.key();
  const input = { email: 'a@example.com', metadata: { a: 'DEEP' }, idempotencyKey: 'key' };
  const body = JSON.stringify({ query: documentOf('createUser'), variables: { input } });
  const DEPTH = 50_000;
  const ask = async (value: string) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${secret}` };
    // By hand: JSON.stringify itself gives up on such a value.
    const init = { method: 'POST', headers, body: body.replace('"DEEP"', value) };
    return (await app.app.fetch(new Request('http://localhost/graphql', init))).json();
  };
  const deep = '['.repeat(DEPTH) + ']'.repeat(DEPTH);
  expect(await ask(deep)).toMatchObject({ data: { createUser: { errors: [{ code: 'INVALID_METADATA' }] } } });
  expect(await ask('"text"')).toMatchObject({ data: { createUser: { errors: [] } } });
  expect(await ask(deep)).toMatchObject({ data: { createUser: refusal('createUser', 'IDEMPOTENCY_KEY_REUSED') } });
});

test('what was refused is judged anew', async () => {
  const app = await testApp();
  const execute = await app.client();
  const id = await makeUser(execute, { email: 'a@example.com' });
  const input = { email: 'a@example.com', idempotencyKey: 'key' };
  expect((await call(execute, 'createUser', input)).errors).toMatchObject([{ code: 'EMAIL_NOT_AVAILABLE' }]);
  const all = { users: [{ email: 'a@example.com' }], policy: 'ALL_OR_NOTHING', idempotencyKey: 'all' };
  expect(await call(execute, 'createUsers', all)).toMatchObject({ createdCount: 0, errors: [] });
  expect((await counts(app)).at(-1)).toBe(0);
  await execute('mutation ($id: ID!) { deleteUser(input: { id: $id }) { deletedUserId } }', { id });
  expect((await call(execute, 'createUsers', all)).createdCount).toBe(1);
  expect((await call(execute, 'createUser', { ...input, email: 'b@example.com' })).errors).toEqual([]);
});

test('of 30 that come at once with one key and three inputs one input is done', async () => {
  const { client, app } = await testApp();
  const execute = await client();
  const answers = await Promise.all(
    Array.from({ length: 30 }, (_, index) =>
      call(execute, 'createUser', { email: `${index % 3}@example.com`, idempotencyKey: 'key' }),
    ),
  );
  const made = answers.filter(({ user }) => user !== null);
  expect(new Set(made.map((answer) => JSON.stringify(answer))).size).toBe(1);
  expect(made).toHaveLength(10);
  expect(answers.filter(({ user }) => user === null)).toEqual(
    Array.from({ length: 20 }, () => refusal('createUser', 'IDEMPOTENCY_KEY_REUSED')),
  );
  expect(await app.db.reader.selectFrom('users').selectAll().execute()).toHaveLength(1);
});

test('parallel bulk calls with one key are one call, whichever row they stumble over', async () => {
  const { client } = await testApp();
  const execute = await client();
  for (const policy of ['PER_ROW', 'ALL_OR_NOTHING']) {
    const users = [{ email: `${policy}@example.com`, password: 'i8uv6g34kd490s' }, { email: `2${policy}@example.com` }];
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => call(execute, 'createUsers', { users, policy, idempotencyKey: policy })),
    );
    expect(answers[0].createdCount).toBe(2);
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  }
});

test('one operation may repeat itself', async () => {
  const { client, app } = await testApp();
  const execute = await client();
  const one =
    'createUser(input: { email: "a@example.com", idempotencyKey: "key" }) { user { id } errors { __typename } }';
  const { data } = await execute(`mutation { first: ${one} second: ${one} }`);
  expect(data.first.errors).toEqual([]);
  expect(data.second).toEqual(data.first);
  expect(await app.db.reader.selectFrom('users').selectAll().execute()).toHaveLength(1);
});

test('a process started later answers the same, failed rows with all they told', async () => {
  const app = await testApp();
  const secret = await app.key();
  const users = [
    { email: 'a@example.com', password: 'i8uv6g34kd490s' },
    { email: 'A@example.com' },
    { email: 'b@example.com', password: 'password', metadata: { a: 1 } },
  ];
  const input = { users, idempotencyKey: 'key' };
  const first = await executeIn(app.app, secret, documentOf('createUsers'), { input });
  expect(first.data.createUsers).toMatchObject({ createdCount: 1, failedCount: 2 });
  expect(first.data.createUsers.results[2].errors).toHaveLength(3);
  const config = loadConfig({ DATABASE_URL: `file:${app.folder}/test.db`, NODE_ENV: 'test' });
  const later = await createApp(config, { clock: app.clock, logger: createLogger('silent') });
  onTestFinished(() => later.close());
  expect(await executeIn(later, secret, documentOf('createUsers'), { input })).toEqual(first);
});

test('keys whose time is over go with later writes, a few at a time', async () => {
  const app = await testApp();
  const execute = await app.client();
  const keep = (key: string) => call(execute, 'createOrganization', { name: 'Org', idempotencyKey: key });
  for (let index = 0; index < 25; index++) await keep(`old-${index}`);
  app.clock.advance(86_400);
  await keep('new-1');
  expect((await counts(app)).at(-1)).toBe(25 - 10 + 1);
  await keep('new-2');
  await keep('new-3');
  const keys = await app.app.db.reader.selectFrom('idempotency_keys').select('key').orderBy('key').execute();
  expect(keys.map(({ key }) => key)).toEqual(['new-1', 'new-2', 'new-3']);
});

test('what is kept tells nobody the password, nor lets them try guesses', async () => {
  const fingerprints: string[] = [];
  for (const SECRET_KEY of ['a'.repeat(32), 'b'.repeat(32)]) {
    const app = await testApp({ SECRET_KEY });
    const input = { email: 'a@example.com', password: 'i8uv6g34kd490s', idempotencyKey: 'key' };
    await call(await app.client(), 'createUser', input);
    const [row] = await app.app.db.reader.selectFrom('idempotency_keys').selectAll().execute();
    expect(JSON.stringify(row)).not.toMatch(/i8uv6g34kd490s|argon2/);
    fingerprints.push(row?.fingerprint ?? '');
  }
  expect(fingerprints[0]).toMatch(/^[0-9a-f]{64}$/);
  // The environments' ids differ too; that the key counts is what the unit test of the fingerprint says.
  expect(fingerprints[0]).not.toBe(fingerprints[1]);
  expect(fingerprintOf('a', 'env_1', 'createUser', { a: 1 })).not.toBe(
    fingerprintOf('b', 'env_1', 'createUser', { a: 1 }),
  );
});

test('a key of one environment is free in another', async () => {
  const { client } = await testApp();
  const [asA, asB] = [await client('A'), await client('B')];
  const input = { email: 'a@example.com', idempotencyKey: 'key' };
  const inA = await call(asA, 'createUser', input);
  const inB = await call(asB, 'createUser', input);
  expect(inB.errors).toEqual([]);
  expect(inB.user.id).not.toBe(inA.user.id);
  expect(await call(asB, 'createUser', { ...input, email: 'b@example.com' })).toEqual(
    refusal('createUser', 'IDEMPOTENCY_KEY_REUSED'),
  );
});
