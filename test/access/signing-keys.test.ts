import { decodeJwt, decodeProtectedHeader, importJWK, jwtVerify } from 'jose';
import { describe, expect, test } from 'vitest';
import { createApp } from '../../src/app.js';
import { loadConfig } from '../../src/config/config.js';
import type { EnvironmentId } from '../../src/domain/ids.js';
import { createLogger } from '../../src/runtime/logger.js';
import { RETIRED_KEY_SECONDS } from '../../src/tokens/signing-key.js';
import { ADA, atOnce, ME, REFRESH, type World, world } from '../support/access/sign-in-world.js';
import { allowSignIn, PASSWORD, SIGN_IN, signedIn, signIn } from '../support/sign-in.js';
import { execute } from '../support/test-app.js';

test('issues access tokens as RFC 9068 specifies, which the published keys verify', async () => {
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
  // The key set contains no private parameters.
  expect(keys.flatMap((key) => Object.keys(key)).filter((name) => ['d', 'p', 'q', 'k'].includes(name))).toEqual([]);
  const { payload } = await jwtVerify(tokens.accessToken, await importJWK(keys[0] ?? {}, 'EdDSA'), {
    issuer: 'https://users.example.com',
    audience: w.environmentId,
    currentDate: new Date(w.clock.now()),
  });
  expect(payload).toMatchObject({ sub: userId, sid: tokens.sessionId, jti: expect.any(String) });
  expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(60);
});

test('publishes the keys of the environment in the query string, or of the only environment', async () => {
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

describe('signing keys', () => {
  const environment = ({ environmentId }: World) => environmentId as EnvironmentId; // the app returned it

  test('sign new tokens after a rotation, and keep verifying the tokens of the previous key', async () => {
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

  test('can be withdrawn at once, e.g. after a theft', async () => {
    const w = await world();
    const { tokens } = await signedIn(w, w.asKey, w.environmentId, ADA);
    await w.app.services.signingKeys.rotate(environment(w), 'EdDSA', true);
    expect((await execute(w.app, tokens.accessToken, ME)).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
    expect((await execute(w.app, null, REFRESH, { token: tokens.refreshToken })).data.refreshSession.errors).toEqual(
      [],
    );
  });

  test('cannot be opened with another SECRET_KEY, which the log says and the answer does not', async () => {
    const w = await world();
    await signedIn(w, w.asKey, w.environmentId, ADA);
    const lines: string[] = [];
    const settings = {
      ...w.settings,
      NODE_ENV: 'test',
      SECRET_KEY: 'another'.repeat(5),
    };
    const logger = createLogger('error', { write: (line) => lines.push(line) });
    const app = await createApp(loadConfig(settings), { clock: w.clock, logger, startTimer: atOnce });
    const input = { environmentId: w.environmentId, ...ADA, password: PASSWORD };
    const { errors } = await execute(app, null, SIGN_IN, { input });
    expect(errors?.[0]).toMatchObject({ extensions: { code: 'SERVICE_UNAVAILABLE' } });
    expect(lines.some((line) => line.includes('the signing key cannot be decrypted'))).toBe(true);
    await app.services.signingKeys.rotate(environment(w), 'EdDSA', true);
    expect((await execute(app, null, SIGN_IN, { input })).data.authenticateWithPassword.errors).toEqual([]);
    await app.close();
  });

  test('sign tokens for their own environment only', async () => {
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
