import { randomBytes } from 'node:crypto';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { initial } from '../../migrations/0001-initial.js';
import { migrations } from '../../migrations/index.js';
import { migrate } from '../../src/db/migrator.js';
import { openSqlite } from '../../src/db/sqlite/database.js';
import { EVENTS_QUERY, list, rowsOf } from '../support/events/events.js';
import { makeUser } from '../support/make.js';
import { execute as executeWith, testApp } from '../support/test-app.js';

describe('event cursors', () => {
  test('from before a restore are refused, and the log can be read from the start', async () => {
    const { app, client } = await testApp();
    const execute = await client();
    const userId = await makeUser(execute, { email: 'a@example.com' });
    const { pageInfo } = await list(execute);
    const after = pageInfo.endCursor;
    expect((await list(execute, { after })).nodes).toEqual([]);
    await app.services.events.startEpoch();
    const nested = `query ($id: ID!, $after: String) { user(id: $id) { events(after: $after) { nodes { id } } } }`;
    for (const answer of [await execute(EVENTS_QUERY, { after }), await execute(nested, { id: userId, after })]) {
      expect(answer.errors?.map(({ extensions }) => extensions.code)).toEqual(['CURSOR_EXPIRED']);
    }
    const again = await list(execute);
    expect(again.nodes).toHaveLength(2);
    expect(again.pageInfo.endCursor).not.toBe(after);
    await makeUser(execute, { email: 'b@example.com' });
    expect((await list(execute, { after: again.pageInfo.endCursor })).nodes).toHaveLength(1);
  });

  test('of a log that was empty belong to the epoch of its first event', async () => {
    const { app, client } = await testApp();
    const quiet = await client('quiet');
    await app.services.events.startEpoch();
    await makeUser(quiet, { email: 'a@example.com' });
    const { pageInfo } = await list(quiet);
    await app.services.events.startEpoch();
    const { errors } = await quiet(EVENTS_QUERY, { after: pageInfo.endCursor });
    expect(errors?.[0]?.extensions.code).toBe('CURSOR_EXPIRED');
  });

  test('without a valid sequence number are refused', async () => {
    const { client } = await testApp();
    const execute = await client();
    for (const sequence of ['', '-1', '1e3', 'x', '9'.repeat(16)]) {
      const after = Buffer.from(JSON.stringify([1, 'events', '0', sequence])).toString('base64url');
      const { errors } = await execute(EVENTS_QUERY, { after });
      expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    }
    const { data } = await execute('{ users { pageInfo { endCursor } } }');
    expect(data.users.pageInfo.endCursor).toBeNull();
  });
});

test('the times of events never decrease, even when the clock is set back', async () => {
  const app = await testApp();
  const execute = await app.client();
  app.clock.advance(60);
  await makeUser(execute, { email: 'a@example.com' });
  app.clock.advance(-3600);
  // Another process generates its own IDs and does not know the later time.
  const { createApp } = await import('../../src/app.js');
  const { loadConfig } = await import('../../src/config/config.js');
  const config = loadConfig({ ...app.settings, NODE_ENV: 'test', LOG_LEVEL: 'silent' });
  const other = await createApp(config, { clock: app.clock });
  const { secret } = await other.services.apiKeys.create({
    environment: 'test',
    kind: 'test',
    name: 'other',
    scopes: '*',
  });
  await makeUser((query, variables) => executeWith(other, secret, query, variables), { email: 'b@example.com' });
  await other.close();
  const [first, second] = rowsOf(app).slice(-2);
  expect(first?.created_at).toBe('2026-01-15T12:01:00.000Z');
  expect(second?.created_at).toBe(first?.created_at);
});

test('the migration of an older log makes its times non-decreasing', async () => {
  const { folder, clock } = await testApp();
  const file = `${folder}/before.db`;
  const db = openSqlite(file);
  onTestFinished(() => db.close());
  await migrate(db, [initial], clock);
  const sqlite = new BetterSqlite3(file);
  sqlite.exec(`insert into environments values ('env_1', 'one', 'test', '2026-01-01T00:00:00.000Z')`);
  const insert =
    sqlite.prepare(`insert into events values ('env_1', ?, ?, 'user.created', 'user_1', null, 'API', 'k', 'n',
    'r', '{}', null, ?)`);
  const times = ['2026-01-01T00:00:01.000Z', '2026-01-01T00:00:03.000Z', '2026-01-01T00:00:02.000Z'];
  for (const [index, time] of times.entries()) insert.run(index + 1, `event_${index}`, time);
  sqlite.exec(`insert into event_sequences values ('env_1', 3)`);
  await migrate(db, migrations, clock);
  expect(sqlite.prepare('select sequence, id, created_at from events order by sequence').raw().all()).toEqual([
    [1, 'event_0', times[0]],
    [2, 'event_1', times[1]],
    [3, 'event_2', times[1]],
  ]);
  expect(sqlite.prepare('select last, last_at, epoch from event_sequences').raw().all()).toEqual([[3, times[1], '0']]);
  const cast = sqlite.prepare(`insert into events select environment_id, sequence + 10, id || ?, name, user_id,
    organization_id, ?, actor_id, actor_name, request_id, data, previous, created_at, api from events where sequence = 1`);
  for (const source of ['IMPORT', 'PERSON', 'SYSTEM']) {
    expect(() => cast.run(randomBytes(4).toString('hex'), source)).not.toThrow();
    sqlite.exec('delete from events where sequence > 3');
  }
  expect(() => cast.run('x', 'OTHER')).toThrow('CHECK');
  sqlite.close();
});
