import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { toMilliseconds } from '../src/clock.js';
import type { EnvironmentId } from '../src/ids.js';
import { createLogger } from '../src/logger.js';
import { type NewIssuer, workosIssuer } from '../src/tokens/issuer.js';
import {
  KEY_SET_COOLDOWN_SECONDS,
  KEY_SET_SECONDS,
  MAX_KEY_SET_BYTES,
  MAX_STALE_KEY_SET_SECONDS,
} from '../src/tokens/key-set.js';
import { type KeyPair, type KeyServer, keyPair, keyServer, tokenOf } from './support/issuer.js';
import { makeUser } from './support/make.js';
import { type Answer, execute, type TestApp, testApp } from './support/test-app.js';

const ISSUER = 'https://id.example.com';
const AUDIENCE = 'https://api.example.com';
const WHO = '{ viewer { user { id email } scopes environment { name } apiKey { id } } }';

interface World extends TestApp {
  readonly userId: string;
  readonly environmentId: EnvironmentId;
  readonly pair: KeyPair;
  readonly keys: KeyServer;
  readonly log: Record<string, unknown>[];
  readonly claims: { readonly iss: string; readonly aud: string; readonly sub: string };
  ask(token: string, query?: string): Promise<Answer>;
}

const RULES = {
  issuer: ISSUER,
  audience: AUDIENCE,
  algorithms: ['RS256'],
  subject: 'ID',
  scopes: [],
  scopesClaim: 'scope',
} as const;

async function environmentOf({ app }: TestApp, name = 'test'): Promise<EnvironmentId> {
  const environment = await app.services.environments.findByName(app.db.reader, name);
  if (!environment) throw new Error('There is one.');
  return environment.id;
}

/** An environment with a user, and an issuer whose tokens it believes. */
async function world(more: Partial<NewIssuer> = {}, settings: Record<string, string> = {}): Promise<World> {
  const log: Record<string, unknown>[] = [];
  const logger = createLogger('info', { write: (line) => log.push(JSON.parse(line)) });
  const app = await testApp(settings, { logger });
  const userId = await makeUser(await app.client(), { email: 'ada@example.com', externalId: 'ada' });
  const pair = keyPair('first');
  const keys = await keyServer(pair.jwk);
  const environmentId = await environmentOf(app);
  const source = { jwksUrl: keys.url, publicKey: null };
  await app.app.services.issuers.add(environmentId, { ...RULES, ...source, ...more } as NewIssuer);
  const claims = { iss: ISSUER, aud: AUDIENCE, sub: userId };
  return {
    ...app,
    userId,
    environmentId,
    pair,
    keys,
    log,
    claims,
    ask: (token, query = WHO) => execute(app.app, token, query),
  };
}

/** Asserts that the token is refused in the words of every refusal, and that the log alone knows why. */
async function expectRefused({ ask, log }: World, token: string, reason: string | RegExp): Promise<void> {
  log.length = 0;
  const { errors } = await ask(token);
  expect(errors?.map(({ message, extensions }) => [extensions.code, message])).toEqual([
    ['UNAUTHENTICATED', 'The access token is not valid, or has expired: sign in again, or refresh the session.'],
  ]);
  const [line] = log.filter(({ msg }) => msg === 'access token refused');
  expect(line?.reason).toEqual(typeof reason === 'string' ? reason : expect.stringMatching(reason));
  expect(JSON.stringify(log)).not.toContain('ada@example.com');
}

test('a token of a believed issuer asks as the user it names', async () => {
  const w = await world();
  const { data, errors } = await w.ask(await tokenOf(w.clock, w.pair, w.claims));
  expect(errors).toBeUndefined();
  const user = { id: w.userId, email: 'ada@example.com' };
  expect(data.viewer).toEqual({ user, scopes: [], environment: { name: 'test' }, apiKey: null });
  // Kept: the second token needs no second look at the keys.
  await w.ask(await tokenOf(w.clock, w.pair, w.claims));
  expect(w.keys.asked).toBe(1);
});

