import { describe, expect, test } from 'vitest';
import { makeApplication, makeGrant, makeUser } from '../support/make.js';
import { testApp } from '../support/test-app.js';
import {
  call,
  counts,
  documentOf,
  ERRORS,
  MUTATIONS,
  type Mutation,
  refusal,
  USER,
} from '../support/users/idempotency.js';

const EACH = Object.keys(MUTATIONS) as Mutation[]; // keys gives any text

describe.each(EACH)('%s with a key', (mutation) => {
  const { input, other } = MUTATIONS[mutation];

  test('runs once, and returns the same each time', async () => {
    const app = await testApp();
    const execute = await app.client();
    const first = await call(execute, mutation, { ...input, idempotencyKey: 'key' });
    expect(first.errors).toEqual([]);
    const after = await counts(app);
    app.clock.advance(60);
    app.statements.length = 0;
    expect(await call(execute, mutation, { ...input, idempotencyKey: 'key' })).toEqual(first);
    // The API key and the look-up, so no password was hashed either.
    expect(app.statements.filter((sql) => sql.trimStart().startsWith('select'))).toHaveLength(2);
    expect(app.statements.filter((sql) => /^\s*(insert|delete)/.test(sql))).toEqual([]);
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

  test('expires after exactly 24 hours', async () => {
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

  test('runs once for 50 concurrent calls, and returns the same to all', async () => {
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

test('the stored result is returned as it was; nested objects are read anew', async () => {
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

test('inputs are equal whatever the order of their keys, and differ otherwise', async () => {
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

test('a deeply nested input counts as a different input', async () => {
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

test('a refused call is evaluated again', async () => {
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

test('of 30 concurrent calls with one key and three inputs, one input runs', async () => {
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

test('parallel bulk calls with one key run once, whichever row fails', async () => {
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

test('one operation may contain a field repeatedly', async () => {
  const { client, app } = await testApp();
  const execute = await client();
  const one =
    'createUser(input: { email: "a@example.com", idempotencyKey: "key" }) { user { id } errors { __typename } }';
  const { data } = await execute(`mutation { first: ${one} second: ${one} }`);
  expect(data.first.errors).toEqual([]);
  expect(data.second).toEqual(data.first);
  expect(await app.db.reader.selectFrom('users').selectAll().execute()).toHaveLength(1);
});
