import { expect, test } from 'vitest';
import { systemViewer } from '../../src/auth/viewer.js';
import { makeUser } from '../support/make.js';
import { open } from '../support/streams.js';
import { testApp } from '../support/test-app.js';

const LIST = `query ($first: Int, $after: String, $last: Int, $before: String, $orderBy: EventOrder) {
  events(first: $first, after: $after, last: $last, before: $before, orderBy: $orderBy) {
    edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage }
  }
}`;

async function world(settings: Record<string, string>) {
  const app = await testApp({ RATE_LIMIT_POINTS: '0', ...settings });
  const client = await app.client();
  const { id } = await app.app.db.reader.selectFrom('environments').selectAll().executeTakeFirstOrThrow();
  let made = 0;
  const write = async (count: number) => {
    const users = Array.from({ length: count }, () => ({ email: `u${made++}@example.com` }));
    for (let at = 0; at < count; at += 100) {
      const part = { users: users.slice(at, at + 100), policy: 'ALL_OR_NOTHING' as const };
      await app.app.services.users.createUsers(systemViewer(id, 'test'), part);
    }
  };
  const list = async (variables: Record<string, unknown>) => {
    const { data, errors } = await client(LIST, variables);
    const edges: { cursor: string; node: { id: string } }[] = data?.events.edges ?? [];
    const error = errors?.[0]?.extensions;
    return { edges, ids: edges.map(({ node }) => node.id), error };
  };
  const removeOld = () => app.app.services.eventRetention.removeOld();
  return { app, client, write, list, removeOld };
}

test('by count: keeps the newest events of each environment and tells late readers where to continue', async () => {
  const { app, client, write, list, removeOld } = await world({ EVENT_RETENTION_COUNT: '10' });
  const theirs = await app.client('theirs');
  await makeUser(theirs, { email: 'ada@example.com' });
  await write(30);
  const before = await list({ first: 100 });
  expect(await removeOld()).toBe(before.edges.length - 10);
  expect(await removeOld()).toBe(0);
  const kept = before.ids.slice(-10);
  expect((await list({ first: 100 })).ids).toEqual(kept);
  const cursors = before.edges.map(({ cursor }) => cursor);
  // The cursor of the last removed event is still valid, because the oldest kept event follows it. Earlier cursors have
  // expired.
  const [lost, last] = cursors.slice(-12, -10);
  expect((await list({ first: 100, after: last })).ids).toEqual(kept);
  const refused = await list({ first: 100, after: lost });
  expect(refused.error).toMatchObject({ code: 'CURSOR_EXPIRED', oldestCursor: last });
  // In descending order a reader continues to older events, so an old cursor only misses newer ones.
  const descending = { orderBy: { direction: 'DESC' } };
  expect((await list({ first: 100, after: cursors[0], ...descending })).ids).toEqual([]);
  expect((await list({ last: 5, before: lost, ...descending })).error).toMatchObject({ code: 'CURSOR_EXPIRED' });
  const { data } = await theirs('{ events(first: 100) { nodes { name } } }');
  expect(data.events.nodes.map(({ name }: { name: string }) => name)).toContain('user.created');
  // The same holds for the events of one user and for a stream.
  const ofUser = await client(
    'query ($before: String) { users(first: 1) { nodes { events(before: $before) { nodes { id } } } } }',
    {
      before: lost,
    },
  );
  expect(ofUser.errors?.[0]?.extensions.code).toBe('CURSOR_EXPIRED');
  const secret = await app.key();
  const stream = await open(app, secret, { variables: { after: lost } });
  const [error] = (await stream.next())?.answer?.errors ?? [];
  expect(error?.extensions).toMatchObject({ code: 'CURSOR_EXPIRED', oldestCursor: last });
  const resumed = await open(app, secret, { variables: { after: error?.extensions.oldestCursor } });
  expect((await resumed.take(10)).map(({ answer }) => answer?.data.events.node.id)).toEqual(kept);
});

test('by age: removes older events, and sequence numbers continue', async () => {
  const { app, client, write, list, removeOld } = await world({ EVENT_RETENTION_DAYS: '30' });
  await write(5);
  app.clock.advance(20 * 86_400);
  await write(5);
  app.clock.advance(10 * 86_400 - 1);
  expect(await removeOld()).toBe(0);
  app.clock.advance(2);
  const before = await list({ first: 100 });
  await removeOld();
  expect((await list({ first: 100 })).ids).toEqual(before.ids.slice(-5));
  app.clock.advance(40 * 86_400);
  await removeOld();
  expect((await list({ first: 100 })).ids).toEqual([]);
  await makeUser(client, { email: 'after@example.com' });
  // Nothing is missing after the last removed event.
  expect((await list({ first: 100, after: before.edges.at(-1)?.cursor })).edges).toHaveLength(1);
});

test('keeps all events without a setting, and otherwise removes them in transactions of 500', async () => {
  const all = await world({});
  await all.write(20);
  expect(await all.removeOld()).toBe(0);
  const { app, write, removeOld } = await world({ EVENT_RETENTION_COUNT: '1' });
  await write(1_200);
  app.statements.length = 0;
  expect(await removeOld()).toBeGreaterThan(1_190);
  expect(app.statements.filter((sql) => sql.startsWith('delete from "events"'))).toHaveLength(3);
});
