import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { isOnPostgres } from '../support/postgres/database.js';
import { newDatabase } from '../support/processes/new-database.js';
import {
  type Child,
  CREATE,
  createKey,
  freePort,
  run,
  says,
  serve,
  start,
  stop,
} from '../support/processes/process.js';

const WORKERS = { WORKERS: '2' };

/** Sends over a new connection, so that each request can reach another worker. */
async function post(url: string, secret: string, query: string, variables: object = {}) {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${secret}`, connection: 'close' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
  return { status: response.status, json: await response.json() };
}

function workersOf({ pid }: Child): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
}

test('two workers serve one port: writes, keys and budgets are those of one server', async () => {
  const { settings, sql } = await newDatabase();
  const { secret, id } = await createKey(settings);
  const { child, url } = await serve({
    ...settings,
    ...WORKERS,
    MAX_COST: '2000',
    RATE_LIMIT_POINTS: '2000',
    RATE_LIMIT_SECONDS: '3600',
  });
  expect(workersOf(child)).toHaveLength(2);
  const { secret: other } = await createKey(settings);
  const created = await Promise.all(
    Array.from({ length: 100 }, (_, index) => post(url, other, CREATE, { input: { email: `u${index}@example.com` } })),
  );
  expect(created.filter(({ json }) => json.data?.createUser.user)).toHaveLength(100);
  const [log] = await sql(
    "select count(*) as events, max(sequence) - min(sequence) as range from events where name = 'user.created'",
  );
  expect([Number(log?.events), Number(log?.range)]).toEqual([100, 99]);

  // Both workers have some of the points in advance, and none is lost.
  const ELEVEN_POINTS = '{ users { totalCount } }';
  const statuses = await Promise.all(
    Array.from({ length: 200 }, async () => (await post(url, secret, ELEVEN_POINTS)).status),
  );
  expect(statuses.filter((status) => status === 200)).toHaveLength(Math.floor(2_000 / 11));
  expect(statuses.filter((status) => status === 429)).toHaveLength(200 - Math.floor(2_000 / 11));

  await run(['keys', 'revoke', '--environment', 'e1', '--id', id], settings);
  const refused = await Promise.all(Array.from({ length: 8 }, () => post(url, secret, '{ viewer { scopes } }')));
  expect(new Set(refused.map(({ status }) => status))).toEqual(new Set([401]));
  expect(await stop(child)).toBe(0);
}, 60_000);

test('a stream delivers what other workers write', async () => {
  const { settings } = await newDatabase();
  const { secret } = await createKey(settings);
  const { url } = await serve({ ...settings, ...WORKERS });
  const agent = new Agent({ keepAlive: false });
  const subscription = JSON.stringify({ query: 'subscription { events { node { name } } }' });
  const texts = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const held = { text: '' };
      const headers = {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        authorization: `Bearer ${secret}`,
      };
      const sent = request(url, { method: 'POST', agent, headers });
      sent.end(subscription);
      await new Promise<void>((resolve) => {
        sent.on('response', (response) => {
          response.setEncoding('utf8').on('data', (chunk: string) => {
            held.text += chunk;
            resolve();
          });
        });
      });
      onTestFinished(() => {
        sent.destroy();
      });
      return held;
    }),
  );
  for (let index = 0; index < 6; index++)
    await post(url, secret, CREATE, { input: { email: `s${index}@example.com` } });
  await expect
    .poll(() => texts.map(({ text }) => text.split('user.created').length - 1), { timeout: 10_000 })
    .toEqual([6, 6, 6, 6]);
}, 60_000);

test('a worker that is killed is replaced, and the others go on', async () => {
  const { settings } = await newDatabase();
  const { secret } = await createKey(settings);
  const { child, url } = await serve({ ...settings, ...WORKERS });
  const [first = 0, second] = workersOf(child);
  process.kill(first, 'SIGKILL');
  await says(child, /another one is started/);
  expect((await post(url, secret, '{ viewer { scopes } }')).status).toBe(200);
  await expect.poll(() => workersOf(child).length, { timeout: 10_000 }).toBe(2);
  expect(workersOf(child)).toContain(second);
  expect(workersOf(child)).not.toContain(first);
  // A killed worker can have had the turn to write.
  const { json } = await post(url, secret, CREATE, { input: { email: 'ada@example.com' } });
  expect(json.data.createUser.user.email).toBe('ada@example.com');
  expect(await stop(child)).toBe(0);
}, 60_000);

test('a signal stops a server of which a worker is only starting', async () => {
  const { settings } = await newDatabase();
  await createKey(settings);
  const { child } = await serve({ ...settings, ...WORKERS });
  const [first = 0] = workersOf(child);
  process.kill(first, 'SIGKILL');
  await says(child, /another one is started/);
  // The process is there long before it can listen for messages.
  await expect.poll(() => workersOf(child).length, { timeout: 10_000, interval: 1 }).toBe(2);
  expect(await stop(child)).toBe(0);
}, 60_000);

test('the metrics are those of all workers', async () => {
  const { settings } = await newDatabase();
  const { secret } = await createKey(settings);
  const metricsPort = await freePort();
  const { url } = await serve({ ...settings, ...WORKERS, METRICS_PORT: String(metricsPort) });
  await Promise.all(Array.from({ length: 20 }, () => post(url, secret, '{ viewer { scopes } }')));
  const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  expect(text).toMatch(/^usergraph_http_requests_total\{status="200"\} 20$/m);
  const bytes = Number(/^usergraph_database_bytes (\S+)$/m.exec(text)?.[1]);
  // An empty database of PostgreSQL has 8 MB.
  expect(bytes).toBeLessThan(isOnPostgres() ? 15_000_000 : 3_000_000);
}, 60_000);

test('a server whose workers cannot start ends, and says why', async () => {
  const { settings } = await newDatabase();
  await createKey(settings);
  const { url } = await serve(settings);
  const taken = { ...settings, ...WORKERS, HOST: '127.0.0.1', PORT: new URL(url).port };
  const { code, err } = await run(['serve'], taken);
  expect(code).toBe(1);
  expect(err).toContain('is already in use');
  expect(err.split('is already in use')).toHaveLength(2);
}, 60_000);

test('--workers overrides WORKERS, and a wrong number is refused', async () => {
  const { settings } = await newDatabase();
  const port = String(await freePort());
  const child = start(['serve', '--workers', '3'], { ...settings, WORKERS: 'auto', HOST: '127.0.0.1', PORT: port });
  await says(child, /"workers":3/);
  expect(workersOf(child)).toHaveLength(3);
  expect(await stop(child, 'SIGINT')).toBe(0);
  const { code, err } = await run(['serve', '--workers', 'many'], settings);
  expect([code, err]).toEqual([1, expect.stringContaining('WORKERS is "many"')]);
}, 60_000);
