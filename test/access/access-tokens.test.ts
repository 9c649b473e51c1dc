import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { toMilliseconds } from '../../src/runtime/clock.js';
import { type NewIssuer, workosIssuer } from '../../src/tokens/issuer.js';
import { AUDIENCE, expectRefused, ISSUER, type World, world } from '../support/access/issuer-world.js';
import { keyPair, tokenOf } from '../support/issuer.js';

test('authenticates the user that the token of a configured issuer names', async () => {
  const w = await world();
  const { data, errors } = await w.ask(await tokenOf(w.clock, w.pair, w.claims));
  expect(errors).toBeUndefined();
  const user = { id: w.userId, email: 'ada@example.com' };
  expect(data.viewer).toEqual({ user, scopes: [], environment: { name: 'test' }, apiKey: null });
  // The key set is cached, so the second token causes no second request for it.
  await w.ask(await tokenOf(w.clock, w.pair, w.claims));
  expect(w.keys.asked).toBe(1);
});

test.each(['RS256', 'EdDSA', 'ES256'] as const)('verifies %s with a public key given as PEM', async (algorithm) => {
  const pair = keyPair('any', algorithm);
  const w = await world({ jwksUrl: null, publicKey: pair.pem, algorithms: [algorithm] } as Partial<NewIssuer>);
  expect((await w.ask(await tokenOf(w.clock, pair, w.claims, { kid: undefined }))).data.viewer.user.id).toBe(w.userId);
  await expectRefused(w, await tokenOf(w.clock, keyPair('any', algorithm), w.claims), /SIGNATURE/);
});

test('can match the subject with the external ID, as WorkOS tokens require', async () => {
  const w = await world({ subject: 'EXTERNAL_ID' });
  expect((await w.ask(await tokenOf(w.clock, w.pair, { ...w.claims, sub: 'ada' }))).data.viewer.user.id).toBe(w.userId);
  await expectRefused(w, await tokenOf(w.clock, w.pair, w.claims), 'no user with this sub');
  const preset = workosIssuer('client_123', ['users:read']);
  expect(preset).toMatchObject({ issuer: 'https://api.workos.com/user_management/client_123', subject: 'EXTERNAL_ID' });
  await w.app.services.issuers.add(w.environmentId, { ...preset, jwksUrl: w.keys.url, publicKey: null });
  const claims = { iss: preset.issuer, sub: 'ada', permissions: ['users:read', 'users:write', 'posts:read'] };
  expect((await w.ask(await tokenOf(w.clock, w.pair, claims))).data.viewer.scopes).toEqual(['users:read']);
});

