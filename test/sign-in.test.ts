import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { decodeJwt, decodeProtectedHeader, importJWK, jwtVerify } from 'jose';
import { describe, expect, test } from 'vitest';
import { createApp } from '../src/app.js';
import { loadConfig } from '../src/config.js';
import type { EnvironmentId } from '../src/ids.js';
import { createLogger } from '../src/logger.js';
import type { PasswordHashType } from '../src/passwords/password-hash.js';
import type { SaltPosition } from '../src/passwords/salt-position.js';
import type { StartTimer } from '../src/scheduling/request-life.js';
import { REUSE_GRACE_SECONDS } from '../src/sessions/session.service.js';
import {
  MAX_SIGN_INS_PER_DAY,
  MAX_SIGN_INS_PER_MINUTE,
  MAX_SIGN_INS_PER_NETWORK_ADDRESS,
} from '../src/sessions/sign-in-attempt.js';
import { RETIRED_KEY_SECONDS } from '../src/tokens/signing-key.js';
import { makeUser } from './support/make.js';
import { allowSignIn, codesOf, PASSWORD, SIGN_IN, signedIn, signIn, sshaOf, type Tokens } from './support/sign-in.js';
import { type Answer, type Execute, execute, type TestApp, testApp } from './support/test-app.js';

/** Timers that are over at once: what is paced need not be waited for. */
const atOnce: StartTimer = (ms, onEnd) => {
  if (ms !== 500) return () => {};
  const turn = setImmediate(onEnd);
  return () => clearImmediate(turn);
};

interface World extends TestApp {
  readonly asKey: Execute;
  readonly environmentId: string;
  try(input: object): Promise<Answer>;
  events(): Promise<{ name: string; userId?: string }[]>;
}

const EVENTS = `{ events(orderBy: { direction: ASC }) { nodes {
  name actor { source id } ... on AuthenticationEvent { userId ipAddress userAgent } ... on SessionEvent { userId sessionId }
} } }`;

async function world(settings: Record<string, string> = {}, startTimer: StartTimer = atOnce): Promise<World> {
  const app = await testApp(settings, { startTimer });
  const environmentId = await allowSignIn(app);
  const asKey = await app.client();
  return {
    ...app,
    asKey,
    environmentId,
    try: (input) => execute(app.app, null, SIGN_IN, { input: { environmentId, password: PASSWORD, ...input } }),
    events: async () => (await asKey(EVENTS)).data.events.nodes,
  };
}

const hashed = { passwordHash: sshaOf(PASSWORD), passwordHashType: 'SSHA' } as const;
const ADA = { email: 'ada@example.com' };

test('who knows the password gets tokens that ask as them, and the log has it', async () => {
  const w = await world();
  const userId = await makeUser(w.asKey, { ...ADA, ...hashed });
  w.clock.advance(60);
  const { data, errors } = await w.try({ email: 'ADA@Example.com' });
  expect(errors).toBeUndefined();
  const { user, tokens, errors: refused } = data.authenticateWithPassword;
  expect(refused).toEqual([]);
  // Signing in is no change: neither version nor updatedAt has moved.
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
    // The first token of the environment needs a key.
    { name: 'signing_key.created', actor: { source: 'SYSTEM', id: 'signing-keys' } },
  ]);
});

test('the token is one of RFC 9068, and anybody can verify it with the published keys', async () => {
  const w = await world({ PUBLIC_URL: 'https://users.example.com', ACCESS_TOKEN_TTL_SECONDS: '60' });
  const { userId, tokens } = await signedIn(w, w.asKey, w.environmentId, ADA);
  const header = decodeProtectedHeader(tokens.accessToken);
  expect(header).toEqual({ alg: 'EdDSA', typ: 'at+jwt', kid: expect.stringMatching(/^signing_key_/) });
  const response = await w.app.fetch(
    new Request(`http://localhost/.well-known/jwks.json?environment=${w.environmentId}`),
  );
  expect([response.status, response.headers.get('content-type'), response.headers.get('cache-control')]).toEqual([
    200,
    'application/jwk-set+json',
    'public, max-age=300',
  ]);
  const { keys } = (await response.json()) as { keys: Record<string, string>[] };
  expect(keys.map(({ kid, alg, kty }) => [kid, alg, kty])).toEqual([[header.kid, 'EdDSA', 'OKP']]);
  // No private part of it.
  expect(keys.flatMap((key) => Object.keys(key)).filter((name) => ['d', 'p', 'q', 'k'].includes(name))).toEqual([]);
  const { payload } = await jwtVerify(tokens.accessToken, await importJWK(keys[0] ?? {}, 'EdDSA'), {
    issuer: 'https://users.example.com',
    audience: w.environmentId,
    currentDate: new Date(w.clock.now()),
  });
  expect(payload).toMatchObject({ sub: userId, sid: tokens.sessionId, jti: expect.any(String) });
  expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(60);
});

