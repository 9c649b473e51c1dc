import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createApp } from '../../src/app.js';
import { systemViewer } from '../../src/auth/viewer.js';
import { loadConfig } from '../../src/config/config.js';
import { createLogger } from '../../src/runtime/logger.js';
import { limitOf } from '../support/docs/limits.js';
import { makeOrganization, makeUser } from '../support/make.js';
import { allowSignIn, signedIn } from '../support/sign-in.js';
import { EVENTS, type Message, open } from '../support/streams.js';
import { execute, TestClock, testApp } from '../support/test-app.js';

const idsOf = (messages: readonly Message[]) => messages.map(({ answer }) => answer?.data.events.node.id);
const codesOf = (message: Message | null) => message?.answer?.errors?.map(({ extensions }) => extensions.code);

async function world(settings: Record<string, string> = {}) {
  const app = await testApp({ RATE_LIMIT_POINTS: '0', ...settings });
  const client = await app.client();
  const secret = await app.key();
  let made = 0;
  const write = async (count = 1) => {
    for (let index = 0; index < count; index++) await makeUser(client, { email: `u${made++}@example.com` });
  };
  const logged = async () => {
    const { data } = await client('{ events(first: 100) { nodes { id } } }');
    return data.events.nodes.map(({ id }: { id: string }) => id);
  };
  return { app, client, secret, write, logged };
}

test('starts at the current end without a cursor, sends cursors as IDs, and resumes from Last-Event-ID', async () => {
  const { app, secret, write, logged } = await world();
  await write(2);
  const stream = await open(app, secret);
  expect(stream.response.headers.get('content-type')).toBe('text/event-stream');
  const first = stream.take(3);
  await write(3);
  const seen = await first;
  expect(idsOf(seen)).toEqual((await logged()).slice(-3));
  for (const { id, answer } of seen) expect(id).toBe(answer?.data.events.cursor);
  await stream.cancel();
  await write(2);
  // Last-Event-ID is newer than the `after` argument and takes precedence.
  const variables = { after: seen[0]?.id };
  const again = await open(app, secret, { variables, headers: { 'last-event-id': seen[1]?.id ?? '' } });
  expect(idsOf(await again.take(3))).toEqual((await logged()).slice(-3));
});

test('no event is missed, repeated or out of order, however readers reconnect while others write', async () => {
  const { app, secret, write, client } = await world();
  const { data } = await client('{ events(last: 1) { edges { cursor } } }');
  let cursor: string = data.events.edges[0].cursor;
  const seen: string[] = [];
  const step = fc.record({ before: fc.nat(4), during: fc.nat(4), read: fc.nat(6) });
  let written = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 4 }), async (steps) => {
      for (const { before, during, read } of steps) {
        await write(before);
        const stream = await open(app, secret, { variables: { after: cursor } });
        const writing = write(during);
        written += before + during;
        const messages = await stream.take(Math.min(read, written - seen.length));
        await Promise.all([writing, stream.cancel()]);
        seen.push(...idsOf(messages));
        cursor = messages.at(-1)?.id ?? cursor;
      }
    }),
    { numRuns: 15 },
  );
  const rest = await open(app, secret, { variables: { after: cursor } });
  seen.push(...idsOf(await rest.take(written - seen.length)));
  const all = await app.app.db.reader.selectFrom('events').select('id').orderBy('sequence').execute();
  expect(seen).toEqual(all.slice(-written).map(({ id }) => id));
  expect(written).toBeGreaterThan(20);
});

test('sends events of another process in commit order, even when its clock is behind', async () => {
  const { app, secret, write, logged } = await world();
  app.clock.advance(3_600);
  await write();
  const stream = await open(app, secret);
  const other = await createApp(loadConfig({ ...app.settings, NODE_ENV: 'test' }), {
    clock: new TestClock(),
    logger: createLogger('silent'),
  });
  const key = (await other.services.apiKeys.create({ environment: 'test', kind: 'test', name: 'b', scopes: '*' }))
    .secret;
  await execute(other, key, 'mutation { createUser(input: { email: "other@example.com" }) { user { id } } }');
  const messages = await stream.take(2);
  expect(messages.map(({ answer }) => answer?.data.events.node.name)).toEqual(['api_key.created', 'user.created']);
  await other.close();
  // A reader that uses the greatest ID as its position would miss both.
  const before = (await logged()).at(-3) ?? '';
  expect(idsOf(messages).filter((id) => id > before)).toEqual([]);
});

