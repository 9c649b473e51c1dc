import { expect, test } from 'vitest';
import { allowSignIn, signedIn, type Tokens } from '../support/sign-in.js';
import { execute, type TestApp, testApp } from '../support/test-app.js';

const VIEWER = '{ viewer { scopes } }';

async function world(settings: Record<string, string> = {}) {
  const app = await testApp(settings);
  const asKey = await app.client();
  const { tokens } = await signedIn(app, asKey, await allowSignIn(app), { email: 'ada@example.com' });
  return { app, asKey, tokens };
}

/** The code of the answer, and the number of statements, all of which authenticate. */
async function ask({ app, statements }: TestApp, { accessToken }: Tokens) {
  statements.length = 0;
  const { errors } = await execute(app, accessToken, VIEWER);
  return [errors?.[0]?.extensions.code ?? 'OK', statements.length];
}

test('a token is read from the database once until the next commit', async () => {
  const { app, asKey, tokens } = await world();
  const [code, first] = await ask(app, tokens);
  expect([code, first]).toEqual(['OK', 3]);
  expect(await ask(app, tokens)).toEqual(['OK', 0]);
  await asKey('mutation { createOrganization(input: { name: "New" }) { organization { id } } }');
  expect(await ask(app, tokens)).toEqual(['OK', 3]);
});

test('a remembered token is refused when its session is revoked', async () => {
  const { app, tokens } = await world();
  await ask(app, tokens);
  expect(await ask(app, tokens)).toEqual(['OK', 0]);
  const revoke = `mutation { revokeSession(input: { refreshToken: "${tokens.refreshToken}" }) { revokedSessionId } }`;
  expect((await execute(app.app, null, revoke)).errors).toBeUndefined();
  expect((await ask(app, tokens))[0]).toBe('UNAUTHENTICATED');
});

test('a remembered token is refused when it expires, without a commit', async () => {
  const { app, tokens } = await world({ ACCESS_TOKEN_TTL_SECONDS: '300' });
  await ask(app, tokens);
  app.clock.advance(299);
  expect(await ask(app, tokens)).toEqual(['OK', 0]);
  app.clock.advance(62);
  expect((await ask(app, tokens))[0]).toBe('UNAUTHENTICATED');
});
