import { describe, expect, test } from 'vitest';
import { createApp } from '../../src/app.js';
import { loadConfig } from '../../src/config/config.js';
import { createLogger } from '../../src/runtime/logger.js';
import { GIVE_UP_SECONDS } from '../../src/webhooks/webhook-endpoint.js';
import { makeUser } from '../support/make.js';
import { receiver } from '../support/receiver.js';
import { LOCAL, mutate, world } from '../support/webhooks/webhook-world.js';

test('a failed delivery is retried with growing delays, and later events wait', async () => {
  const { app, execute, to, create, read, deliver, emails } = await world();
  const { id } = await create(['USER_CREATED']);
  to.answers.push(500, 503, 404);
  for (const name of ['a', 'b', 'c']) await makeUser(execute, { email: `${name}@example.com` });
  await deliver();
  expect(emails()).toEqual(['a@example.com']);
  const failing = await read(id);
  expect(failing.failingSince).toBe('2026-01-15T12:00:00.000Z');
  const wait = (Date.parse(failing.nextAttemptAt) - Date.parse(failing.failingSince)) / 1000;
  expect(wait).toBeGreaterThan(2.5);
  expect(wait).toBeLessThanOrEqual(5);
  app.clock.advance(2.5);
  await deliver();
  expect(to.received).toHaveLength(1);
  app.clock.advance(2.5);
  await deliver();
  app.clock.advance(10);
  await deliver();
  expect(emails()).toEqual(['a@example.com', 'a@example.com', 'a@example.com']);
  app.clock.advance(20);
  await deliver();
  expect(emails().slice(3)).toEqual(['a@example.com', 'b@example.com', 'c@example.com']);
  // Every attempt has the id of the event.
  expect(new Set(to.received.map(({ headers }) => headers['webhook-id'])).size).toBe(3);
  const { deliveries, ...after } = await read(id);
  expect(after).toMatchObject({ failingSince: null, nextAttemptAt: null, enabled: true });
  const history = deliveries.nodes.map((node: Record<string, unknown>) => [node.attempt, node.statusCode, node.error]);
  expect(history).toEqual([
    [1, 200, null],
    [1, 200, null],
    [4, 200, null],
    [3, 404, 'HTTP_404'],
    [2, 503, 'HTTP_503'],
    [1, 500, 'HTTP_500'],
  ]);
  expect(deliveries.nodes[0]).toMatchObject({ succeeded: true, event: { name: 'user.created' } });
});

test('an endpoint is disabled after three days without success, with an event; enabled again, it resumes there', async () => {
  const { app, execute, to, create, read, deliver, emails } = await world();
  const { id } = await create(['USER_CREATED']);
  const watcher = await receiver();
  await create(['WEBHOOK_ENDPOINT_DISABLED', 'WEBHOOK_ENDPOINT_UPDATED'], watcher.url);
  await makeUser(execute, { email: 'a@example.com' });
  let attempts = 0;
  let isDown = true;
  const answer = async () => {
    if (!isDown) return 200;
    attempts++;
    to.answers.push(answer);
    return 500;
  };
  to.answers.push(answer);
  const start = Date.parse(app.clock.now());
  while ((await read(id)).enabled) {
    await deliver();
    const { nextAttemptAt } = await read(id);
    if (nextAttemptAt) app.clock.advance((Date.parse(nextAttemptAt) - Date.parse(app.clock.now())) / 1000);
  }
  // At the end of the third day, after some twenty or thirty attempts.
  expect(Date.parse(app.clock.now()) - start).toBe(GIVE_UP_SECONDS * 1000);
  expect(attempts).toBeGreaterThan(25);
  expect(attempts).toBeLessThan(50);
  await deliver();
  expect(watcher.received.map(({ event }) => event.event)).toEqual(['webhook_endpoint.disabled']);
  expect(watcher.received[0]?.event.data).toMatchObject({ id, status: 'disabled', endpoint_url: to.url });
  await makeUser(execute, { email: 'b@example.com' });
  app.clock.advance(10 * 86_400);
  await deliver();
  expect(attempts).toBe(to.received.length);
  isDown = false;
  expect(await mutate(execute, 'updateWebhookEndpoint', { id, enabled: true })).toMatchObject({
    webhookEndpoint: { enabled: true, failingSince: null },
  });
  await deliver();
  expect(emails().slice(attempts)).toEqual(['a@example.com', 'b@example.com']);
  expect(watcher.received.at(-1)?.event).toMatchObject({
    event: 'webhook_endpoint.updated',
    context: { previous_attributes: { is_enabled: false } },
  });
});