test.each(['RS256', 'EdDSA', 'ES256'] as const)('a key given as PEM verifies %s', async (algorithm) => {
  const pair = keyPair('any', algorithm);
  const w = await world({ jwksUrl: null, publicKey: pair.pem, algorithms: [algorithm] } as Partial<NewIssuer>);
  expect((await w.ask(await tokenOf(w.clock, pair, w.claims, { kid: undefined }))).data.viewer.user.id).toBe(w.userId);
  await expectRefused(w, await tokenOf(w.clock, keyPair('any', algorithm), w.claims), /SIGNATURE/);
});

test('the subject can be the external id, as WorkOS tokens have it', async () => {
  const w = await world({ subject: 'EXTERNAL_ID' });
  expect((await w.ask(await tokenOf(w.clock, w.pair, { ...w.claims, sub: 'ada' }))).data.viewer.user.id).toBe(w.userId);
  await expectRefused(w, await tokenOf(w.clock, w.pair, w.claims), 'no user with this sub');
  const preset = workosIssuer('client_123', ['users:read']);
  expect(preset).toMatchObject({ issuer: 'https://api.workos.com/user_management/client_123', subject: 'EXTERNAL_ID' });
  await w.app.services.issuers.add(w.environmentId, { ...preset, jwksUrl: w.keys.url, publicKey: null });
  const claims = { iss: preset.issuer, sub: 'ada', permissions: ['users:read', 'users:write', 'posts:read'] };
  expect((await w.ask(await tokenOf(w.clock, w.pair, claims))).data.viewer.scopes).toEqual(['users:read']);
});

describe('a token is refused, and the log alone says why', () => {
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
      'an algorithm that this issuer may not use',
      async (w) => tokenOf(w.clock, keyPair('first', 'ES256'), w.claims),
      /ALG_NOT_ALLOWED/,
    ],
    ['expired', (w) => tokenOf(w.clock, w.pair, w.claims, {}, { exp: -5 }), 'expired'],
    ['without an end', (w) => tokenOf(w.clock, w.pair, w.claims, {}, { exp: null }), 'claim exp: missing'],
    ['not yet valid', (w) => tokenOf(w.clock, w.pair, w.claims, {}, { nbf: 6 }), /nbf/],
    ['another issuer', (w) => tokenOf(w.clock, w.pair, { ...w.claims, iss: `${ISSUER}/` }), 'unknown issuer'],
    ['no issuer', (w) => tokenOf(w.clock, w.pair, { aud: AUDIENCE, sub: w.userId }), 'it names no issuer'],
    [
      'another audience',
      (w) => tokenOf(w.clock, w.pair, { ...w.claims, aud: 'https://other.example.com' }),
      /claim aud/,
    ],
    ['no audience', (w) => tokenOf(w.clock, w.pair, { iss: ISSUER, sub: w.userId }), /claim aud/],
    ['no subject', (w) => tokenOf(w.clock, w.pair, { iss: ISSUER, aud: AUDIENCE }), 'claim sub: missing'],
    [
      'nobody',
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
    ['no JWT at all', () => 'a.b.c', 'it is no JWT'],
    [
      'a key that names another place',
      (w) => tokenOf(w.clock, keyPair('third'), w.claims, { jku: 'http://127.0.0.1:1/' }),
      /NO_MATCHING_KEY/,
    ],
  ];
  test.each(cases)('%s', async (_, token, reason) => {
    const w = await world();
    await expectRefused(w, await token(w), reason);
    // The control: the same world takes a good one.
    expect((await w.ask(await tokenOf(w.clock, w.pair, w.claims))).data.viewer.user.id).toBe(w.userId);
  });
});

