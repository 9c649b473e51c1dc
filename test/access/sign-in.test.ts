import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { decodeJwt } from 'jose';
import { describe, expect, test } from 'vitest';
import type { EnvironmentId } from '../../src/domain/ids.js';
import type { SaltPosition } from '../../src/passwords/hashes/salt-position.js';
import type { PasswordHashType } from '../../src/passwords/password-hash.js';
import { ADA, hashed, ME, world } from '../support/access/sign-in-world.js';
import { makeUser } from '../support/make.js';
import { codesOf, PASSWORD, SIGN_IN } from '../support/sign-in.js';
import { execute, testApp } from '../support/test-app.js';

test('issues tokens for the right password and logs the sign-in', async () => {
  const w = await world();
  const userId = await makeUser(w.asKey, { ...ADA, ...hashed });
  w.clock.advance(60);
  const { data, errors } = await w.try({ email: 'ADA@Example.com' });
  expect(errors).toBeUndefined();
  const { user, tokens, errors: refused } = data.authenticateWithPassword;
  expect(refused).toEqual([]);
  // Signing in is not an update: `version` and `updatedAt` stay the same.
  expect(user).toEqual({
    id: userId,
    ...ADA,
    lastSignInAt: w.clock.now(),
    version: 1,
    updatedAt: '2026-01-15T12:00:00.000Z',
  });
  expect(tokens).toMatchObject({
    scopes: [],
    accessTokenExpiresAt: '2026-01-15T12:06:00.000Z',
    expiresAt: '2026-02-14T12:01:00.000Z',
  });
  const { data: mine } = await execute(w.app, tokens.accessToken, '{ viewer { user { id } scopes } }');
  expect(mine.viewer).toEqual({ user: { id: userId }, scopes: [] });
  const actor = { source: 'PERSON', id: userId };
  expect((await w.events()).slice(-3)).toEqual([
    { name: 'authentication.password_succeeded', actor, userId, ipAddress: null, userAgent: null },
    { name: 'session.created', actor, userId, sessionId: tokens.sessionId },
    // The first token of an environment creates its signing key.
    { name: 'signing_key.created', actor: { source: 'SYSTEM', id: 'signing-keys' } },
  ]);
});

test.each([
  ['a wrong password', { ...ADA, password: `${PASSWORD} ` }],
  ['no password', { ...ADA, password: '' }],
  ['a password that is longer than allowed', { ...ADA, password: PASSWORD.repeat(100) }],
  ['an unknown address', { email: 'eve@example.com' }],
  ['an invalid address', { email: '' }],
  ['a user without a password', { email: 'bob@example.com' }],
])('refuses %s with the same error', async (_, input) => {
  const w = await world();
  await makeUser(w.asKey, { ...ADA, ...hashed });
  await makeUser(w.asKey, { email: 'bob@example.com' });
  const { data, errors } = await w.try(input);
  expect(errors).toBeUndefined();
  const message = 'The email address or the password is wrong.';
  expect(data.authenticateWithPassword).toEqual({
    user: null,
    tokens: null,
    errors: [{ __typename: 'InvalidCredentialsError', code: 'INVALID_CREDENTIALS', message, path: null }],
  });
});

test('runs the same statements and waits for the same timer for a known and an unknown address', async () => {
  const steps: (() => void)[] = [];
  const w = await world({}, (ms, onEnd) => {
    if (ms === 500) steps.push(onEnd);
    return () => {};
  });
  await makeUser(w.asKey, { ...ADA, ...hashed });
  const reads = async (email: string) => {
    w.statements.length = 0;
    const answered = w.try({ email, password: 'wrong' });
    let isOver = false;
    const over = answered.then(() => {
      isOver = true;
    });
    // Both cases verify a hash. Then the answer waits only for the timer.
    while (steps.length === 0) await new Promise(setImmediate);
    for (let turn = 0; turn < 200; turn++) await new Promise(setImmediate);
    expect(isOver).toBe(false);
    while (!isOver) {
      for (const step of steps.splice(0)) step();
      await new Promise(setImmediate);
    }
    await over;
    return w.statements.filter((sql) => sql.startsWith('select') && !sql.includes('schema_migrations'));
  };
  const known = await reads('ada@example.com');
  const unknown = await reads('eve@example.com');
  expect(unknown).toEqual(known);
});

test('logs a wrong password of a known user without the password', async () => {
  const w = await world();
  const userId = await makeUser(w.asKey, { ...ADA, ...hashed });
  await w.try({ ...ADA, password: 'wrong-canary' });
  await w.try({ email: 'eve@example.com', password: 'wrong-canary' });
  const names = (await w.events()).map(({ name }) => name);
  expect(names.filter((name) => name.startsWith('authentication'))).toEqual(['authentication.password_failed']);
  expect((await w.events()).at(-1)).toMatchObject({ userId });
  for (const file of ['test.db', 'test.db-wal']) {
    expect(readFileSync(join(w.folder, file)).includes('wrong-canary')).toBe(false);
  }
});

