import { describe, expect, test } from 'vitest';
import { createApp } from '../../src/app.js';
import { loadConfig } from '../../src/config/config.js';
import { createLogger } from '../../src/runtime/logger.js';
import {
  MAX_SIGN_INS_PER_DAY,
  MAX_SIGN_INS_PER_MINUTE,
  MAX_SIGN_INS_PER_NETWORK_ADDRESS,
} from '../../src/sessions/sign-in-attempt.js';
import { ADA, atOnce, hashed, type World, world } from '../support/access/sign-in-world.js';
import { makeUser } from '../support/make.js';
import { codesOf, SIGN_IN } from '../support/sign-in.js';
import { type Answer, execute, type TestApp } from '../support/test-app.js';

describe('sign-in attempts', () => {
  const attempt = async (w: World, input: object) => codesOf(await w.try(input), 'authenticateWithPassword');

  test.each([
    ['known', 'ada@example.com'],
    ['unknown', 'eve@example.com'],
  ])('are limited to MAX_SIGN_INS_PER_MINUTE for a %s email address, right passwords included', async (_, email) => {
    const w = await world();
    await makeUser(w.asKey, { ...ADA, ...hashed });
    for (let count = 0; count < MAX_SIGN_INS_PER_MINUTE; count++) {
      expect(await attempt(w, { email, password: 'wrong' })).toEqual(['INVALID_CREDENTIALS']);
    }
    w.clock.advance(20);
    const { data } = await w.try({ email: email.toUpperCase() });
    expect(data.authenticateWithPassword.errors).toMatchObject([{ code: 'TOO_MANY_REQUESTS', retryAfterSeconds: 40 }]);
    w.clock.advance(39);
    expect(await attempt(w, { email })).toEqual(['TOO_MANY_REQUESTS']);
    w.clock.advance(1);
    expect(await attempt(w, { email })).toEqual(email === ADA.email ? [] : ['INVALID_CREDENTIALS']);
    // Attempts for one address do not count for another.
    expect(await attempt(w, { email: 'other@example.com' })).toEqual(['INVALID_CREDENTIALS']);
  });

  test('are limited to MAX_SIGN_INS_PER_DAY for one email address', async () => {
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

  test('are limited to MAX_SIGN_INS_PER_NETWORK_ADDRESS, by the address that the trusted proxy reports', async () => {
    const w = await world({ TRUSTED_PROXIES: '1' });
    const from = async (forwarded: string, number: number) => {
      const input = { environmentId: w.environmentId, email: `nobody-${number}@example.com`, password: 'wrong' };
      const headers = { 'content-type': 'application/json', 'x-forwarded-for': forwarded };
      const body = JSON.stringify({ query: SIGN_IN, variables: { input } });
      const response = await w.app.fetch(new Request('http://localhost/graphql', { method: 'POST', headers, body }));
      return codesOf((await response.json()) as Answer, 'authenticateWithPassword')[0];
    };
    for (let count = 0; count < MAX_SIGN_INS_PER_NETWORK_ADDRESS; count++) {
      // The first entry, which the client sets, changes. The entry of the proxy does not. The last hop is the socket's
      // address, which is missing here.
      expect(await from(`10.0.0.${count}, 192.0.2.1, `, count)).toBe('INVALID_CREDENTIALS');
    }
    expect(await from('10.1.1.1, 192.0.2.1, ', 1_000)).toBe('TOO_MANY_REQUESTS');
    expect(await from('192.0.2.1, 192.0.2.2, ', 1_001)).toBe('INVALID_CREDENTIALS');
  });

  test('are allowed once per operation, even through fragments and aliases', async () => {
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

  test('are limited exactly for 5,000 parallel guesses, in batches and across restarts', async () => {
    const w = await world();
    await makeUser(w.asKey, { ...ADA, ...hashed });
    const settings = { ...w.settings, NODE_ENV: 'test' };
    const counts = new Map<string, number>();
    const guess = async (app: Pick<TestApp['app'], 'fetch'>, number: number) => {
      const input = {
        environmentId: w.environmentId,
        email: number % 2 ? 'ada@example.com' : 'ADA@EXAMPLE.COM',
        password: `guess ${number}`,
      };
      const one = { query: SIGN_IN, variables: { input } };
      // Every tenth request is a batch, which the server refuses as a whole.
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
    // Control: the right password signs in after the minute is over.
    w.clock.advance(60);
    expect(await attempt(w, ADA)).toEqual([]);
  }, 120_000);
});
