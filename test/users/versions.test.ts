import { expect, test } from 'vitest';
import { makeUser } from '../support/make.js';
import { type Execute, testApp } from '../support/test-app.js';

const ERRORS = `errors {
  __typename
  ... on MutationError { code path }
  ... on VersionConflictError { currentVersion user { id email version firstName } }
}`;
const UPDATE = `mutation ($input: UpdateUserInput!) { updateUser(input: $input) { user { version firstName } ${ERRORS} } }`;
const DELETE = `mutation ($input: DeleteUserInput!) { deleteUser(input: $input) { deletedUserId ${ERRORS} } }`;

async function update(execute: Execute, input: object) {
  return (await execute(UPDATE, { input })).data.updateUser;
}

async function remove(execute: Execute, input: object) {
  return (await execute(DELETE, { input })).data.deleteUser;
}

function conflict(user: object) {
  return { __typename: 'VersionConflictError', code: 'VERSION_CONFLICT', path: ['expectedVersion'], ...user };
}

test('an update succeeds at the expected version, and is refused at another with the current user', async () => {
  const { client, app } = await testApp();
  const execute = await client();
  const id = await makeUser(execute, { email: 'a@example.com' });
  expect(await update(execute, { id, firstName: 'Ada', expectedVersion: 1 })).toEqual({
    user: { version: 2, firstName: 'Ada' },
    errors: [],
  });
  const now = { currentVersion: 2, user: { id, email: 'a@example.com', version: 2, firstName: 'Ada' } };
  const events = await app.db.reader.selectFrom('events').select('sequence').execute();
  for (const expectedVersion of [1, 3, 0, -1]) {
    const refused = { user: null, errors: [conflict(now)] };
    expect(await update(execute, { id, firstName: 'Bea', expectedVersion })).toEqual(refused);
    // What would change nothing, and what changes nothing at all, rests on the same belief.
    expect(await update(execute, { id, firstName: 'Ada', expectedVersion })).toEqual(refused);
    expect(await update(execute, { id, expectedVersion })).toEqual(refused);
  }
  expect(await app.db.reader.selectFrom('events').select('sequence').execute()).toEqual(events);
  expect((await update(execute, { id, expectedVersion: 2 })).user).toEqual({ version: 2, firstName: 'Ada' });
  expect((await update(execute, { id, firstName: 'Bea', expectedVersion: null })).user.version).toBe(3);
});

test('a conflict is reported together with all other problems', async () => {
  const { client } = await testApp();
  const execute = await client();
  const id = await makeUser(execute, { email: 'a@example.com' });
  await makeUser(execute, { email: 'taken@example.com', externalId: 'taken' });
  const change = { id, expectedVersion: 7, email: 'taken@example.com', externalId: 'taken' };
  const { errors } = await update(execute, { ...change, firstName: 'x'.repeat(256), password: 'short' });
  expect(errors.map(({ code }: { code: string }) => code).sort()).toEqual([
    'EMAIL_NOT_AVAILABLE',
    'EXTERNAL_ID_ALREADY_USED',
    'INVALID_INPUT',
    'PASSWORD_TOO_SHORT',
    'PASSWORD_TOO_WEAK',
    'VERSION_CONFLICT',
  ]);
});

test('a deletion succeeds only at the expected version', async () => {
  const { client } = await testApp();
  const execute = await client();
  const id = await makeUser(execute, { email: 'a@example.com' });
  await update(execute, { id, firstName: 'Ada' });
  const now = { currentVersion: 2, user: { id, email: 'a@example.com', version: 2, firstName: 'Ada' } };
  expect(await remove(execute, { id, expectedVersion: 1 })).toEqual({ deletedUserId: null, errors: [conflict(now)] });
  expect(await remove(execute, { id, expectedVersion: 2 })).toEqual({ deletedUserId: id, errors: [] });
  expect((await remove(execute, { id, expectedVersion: 2 })).errors[0].code).toBe('USER_NOT_FOUND');
});

test('of 20 parallel updates that expect the same version, exactly one succeeds', async () => {
  const { client } = await testApp();
  const execute = await client();
  const id = await makeUser(execute, { email: 'a@example.com' });
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      index % 4 === 3
        ? remove(execute, { id, expectedVersion: 1 })
        : update(execute, { id, firstName: `Name ${index}`, expectedVersion: 1 }),
    ),
  );
  expect(answers.filter(({ errors }) => errors.length === 0)).toHaveLength(1);
  const codes = new Set(answers.flatMap(({ errors }) => errors.map(({ code }: { code: string }) => code)));
  expect([...codes].filter((code) => code !== 'VERSION_CONFLICT' && code !== 'USER_NOT_FOUND')).toEqual([]);
});

test('an update is refused in the transaction when another update came first while the password was hashed', async () => {
  const { client, app } = await testApp();
  const execute = await client();
  const id = await makeUser(execute, { email: 'a@example.com' });
  const [slow, fast] = await Promise.all([
    update(execute, { id, password: 'i8uv6g34kd490s', expectedVersion: 1 }),
    update(execute, { id, firstName: 'Ada', expectedVersion: 1 }),
  ]);
  expect(fast.user).toEqual({ version: 2, firstName: 'Ada' });
  expect(slow.errors[0]).toMatchObject({ code: 'VERSION_CONFLICT', currentVersion: 2 });
  expect(await app.db.reader.selectFrom('passwords').selectAll().execute()).toEqual([]);
});