const vectors = JSON.parse(readFileSync(new URL('../fixtures/password-hashes.json', import.meta.url), 'utf8')) as {
  readonly type: PasswordHashType;
  readonly password: string;
  readonly hash: string;
  readonly saltPosition?: SaltPosition;
  readonly made: string;
}[];

test.each(vectors)('verifies a $type hash made by $made once, and replaces it with Argon2id', async (vector) => {
  const { type: passwordHashType, password, hash: passwordHash, saltPosition } = vector;
  const w = await world();
  const more = saltPosition === undefined ? {} : { passwordSaltPosition: saltPosition };
  await makeUser(w.asKey, { ...ADA, passwordHash, passwordHashType, ...more });
  const stored = () => {
    const sqlite = new Sqlite(join(w.folder, 'test.db'), { readonly: true });
    try {
      return sqlite.prepare<[], { type: string; hash: string }>('select type, hash from passwords').get();
    } finally {
      sqlite.close();
    }
  };
  expect(codesOf(await w.try({ ...ADA, password: `${password}x` }), 'authenticateWithPassword')).toEqual([
    'INVALID_CREDENTIALS',
  ]);
  const before = stored();
  expect(codesOf(await w.try({ ...ADA, password }), 'authenticateWithPassword')).toEqual([]);
  const after = stored();
  expect(after?.hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  if (!before?.hash.startsWith('$argon2id$v=19$m=19456,t=2,p=1$')) expect(after?.hash).not.toBe(before?.hash);
  expect(codesOf(await w.try({ ...ADA, password }), 'authenticateWithPassword')).toEqual([]);
  expect(stored()).toEqual(after);
  expect(codesOf(await w.try({ ...ADA, password: `${password}x` }), 'authenticateWithPassword')).toEqual([
    'INVALID_CREDENTIALS',
  ]);
});

test('refuses sign-in in an environment where the operator has not allowed it', async () => {
  const w = await world();
  await makeUser(w.asKey, { ...ADA, ...hashed });
  const app = await testApp();
  await app.key('closed');
  const closed = await app.app.services.environments.findByName(app.app.db.reader, 'closed');
  for (const environmentId of [closed?.id, 'env_01E4ZCR3C56J083X43JQXF3JK5', 'nonsense']) {
    const { errors } = await execute(app.app, null, SIGN_IN, { input: { environmentId, ...ADA, password: PASSWORD } });
    expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  }
  await w.app.services.environments.setSignIn('test', false);
  expect((await w.try(ADA)).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
});

describe('a staff user', () => {
  const USERS = '{ users(first: 5) { nodes { email } } }';

  test('signs in with scopes that the operator granted, and loses them at once when they are revoked', async () => {
    const w = await world();
    const userId = await makeUser(w.asKey, { ...ADA, ...hashed });
    const ask = (scopes: string[]) => w.try({ ...ADA, scopes });
    expect(codesOf(await ask(['users:read']), 'authenticateWithPassword')).toEqual(['SCOPE_NOT_GRANTED']);
    const { staff } = w.app.services;
    const environmentId = w.environmentId as EnvironmentId; // the app returned it
    expect(await staff.grant(environmentId, 'user_01E4ZCR3C56J083X43JQXF3JK5', ['users:read'])).toBeNull();
    await staff.grant(environmentId, userId, ['users:read', 'events:read']);
    expect(codesOf(await ask(['users:write']), 'authenticateWithPassword')).toEqual(['SCOPE_NOT_GRANTED']);
    expect(codesOf(await ask(['nonsense']), 'authenticateWithPassword')).toEqual(['SCOPE_NOT_GRANTED']);
    const { tokens } = (await ask(['users:read', 'users:read'])).data.authenticateWithPassword;
    expect(tokens.scopes).toEqual(['users:read']);
    expect(decodeJwt(tokens.accessToken).scope).toBe('users:read');
    expect((await execute(w.app, tokens.accessToken, USERS)).data.users.nodes).toEqual([ADA]);
    expect((await execute(w.app, tokens.accessToken, '{ events { nodes { id } } }')).errors?.[0]?.message).toBe(
      "This access token lacks the scope 'events:read'.",
    );
    expect(await staff.revoke(environmentId, userId)).toBe(true);
    expect((await execute(w.app, tokens.accessToken, USERS)).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    // A token without its scopes still gives access to the user's own data.
    expect((await execute(w.app, tokens.accessToken, ME)).data.viewer.user.id).toBe(userId);
  });
});