test('clocks may be off by CLOCK_TOLERANCE_SECONDS and no more', async () => {
  const w = await world({}, { CLOCK_TOLERANCE_SECONDS: '10' });
  for (const seconds of [{ exp: -9 }, { nbf: 10 }]) {
    expect((await w.ask(await tokenOf(w.clock, w.pair, w.claims, {}, seconds))).errors).toBeUndefined();
  }
  await expectRefused(w, await tokenOf(w.clock, w.pair, w.claims, {}, { exp: -10 }), 'expired');
  await expectRefused(w, await tokenOf(w.clock, w.pair, w.claims, {}, { nbf: 11 }), /nbf/);
});

test('a rotated key is found by the first token it signs; made-up ones do not flood the issuer', async () => {
  const w = await world();
  await w.ask(await tokenOf(w.clock, w.pair, w.claims));
  const next = keyPair('next');
  w.keys.keys = [w.pair.jwk, next.jwk];
  w.clock.advance(KEY_SET_COOLDOWN_SECONDS);
  expect((await w.ask(await tokenOf(w.clock, next, w.claims))).data.viewer.user.id).toBe(w.userId);
  expect(w.keys.asked).toBe(2);
  for (const kid of ['x', 'y', 'z'])
    await expectRefused(w, await tokenOf(w.clock, keyPair(kid), w.claims), /NO_MATCHING/);
  expect(w.keys.asked).toBe(2);
  w.clock.advance(KEY_SET_COOLDOWN_SECONDS);
  const made = await Promise.all(['a', 'b', 'c', 'd'].map((kid) => tokenOf(w.clock, keyPair(kid), w.claims)));
  await Promise.all(made.map((token) => w.ask(token)));
  expect(w.keys.asked).toBe(3);
  // One that is withdrawn is good until the keys are looked at again.
  w.keys.keys = [next.jwk];
  w.clock.advance(KEY_SET_SECONDS);
  await expectRefused(w, await tokenOf(w.clock, w.pair, w.claims), /NO_MATCHING/);
});

test.each([
  ['answers errors', 500, 'down'],
  ['answers nonsense', 200, '<html>'],
  ['answers no key set', 200, '{"keys":7}'],
  ['answers too much', 200, 'x'.repeat(MAX_KEY_SET_BYTES + 1)],
])('while the issuer %s its keys go on being used, for a day', async (_, status, body) => {
  const w = await world();
  await w.ask(await tokenOf(w.clock, w.pair, w.claims));
  w.keys.broken = { status, body };
  w.clock.advance(MAX_STALE_KEY_SET_SECONDS - 1);
  expect((await w.ask(await tokenOf(w.clock, w.pair, w.claims))).data.viewer.user.id).toBe(w.userId);
  expect(w.keys.asked).toBe(2);
  expect(w.log.filter(({ msg }) => String(msg).startsWith('the keys of an issuer could not be read'))).toHaveLength(1);
  w.clock.advance(KEY_SET_COOLDOWN_SECONDS);
  await expectRefused(w, await tokenOf(w.clock, w.pair, w.claims), 'ERR_JWKS_INVALID');
  w.keys.broken = null;
  w.clock.advance(KEY_SET_COOLDOWN_SECONDS);
  expect((await w.ask(await tokenOf(w.clock, w.pair, w.claims))).data.viewer.user.id).toBe(w.userId);
});

test('a key set of the largest size is read', async () => {
  const w = await world();
  const text = JSON.stringify({ keys: [w.pair.jwk], padding: '' });
  const body = text.replace('"padding":""', `"padding":"${'x'.repeat(MAX_KEY_SET_BYTES - text.length)}"`);
  expect(Buffer.byteLength(body)).toBe(MAX_KEY_SET_BYTES);
  w.keys.broken = { status: 200, body };
  expect((await w.ask(await tokenOf(w.clock, w.pair, w.claims))).data.viewer.user.id).toBe(w.userId);
});

