import { expect, onTestFinished, test } from 'vitest';
import { postgresMigrations } from '../../migrations/index.js';
import { createApp } from '../../src/app.js';
import { loadConfig } from '../../src/config/config.js';
import { migrate } from '../../src/db/migrator.js';
import { openPostgres } from '../../src/db/postgres/database.js';
import { examine } from '../../src/doctor/doctor.js';
import { systemClock } from '../../src/runtime/clock.js';
import { createLogger } from '../../src/runtime/logger.js';
import { systemRandom } from '../../src/runtime/random.js';
import { makeUser } from '../support/make.js';
import { settingsFor } from '../support/postgres/database.js';
import { type PostgresServer, startPostgres } from '../support/postgres/server.js';
import { lastLine, run } from '../support/processes/process.js';
import { execute } from '../support/test-app.js';
import { TestClock } from '../support/test-clock.js';

const SECRET_KEY = 'a secret of tests that is long enough';

async function ownServer(settings?: Readonly<Record<string, string>>): Promise<PostgresServer> {
  const server = await startPostgres(settings ? { settings } : {});
  onTestFinished(server.remove);
  return server;
}

const settingsOf = (server: PostgresServer) => ({
  DATABASE_URL: server.url(),
  DATABASE_POOL_SIZE: '4',
  SECRET_KEY,
  NODE_ENV: 'test',
});

test('ten servers that start at once migrate an empty database once', async () => {
  const server = await ownServer();
  const databases = Array.from({ length: 10 }, () => openPostgres({ ...settingsFor(server.url()), poolSize: 2 }));
  const applied = await Promise.all(databases.map((db) => migrate(db, postgresMigrations, new TestClock())));
  // One server can have applied the first step, and another the next.
  expect(applied.flat().sort()).toEqual(postgresMigrations.map(({ name }) => name));
  await Promise.all(databases.map((db) => db.close()));
});

test('a server is not ready while PostgreSQL is away, answers with SERVICE_UNAVAILABLE, and goes on when it is back', async () => {
  const server = await ownServer({ synchronous_commit: 'on' });
  const app = await createApp(loadConfig(settingsOf(server)), { logger: createLogger('silent'), delivering: 'none' });
  onTestFinished(app.close);
  const { secret } = await app.services.apiKeys.create({ environment: 'e', kind: 'test', name: 'k', scopes: '*' });
  const readiness = async () => (await app.fetch(new Request('http://localhost/readyz'))).status;
  const create = (email: string) =>
    execute(app, secret, 'mutation ($input: CreateUserInput!) { createUser(input: $input) { user { id } } }', {
      input: { email },
    });
  expect(await readiness()).toBe(200);
  await makeUser((query, variables) => execute(app, secret, query, variables), { email: 'ada@example.com' });

  await server.stop('SIGKILL');
  expect(await readiness()).toBe(503);
  for (const answer of [await execute(app, secret, '{ users { totalCount } }'), await create('b@example.com')]) {
    expect(answer.errors?.[0]?.extensions.code).toBe('SERVICE_UNAVAILABLE');
  }
  await server.start();
  expect(await readiness()).toBe(200);
  expect((await create('b@example.com')).data.createUser.user).not.toBeNull();
  expect((await execute(app, secret, '{ users { totalCount } }')).data.users.totalCount).toBe(2);
});

test('doctor tells the state of the server, what endangers commits, and that nobody can be reached', async () => {
  const server = await ownServer();
  const settings = settingsOf(server);
  const look = async (more: Record<string, string> = {}) => {
    const findings = await examine(loadConfig({ ...settings, ...more }), null, systemClock, systemRandom);
    return Object.fromEntries(findings.map(({ name, level, value }) => [name, `${level}: ${value}`]));
  };
  expect(await look()).toMatchObject({
    database: expect.stringMatching(
      /^ok: postgres:\/\/usergraph@127\.0\.0\.1:\d+\/postgres, PostgreSQL \d+.*the primary, UTF8$/,
    ),
    durability: 'failure: fsync=off synchronous_commit=off full_page_writes=off',
    schema: expect.stringMatching(/^warning: lacks 0019-base/),
    connections: 'ok: 1000 at most, 4 for each process of this server',
    clock: expect.stringMatching(/^ok: .* ms from that of PostgreSQL$/),
  });
  expect((await run(['migrate', '--json'], settings)).code).toBe(0);
  expect(await look()).toMatchObject({
    schema: `ok: up to date, ${postgresMigrations.at(-1)?.name}`,
    mails: 'ok: 0 waiting, 0 failed',
  });
  const away = `postgres://usergraph:canary@127.0.0.1:1/postgres`;
  const { database } = await look({ DATABASE_URL: away });
  expect(database).toMatch(
    /^failure: postgres:\/\/usergraph:\*\*\*@127\.0\.0\.1:1\/postgres: PostgreSQL cannot be reached/,
  );
});

test('commands of one file say what to use instead, and none shows the password', async () => {
  const server = await ownServer();
  const url = new URL(server.url());
  url.password = 'canary';
  const settings = { ...settingsOf(server), DATABASE_URL: url.href };
  const backup = await run(['backup', '--out', '/tmp/never.db'], settings);
  expect(backup.code).toBe(1);
  expect(backup.err).toMatch(
    /DATABASE_URL leads to PostgreSQL\. Back up PostgreSQL with its own tools, e\.g\. pg_dump/,
  );
  const printed = await run(['config', 'print'], settings);
  expect(printed.out).toContain('DATABASE_URL=postgres://usergraph:***@127.0.0.1');
  const migrated = await run(['migrate', '--json'], settings);
  expect(lastLine(migrated.out)).toMatchObject({ applied: postgresMigrations.map(({ name }) => name) });
  const made = await run(['keys', 'create', '--environment', 'e', '--name', 'k', '--json'], settings);
  expect(lastLine(made.out)).toMatchObject({ environment: 'e' });
  for (const { out, err } of [backup, printed, migrated, made]) expect(out + err).not.toContain('canary');
});