test('applies filters to replayed and new events, and sends no event of another environment', async () => {
  const { app, secret, client, write } = await world();
  const theirs = await app.client('theirs');
  const start = (await client('{ events(last: 1) { edges { cursor } } }')).data.events.edges[0].cursor;
  const filter = { types: ['ORGANIZATION_CREATED'] };
  await write(3);
  await makeOrganization(client, { name: 'before' });
  await makeOrganization(theirs, { name: 'foreign' });
  const stream = await open(app, secret, {
    query: `subscription ($after: String, $filter: EventFilter) {
      events(after: $after, filter: $filter) { node { ... on OrganizationEvent { organizationName } } }
    }`,
    variables: { after: start, filter },
  });
  const first = await stream.take(1);
  await write(2);
  await makeOrganization(theirs, { name: 'foreign' });
  await makeOrganization(client, { name: 'after' });
  const names = [...first, ...(await stream.take(1))].map(({ answer }) => answer?.data.events.node.organizationName);
  expect(names).toEqual(['before', 'after']);
});

test('loads the objects of each event anew', async () => {
  const { app, secret, client } = await world();
  const query = 'subscription { events { node { ... on UserUpdatedEvent { user { firstName } } } } }';
  const stream = await open(app, secret, { query });
  const id = await makeUser(client, { email: 'ada@example.com' });
  await stream.take(1);
  const names: string[] = [];
  for (const firstName of ['Ada', 'Augusta']) {
    await client('mutation ($input: UpdateUserInput!) { updateUser(input: $input) { user { id } } }', {
      input: { id, firstName },
    });
    const [message] = await stream.take(1);
    names.push(message?.answer?.data.events.node.user.firstName);
  }
  expect(names).toEqual(['Ada', 'Augusta']);
});