test('the key that verified a token tells the environment, and an issuer belongs to one alone', async () => {
  const w = await world();
  const other = await w.client('other');
  await makeUser(other, { email: 'bob@example.com', externalId: 'ada' });
  const otherId = await environmentOf(w, 'other');
  const { issuers } = w.app.services;
  const add = (more: object) => issuers.add(otherId, { ...RULES, jwksUrl: w.keys.url, publicKey: null, ...more });
  await expect(add({})).rejects.toThrow('could not be told from it');
  await expect(add({ audience: null })).rejects.toThrow('could not be told from it');
  const pair = keyPair('second');
  const keys = await keyServer(pair.jwk);
  await add({ audience: 'second', jwksUrl: keys.url, subject: 'EXTERNAL_ID' });
  const second = { iss: ISSUER, aud: 'second', sub: 'ada' };
  const { data } = await w.ask(await tokenOf(w.clock, pair, second));
  expect(data.viewer).toMatchObject({ environment: { name: 'other' }, user: { email: 'bob@example.com' } });
  // Neither key speaks for the other environment.
  await expectRefused(w, await tokenOf(w.clock, w.pair, second), /./);
  await expectRefused(w, await tokenOf(w.clock, pair, w.claims), /./);
  expect((await w.ask(await tokenOf(w.clock, w.pair, w.claims))).data.viewer.environment.name).toBe('test');
});

test('an issuer that is removed is believed no longer', async () => {
  const w = await world();
  const token = await tokenOf(w.clock, w.pair, w.claims);
  expect((await w.ask(token)).errors).toBeUndefined();
  const [issuer] = await w.app.services.issuers.list(w.environmentId);
  expect(await w.app.services.issuers.remove(w.environmentId, issuer?.id ?? '')).toBe(true);
  expect(await w.app.services.issuers.remove(w.environmentId, issuer?.id ?? '')).toBe(false);
  await expectRefused(w, token, 'unknown issuer');
});

test('a user who is deleted asks no longer', async () => {
  const w = await world();
  const token = await tokenOf(w.clock, w.pair, w.claims);
  const asKey = await w.client();
  await asKey('mutation ($id: ID!) { deleteUser(input: { id: $id }) { deletedUserId } }', { id: w.userId });
  await expectRefused(w, token, 'no user with this sub');
});

test.each([
  ['no issuer', { issuer: '' }, 'The issuer is not empty'],
  ['no https', { jwksUrl: 'http://id.example.com/keys' }, 'begins with https://'],
  ['a password in it', { jwksUrl: 'https://user:secret@id.example.com/keys' }, 'no user and password'],
  ['no address', { jwksUrl: 'keys' }, 'begins with https://'],
  ['a private key', { jwksUrl: null, publicKey: '-----BEGIN PRIVATE KEY-----' }, 'no public key as PEM'],
  ['no key', { jwksUrl: null, publicKey: 'nonsense' }, 'no public key as PEM'],
  ['one that is too long', { issuer: 'x'.repeat(1_001) }, 'at most 1000 characters'],
  ['our own address', { issuer: 'http://127.0.0.1:4000' }, 'tokens of our own need no issuer'],
])('an issuer with %s is not added', async (_, more, message) => {
  const app = await testApp();
  await app.key();
  const source = { jwksUrl: 'https://id.example.com/keys', publicKey: null };
  const add = app.app.services.issuers.add(await environmentOf(app), { ...RULES, ...source, ...more } as NewIssuer);
  await expect(add).rejects.toThrow(message);
});

test('an environment has at most MAX_ISSUERS, each with a name of at most MAX_ISSUER_LENGTH characters', async () => {
  const app = await testApp();
  await app.key();
  const id = await environmentOf(app);
  const add = (issuer: string) =>
    app.app.services.issuers.add(id, { ...RULES, issuer, jwksUrl: 'https://id.example.com/keys', publicKey: null });
  await add('x'.repeat(1_000));
  for (let count = 1; count < 100; count++) await add(`issuer ${count}`);
  await expect(add('one more')).rejects.toThrow('at most 100 issuers');
});

test('the clock of the app decides, not that of the machine', async () => {
  const w = await world();
  const token = await tokenOf(w.clock, w.pair, w.claims);
  expect(toMilliseconds(w.clock.now())).not.toBe(Date.now());
  w.clock.advance(65);
  await expectRefused(w, token, 'expired');
});
