import { expect, test } from 'vitest';
import type { NewIssuer } from '../../src/tokens/issuer.js';
import {
  KEY_SET_COOLDOWN_SECONDS,
  KEY_SET_SECONDS,
  MAX_KEY_SET_BYTES,
  MAX_STALE_KEY_SET_SECONDS,
} from '../../src/tokens/key-set.js';
import { environmentOf, expectRefused, ISSUER, RULES, world } from '../support/access/issuer-world.js';
import { keyPair, keyServer, tokenOf } from '../support/issuer.js';
import { makeUser } from '../support/make.js';
import { testApp } from '../support/test-app.js';

test('reads a rotated key set for a new key ID, without flooding the issuer for unknown ones', async () => {
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
  // A withdrawn key stays valid until the key set is read again.
  w.keys.keys = [next.jwk];
  w.clock.advance(KEY_SET_SECONDS);
  await expectRefused(w, await tokenOf(w.clock, w.pair, w.claims), /NO_MATCHING/);
});

test.each([
  ['answers with an error', 500, 'down'],
  ['answers with HTML', 200, '<html>'],
  ['answers without a key set', 200, '{"keys":7}'],
  ['answers with too many bytes', 200, 'x'.repeat(MAX_KEY_SET_BYTES + 1)],
])('keeps using the cached keys for a day while the issuer %s', async (_, status, body) => {
  const w = await world();
  await w.ask(await tokenOf(w.clock, w.pair, w.claims));
  w.keys.broken = { status, body };
  w.clock.advance(MAX_STALE_KEY_SET_SECONDS - 1);
  expect((await w.ask(await tokenOf(w.clock, w.pair, w.claims))).data.viewer.user.id).toBe(w.userId);
  expect(w.keys.asked).toBe(2);
  expect(w.log.filter(({ msg }) => String(msg).startsWith('failed to fetch the keys of an issuer'))).toHaveLength(1);
  w.clock.advance(KEY_SET_COOLDOWN_SECONDS);
  await expectRefused(w, await tokenOf(w.clock, w.pair, w.claims), 'ERR_JWKS_INVALID');
  w.keys.broken = null;
  w.clock.advance(KEY_SET_COOLDOWN_SECONDS);
  expect((await w.ask(await tokenOf(w.clock, w.pair, w.claims))).data.viewer.user.id).toBe(w.userId);
});

test('reads a key set of the maximum size', async () => {
  const w = await world();
  const text = JSON.stringify({ keys: [w.pair.jwk], padding: '' });
  const body = text.replace('"padding":""', `"padding":"${'x'.repeat(MAX_KEY_SET_BYTES - text.length)}"`);
  expect(Buffer.byteLength(body)).toBe(MAX_KEY_SET_BYTES);
  w.keys.broken = { status: 200, body };
  expect((await w.ask(await tokenOf(w.clock, w.pair, w.claims))).data.viewer.user.id).toBe(w.userId);
});

test('the verifying key determines the environment, and an issuer belongs to only one environment', async () => {
  const w = await world();
  const other = await w.client('other');
  await makeUser(other, { email: 'bob@example.com', externalId: 'ada' });
  const otherId = await environmentOf(w, 'other');
  const { issuers } = w.app.services;
  const add = (more: object) => issuers.add(otherId, { ...RULES, jwksUrl: w.keys.url, publicKey: null, ...more });
  await expect(add({})).rejects.toThrow('has the same name');
  await expect(add({ audience: null })).rejects.toThrow('has the same name');
  const pair = keyPair('second');
  const keys = await keyServer(pair.jwk);
  await add({ audience: 'second', jwksUrl: keys.url, subject: 'EXTERNAL_ID' });
  const second = { iss: ISSUER, aud: 'second', sub: 'ada' };
  const { data } = await w.ask(await tokenOf(w.clock, pair, second));
  expect(data.viewer).toMatchObject({ environment: { name: 'other' }, user: { email: 'bob@example.com' } });
  // Neither key signs tokens for the other environment.
  await expectRefused(w, await tokenOf(w.clock, w.pair, second), /./);
  await expectRefused(w, await tokenOf(w.clock, pair, w.claims), /./);
  expect((await w.ask(await tokenOf(w.clock, w.pair, w.claims))).data.viewer.environment.name).toBe('test');
});

test('rejects tokens of an issuer that was removed', async () => {
  const w = await world();
  const token = await tokenOf(w.clock, w.pair, w.claims);
  expect((await w.ask(token)).errors).toBeUndefined();
  const [issuer] = await w.app.services.issuers.list(w.environmentId);
  expect(await w.app.services.issuers.remove(w.environmentId, issuer?.id ?? '')).toBe(true);
  expect(await w.app.services.issuers.remove(w.environmentId, issuer?.id ?? '')).toBe(false);
  await expectRefused(w, token, 'unknown issuer');
});

test.each([
  ['an empty issuer name', { issuer: '' }, 'The issuer must not be empty'],
  ['a URL without https', { jwksUrl: 'http://id.example.com/keys' }, 'must begin with https://'],
  [
    'a password in the URL',
    { jwksUrl: 'https://user:secret@id.example.com/keys' },
    'must not contain a user or password',
  ],
  ['an invalid URL', { jwksUrl: 'keys' }, 'must begin with https://'],
  ['a private key', { jwksUrl: null, publicKey: '-----BEGIN PRIVATE KEY-----' }, 'not a public key in PEM format'],
  ['an invalid public key', { jwksUrl: null, publicKey: 'nonsense' }, 'not a public key in PEM format'],
  ['a name that is too long', { issuer: 'x'.repeat(1_001) }, 'at most 1000 characters'],
  ['the address of this server', { issuer: 'http://127.0.0.1:4000' }, 'whose tokens are always accepted'],
])('refuses an issuer with %s', async (_, more, message) => {
  const app = await testApp();
  await app.key();
  const source = { jwksUrl: 'https://id.example.com/keys', publicKey: null };
  const add = app.app.services.issuers.add(await environmentOf(app), { ...RULES, ...source, ...more } as NewIssuer);
  await expect(add).rejects.toThrow(message);
});

test('allows MAX_ISSUERS issuers in an environment and MAX_ISSUER_LENGTH characters in a name', async () => {
  const app = await testApp();
  await app.key();
  const id = await environmentOf(app);
  const add = (issuer: string) =>
    app.app.services.issuers.add(id, { ...RULES, issuer, jwksUrl: 'https://id.example.com/keys', publicKey: null });
  await add('x'.repeat(1_000));
  for (let count = 1; count < 100; count++) await add(`issuer ${count}`);
  await expect(add('one more')).rejects.toThrow('at most 100 issuers');
});
