import { expect, onTestFinished, test } from 'vitest';
import { holdWrites, newDatabase } from '../support/processes/new-database.js';
import { CREATE, createKey, serve } from '../support/processes/process.js';

const MAX = 10;

test('beyond the requests that may wait, the answer is 503 at once, and health checks go on', async () => {
  const { settings } = await newDatabase();
  const { secret } = await createKey(settings);
  const { url } = await serve({ ...settings, MAX_WAITING_REQUESTS: String(MAX), LOG_LEVEL: 'info' });
  const at = (path: string) => fetch(new URL(path, url));
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${secret}` };
  const ask = (query: string, variables: object = {}, more: object = {}) =>
    fetch(url, { method: 'POST', headers: { ...headers, ...more }, body: JSON.stringify({ query, variables }) });

  // A stream has its answer and does not wait.
  const streams = await Promise.all(
    Array.from({ length: MAX }, () =>
      ask('subscription { events { cursor } }', {}, { accept: 'text/event-stream', connection: 'keep-alive' }),
    ),
  );
  onTestFinished(async () => {
    for (const { body } of streams) await body?.cancel();
  });
  expect((await ask('{ viewer { scopes } }')).status).toBe(200);

  // Another program holds the database, so writes wait.
  const letGo = await holdWrites(settings);
  const refused: Response[] = [];
  const answers = Array.from({ length: 3 * MAX }, async (_, index) => {
    const answer = await ask(CREATE, { input: { email: `u${index}@example.com` } });
    if (answer.status === 503) refused.push(answer);
    return answer;
  });
  await expect.poll(() => refused.length).toBe(2 * MAX);
  const [first] = refused;
  const requestId = first?.headers.get('x-request-id');
  expect(first?.headers.get('retry-after')).toBe('1');
  expect(await first?.json()).toMatchObject({ errors: [{ extensions: { code: 'SERVICE_UNAVAILABLE', requestId } }] });
  expect((await ask('{ viewer { scopes } }')).status).toBe(503);
  const overRest = await fetch(new URL('/user_management/users', url), { headers });
  expect([overRest.status, overRest.headers.get('retry-after')]).toEqual([503, '1']);
  expect(await overRest.json()).toEqual({ code: 'service_unavailable', message: expect.stringContaining('waiting') });
  expect([(await at('/livez')).status, (await at('/readyz')).status]).toEqual([200, 200]);

  await letGo();
  const rest = (await Promise.all(answers)).filter(({ status }) => status === 200);
  const created = await Promise.all(rest.map(async (answer) => (await answer.json()).data.createUser.user));
  expect(created.filter(Boolean)).toHaveLength(MAX);
  expect((await ask('{ viewer { scopes } }')).status).toBe(200);
}, 60_000);
