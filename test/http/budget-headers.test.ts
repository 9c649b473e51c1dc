import { describe, expect, test } from 'vitest';
import { send } from '../support/http/sending.js';
import { allowSignIn, signedIn } from '../support/sign-in.js';
import { testApp } from '../support/test-app.js';

describe('budgets', () => {
  test('every response reports its cost, and the headers what is left', async () => {
    const app = await testApp({ RATE_LIMIT_POINTS: '10000', RATE_LIMIT_SECONDS: '60' });
    const secret = await app.key();
    const first = await send(app, { body: { query: '{ users(first: 50) { nodes { id } } }' }, secret });
    const { requested, maximum } = first.body.extensions.cost;
    expect(requested).toBeGreaterThan(50);
    expect(maximum).toBe(10_000);
    expect(first.headers.get('ratelimit-policy')).toBe('"default";q=10000;w=60');
    expect(first.headers.get('ratelimit')).toBe(`"default";r=${10_000 - requested};t=1`);
    const second = await send(app, { body: { query: '{ viewer { rateLimit { remaining cost } } }' }, secret });
    expect(second.body.data.viewer.rateLimit).toEqual({
      cost: second.body.extensions.cost.requested,
      remaining: 10_000 - requested - second.body.extensions.cost.requested,
    });
  });

  test('a signed-in user has a budget of their own', async () => {
    const app = await testApp({ RATE_LIMIT_POINTS: '100', MAX_COST: '100', RATE_LIMIT_SECONDS: '60' });
    const environmentId = await allowSignIn(app);
    const asKey = await app.client();
    const people = [];
    for (const email of ['ada@example.com', 'bob@example.com'])
      people.push(await signedIn(app, asKey, environmentId, { email }));
    const [ada, bob] = people;
    const query = '{ viewer { user { authorizedApplications(first: 60) { nodes { id } } } } }';
    const codes = async (ask = ada?.ask) => (await ask?.(query))?.errors?.map(({ extensions }) => extensions.code);
    expect(await codes()).toBeUndefined();
    const refused = await ada?.ask(query);
    expect(refused?.errors?.[0]?.extensions).toMatchObject({
      code: 'RATE_LIMITED',
      retryAfterSeconds: expect.any(Number),
    });
    expect(await codes(bob?.ask)).toBeUndefined();
    app.clock.advance(Number(refused?.errors?.[0]?.extensions.retryAfterSeconds));
    expect(await codes()).toBeUndefined();
  });

  test('without a budget or a caller, these headers are absent', async () => {
    const app = await testApp({ RATE_LIMIT_POINTS: '0' });
    const known = await send(app, { body: { query: '{ viewer { scopes } }' }, secret: await app.key() });
    const unknown = await send(app, { body: { query: '{ __typename }' } });
    expect([known.headers.get('ratelimit'), unknown.headers.get('ratelimit')]).toEqual([null, null]);
    expect(known.body.extensions.cost.requested).toBeGreaterThan(0);
    expect(unknown.body.extensions).toBeUndefined();
  });
});
