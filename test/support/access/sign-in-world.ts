import type { StartTimer } from '../../../src/runtime/timer.js';
import { allowSignIn, PASSWORD, SIGN_IN, sshaOf } from '../sign-in.js';
import { type Answer, type Execute, execute, type TestApp, testApp } from '../test-app.js';

/** Timers that are over at once: what is paced need not be waited for. */
export const atOnce: StartTimer = (ms, onEnd) => {
  if (ms !== 500) return () => {};
  const turn = setImmediate(onEnd);
  return () => clearImmediate(turn);
};

export interface World extends TestApp {
  readonly asKey: Execute;
  readonly environmentId: string;
  try(input: object): Promise<Answer>;
  events(): Promise<{ name: string; userId?: string }[]>;
}

const EVENTS = `{ events(orderBy: { direction: ASC }) { nodes {
  name actor { source id } ... on AuthenticationEvent { userId ipAddress userAgent } ... on SessionEvent { userId sessionId }
} } }`;

export async function world(settings: Record<string, string> = {}, startTimer: StartTimer = atOnce): Promise<World> {
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

export const hashed = { passwordHash: sshaOf(PASSWORD), passwordHashType: 'SSHA' } as const;
export const ADA = { email: 'ada@example.com' };

export const REFRESH = `mutation ($token: String!) { refreshSession(input: { refreshToken: $token }) {
  tokens { sessionId accessToken refreshToken scopes } errors { ... on MutationError { code path } }
} }`;
export const ME = '{ viewer { user { id } } }';