test('refuses an invalid subscription before the first message', async () => {
  const { app, secret, client } = await world();
  const first = async (of: string | null, asked = {}) => codesOf(await (await open(app, of, asked)).next());
  expect(await first(null)).toEqual(['UNAUTHENTICATED']);
  expect(await first(await app.key('test', ['users:read']))).toEqual(['FORBIDDEN']);
  expect(await first(secret, { variables: { after: 'nothing' } })).toEqual(['BAD_USER_INPUT']);
  const user = await signedIn(app, client, await allowSignIn(app), { email: 'me@example.com' });
  const refused = await user.ask(EVENTS);
  expect(refused.errors?.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN']);
  const { data } = await client('{ events(last: 1) { edges { cursor } } }');
  await app.app.services.events.startEpoch();
  expect(await first(secret, { variables: { after: data.events.edges[0].cursor } })).toEqual(['CURSOR_EXPIRED']);
  const cheap = await world({ MAX_COST: '100' });
  const query =
    'subscription { events { node { ... on UserCreatedEvent { user { events(first: 100) { nodes { id } } } } } } }';
  expect(codesOf(await (await open(cheap.app, cheap.secret, { query })).next())).toEqual(['COST_LIMIT_EXCEEDED']);
});

test('ends with the API key: a revoked key receives no later event', async () => {
  const { app, client, write } = await world();
  const { apiKey, secret } = await app.app.services.apiKeys.create({
    environment: 'test',
    kind: 'test',
    name: 'reader',
    scopes: ['events:read'],
  });
  const stream = await open(app, secret);
  await write();
  expect(await stream.take(1)).toHaveLength(1);
  await client(`mutation { revokeApiKey(input: { id: "${apiKey.id}" }) { errors { __typename } } }`);
  await write();
  const last = await stream.next();
  expect([codesOf(last), last?.answer?.data]).toEqual([['UNAUTHENTICATED'], undefined]);
  expect((await stream.next())?.event).toBe('complete');
  expect(await stream.next()).toBeNull();
});

test('ends when the key has expired, at the next event that makes the server check access', async () => {
  const { app, client, secret } = await world();
  const expiresAt = new Date(Date.parse(app.clock.now()) + 60_000).toISOString();
  const { data } = await client(
    'mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { secret errors { __typename } } }',
    { input: { name: 'short', scopes: ['events:read'], expiresAt } },
  );
  const stream = await open(app, data.createApiKey.secret);
  const lasting = await open(app, secret);
  const userId = await makeUser(client, { email: 'ada@example.com' });
  await Promise.all([stream.take(1), lasting.take(1)]);
  app.clock.advance(61);
  await client(`mutation { deleteUser(input: { id: "${userId}" }) { deletedUserId } }`);
  expect(codesOf(await stream.next())).toEqual(['UNAUTHENTICATED']);
  expect((await lasting.take(1))[0]?.answer?.data.events.node.name).toBe('user.deleted');
});

test('loads nothing for a reader that does not read: the events wait in the log', async () => {
  const { app, secret } = await world();
  const query = 'subscription { events { node { ... on UserCreatedEvent { user { email } } } } }';
  const stream = await open(app, secret, { query });
  const { id } = await app.app.db.reader.selectFrom('environments').selectAll().executeTakeFirstOrThrow();
  const emails = Array.from({ length: 600 }, (_, index) => `crowd${index}@example.com`);
  for (let at = 0; at < emails.length; at += 100) {
    const users = emails.slice(at, at + 100).map((email) => ({ email }));
    await app.app.services.users.createUsers(systemViewer(id, 'test'), { users, policy: 'ALL_OR_NOTHING' });
  }
  app.statements.length = 0;
  // The second stream reads while the first one does not.
  const other = await open(app, secret);
  await app.app.services.users.createUsers(systemViewer(id, 'test'), {
    users: [{ email: 'last@example.com' }],
    policy: 'ALL_OR_NOTHING',
  });
  await other.take(1);
  const looked = app.statements.filter((sql) => /from "users".*"users"\."id" in|from "users".*"id" in/.test(sql));
  expect(looked.length).toBeLessThan(5);
  const read = await stream.take(601);
  expect(read.map(({ answer }) => answer?.data.events.node.user.email)).toEqual([...emails, 'last@example.com']);
});

test('logs an internal error during an event under the request ID that the reader receives', async () => {
  const log: { requestId?: string; msg: string; level: number }[] = [];
  let isBroken = false;
  const app = await testApp(
    {},
    {
      logger: createLogger('error', { write: (line) => log.push(JSON.parse(line)) }),
      observe: (sql) => {
        if (isBroken && sql.startsWith('select * from "users"')) throw new Error('The disk is gone.');
      },
    },
  );
  const execute = await app.client();
  const query = 'subscription { events { node { ... on UserCreatedEvent { user { email } } } } }';
  const stream = await open(app, await app.key(), { query });
  await makeUser(execute, { email: 'ada@example.com' });
  isBroken = true;
  const message = await stream.next();
  expect(codesOf(message)).toEqual(['INTERNAL_SERVER_ERROR']);
  const requestId = message?.answer?.errors?.[0]?.extensions.requestId;
  expect(log.filter((line) => line.requestId === requestId).map(({ msg }) => msg)).toEqual(['unexpected error']);
});

test('draining ends streams without a complete message, so that clients reconnect', async () => {
  const { app, secret, write } = await world();
  const stream = await open(app, secret);
  await write();
  await stream.take(1);
  app.app.drain();
  expect(await stream.next()).toBeNull();
  expect(app.app.services.eventStreams.count()).toBe(0);
});

test('a process serves MAX_STREAMS streams and refuses the next one until a stream ends', async () => {
  const { app } = await world();
  const { environments, eventStreams } = app.app.services;
  const environment = await environments.findByName(app.app.db.reader, 'test');
  if (!environment) throw new Error('A key has made it.');
  const follow = () => eventStreams.follow(systemViewer(environment.id, 'test'), {}, null, async () => {});
  const limit = limitOf('MAX_STREAMS');
  const waiting: Promise<unknown>[] = [];
  for (let count = 0; count < limit; count++) waiting.push((await follow()).next());
  while (eventStreams.count() < limit) await new Promise(setImmediate);
  await expect(follow()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  eventStreams.close();
  expect(new Set((await Promise.allSettled(waiting)).map(({ status }) => status))).toEqual(new Set(['rejected']));
  expect(eventStreams.count()).toBe(0);
});