test('a replay resends the events after a cursor in order; a later cursor skips events', async () => {
  const { execute, to, create, deliver, emails } = await world();
  const { id } = await create(['USER_CREATED']);
  for (const name of ['a', 'b', 'c']) await makeUser(execute, { email: `${name}@example.com` });
  await deliver();
  const { data } = await execute('{ events(first: 100, filter: { types: [USER_CREATED] }) { edges { cursor } } }');
  const [first, second, third] = data.events.edges.map(({ cursor }: { cursor: string }) => cursor);
  const replay = (after: string) => mutate(execute, 'replayWebhookEndpoint', { id, after }, 'queuedCount');
  expect(await replay(first)).toMatchObject({ queuedCount: 2, errors: [] });
  await deliver();
  expect(emails().slice(3)).toEqual(['b@example.com', 'c@example.com']);
  expect(to.received[3]?.headers['webhook-id']).toBe(to.received[1]?.headers['webhook-id']);
  // An event that blocks the rest can be left out.
  expect(await replay(first)).toMatchObject({ queuedCount: 2 });
  to.answers.push(500);
  await deliver();
  expect(await replay(second)).toMatchObject({ queuedCount: 1 });
  await deliver();
  expect(emails().slice(5)).toEqual(['b@example.com', 'c@example.com']);
  expect(await replay(third)).toMatchObject({ queuedCount: 0 });
  await expect(replay('nonsense')).rejects.toThrow('BAD_USER_INPUT');
  const nowhere = await mutate(execute, 'replayWebhookEndpoint', { id: 'we_1', after: third }, 'queuedCount');
  expect(nowhere).toMatchObject({ webhookEndpoint: null, queuedCount: null, errors: [{ code: 'NOT_FOUND' }] });
});

test('a change of an endpoint during a delivery is not overwritten by its outcome', async () => {
  const { app, execute, to, create, read, deliver, emails } = await world();
  const { id } = await create(['USER_CREATED']);
  for (const name of ['a', 'b']) await makeUser(execute, { email: `${name}@example.com` });
  const { data } = await execute('{ events { edges { cursor } } }');
  const start = data.events.edges[0].cursor;
  // While the second is under way somebody asks for all of it.
  to.answers.push(200, async () => {
    await mutate(execute, 'replayWebhookEndpoint', { id, after: start });
    return 200;
  });
  await deliver();
  expect(emails()).toEqual(['a@example.com', 'b@example.com', 'a@example.com', 'b@example.com']);
  expect((await read(id)).deliveries.nodes).toHaveLength(4);
  // Deleted while something is under way, it is gone with all of its history.
  await makeUser(execute, { email: 'c@example.com' });
  to.answers.push(async () => {
    await mutate(execute, 'deleteWebhookEndpoint', { id });
    return 200;
  });
  await deliver();
  await deliver();
  expect(await read(id)).toBeNull();
  for (const table of ['webhook_endpoints', 'webhook_deliveries'] as const) {
    expect(await app.app.db.reader.selectFrom(table).selectAll().execute()).toEqual([]);
  }
  // Its address is free again.
  await create(['USER_CREATED']);
});

describe('restarts and other processes', () => {
  test('delivered mails are not sent again, and others are not lost', async () => {
    const { app, execute, to, create, emails } = await world();
    await create(['USER_CREATED']);
    await makeUser(execute, { email: 'a@example.com' });
    await app.app.services.webhookWorker.deliverDue();
    await makeUser(execute, { email: 'b@example.com' });
    const config = loadConfig({ ...app.settings, NODE_ENV: 'test', ...LOCAL });
    const overrides = { clock: app.clock, logger: createLogger('silent'), delivering: 'none' } as const;
    // Another process on the same file, at the same time.
    const others = [await createApp(config, overrides), await createApp(config, overrides)];
    await Promise.all(others.map(({ services }) => services.webhookWorker.deliverDue()));
    expect(emails()).toEqual(['a@example.com', 'b@example.com']);
    // One of them dies with an event under way: it is sent again when its lease is over.
    await makeUser(execute, { email: 'c@example.com' });
    let resolve: (status: number) => void = () => {};
    to.answers.push(
      () =>
        new Promise((answer) => {
          resolve = answer;
        }),
    );
    const [dying, other] = others;
    const sending = dying?.services.webhookWorker.deliverDue();
    await expect.poll(() => to.received.length).toBe(3);
    app.clock.advance(29);
    await other?.services.webhookWorker.deliverDue();
    expect(to.received).toHaveLength(3);
    app.clock.advance(2);
    await other?.services.webhookWorker.deliverDue();
    expect(emails().slice(2)).toEqual(['c@example.com', 'c@example.com']);
    // What the first still brings changes nothing.
    resolve(500);
    await sending;
    await other?.services.webhookWorker.deliverDue();
    expect(to.received).toHaveLength(4);
    for (const { close } of others) await close();
  });

  test('a stopping server releases what it cannot finish', async () => {
    const { app, execute, to, create, emails } = await world();
    await create(['USER_CREATED']);
    await makeUser(execute, { email: 'a@example.com' });
    const config = loadConfig({
      ...app.settings,
      NODE_ENV: 'test',
      DRAIN_SECONDS: '0',
      ...LOCAL,
    });
    const overrides = { clock: app.clock, logger: createLogger('silent'), delivering: 'none' } as const;
    const stopping = await createApp(config, overrides);
    to.answers.push(() => new Promise(() => {}));
    const sending = stopping.services.webhookWorker.deliverDue();
    await expect.poll(() => to.received.length).toBe(1);
    await stopping.close();
    await sending;
    await app.app.services.webhookWorker.deliverDue();
    expect(emails()).toEqual(['a@example.com', 'a@example.com']);
  });

  test('in the background', async () => {
    const { execute, create, emails } = await world({}, { delivering: 'background' });
    await create(['USER_CREATED']);
    await makeUser(execute, { email: 'a@example.com' });
    await expect.poll(emails).toEqual(['a@example.com']);
  });
});
