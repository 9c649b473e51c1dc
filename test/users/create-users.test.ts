import { expect, test } from 'vitest';
import { systemViewer } from '../../src/auth/viewer.js';
import { MAX_WAITING_BULKS } from '../../src/users/user-bulk.service.js';
import { makeUser } from '../support/make.js';
import { type Execute, testApp } from '../support/test-app.js';

const CREATE = `mutation ($input: CreateUsersInput!) {
  createUsers(input: $input) {
    createdCount
    failedCount
    results {
      user { id email externalId version }
      errors { __typename ... on MutationError { code path } ... on PasswordError { minimumLength suggestions } }
    }
    errors { __typename ... on MutationError { code path } }
  }
}`;

interface Failure {
  readonly code: string;
  readonly path: readonly string[] | null;
}

interface Result {
  readonly user: { id: string; email: string; externalId: string | null } | null;
  readonly errors: readonly Failure[];
}

async function create(execute: Execute, input: object) {
  return (await execute(CREATE, { input })).data.createUsers;
}

function told(errors: readonly Failure[]): string[] {
  return errors.map(({ code, path }) => `${code}@${path?.join('.') ?? ''}`).sort();
}

/** A row's address, or what is wrong with it. */
function outcomes(results: readonly Result[]): unknown[] {
  return results.map(({ user, errors }) => user?.email ?? told(errors));
}

async function emailsIn(execute: Execute): Promise<string[]> {
  const { data } = await execute('{ users(first: 100, orderBy: { field: CREATED_AT }) { nodes { email } } }');
  return data.users.nodes.map(({ email }: { email: string }) => email);
}

function rows(count: number, more: object = {}) {
  return Array.from({ length: count }, (_, index) => ({ email: `u${index}@example.com`, ...more }));
}

test('each row succeeds or fails on its own, in order, with an event for each user', async () => {
  const { client, app } = await testApp();
  const execute = await client();
  await makeUser(execute, { email: 'taken@example.com', externalId: 'taken' });
  const users = [
    { email: 'a@example.com', externalId: 'a', metadata: { plan: 'pro' } },
    { email: 'Taken@example.com', externalId: 'taken', firstName: 'x'.repeat(256), password: 'short' },
    { email: 'A@example.COM', externalId: 'b' },
    { email: 'b@example.com', externalId: 'a' },
    { email: 'nonsense', metadata: { n: 1 } },
    // The row that had this address before has failed, so it is free.
    { email: 'b@example.com', externalId: 'b', password: 'i8uv6g34kd490s' },
    { email: 'c@example.com', passwordHash: '$2b$10$nonsense', passwordHashType: 'BCRYPT' },
  ];
  const { createdCount, failedCount, results, errors } = await create(execute, { users });
  expect(errors).toEqual([]);
  expect({ createdCount, failedCount }).toEqual({ createdCount: 2, failedCount: 5 });
  expect(outcomes(results)).toEqual([
    'a@example.com',
    [
      'EMAIL_NOT_AVAILABLE@email',
      'EXTERNAL_ID_ALREADY_USED@externalId',
      'INVALID_INPUT@firstName',
      'PASSWORD_TOO_SHORT@password',
      'PASSWORD_TOO_WEAK@password',
    ],
    ['EMAIL_NOT_AVAILABLE@email'],
    ['EXTERNAL_ID_ALREADY_USED@externalId'],
    ['INVALID_EMAIL@email', 'INVALID_METADATA@metadata.n'],
    'b@example.com',
    ['INVALID_PASSWORD_HASH@passwordHash'],
  ]);
  expect(await emailsIn(execute)).toEqual(['taken@example.com', 'a@example.com', 'b@example.com']);
  const events = await app.db.reader.selectFrom('events').select(['sequence', 'user_id']).execute();
  const ids = results.flatMap(({ user }: Result) => user?.id ?? []);
  expect(events.slice(-2)).toEqual(ids.map((user_id: string, index: number) => ({ sequence: 3 + index, user_id })));
  const passwords = await app.db.reader.selectFrom('passwords').select(['user_id', 'type']).execute();
  expect(passwords).toEqual([{ user_id: ids[1], type: 'ARGON2' }]);
});