test('keys are published for one environment: the one that is named, or the only one', async () => {
  const w = await world();
  await signedIn(w, w.asKey, w.environmentId, ADA);
  const keysAt = (path: string) => w.app.fetch(new Request(`http://localhost/.well-known/jwks.json${path}`));
  expect((await (await keysAt('')).json()).keys).toHaveLength(1);
  await w.key('other');
  const refused = await keysAt('');
  expect([refused.status, refused.headers.get('content-type')]).toEqual([404, 'application/problem+json']);
  expect((await keysAt('?environment=env_01E4ZCR3C56J083X43JQXF3JK5')).status).toBe(404);
  expect((await keysAt("?environment='")).status).toBe(404);
  expect((await (await keysAt(`?environment=${w.environmentId}`)).json()).keys).toHaveLength(1);
});

test.each([
  ['a wrong password', { ...ADA, password: `${PASSWORD} ` }],
  ['no password', { ...ADA, password: '' }],
  ['one that is longer than any', { ...ADA, password: PASSWORD.repeat(100) }],
  ['an unknown address', { email: 'eve@example.com' }],
  ['what is no address', { email: '' }],
  ['a user without a password', { email: 'bob@example.com' }],
])('%s is the same refusal', async (_, input) => {
  const w = await world();
  await makeUser(w.asKey, { ...ADA, ...hashed });
  await makeUser(w.asKey, { email: 'bob@example.com' });
  const { data, errors } = await w.try(input);
  expect(errors).toBeUndefined();
  const message = 'The address or the password is wrong.';
  expect(data.authenticateWithPassword).toEqual({
    user: null,
    tokens: null,
    errors: [{ __typename: 'InvalidCredentialsError', code: 'INVALID_CREDENTIALS', message, path: null }],
  });
});

