import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { beforeAndAtArrival } from '../support/arrival.js';
import { inSql } from '../support/in-sql.js';
import { makeUser } from '../support/make.js';
import { proxyTo } from '../support/proxy.js';
import { type Execute, execute, testApp } from '../support/test-app.js';

const READ = 'query ($id: ID!) { user(id: $id) { email } events(first: 1) { nodes { name } } }';

/** Reads and writes with statements that every connection has prepared. */
async function use(execute: Execute, id: string, round: number): Promise<void> {
  for (let call = 0; call < 5; call++) {
    const answers = await Promise.all(Array.from({ length: 10 }, () => execute(READ, { id })));
    for (const { data } of answers) expect(data.user).toEqual({ email: 'ada@example.com' });
    await makeUser(execute, { email: `${round}-${call}@example.com` });
  }
}

test('a migration while servers run fails no read and no write, although statements were prepared before it', async () => {
  const app = await testApp();
  const execute = await app.client();
  const id = await makeUser(execute, { email: 'ada@example.com' });
  await use(execute, id, 1);
  for (const table of ['users', 'api_keys', 'events', 'event_sequences']) {
    await inSql(app, (run) => run(`alter table ${table} add column added text`));
  }
  await use(execute, id, 2);
});

test('connections that the server ends while they are idle are replaced, and no request fails', async () => {
  const app = await testApp();
  const execute = await app.client();
  const id = await makeUser(execute, { email: 'ada@example.com' });
  await use(execute, id, 1);
  const ended = await inSql(app, (run) =>
    run(`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`),
  );
  expect(ended.length).toBeGreaterThan(3);
  await use(execute, id, 2);
});

test('what is derived from the database is read again for requests that arrive in a later turn of the event loop', async () => {
  const { app } = await testApp();
  const versions = await beforeAndAtArrival(app.db.version, app.db.version);
  expect(versions[0]).not.toBe(versions[1]);
});

test('a unit that goes on after a failed statement is not acknowledged', async () => {
  const { app } = await testApp();
  const unit = app.db.transaction(null, async (trx) => {
    await sql`insert into environments values ('env_1', 'one', 'test', '2026-01-01T00:00:00.000Z', 0)`.execute(trx);
    await sql`select 1 / 0`.execute(trx).catch(() => {});
  });
  await expect(unit).rejects.toThrow('went on after a statement had failed');
  expect(await app.db.reader.selectFrom('environments').selectAll().execute()).toEqual([]);
});

test('units of one environment run one after another in all servers, and its events have no gap', async () => {
  const app = await testApp();
  const execute = await app.client();
  const other = await app.client();
  const emails = Array.from({ length: 60 }, (_, index) => `${index % 40}@example.com`);
  const create =
    `mutation ($input: CreateUserInput!) { createUser(input: $input) { user { id } errors { code } } }`.replace(
      '{ code }',
      '{ ... on MutationError { code } }',
    );
  const answers = await Promise.all(
    emails.map((email, index) => (index % 2 === 0 ? execute : other)(create, { input: { email } })),
  );
  expect(answers.filter(({ data }) => data.createUser.user !== null)).toHaveLength(40);
  const sequences = await inSql(app, (run) => run<{ sequence: number }>('select sequence from events order by 1'));
  expect(sequences.map(({ sequence }) => sequence)).toEqual(sequences.map((_, index) => index + 1));
});

const CREATE = `mutation ($input: CreateUserInput!) {
  createUser(input: $input) { user { id email } errors { ... on MutationError { code } } }
}`;

test('users that are created at the same moment are written together, and each of them stands or fails alone', async () => {
  const app = await testApp();
  const [execute, other] = [await app.client(), await app.client()];
  const create = (emails: readonly string[]) =>
    Promise.all(emails.map((email, index) => (index % 2 === 0 ? execute : other)(CREATE, { input: { email } })));
  const inserts = () => app.statements.splice(0).filter((sql) => /insert into "?(users|events)\b/.test(sql)).length;
  await create(['first@example.com']);
  inserts();
  const emails = Array.from({ length: 30 }, (_, index) => `${index}@example.com`);
  const created = await create(emails);
  expect(created.map(({ data }) => data.createUser.user?.email)).toEqual(emails);
  // The first may be on its way alone, and what comes meanwhile follows.
  expect(inserts()).toBeLessThanOrEqual(3 * 2);
  const again = await create(['a@example.com', '7@example.com', 'b@example.com', 'B@example.com', 'c@example.com']);
  const outcomes = again.map(({ data }) => data.createUser.user?.email ?? data.createUser.errors[0].code);
  const none = 'EMAIL_NOT_AVAILABLE';
  // Of two that want one address, either can come first.
  expect(outcomes.with(2, '').with(3, '')).toEqual(['a@example.com', none, '', '', 'c@example.com']);
  expect(outcomes.slice(2, 4).filter((outcome) => outcome === none)).toHaveLength(1);
  const log = await inSql(app, (run) =>
    run<{ actor_id: string; request_id: string; data: string }>(
      "select actor_id, request_id, data from events where name = 'user.created' order by sequence",
    ),
  );
  const actors = new Map(log.map(({ actor_id, data }) => [JSON.parse(data).email, actor_id]));
  const all = ['first', 'a', 'b', 'c'].map((name) => `${name}@example.com`).concat(emails);
  expect([...actors.keys()].map((email) => email.toLowerCase()).sort()).toEqual(all.sort());
  expect(new Set(emails.map((email, index) => `${index % 2} ${actors.get(email)}`)).size).toBe(2);
  expect(new Set(log.map(({ request_id }) => request_id)).size).toBe(log.length);
});

test('a new user goes to the server in one message, with the commit', async () => {
  const { settings, ...one } = await testApp();
  const { port } = new URL(String(settings.DATABASE_URL));
  const name = await proxyTo(Number(port));
  const through = String(settings.DATABASE_URL).replace(`:${port}/`, `:${name.port}/`);
  const { app } = await testApp({ ...settings, DATABASE_URL: through });
  const secret = await one.key();
  const create = (email: string) => execute(app, secret, CREATE, { input: { email } });
  await create('first@example.com');
  name.messages.length = 0;
  const { data } = await create('ada@example.com');
  expect(data.createUser.user.email).toBe('ada@example.com');
  const [message, ...others] = name.messages.filter((text) => text.includes('begin'));
  expect(message).toContain('ada@example.com');
  expect(message).toContain('commit');
  expect(others).toEqual([]);
});
