import fc from 'fast-check';
import { expect, test } from 'vitest';
import { REUSE_GRACE_SECONDS } from '../../src/sessions/session.service.js';
import { makeUser } from '../support/make.js';
import { runs } from '../support/runs.js';
import { allowSignIn, codesOf, PASSWORD, SIGN_IN, sshaOf, type Tokens } from '../support/sign-in.js';
import { expectUsersRebuilt } from '../support/sql/rebuilt.js';
import { type Execute, execute, type TestApp, testApp } from '../support/test-app.js';

const REFRESH = `mutation ($token: String!) { refreshSession(input: { refreshToken: $token }) {
  tokens { sessionId accessToken refreshToken } errors { ... on MutationError { code } }
} }`;
const REVOKE = `mutation ($token: String) { revokeSession(input: { refreshToken: $token }) {
  revokedSessionId errors { ... on MutationError { code } }
} }`;
const CHANGE = `mutation ($input: ChangePasswordInput!) { changePassword(input: $input) {
  user { id } errors { ... on MutationError { code } }
} }`;

/** The expected state of a session. */
interface ModelSession {
  readonly id: string;
  readonly createdAt: number;
  isOver: boolean;
  /** Refresh tokens in the order in which they were issued. */
  readonly refreshTokens: string[];
  refreshedAt: number;
  readonly accessTokens: { readonly token: string; readonly madeAt: number }[];
}

interface World {
  readonly test: TestApp;
  readonly environmentId: string;
  readonly email: string;
  readonly sessions: ModelSession[];
  /** Seconds since the start of the history. */
  now: number;
}

const DAY = 86_400;

function recordTokens(world: World, session: ModelSession | null, tokens: Tokens): void {
  if (!session) {
    const { now } = world;
    const fresh = { id: tokens.sessionId, createdAt: now, isOver: false, refreshedAt: now };
    world.sessions.push({ ...fresh, refreshTokens: [tokens.refreshToken], accessTokens: [] });
    recordTokens(world, world.sessions.at(-1) ?? null, tokens);
    return;
  }
  expect(tokens.sessionId).toBe(session.id);
  if (session.refreshTokens.at(-1) !== tokens.refreshToken) {
    expect(session.refreshTokens).not.toContain(tokens.refreshToken);
    session.refreshTokens.push(tokens.refreshToken);
  }
  session.accessTokens.push({ token: tokens.accessToken, madeAt: world.now });
}

const isAlive = (world: World, { isOver, createdAt }: ModelSession) => !isOver && world.now < createdAt + DAY;

type Step = (world: World) => Promise<void>;

const pick = <T>(list: readonly T[], number: number): T | undefined => list[number % Math.max(1, list.length)];

const signsIn: Step = async (world) => {
  const input = { environmentId: world.environmentId, email: world.email, password: PASSWORD };
  const { data } = await execute(world.test.app, null, SIGN_IN, { input });
  const { tokens, errors } = data.authenticateWithPassword;
  // The limit of ten attempts per minute is not part of the model.
  if (errors.length > 0) expect(errors[0].code).toBe('TOO_MANY_REQUESTS');
  else recordTokens(world, null, tokens);
};

const refreshes =
  (which: number, back: number): Step =>
  async (world) => {
    const session = pick(world.sessions, which);
    const token = session?.refreshTokens.at(-1 - back);
    if (!session || token === undefined) return;
    const { data } = await execute(world.test.app, null, REFRESH, { token });
    const { tokens, errors } = data.refreshSession;
    const isLive = isAlive(world, session);
    const isRepeat = back === 1 && world.now < session.refreshedAt + REUSE_GRACE_SECONDS;
    const isGood = isLive && (back === 0 || isRepeat);
    expect(errors.map(({ code }: { code: string }) => code)).toEqual(isGood ? [] : ['INVALID_REFRESH_TOKEN']);
    if (isGood) {
      recordTokens(world, session, tokens);
      if (back === 0) session.refreshedAt = world.now;
      else expect(tokens.refreshToken).toBe(session.refreshTokens.at(-1));
    } else if (isLive) session.isOver = true;
  };

const revokes =
  (which: number): Step =>
  async (world) => {
    const session = pick(world.sessions, which);
    const token = session?.refreshTokens[0];
    if (!session || token === undefined) return;
    const codes = codesOf(await execute(world.test.app, null, REVOKE, { token }), 'revokeSession');
    expect(codes).toEqual(isAlive(world, session) ? [] : ['INVALID_REFRESH_TOKEN']);
    session.isOver = true;
  };

const changesPassword =
  (which: number): Step =>
  async (world) => {
    const session = pick(world.sessions, which);
    const { token, madeAt } = session?.accessTokens.at(-1) ?? {};
    if (!session || token === undefined || madeAt === undefined) return;
    const input = { currentPassword: PASSWORD, password: PASSWORD };
    const [code] = codesOf(await execute(world.test.app, token, CHANGE, { input }), 'changePassword');
    if (code === 'TOO_MANY_REQUESTS') return;
    const isIn = isAlive(world, session) && world.now < madeAt + 300 + 5;
    expect(code).toBe(isIn ? undefined : 'UNAUTHENTICATED');
    if (isIn) for (const other of world.sessions) if (other !== session) other.isOver = true;
  };

const waits =
  (seconds: number): Step =>
  async (world) => {
    world.test.clock.advance(seconds);
    world.now += seconds;
  };

const number = fc.nat(5);
const steps = fc.oneof(
  fc.constant(signsIn),
  fc.tuple(number, fc.constantFrom(0, 0, 0, 1, 1, 2)).map(([which, back]) => refreshes(which, back)),
  number.map(revokes),
  number.map(changesPassword),
  fc.constantFrom(1, 9, 10, 61, 310, DAY).map(waits),
);

/** Each access token authenticates exactly when the model says so. */
async function expectAgreement(world: World, ask: (token: string) => Promise<boolean>): Promise<void> {
  for (const session of world.sessions) {
    for (const { token, madeAt } of session.accessTokens.slice(-2)) {
      expect(await ask(token)).toBe(isAlive(world, session) && world.now < madeAt + 300 + 5);
    }
  }
}

test('random histories of sign-in, refresh, token reuse, sign-out and password change agree with a model', async () => {
  const app = await testApp({ SESSION_TTL_DAYS: '1', RATE_LIMIT_POINTS: '0' });
  const environmentId = await allowSignIn(app);
  const asKey: Execute = await app.client();
  let count = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { minLength: 5, maxLength: 25, size: 'max' }), async (history) => {
      const email = `someone-${count++}@example.com`;
      await makeUser(asKey, { email, passwordHash: sshaOf(PASSWORD), passwordHashType: 'SSHA' });
      const world: World = { test: app, environmentId, email, sessions: [], now: 0 };
      await signsIn(world);
      for (const step of history) {
        await step(world);
        await expectAgreement(world, async (token) => {
          return (await execute(app.app, token, '{ viewer { user { id } } }')).errors === undefined;
        });
      }
      await expectUsersRebuilt(app.app);
    }),
    { numRuns: runs(12, 150) },
  );
}, 120_000);