describe('rejects a token and writes the reason only to the log', () => {
  type Case = readonly [name: string, token: (world: World) => Promise<string> | string, reason: string | RegExp];
  const b64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const cases: readonly Case[] = [
    ['a wrong signature', (w) => tokenOf(w.clock, { ...keyPair('first') }, w.claims), /SIGNATURE/],
    [
      'a changed payload',
      async (w) => {
        const [head, , signature] = (await tokenOf(w.clock, w.pair, w.claims)).split('.');
        return `${head}.${b64({ ...w.claims, sub: 'user_01E4ZCR3C56J083X43JQXF3JK5', exp: 99_999_999_999 })}.${signature}`;
      },
      /SIGNATURE/,
    ],
    ['alg none', (w) => `${b64({ alg: 'none' })}.${b64({ ...w.claims, exp: 99_999_999_999 })}.`, /algorithm/],
    [
      'HS256 with the public key as secret',
      (w) => {
        const signed = `${b64({ alg: 'HS256', kid: 'first' })}.${b64({ ...w.claims, exp: 99_999_999_999 })}`;
        return `${signed}.${createHmac('sha256', w.pair.pem).update(signed).digest('base64url')}`;
      },
      /algorithm/,
    ],
    [
      'an algorithm that the issuer does not allow',
      async (w) => tokenOf(w.clock, keyPair('first', 'ES256'), w.claims),
      /ALG_NOT_ALLOWED/,
    ],
    ['an expired token', (w) => tokenOf(w.clock, w.pair, w.claims, {}, { exp: -5 }), 'expired'],
    ['no expiry', (w) => tokenOf(w.clock, w.pair, w.claims, {}, { exp: null }), 'claim exp: missing'],
    ['a token that is not valid yet', (w) => tokenOf(w.clock, w.pair, w.claims, {}, { nbf: 6 }), /nbf/],
    ['another issuer', (w) => tokenOf(w.clock, w.pair, { ...w.claims, iss: `${ISSUER}/` }), 'unknown issuer'],
    ['no issuer', (w) => tokenOf(w.clock, w.pair, { aud: AUDIENCE, sub: w.userId }), 'the claim iss is missing'],
    [
      'another audience',
      (w) => tokenOf(w.clock, w.pair, { ...w.claims, aud: 'https://other.example.com' }),
      /claim aud/,
    ],
    ['no audience', (w) => tokenOf(w.clock, w.pair, { iss: ISSUER, sub: w.userId }), /claim aud/],
    ['no subject', (w) => tokenOf(w.clock, w.pair, { iss: ISSUER, aud: AUDIENCE }), 'claim sub: missing'],
    [
      'an unknown user',
      (w) => tokenOf(w.clock, w.pair, { ...w.claims, sub: 'user_01E4ZCR3C56J083X43JQXF3JK5' }),
      'no user with this sub',
    ],
    ['an unknown kid', (w) => tokenOf(w.clock, keyPair('second'), w.claims), 'ERR_JWKS_NO_MATCHING_KEY'],
    ['a logout token', (w) => tokenOf(w.clock, w.pair, w.claims, { typ: 'logout+jwt' }), /typ/],
    [
      'a critical extension',
      (w) =>
        `${b64({ alg: 'RS256', kid: 'first', crit: ['x'], x: 1 })}.${b64({ ...w.claims, exp: 99_999_999_999 })}.AAAA`,
      'ERR_JOSE_NOT_SUPPORTED',
    ],
    ['a string that is not a JWT', () => 'a.b.c', 'not a JWT'],
    [
      'a header that names another key set',
      (w) => tokenOf(w.clock, keyPair('third'), w.claims, { jku: 'http://127.0.0.1:1/' }),
      /NO_MATCHING_KEY/,
    ],
  ];
  test.each(cases)('%s', async (_, token, reason) => {
    const w = await world();
    await expectRefused(w, await token(w), reason);
    // Control: the same server accepts a valid token.
    expect((await w.ask(await tokenOf(w.clock, w.pair, w.claims))).data.viewer.user.id).toBe(w.userId);
  });
});

test('tolerates a clock difference of at most CLOCK_TOLERANCE_SECONDS', async () => {
  const w = await world({}, { CLOCK_TOLERANCE_SECONDS: '10' });
  for (const seconds of [{ exp: -9 }, { nbf: 10 }]) {
    expect((await w.ask(await tokenOf(w.clock, w.pair, w.claims, {}, seconds))).errors).toBeUndefined();
  }
  await expectRefused(w, await tokenOf(w.clock, w.pair, w.claims, {}, { exp: -10 }), 'expired');
  await expectRefused(w, await tokenOf(w.clock, w.pair, w.claims, {}, { nbf: 11 }), /nbf/);
});

test('rejects a token after its user was deleted', async () => {
  const w = await world();
  const token = await tokenOf(w.clock, w.pair, w.claims);
  const asKey = await w.client();
  await asKey('mutation ($id: ID!) { deleteUser(input: { id: $id }) { deletedUserId } }', { id: w.userId });
  await expectRefused(w, token, 'no user with this sub');
});

test('checks expiry against the clock of the app, not of the machine', async () => {
  const w = await world();
  const token = await tokenOf(w.clock, w.pair, w.claims);
  expect(toMilliseconds(w.clock.now())).not.toBe(Date.now());
  w.clock.advance(65);
  await expectRefused(w, token, 'expired');
});
