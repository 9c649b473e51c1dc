import { describe, expect, test } from 'vitest';
import { REUSE_GRACE_SECONDS } from '../../src/sessions/session.service.js';
import { ADA, hashed, ME, REFRESH, type World, world } from '../support/access/sign-in-world.js';
import { codesOf, PASSWORD, signedIn, signIn, type Tokens } from '../support/sign-in.js';
import { type Execute, execute } from '../support/test-app.js';

const REVOKE = `mutation ($token: String) { revokeSession(input: { refreshToken: $token }) {
  revokedSessionId errors { ... on MutationError { code } }
} }`;

describe('a session', () => {
  const refresh = async ({ app }: World, token: string): Promise<Tokens | null> => {
    const answer = await execute(app, null, REFRESH, { token });
    const { tokens, errors } = answer.data.refreshSession;
    expect(errors).toEqual(tokens ? [] : [{ code: 'INVALID_REFRESH_TOKEN', path: ['refreshToken'] }]);
    return tokens;
  };
  const isAuthenticated = async ({ app }: World, { accessToken }: Pick<Tokens, 'accessToken'>) =>
    (await execute(app, accessToken, ME)).errors === undefined;

  test('moves its user in the order of the last sign-in', async () => {
    const w = await world();
    await signedIn(w, w.asKey, w.environmentId, ADA);
    await signedIn(w, w.asKey, w.environmentId, { email: 'late@example.com' });
    const before = w.clock.now();
    w.clock.advance(60);
    await signIn(w, w.environmentId, ADA.email);
    const list = `query ($filter: UserFilter) {
      users(first: 5, filter: $filter, orderBy: { field: LAST_SIGN_IN_AT, direction: DESC }) { nodes { email } }
    }`;
    const emailsOf = async (filter: object) =>
      (await w.asKey(list, { filter })).data.users.nodes.map(({ email }: { email: string }) => email);
    expect(await emailsOf({ lastSignInAt: { isNull: false } })).toEqual([ADA.email, 'late@example.com']);
    expect(await emailsOf({ lastSignInAt: { gt: before } })).toEqual([ADA.email]);
  });

  test('continues with the next refresh token after the access token has expired', async () => {
    const w = await world();
    const { tokens, userId } = await signedIn(w, w.asKey, w.environmentId, ADA);
    w.clock.advance(305);
    expect(await isAuthenticated(w, tokens)).toBe(false);
    let latest: Tokens | null = tokens;
    for (let count = 0; count < 3; count++) {
      latest = await refresh(w, latest?.refreshToken ?? '');
      w.clock.advance(100);
    }
    expect(latest?.sessionId).toBe(tokens.sessionId);
    expect((await execute(w.app, latest?.accessToken ?? '', ME)).data.viewer.user.id).toBe(userId);
  });

  test('repeats the answer to a refresh within the grace period, and ends when a token is reused later', async () => {
    const w = await world();
    const { tokens } = await signedIn(w, w.asKey, w.environmentId, ADA);
    const second = await refresh(w, tokens.refreshToken);
    w.clock.advance(REUSE_GRACE_SECONDS - 1);
    const again = await refresh(w, tokens.refreshToken);
    expect(again?.refreshToken).toBe(second?.refreshToken);
    w.clock.advance(1);
    expect(await refresh(w, tokens.refreshToken)).toBeNull();
    // The server cannot tell a thief from the owner, so it signs both out.
    expect(await refresh(w, second?.refreshToken ?? '')).toBeNull();
    expect(await isAuthenticated(w, tokens)).toBe(false);
    expect((await w.events()).at(-1)).toMatchObject({ name: 'session.revoked', sessionId: tokens.sessionId });
  });

  test('ends when the token before the previous one is reused, even within the grace period', async () => {
    const w = await world();
    const { tokens } = await signedIn(w, w.asKey, w.environmentId, ADA);
    const second = await refresh(w, tokens.refreshToken);
    await refresh(w, second?.refreshToken ?? '');
    expect(await refresh(w, tokens.refreshToken)).toBeNull();
    expect(await isAuthenticated(w, tokens)).toBe(false);
  });

  test('ignores tokens that were never issued', async () => {
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
    expect(await isAuthenticated(w, tokens)).toBe(true);
    expect(await refresh(w, tokens.refreshToken)).not.toBeNull();
  });

  test('ends at its expiry, however often it was refreshed', async () => {
    const w = await world({ SESSION_TTL_DAYS: '1' });
    let { tokens }: { tokens: Tokens } = await signedIn(w, w.asKey, w.environmentId, ADA);
    w.clock.advance(86_399);
    tokens = (await refresh(w, tokens.refreshToken)) ?? tokens;
    expect(await isAuthenticated(w, tokens)).toBe(true);
    w.clock.advance(1);
    expect(await isAuthenticated(w, tokens)).toBe(false);
    expect(await refresh(w, tokens.refreshToken)).toBeNull();
  });

  test('is revoked by its access token or its refresh token, without effect on other sessions', async () => {
    const w = await world();
    const { tokens: first, ask } = await signedIn(w, w.asKey, w.environmentId, ADA);
    const second = await signIn(w, w.environmentId, ADA.email);
    const third = await signIn(w, w.environmentId, ADA.email);
    expect((await ask(REVOKE)).data.revokeSession).toEqual({ revokedSessionId: first.sessionId, errors: [] });
    const { data } = await execute(w.app, null, REVOKE, { token: second.refreshToken });
    expect(data.revokeSession.revokedSessionId).toBe(second.sessionId);
    expect([
      await isAuthenticated(w, first),
      await isAuthenticated(w, second),
      await isAuthenticated(w, third),
    ]).toEqual([false, false, true]);
    expect(codesOf(await execute(w.app, null, REVOKE, { token: second.refreshToken }), 'revokeSession')).toEqual([
      'INVALID_REFRESH_TOKEN',
    ]);
    // An API key has no session, and a request without credentials is unauthenticated.
    expect(codesOf(await w.asKey(REVOKE), 'revokeSession')).toEqual(['INVALID_REFRESH_TOKEN']);
    expect(codesOf(await execute(w.app, null, REVOKE), 'revokeSession')).toEqual(['UNAUTHENTICATED']);
  });

  test("ends when its user is deleted or an API key sets the user's password", async () => {
    const w = await world();
    const { tokens, userId } = await signedIn(w, w.asKey, w.environmentId, ADA);
    const update =
      'mutation ($input: UpdateUserInput!) { updateUser(input: $input) { user { id } errors { __typename } } }';
    await w.asKey(update, { input: { id: userId, firstName: 'Ada' } });
    expect(await isAuthenticated(w, tokens)).toBe(true);
    await w.asKey(update, { input: { id: userId, ...hashed } });
    expect(await isAuthenticated(w, tokens)).toBe(false);
    const later = await signIn(w, w.environmentId, ADA.email);
    expect(await isAuthenticated(w, later)).toBe(true);
    await w.asKey('mutation ($id: ID!) { deleteUser(input: { id: $id }) { deletedUserId } }', { id: userId });
    expect(await isAuthenticated(w, later)).toBe(false);
    expect(await refresh(w, later.refreshToken)).toBeNull();
    expect((await w.events()).map(({ name }) => name).filter((name) => name === 'session.revoked')).toHaveLength(2);
  });

  test('answers parallel refreshes with the same token alike', async () => {
    const w = await world();
    const { tokens } = await signedIn(w, w.asKey, w.environmentId, ADA);
    const both = await Promise.all([1, 2, 3].map(() => refresh(w, tokens.refreshToken)));
    expect(new Set(both.map((one) => one?.refreshToken)).size).toBe(1);
  });
});

describe("changing one's own password", () => {
  const CHANGE = `mutation ($input: ChangePasswordInput!) { changePassword(input: $input) {
    user { id version } errors { __typename ... on MutationError { code path } }
  } }`;
  const NEXT = 'Zq7-vbN-4471-hxp';

  test('requires the current password and ends all other sessions', async () => {
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

  test('refuses a wrong current password, a weak new password, and an API key', async () => {
    const w = await world();
    const { ask } = await signedIn(w, w.asKey, w.environmentId, ADA);
    const change = async (by: Execute, input: object) => codesOf(await by(CHANGE, { input }), 'changePassword');
    expect(await change(ask, { currentPassword: 'wrong', password: NEXT })).toEqual(['INVALID_CREDENTIALS']);
    expect(await change(ask, { currentPassword: PASSWORD, password: 'short' })).toContain('PASSWORD_TOO_SHORT');
    expect(await change(w.asKey, { currentPassword: PASSWORD, password: NEXT })).toEqual(['FORBIDDEN']);
    expect(codesOf(await w.try(ADA), 'authenticateWithPassword')).toEqual([]);
  });
});
