import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { execute, post, testApp } from '../support/test-app.js';

describe('the budget of an API key', () => {
  const settings = { RATE_LIMIT_POINTS: '300', RATE_LIMIT_SECONDS: '60', MAX_COST: '101' };
  const hundred = '{ users(first: 99) { nodes { id } } }';

  test('can be spent to the last point, and a refusal says when the points are available again', async () => {
    const app = await testApp(settings);
    const key = await app.key();
    for (const _ of [1, 2, 3]) expect((await execute(app.app, key, hundred)).errors).toBeUndefined();
    const refused = await post(app.app, key, { query: '{ users(first: 1) { nodes { id } } }' });
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
    const answer = await refused.json();
    expect(answer.errors[0].extensions).toMatchObject({ code: 'RATE_LIMITED', retryAfterSeconds: 1, cost: 2 });
    expect(answer.data).toBeUndefined();
    // A hundred points are available again after twenty seconds, and not a second earlier.
    const again = await execute(app.app, key, hundred);
    expect(again.errors?.[0]?.extensions).toMatchObject({ retryAfterSeconds: 20 });
    app.clock.advance(19);
    expect((await execute(app.app, key, hundred)).errors).toHaveLength(1);
    app.clock.advance(1);
    expect((await execute(app.app, key, hundred)).errors).toBeUndefined();
  });

  test('is readable by its owner, and null without a limit', async () => {
    const app = await testApp(settings);
    const ask = await app.client();
    await ask(hundred);
    const budget = '{ viewer { rateLimit { cost limit remaining resetAt } } }';
    // The query costs 2 points. 102 of 300 points per 60 seconds are available again after 20.4 seconds.
    expect((await ask(budget)).data.viewer.rateLimit).toEqual({
      ...{ cost: 2, limit: 300, remaining: 198 },
      resetAt: '2026-01-15T12:00:20.400Z',
    });
    const free = await testApp({ ...settings, RATE_LIMIT_POINTS: '0' });
    expect((await (await free.client())(budget)).data.viewer.rateLimit).toBeNull();
  });

  test('does not affect other keys', async () => {
    const app = await testApp(settings);
    const [one, other] = [await app.key(), await app.key()];
    for (const _ of [1, 2, 3]) await execute(app.app, one, hundred);
    expect((await execute(app.app, one, hundred)).errors).toHaveLength(1);
    expect((await execute(app.app, other, hundred)).errors).toBeUndefined();
  });

  test('is not charged for operations that are refused earlier', async () => {
    const app = await testApp(settings);
    const key = await app.key();
    for (let i = 0; i < 10; i++) await execute(app.app, key, '{ users(first: 101) { nodes { id } } }');
    for (const _ of [1, 2, 3]) expect((await execute(app.app, key, hundred)).errors).toBeUndefined();
  });

  test('is unlimited when RATE_LIMIT_POINTS is 0', async () => {
    const app = await testApp({ ...settings, RATE_LIMIT_POINTS: '0' });
    const key = await app.key();
    for (let i = 0; i < 10; i++) expect((await execute(app.app, key, hundred)).errors).toBeUndefined();
  });
});

describe('an operation that exceeds the time limit', () => {
  test('returns TIMEOUT, reads nothing more and stops its timer', async () => {
    const timers: { ms: number; end: () => void; isRunning: boolean }[] = [];
    const app = await testApp(
      { REQUEST_TIMEOUT_SECONDS: '7' },
      {
        startTimer: (ms, end) => {
          const timer = { ms, end, isRunning: true };
          timers.push(timer);
          return () => {
            timer.isRunning = false;
          };
        },
      },
    );
    const key = await app.key();
    await execute(app.app, key, '{ users { nodes { id } } }');
    expect(timers).toMatchObject([{ ms: 7_000, isRunning: false }]);
    timers.length = 0;

    // Another connection holds the write lock, so the mutation waits until its time is over.
    const other = new Database(`${app.folder}/test.db`);
    other.exec('begin immediate');
    const query = `mutation { a: createUser(input: { email: "a@example.com" }) { user { id } }
      b: createUser(input: { email: "b@example.com" }) { user { id } } }`;
    const asking = post(app.app, key, { query });
    while (timers.length === 0) await new Promise(setImmediate);
    timers[0]?.end();
    const response = await asking;
    expect(response.status).toBe(504);
    expect((await response.json()).errors[0]).toMatchObject({ extensions: { code: 'TIMEOUT', limitSeconds: 7 } });
    other.exec('rollback');
    other.close();
    // Neither write had started when the time was over, so neither takes effect.
    await execute(app.app, key, 'mutation { createUser(input: { email: "c@example.com" }) { user { id } } }');
    const { data } = await execute(app.app, key, '{ users { nodes { email } } }');
    expect(data.users.nodes).toEqual([{ email: 'c@example.com' }]);
  });
});