test('a refusal of a known and one of an unknown address take the same statements and leave with the same step', async () => {
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
    // A hash of our own is compared in both cases; then nothing but the step is waited for.
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

test('a wrong password of a user is in the log, without the password', async () => {
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

const vectors = JSON.parse(readFileSync(new URL('./fixtures/password-hashes.json', import.meta.url), 'utf8')) as {
  readonly type: PasswordHashType;
  readonly password: string;
  readonly hash: string;
  readonly saltPosition?: SaltPosition;
  readonly made: string;
}[];

test.each(vectors)('$type made by $made signs in once, and is one of our own from then on', async (vector) => {
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

test('nobody signs in where the operator has not allowed it', async () => {
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

const REFRESH = `mutation ($token: String!) { refreshSession(input: { refreshToken: $token }) {
  tokens { sessionId accessToken refreshToken scopes } errors { ... on MutationError { code path } }
} }`;
const REVOKE = `mutation ($token: String) { revokeSession(input: { refreshToken: $token }) {
  revokedSessionId errors { ... on MutationError { code } }
} }`;
const ME = '{ viewer { user { id } } }';

describe('a session', () => {
  const refresh = async ({ app }: World, token: string): Promise<Tokens | null> => {
    const answer = await execute(app, null, REFRESH, { token });
    const { tokens, errors } = answer.data.refreshSession;
    expect(errors).toEqual(tokens ? [] : [{ code: 'INVALID_REFRESH_TOKEN', path: ['refreshToken'] }]);
    return tokens;
  };
  const isIn = async ({ app }: World, { accessToken }: Pick<Tokens, 'accessToken'>) =>
    (await execute(app, accessToken, ME)).errors === undefined;

  test('goes on with its next refresh token, beyond the end of the access token', async () => {
    const w = await world();
    const { tokens, userId } = await signedIn(w, w.asKey, w.environmentId, ADA);
    w.clock.advance(305);
    expect(await isIn(w, tokens)).toBe(false);
    let latest: Tokens | null = tokens;
    for (let count = 0; count < 3; count++) {
      latest = await refresh(w, latest?.refreshToken ?? '');
      w.clock.advance(100);
    }
    expect(latest?.sessionId).toBe(tokens.sessionId);
    expect((await execute(w.app, latest?.accessToken ?? '', ME)).data.viewer.user.id).toBe(userId);
  });

  test('answers a refresh whose answer was lost again, and ends when an older token comes back', async () => {
    const w = await world();
    const { tokens } = await signedIn(w, w.asKey, w.environmentId, ADA);
    const second = await refresh(w, tokens.refreshToken);
    w.clock.advance(REUSE_GRACE_SECONDS - 1);
    const again = await refresh(w, tokens.refreshToken);
    expect(again?.refreshToken).toBe(second?.refreshToken);
    w.clock.advance(1);
    expect(await refresh(w, tokens.refreshToken)).toBeNull();
    // A thief or the owner: both are out.
    expect(await refresh(w, second?.refreshToken ?? '')).toBeNull();
    expect(await isIn(w, tokens)).toBe(false);
    expect((await w.events()).at(-1)).toMatchObject({ name: 'session.revoked', sessionId: tokens.sessionId });
  });

  test('ends at once also when the token two before comes back within the grace', async () => {
    const w = await world();
    const { tokens } = await signedIn(w, w.asKey, w.environmentId, ADA);
    const second = await refresh(w, tokens.refreshToken);
    await refresh(w, second?.refreshToken ?? '');
    expect(await refresh(w, tokens.refreshToken)).toBeNull();
    expect(await isIn(w, tokens)).toBe(false);
  });

  test('is not touched by tokens that nobody was given', async () => {
    const w = await world();
    const { tokens } = await signedIn(w, w.asKey, w.environmentId, ADA);
    const [prefix, ulid, , mac = ''] = /^(rt)_(\w+)_(\d+)_(.+)$/.exec(tokens.refreshToken)?.slice(1) ?? [];
    const forged = [
      '',
      'nonsense',
      `${prefix}_${ulid}_1_${mac}`,
      `${prefix}_${ulid}_0_${mac.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))}`,
      `${prefix}_01E4ZCR3C56J083X43JQXF3JK5_0_${mac}`,
      `${tokens.refreshToken}x`,
    ];
    for (const token of forged) expect(await refresh(w, token)).toBeNull();
    expect(await isIn(w, tokens)).toBe(true);
    expect(await refresh(w, tokens.refreshToken)).not.toBeNull();
  });

  test('is over at its end, however often it was refreshed', async () => {
    const w = await world({ SESSION_TTL_DAYS: '1' });
    let { tokens }: { tokens: Tokens } = await signedIn(w, w.asKey, w.environmentId, ADA);
    w.clock.advance(86_399);
    tokens = (await refresh(w, tokens.refreshToken)) ?? tokens;
    expect(await isIn(w, tokens)).toBe(true);
    w.clock.advance(1);
    expect(await isIn(w, tokens)).toBe(false);
    expect(await refresh(w, tokens.refreshToken)).toBeNull();
  });

  test('is revoked by its access token or its refresh token, and other sessions are not', async () => {
    const w = await world();
    const { tokens: first, ask } = await signedIn(w, w.asKey, w.environmentId, ADA);
    const second = await signIn(w, w.environmentId, ADA.email);
    const third = await signIn(w, w.environmentId, ADA.email);
    expect((await ask(REVOKE)).data.revokeSession).toEqual({ revokedSessionId: first.sessionId, errors: [] });
    const { data } = await execute(w.app, null, REVOKE, { token: second.refreshToken });
    expect(data.revokeSession.revokedSessionId).toBe(second.sessionId);
    expect([await isIn(w, first), await isIn(w, second), await isIn(w, third)]).toEqual([false, false, true]);
    expect(codesOf(await execute(w.app, null, REVOKE, { token: second.refreshToken }), 'revokeSession')).toEqual([
      'INVALID_REFRESH_TOKEN',
    ]);
    // A key has no session, and nobody has none.
    expect(codesOf(await w.asKey(REVOKE), 'revokeSession')).toEqual(['INVALID_REFRESH_TOKEN']);
    expect(codesOf(await execute(w.app, null, REVOKE), 'revokeSession')).toEqual(['UNAUTHENTICATED']);
  });

  test('ends with its user, and with a password that the operator sets', async () => {
    const w = await world();
    const { tokens, userId } = await signedIn(w, w.asKey, w.environmentId, ADA);
    const update =
      'mutation ($input: UpdateUserInput!) { updateUser(input: $input) { user { id } errors { __typename } } }';
    await w.asKey(update, { input: { id: userId, firstName: 'Ada' } });
    expect(await isIn(w, tokens)).toBe(true);
    await w.asKey(update, { input: { id: userId, ...hashed } });
    expect(await isIn(w, tokens)).toBe(false);
    const later = await signIn(w, w.environmentId, ADA.email);
    expect(await isIn(w, later)).toBe(true);
    await w.asKey('mutation ($id: ID!) { deleteUser(input: { id: $id }) { deletedUserId } }', { id: userId });
    expect(await isIn(w, later)).toBe(false);
    expect(await refresh(w, later.refreshToken)).toBeNull();
    expect((await w.events()).map(({ name }) => name).filter((name) => name === 'session.revoked')).toHaveLength(2);
  });

  test('two refreshes of one token at once are answered the same', async () => {
    const w = await world();
    const { tokens } = await signedIn(w, w.asKey, w.environmentId, ADA);
    const both = await Promise.all([1, 2, 3].map(() => refresh(w, tokens.refreshToken)));
    expect(new Set(both.map((one) => one?.refreshToken)).size).toBe(1);
  });
});

describe('the password of one’s own', () => {
  const CHANGE = `mutation ($input: ChangePasswordInput!) { changePassword(input: $input) {
    user { id version } errors { __typename ... on MutationError { code path } }
  } }`;
  const NEXT = 'Zq7-vbN-4471-hxp';

  test('is changed with the one before; other sessions end, this one goes on', async () => {
    const w = await world();
    const { ask } = await signedIn(w, w.asKey, w.environmentId, ADA);
    const other = await signIn(w, w.environmentId, ADA.email);
    const { data } = await ask(CHANGE, { input: { currentPassword: PASSWORD, password: NEXT } });
    expect(data.changePassword).toMatchObject({ user: { version: 2 }, errors: [] });
    expect((await execute(w.app, other.accessToken, ME)).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
    expect((await ask(ME)).errors).toBeUndefined();
    expect(codesOf(await w.try(ADA), 'authenticateWithPassword')).toEqual(['INVALID_CREDENTIALS']);
    expect(codesOf(await w.try({ ...ADA, password: NEXT }), 'authenticateWithPassword')).toEqual([]);
  });

  test('is not changed with a wrong one, to a weak one, or by a program', async () => {
    const w = await world();
    const { ask } = await signedIn(w, w.asKey, w.environmentId, ADA);
    const change = async (by: Execute, input: object) => codesOf(await by(CHANGE, { input }), 'changePassword');
    expect(await change(ask, { currentPassword: 'wrong', password: NEXT })).toEqual(['INVALID_CREDENTIALS']);
    expect(await change(ask, { currentPassword: PASSWORD, password: 'short' })).toContain('PASSWORD_TOO_SHORT');
    expect(await change(w.asKey, { currentPassword: PASSWORD, password: NEXT })).toEqual(['FORBIDDEN']);
    expect(codesOf(await w.try(ADA), 'authenticateWithPassword')).toEqual([]);
  });
});

describe('attempts', () => {
  const attempt = async (w: World, input: object) => codesOf(await w.try(input), 'authenticateWithPassword');

  test.each([
    ['known', 'ada@example.com'],
    ['unknown', 'eve@example.com'],
  ])(
    'are held to MAX_SIGN_INS_PER_MINUTE for a %s address, right ones too, and the next minute has its own',
    async (_, email) => {
      const w = await world();
      await makeUser(w.asKey, { ...ADA, ...hashed });
      for (let count = 0; count < MAX_SIGN_INS_PER_MINUTE; count++) {
        expect(await attempt(w, { email, password: 'wrong' })).toEqual(['INVALID_CREDENTIALS']);
      }
      w.clock.advance(20);
      const { data } = await w.try({ email: email.toUpperCase() });
      expect(data.authenticateWithPassword.errors).toMatchObject([
        { code: 'TOO_MANY_REQUESTS', retryAfterSeconds: 40 },
      ]);
      w.clock.advance(39);
      expect(await attempt(w, { email })).toEqual(['TOO_MANY_REQUESTS']);
      w.clock.advance(1);
      expect(await attempt(w, { email })).toEqual(email === ADA.email ? [] : ['INVALID_CREDENTIALS']);
      // Another address has had none.
      expect(await attempt(w, { email: 'other@example.com' })).toEqual(['INVALID_CREDENTIALS']);
    },
  );

  test('are held to MAX_SIGN_INS_PER_DAY for one address', async () => {
    const w = await world();
    await makeUser(w.asKey, { ...ADA, ...hashed });
    for (let count = 0; count < MAX_SIGN_INS_PER_DAY; count++) {
      if (count % MAX_SIGN_INS_PER_MINUTE === 0) w.clock.advance(60);
      expect(await attempt(w, { ...ADA, password: 'wrong' })).toEqual(['INVALID_CREDENTIALS']);
    }
    w.clock.advance(60);
    const { data } = await w.try(ADA);
    const wait = 86_400 - MAX_SIGN_INS_PER_DAY * 6;
    expect(data.authenticateWithPassword.errors).toMatchObject([
      { code: 'TOO_MANY_REQUESTS', retryAfterSeconds: wait },
    ]);
    w.clock.advance(wait);
    expect(await attempt(w, ADA)).toEqual([]);
  });

  test('from one network address are held to MAX_SIGN_INS_PER_NETWORK_ADDRESS, as the trusted proxy saw it', async () => {
    const w = await world({ TRUSTED_PROXIES: '1' });
    const from = async (forwarded: string, number: number) => {
      const input = { environmentId: w.environmentId, email: `nobody-${number}@example.com`, password: 'wrong' };
      const headers = { 'content-type': 'application/json', 'x-forwarded-for': forwarded };
      const body = JSON.stringify({ query: SIGN_IN, variables: { input } });
      const response = await w.app.fetch(new Request('http://localhost/graphql', { method: 'POST', headers, body }));
      return codesOf((await response.json()) as Answer, 'authenticateWithPassword')[0];
    };
    for (let count = 0; count < MAX_SIGN_INS_PER_NETWORK_ADDRESS; count++) {
      // What the caller says of itself changes, what the proxy adds does not. The last hop is the socket, which there is none of.
      expect(await from(`10.0.0.${count}, 192.0.2.1, `, count)).toBe('INVALID_CREDENTIALS');
    }
    expect(await from('10.1.1.1, 192.0.2.1, ', 1_000)).toBe('TOO_MANY_REQUESTS');
    expect(await from('192.0.2.1, 192.0.2.2, ', 1_001)).toBe('INVALID_CREDENTIALS');
  });

  test('stand once in an operation, also through fragments and aliases', async () => {
    const w = await world();
    const { asKey, environmentId } = w;
    const field = `authenticateWithPassword(input: { environmentId: "${environmentId}", email: "a@b.c", password: "x" }) { errors { __typename } }`;
    for (const query of [
      `mutation { a: ${field} b: ${field} }`,
      `mutation { ...F b: ${field} } fragment F on Mutation { a: ${field} }`,
      `mutation { ...F ...G } fragment F on Mutation { a: ${field} } fragment G on Mutation { b: ${field} }`,
    ]) {
      expect((await execute(w.app, null, query)).errors?.[0]?.extensions.code).toBe('OPERATION_LIMIT_EXCEEDED');
      expect((await asKey(query)).errors?.[0]?.extensions.code).toBe('OPERATION_LIMIT_EXCEEDED');
    }
  });

  test('5,000 guesses in parallel, in batches and across restarts are held to the limit exactly', async () => {
    const w = await world();
    await makeUser(w.asKey, { ...ADA, ...hashed });
    const settings = { DATABASE_URL: `file:${join(w.folder, 'test.db')}`, NODE_ENV: 'test' };
    const counts = new Map<string, number>();
    const guess = async (app: Pick<TestApp['app'], 'fetch'>, number: number) => {
      const input = {
        environmentId: w.environmentId,
        email: number % 2 ? 'ada@example.com' : 'ADA@EXAMPLE.COM',
        password: `guess ${number}`,
      };
      const one = { query: SIGN_IN, variables: { input } };
      // Every tenth comes as a batch, which is refused as a whole.
      const body = JSON.stringify(number % 10 === 0 ? [one, one] : one);
      const headers = { 'content-type': 'application/json' };
      const response = await app.fetch(new Request('http://localhost/graphql', { method: 'POST', headers, body }));
      const answer = (await response.json()) as Answer;
      const code = codesOf(answer, 'authenticateWithPassword')[0] ?? 'in';
      counts.set(code, (counts.get(code) ?? 0) + 1);
    };
    for (let restart = 0; restart < 5; restart++) {
      const overrides = { clock: w.clock, logger: createLogger('silent'), startTimer: atOnce };
      const apps = await Promise.all([1, 2].map(() => createApp(loadConfig(settings), overrides)));
      for (let batch = 0; batch < 5; batch++) {
        const numbers = Array.from({ length: 200 }, (_, index) => restart * 1_000 + batch * 200 + index);
        await Promise.all(numbers.map((number) => guess(apps[number % 2] ?? w.app, number)));
      }
      for (const app of apps) await app.close();
    }
    expect(Object.fromEntries(counts)).toEqual({
      BAD_REQUEST: 500,
      INVALID_CREDENTIALS: MAX_SIGN_INS_PER_MINUTE,
      TOO_MANY_REQUESTS: 4_500 - MAX_SIGN_INS_PER_MINUTE,
    });
    // The control: the password still signs in when the time is over.
    w.clock.advance(60);
    expect(await attempt(w, ADA)).toEqual([]);
  }, 120_000);
});

describe('signing keys', () => {
  const environment = ({ environmentId }: World) => environmentId as EnvironmentId; // it came from the app

  test('are rotated: the next one signs, and tokens of the one before live out', async () => {
    const w = await world();
    const { tokens } = await signedIn(w, w.asKey, w.environmentId, ADA);
    const { signingKeys } = w.app.services;
    const next = await signingKeys.rotate(environment(w), 'RS256', false);
    const later = await signIn(w, w.environmentId, ADA.email);
    expect(decodeProtectedHeader(later.accessToken)).toMatchObject({ alg: 'RS256', kid: next.id });
    for (const { accessToken } of [tokens, later])
      expect((await execute(w.app, accessToken, ME)).errors).toBeUndefined();
    expect((await signingKeys.list(environment(w))).map(({ id }) => id)).toHaveLength(2);
    w.clock.advance(RETIRED_KEY_SECONDS + 1);
    expect((await signingKeys.list(environment(w))).map(({ id }) => id)).toEqual([next.id]);
  });

  test('can be ended at once, after a theft', async () => {
    const w = await world();
    const { tokens } = await signedIn(w, w.asKey, w.environmentId, ADA);
    await w.app.services.signingKeys.rotate(environment(w), 'EdDSA', true);
    expect((await execute(w.app, tokens.accessToken, ME)).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
    expect((await execute(w.app, null, REFRESH, { token: tokens.refreshToken })).data.refreshSession.errors).toEqual(
      [],
    );
  });

  test('are no use under another SECRET_KEY, which is said in the log and not to callers', async () => {
    const w = await world();
    await signedIn(w, w.asKey, w.environmentId, ADA);
    const lines: string[] = [];
    const settings = {
      DATABASE_URL: `file:${join(w.folder, 'test.db')}`,
      NODE_ENV: 'test',
      SECRET_KEY: 'another'.repeat(5),
    };
    const logger = createLogger('error', { write: (line) => lines.push(line) });
    const app = await createApp(loadConfig(settings), { clock: w.clock, logger, startTimer: atOnce });
    const input = { environmentId: w.environmentId, ...ADA, password: PASSWORD };
    const { errors } = await execute(app, null, SIGN_IN, { input });
    expect(errors?.[0]).toMatchObject({ extensions: { code: 'SERVICE_UNAVAILABLE' } });
    expect(lines.some((line) => line.includes('SECRET_KEY does not open the signing key'))).toBe(true);
    await app.services.signingKeys.rotate(environment(w), 'EdDSA', true);
    expect((await execute(app, null, SIGN_IN, { input })).data.authenticateWithPassword.errors).toEqual([]);
    await app.close();
  });

  test('of one environment sign nothing for another', async () => {
    const w = await world();
    const { tokens } = await signedIn(w, w.asKey, w.environmentId, ADA);
    const other = await allowSignIn(w, 'other');
    const asOther = await w.client('other');
    await signedIn(w, asOther, other, ADA);
    const { viewer } = (await execute(w.app, tokens.accessToken, '{ viewer { environment { name } } }')).data;
    expect(viewer.environment.name).toBe('test');
    expect(decodeJwt(tokens.accessToken).aud).toBe(w.environmentId);
  });
});

describe('staff', () => {
  const USERS = '{ users(first: 5) { nodes { email } } }';

  test('signs in with scopes that the operator granted, and loses them at once', async () => {
    const w = await world();
    const userId = await makeUser(w.asKey, { ...ADA, ...hashed });
    const ask = (scopes: string[]) => w.try({ ...ADA, scopes });
    expect(codesOf(await ask(['users:read']), 'authenticateWithPassword')).toEqual(['SCOPE_NOT_GRANTED']);
    const { staff } = w.app.services;
    const environmentId = w.environmentId as EnvironmentId; // it came from the app
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
    // Without scopes they see what is theirs.
    expect((await execute(w.app, tokens.accessToken, ME)).data.viewer.user.id).toBe(userId);
  });
});
