import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Finding } from '../../src/doctor/finding.js';
import { makeUser } from '../support/make.js';
import { openApp } from '../support/open-app.js';
import {
  type PostgresServer,
  SENT_AT_ONCE,
  signalAll,
  startPostgres,
  startReplica,
} from '../support/postgres/server.js';
import { run } from '../support/processes/process.js';
import { proxyTo } from '../support/proxy.js';
import { runs } from '../support/runs.js';
import { type Execute, execute, type TestApp } from '../support/test-app.js';

let primary: PostgresServer;
let replica: PostgresServer;

beforeAll(async () => {
  primary = await startPostgres({ settings: SENT_AT_ONCE });
  replica = await startReplica(primary);
});

afterAll(async () => {
  await replica?.remove();
  await primary?.remove();
});

/** A gateway that reads from the replica. */
async function gateway(settings: Record<string, string> = {}): Promise<TestApp> {
  const { close, ...app } = await openApp({
    DATABASE_URL: primary.url(),
    DATABASE_REPLICA_URLS: replica.url(),
    SECRET_KEY: 'a secret that all gateways of these tests share',
    DATABASE_POOL_SIZE: '6',
    MAIL_OUTBOX: '/dev/null/none',
    ...settings,
  });
  onTestFinished(close);
  return app;
}

let environments = 0;

/** A key of an environment of its own. */
async function newKey({ key }: TestApp): Promise<string> {
  environments++;
  return key(`environment ${environments}`);
}

const PATIENCE = { timeout: 30_000, interval: 5 };

const READ = 'query ($id: ID!) { user(id: $id) { id email } }';

const CHANGE = `mutation ($id: ID!, $email: String!) {
  updateUser(input: { id: $id, email: $email }) { user { id email } }
}`;

const stateOf = ({ app }: TestApp) => app.db.replicas()[0];

/** Reads until the replica answers. */
async function readFromReplica(gateway: TestApp, read: () => Promise<unknown>): Promise<void> {
  const before = stateOf(gateway)?.reads ?? 0;
  await vi.waitUntil(async () => {
    await read();
    return (stateOf(gateway)?.reads ?? 0) > before;
  }, PATIENCE);
}

/** Lets the replica stay where it is, while the test runs. */
async function pause(): Promise<() => Promise<unknown>> {
  await replica.run('select pg_wal_replay_pause()');
  await vi.waitUntil(async () => {
    const { rows } = await replica.run('select pg_get_wal_replay_pause_state() as state');
    return rows[0].state === 'paused';
  }, PATIENCE);
  return () => replica.run('select pg_wal_replay_resume()');
}

describe('a replica', () => {
  test('answers queries and GET requests, and no mutation', async () => {
    const one = await gateway();
    const secret = await newKey(one);
    const ask: Execute = (query, variables) => execute(one.app, secret, query, variables);
    const id = await makeUser(ask, { email: 'ada@example.com' });
    await readFromReplica(one, () => ask(READ, { id }));
    const get = () =>
      one.app.fetch(
        new Request(`http://localhost/user_management/users/${id}`, { headers: { authorization: `Bearer ${secret}` } }),
      );
    const { reads = 0 } = stateOf(one) ?? {};
    expect(await (await get()).json()).toMatchObject({ email: 'ada@example.com' });
    expect(stateOf(one)?.reads).toBeGreaterThan(reads);
    const { data } = await ask(READ, { id });
    expect(data.user).toEqual({ id, email: 'ada@example.com' });
    const before = stateOf(one)?.reads;
    expect((await ask(CHANGE, { id, email: 'new@example.com' })).data.updateUser.user.email).toBe('new@example.com');
    expect(stateOf(one)?.reads).toBe(before);
  });

  test('that is behind does not answer in the environment of the write, and goes on to answer in others', async () => {
    const [one, other] = [await gateway(), await gateway()];
    const secret = await newKey(one);
    const elsewhere = await newKey(one);
    const ask: Execute = (query, variables) => execute(one.app, secret, query, variables);
    const id = await makeUser(ask, { email: 'ada@example.com' });
    const readElsewhere = () => execute(one.app, elsewhere, 'query { users(first: 1) { nodes { id } } }');
    await readFromReplica(one, () => ask(READ, { id }));
    await readFromReplica(other, () => execute(other.app, secret, READ, { id }));
    await readFromReplica(one, readElsewhere);
    const resume = await pause();
    try {
      const changed = await ask(CHANGE, { id, email: 'new@example.com' });
      expect(changed.data.updateUser.user.email).toBe('new@example.com');
      const inReplica = await replica.run(`select email from users where id = '${id}'`);
      expect(inReplica.rows).toEqual([{ email: 'ada@example.com' }]);
      for (const { app } of [one, other]) {
        const before = app.db.replicas()[0]?.reads;
        expect((await execute(app, secret, READ, { id })).data.user.email).toBe('new@example.com');
        expect(app.db.replicas()[0]?.reads).toBe(before);
      }
      await readFromReplica(one, readElsewhere);
    } finally {
      await resume();
    }
    await readFromReplica(one, () => ask(READ, { id }));
    expect((await ask(READ, { id })).data.user.email).toBe('new@example.com');
  });

  test('that is further behind than the limit is left out, and answers again when it has caught up', async () => {
    const one = await gateway({ DATABASE_REPLICA_MAX_LAG_SECONDS: '1' });
    const secret = await newKey(one);
    const writer = await newKey(one);
    const read = () => execute(one.app, secret, 'query { users(first: 1) { nodes { id } } }');
    await readFromReplica(one, read);
    const resume = await pause();
    try {
      await makeUser((query, variables) => execute(one.app, writer, query, variables), { email: 'ada@example.com' });
      await vi.waitUntil(async () => stateOf(one)?.isUsed === false, PATIENCE);
      const { reads, lagSeconds } = stateOf(one) ?? {};
      expect(lagSeconds).toBeGreaterThan(1);
      expect((await read()).errors).toBeUndefined();
      expect(stateOf(one)?.reads).toBe(reads);
    } finally {
      await resume();
    }
    await readFromReplica(one, read);
  });

  test.each(['SIGKILL', 'SIGSTOP'] as const)(
    'that is gone with %s fails no read, and answers again when it is back',
    async (signal) => {
      const one = await gateway();
      const secret = await newKey(one);
      const ask: Execute = (query, variables) => execute(one.app, secret, query, variables);
      const id = await makeUser(ask, { email: 'ada@example.com' });
      await readFromReplica(one, () => ask(READ, { id }));
      const answers = async () => {
        const all = await Promise.all(Array.from({ length: 30 }, () => ask(READ, { id })));
        for (const { data } of all) expect(data.user.email).toBe('ada@example.com');
      };
      const reading = (async () => {
        while (stateOf(one)?.isUsed) await answers();
      })();
      if (signal === 'SIGKILL') await replica.stop(signal);
      else signalAll(replica, signal);
      await reading;
      await answers();
      if (signal === 'SIGKILL') await replica.start();
      else signalAll(replica, 'SIGCONT');
      await readFromReplica(one, answers);
    },
  );
});