test('ALL_OR_NOTHING creates all users, or none and reports the errors of each row', async () => {
  const { client, app } = await testApp();
  const execute = await client();
  const policy = 'ALL_OR_NOTHING';
  const made = await create(execute, { users: rows(3), policy });
  expect(made).toMatchObject({ createdCount: 3, failedCount: 0, errors: [] });
  expect(outcomes(made.results)).toEqual(['u0@example.com', 'u1@example.com', 'u2@example.com']);
  const before = await app.db.reader.selectFrom('events').selectAll().execute();

  const users = [
    { email: 'good@example.com', password: 'i8uv6g34kd490s' },
    { email: 'new@example.com', externalId: '' },
    { email: 'NEW@example.com' },
    { email: 'u1@example.com' },
  ];
  const refused = await create(execute, { users, policy });
  expect(refused).toMatchObject({ createdCount: 0, failedCount: 4, errors: [] });
  expect(refused.results.map(({ user }: Result) => user)).toEqual([null, null, null, null]);
  // The third wants the address of the second, which will be made once it is mended.
  expect(outcomes(refused.results)).toEqual([
    [],
    ['INVALID_EXTERNAL_ID@externalId'],
    ['EMAIL_NOT_AVAILABLE@email'],
    ['EMAIL_NOT_AVAILABLE@email'],
  ]);
  expect(await app.db.reader.selectFrom('events').selectAll().execute()).toEqual(before);
  expect(await emailsIn(execute)).toHaveLength(3);
  expect(await app.db.reader.selectFrom('passwords').selectAll().execute()).toEqual([]);
});

test('a call has 1 to 100 rows', async () => {
  const { client } = await testApp();
  const execute = await client();
  for (const count of [0, 101]) {
    const { results, createdCount, failedCount, errors } = await create(execute, { users: rows(count) });
    expect({ results, createdCount, failedCount }).toEqual({ results: null, createdCount: null, failedCount: null });
    expect(told(errors)).toEqual(['INVALID_INPUT@users']);
  }
  expect(await emailsIn(execute)).toEqual([]);
  expect(await create(execute, { users: rows(100) })).toMatchObject({ createdCount: 100, failedCount: 0 });
  expect(await emailsIn(execute)).toHaveLength(100);
});

test('a row must not have its own idempotency key', async () => {
  const { client } = await testApp();
  const execute = await client();
  const { results } = await create(execute, { users: [{ email: 'a@example.com', idempotencyKey: 'k' }, ...rows(1)] });
  expect(outcomes(results)).toEqual([['INVALID_INPUT@idempotencyKey'], 'u0@example.com']);
});

test('reads take the same number of statements for a hundred rows as for one, and writes a constant number per row', async () => {
  const { client, statements } = await testApp();
  const execute = await client();
  const costs: Record<string, number>[] = [];
  for (const count of [1, 10, 100]) {
    const users = Array.from({ length: count }, (_, index) => ({
      email: `${count}-${index}@example.com`,
      externalId: `${count}-${index}`,
    }));
    statements.length = 0;
    expect((await create(execute, { users })).createdCount).toBe(count);
    const reads = statements.filter((sql) => sql.startsWith('select')).length;
    costs.push({ reads, perRow: Math.floor((statements.length - reads) / count) });
  }
  // The key; two look-ups before the transaction and two in it. Each user is at most two rows: itself and its event.
  expect(costs.map(({ reads }) => reads)).toEqual([5, 5, 5]);
  // The user, the number and the entry of the search, and the event.
  expect(costs.at(-1)?.perRow).toBeLessThanOrEqual(4);
});

test('of 50 parallel ALL_OR_NOTHING calls with one address, exactly one succeeds', async () => {
  const { client } = await testApp();
  const execute = await client();
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, index) => {
      const users = [{ email: 'one@example.com' }, { email: `own-${index}@example.com` }];
      return create(execute, { users, policy: 'ALL_OR_NOTHING' });
    }),
  );
  expect(answers.map(({ createdCount }) => createdCount).sort()).toEqual([...Array(49).fill(0), 2]);
  expect(await emailsIn(execute)).toHaveLength(2);
});

test('too many calls are told to retry later', async () => {
  const { app, client } = await testApp();
  await client();
  const environment = await app.db.reader.selectFrom('environments').selectAll().executeTakeFirstOrThrow();
  const viewer = systemViewer(environment.id, 'test');
  const calls = Array.from({ length: MAX_WAITING_BULKS + 3 }, (_, index) =>
    app.services.users.createUsers(viewer, { users: [{ email: `u${index}@example.com` }], policy: 'PER_ROW' }),
  );
  const settled = await Promise.allSettled(calls);
  // Two at work, those that may wait, and one too many.
  expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(MAX_WAITING_BULKS + 2);
  expect(settled.at(-1)).toMatchObject({ status: 'rejected', reason: { code: 'SERVICE_UNAVAILABLE' } });
});
