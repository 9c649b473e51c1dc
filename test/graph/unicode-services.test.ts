import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { illFormedTexts } from '../../src/input/text.js';
import { HALF } from '../support/graph/unicode.js';
import { makeUser } from '../support/make.js';
import { type Execute, testApp } from '../support/test-app.js';

const CREATE = `mutation ($input: CreateUserInput!) {
  createUser(input: $input) { user { id } errors { __typename ... on MutationError { code path } } }
}`;

test('services refuse invalid Unicode even when no earlier layer checks it', async () => {
  const app = await testApp();
  await app.key();
  const viewer = { environmentId: (await app.app.services.environments.findByName(app.app.db.reader, 'test'))?.id };
  const { users, organizations, applications, apiKeys } = app.app.services;
  const as = { ...viewer, actor: { source: 'SYSTEM', id: 't', name: 't' }, scopes: '*', requestId: 't' } as never; // only for this test
  const calls = [
    () => users.createUser(as, { email: 'a@example.com', name: HALF }),
    () => users.createUser(as, { email: 'a@example.com', password: `i8uv6g34kd490s${HALF}` }),
    () => organizations.createOrganization(as, { name: HALF }),
    () =>
      applications.createApplication(as, {
        name: 'a',
        description: HALF,
        kind: 'OAUTH',
        scopes: [],
        redirectUris: [],
        usesPkce: true,
        isFirstParty: true,
      }),
    () => apiKeys.createApiKey(as, { name: HALF, scopes: ['users:read'] }),
  ];
  for (const call of calls) await expect(call()).rejects.toMatchObject({ errors: [{ code: 'INVALID_INPUT' }] });
});

test('a user with stored invalid Unicode can be read and changed', async () => {
  const app = await testApp();
  const execute = await app.client();
  const id = await makeUser(execute, { email: 'a@example.com', metadata: { plan: 'pro' } });
  const sqlite = new Sqlite(`${app.folder}/test.db`);
  sqlite.prepare('update users set metadata = ?').run(JSON.stringify({ plan: HALF }));
  sqlite.close();
  const { data } = await execute(
    `mutation { updateUser(input: { id: "${id}", metadata: { more: "x" }, name: "Zoe" }) {
      user { version name metadata } errors { __typename } } }`,
  );
  expect(data.updateUser).toEqual({
    user: { version: 2, name: 'Zoe', metadata: { plan: HALF, more: 'x' } },
    errors: [],
  });
});

test('finds invalid text at any valid depth, and deeply nested brackets do not crash the server', async () => {
  let deep: unknown = HALF;
  for (let level = 0; level < 100_000; level++) deep = [deep];
  expect(illFormedTexts(deep)).toEqual([]);
  expect(illFormedTexts({ a: Array.from({ length: 10_000 }, () => HALF) })).toHaveLength(100);
  const { client } = await testApp();
  const execute: Execute = await client();
  let nested: unknown = HALF;
  for (let level = 0; level < 1_000; level++) nested = [nested];
  const { data } = await execute(CREATE, { input: { email: 'a@example.com', metadata: { a: nested } } });
  expect(data.createUser.errors).toEqual([
    { __typename: 'InvalidInputError', code: 'INVALID_METADATA', path: ['metadata', 'a'] },
  ]);
});