test('behind one name can be several replicas: none answers that lacks the commits of the request', async () => {
  const name = await proxyTo(primary.port);
  const one = await gateway({ DATABASE_REPLICA_URLS: replica.url().replace(`:${replica.port}`, `:${name.port}`) });
  const secret = await newKey(one);
  const ask: Execute = (query, variables) => execute(one.app, secret, query, variables);
  const id = await makeUser(ask, { email: 'ada@example.com' });
  const resume = await pause();
  try {
    await ask(CHANGE, { id, email: 'new@example.com' });
    await readFromReplica(one, () => ask(READ, { id }));
    // The connections from now on lead to the replica that is behind.
    name.leadTo(replica.port);
    const turns = Array.from({ length: 30 }, () => ask(READ, { id }));
    for (const { data } of await Promise.all(turns)) expect(data.user.email).toBe('new@example.com');
    expect(name.connections(replica.port)).toBeGreaterThan(0);
  } finally {
    await resume();
  }
  const before = stateOf(one)?.reads ?? 0;
  await readFromReplica(one, () => ask(READ, { id }));
  expect(stateOf(one)?.reads).toBeGreaterThan(before);
});

test('metrics and doctor tell of replicas', async () => {
  const settings = { DATABASE_URL: primary.url(), SECRET_KEY: 'a secret that all gateways of these tests share' };
  const { app, ...one } = await gateway({ METRICS_PORT: '1' });
  const secret = await newKey({ app, ...one });
  await readFromReplica({ app, ...one }, () => execute(app, secret, 'query { users(first: 1) { nodes { id } } }'));
  const label = `{replica="127.0.0.1:${replica.port}/postgres"}`;
  const metrics = (await app.metrics?.text()) ?? '';
  expect(metrics).toContain(`usergraph_replica_used${label} 1`);
  expect(metrics).toMatch(new RegExp(`usergraph_replica_reads${label.replace(/[{}]/g, '\\$&')} [1-9]`));
  const replicaIn = async (DATABASE_REPLICA_URLS: string) => {
    const { out } = await run(['doctor', '--json'], { ...settings, DATABASE_REPLICA_URLS });
    const { findings } = JSON.parse(out.trim().split('\n').at(-1) ?? '') as { findings: Finding[] };
    return findings.find(({ name }) => name === 'replica');
  };
  expect(await replicaIn(replica.url())).toMatchObject({ level: 'ok' });
  expect(await replicaIn(primary.url())).toMatchObject({
    level: 'warning',
    value: expect.stringContaining('not a replica'),
  });
  expect(await replicaIn('postgres://u:canary@127.0.0.1:1/x')).toMatchObject({
    level: 'warning',
    value: expect.stringContaining('postgres://u:***@127.0.0.1:1/x'),
  });
});

test('whatever one gateway has written, another one reads at once, also from a replica that stops now and then', async () => {
  const gateways = [await gateway(), await gateway()] as const;
  const secret = await newKey(gateways[0]);
  const ids: string[] = [];
  const chance = (): boolean => Math.random() < 0.5;
  for (let round = 0; round < runs(150, 2_000); round++) {
    const [writer, reader] = chance() ? gateways : gateways.toReversed();
    const resume = round % 50 === 49 ? await pause() : null;
    const email = `${round}@example.com`;
    const ask: Execute = (query, variables) => execute((writer as TestApp).app, secret, query, variables);
    ids.push(await makeUser(ask, { email }));
    const queries = [
      READ,
      'query ($id: ID!) { users(first: 1) { totalCount nodes { email } } user(id: $id) { email } }',
    ];
    for (const query of queries) {
      const { data } = await execute((reader as TestApp).app, secret, query, { id: ids.at(-1) });
      expect(data.user?.email).toBe(email);
      if (data.users) expect(data.users.totalCount).toBe(ids.length);
    }
    await resume?.();
  }
  const reads = gateways.map((one) => stateOf(one)?.reads ?? 0);
  expect(Math.min(...reads)).toBeGreaterThan(0);
  process.stdout.write(`replicas: ${ids.length} writes, ${reads.join(' and ')} reads of the replica\n`);
});
