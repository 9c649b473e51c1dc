import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WorkOS } from '@workos-inc/node';
import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { createApp, type Overrides } from '../src/app.js';
import { systemClock } from '../src/clock.js';
import { loadConfig } from '../src/config.js';
import { createLogger } from '../src/logger.js';
import { parseNetwork } from '../src/webhooks/webhook-address.js';
import {
  GIVE_UP_SECONDS,
  MAX_SECRET_OVERLAP_SECONDS,
  MAX_WEBHOOK_ENDPOINTS,
} from '../src/webhooks/webhook-endpoint.js';
import { createWebhookSender } from '../src/webhooks/webhook-sender.js';
import { makeMembership, makeOrganization, makeUser } from './support/make.js';
import { type Received, receiver } from './support/receiver.js';
import { execute as ask, type Execute, testApp } from './support/test-app.js';

const LOCAL = { WEBHOOK_NETWORKS: '127.0.0.0/8' };
const FIELDS = 'id url types enabled failingSince nextAttemptAt previousSecretUntil createdAt updatedAt';
const ERRORS = 'errors { ... on MutationError { code message path } }';

function mutate(execute: Execute, name: string, input: object, more = '') {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input!`;
  const fields = name.startsWith('delete') ? 'deletedWebhookEndpointId' : `webhookEndpoint { ${FIELDS} }`;
  const query = `mutation ($input: ${type}) { ${name}(input: $input) { ${fields} ${more} ${ERRORS} } }`;
  return execute(query, { input }).then(({ data, errors }) => {
    if (errors) throw new Error(JSON.stringify(errors));
    return data[name];
  });
}

async function world(settings: Record<string, string> = {}, overrides: Overrides = {}) {
  const app = await testApp({ ...LOCAL, ...settings }, overrides);
  const execute = await app.client();
  const to = await receiver();
  const create = async (types: string[], url = to.url): Promise<{ id: string; secret: string }> => {
    const { webhookEndpoint, secret, errors } = await mutate(
      execute,
      'createWebhookEndpoint',
      { url, types },
      'secret',
    );
    expect(errors).toEqual([]);
    return { id: webhookEndpoint.id, secret };
  };
  const read = async (id: string) => {
    const deliveries = 'deliveries(first: 100) { nodes { eventId attempt succeeded statusCode error event { name } } }';
    const { data } = await execute(`query ($id: ID!) { webhookEndpoint(id: $id) { ${FIELDS} ${deliveries} } }`, { id });
    return data.webhookEndpoint;
  };
  const deliver = () => app.app.services.webhookWorker.deliverDue();
  const emails = () => to.received.map(({ event }) => event.data.email);
  return { app, execute, to, create, read, deliver, emails };
}

/** What the official packages make of a webhook: the event, or what they refuse it for. */
async function verify({ headers, body }: Received, secret: string) {
  const text = headers as Record<string, string>; // none of ours is sent twice
  const standard = () => new Webhook(secret).verify(body, text);
  const workos = () =>
    new WorkOS('sk_test').webhooks.constructEvent({
      payload: JSON.parse(body),
      sigHeader: text['workos-signature'] ?? '',
      secret,
    });
  return { standard, workos };
}

test('an event is sent to its endpoints, signed so that both official packages take it', async () => {
  const { app, execute, to, create, deliver } = await world({}, { clock: systemClock });
  const { id, secret } = await create(['USER_CREATED', 'ORGANIZATION_MEMBERSHIP_CREATED']);
  const user = await makeUser(execute, { email: 'ada@example.com', metadata: { planName: 'pro' } });
  const organization = await makeOrganization(execute, { name: 'Org' });
  await makeMembership(execute, user, organization, ['admin']);
  await deliver();
  expect(to.received.map(({ event }) => event.event)).toEqual(['user.created', 'organization_membership.created']);
  const [created, joined] = to.received as [Received, Received];
  for (const one of to.received) {
    const { standard, workos } = await verify(one, secret);
    expect(standard()).toEqual(JSON.parse(one.body));
    expect(await workos()).toMatchObject({ id: one.headers['webhook-id'], event: one.event.event });
    // Both refuse a body that was changed, and another secret.
    const forged = await verify({ ...one, body: one.body.replace('user_', 'user_X') }, secret);
    expect(forged.standard).toThrow();
    await expect(forged.workos()).rejects.toThrow();
    const other = await verify(one, `whsec_${Buffer.alloc(32).toString('base64')}`);
    expect(other.standard).toThrow();
    await expect(other.workos()).rejects.toThrow();
  }
  expect(await (await verify(created, secret)).workos()).toMatchObject({
    data: { object: 'user', id: user, email: 'ada@example.com', emailVerified: false, metadata: { planName: 'pro' } },
    context: { actor: { source: 'api', name: 'test' } },
  });
  expect(await (await verify(joined, secret)).workos()).toMatchObject({
    data: { object: 'organization_membership', userId: user, status: 'active', role: { slug: 'admin' } },
  });
  expect(created.headers).toMatchObject({ 'content-type': 'application/json' });
  expect(created.headers['user-agent']).toMatch(/^usergraph\//);
  // Of the secret nothing readable is left, neither in the files nor in the log.
  const files = ['', '-wal'].map((end) => readFileSync(`${app.folder}/test.db${end}`, 'latin1')).join('');
  expect(files).toContain(id);
  expect(files).not.toContain(secret.slice(6, 20));
});

test('what an update changed is told as WorkOS does, and the parse of every kind of event succeeds', async () => {
  const { execute, to, create, deliver } = await world({}, { clock: systemClock });
  const { data } = await execute('{ __type(name: "EventType") { enumValues { name } } }');
  const { secret } = await create(data.__type.enumValues.map(({ name }: { name: string }) => name));
  const user = await makeUser(execute, { email: 'ada@example.com', firstName: 'Ada' });
  const run = async (name: string, input: object) => {
    const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input!`;
    const answer = await execute(`mutation ($input: ${type}) { ${name}(input: $input) { errors { __typename } } }`, {
      input,
    });
    expect(answer).toMatchObject({ data: { [name]: { errors: [] } } });
  };
  await run('updateUser', { id: user, firstName: 'Augusta' });
  await run('sendVerificationEmail', { userId: user });
  await run('createApplication', { name: 'App', redirectUris: ['https://a.example/'] });
  const { data: applications } = await execute('{ applications { nodes { id } } }');
  const applicationId = applications.applications.nodes[0].id;
  await run('authorizeApplication', { userId: user, applicationId, scopes: ['openid'] });
  await run('createApiKey', { name: 'Key', scopes: ['users:read'] });
  const organization = await makeOrganization(execute, { name: 'Org' });
  const membership = await makeMembership(execute, user, organization);
  await run('deactivateOrganizationMembership', { id: membership });
  await run('deleteOrganization', { id: organization });
  await run('deleteUser', { id: user });
  await create(['USER_CREATED'], `${to.url}second`);
  await deliver();
  const events = to.received.filter(({ path }) => path === '/');
  expect(new Set(events.map(({ event }) => event.event)).size).toBeGreaterThan(13);
  const known: string[] = [];
  for (const one of events) {
    const { workos } = await verify(one, secret);
    // The package makes nothing of the kinds that WorkOS does not have, but says that they are genuine.
    const parsed: { id: string } | undefined = await workos();
    if (parsed) known.push(parsed.id);
  }
  const isOfWorkos = /^(user|organization|organization_membership|email_verification|api_key)\./;
  expect(known).toEqual(events.filter(({ event }) => isOfWorkos.test(event.event)).map(({ event }) => event.id));
  const updated = events.find(({ event }) => event.event === 'user.updated')?.event;
  expect(updated).toMatchObject({
    data: { first_name: 'Augusta' },
    context: { previous_attributes: { first_name: 'Ada' } },
  });
  // No code, and nothing of our own names, in what is sent.
  const verification = events.find(({ event }) => event.event === 'email_verification.created')?.event;
  expect(Object.keys(verification?.data ?? {}).sort()).toEqual(
    ['created_at', 'email', 'expires_at', 'id', 'object', 'updated_at', 'user_id'].sort(),
  );
  for (const { event } of events) expect(Object.keys(event.data).filter((name) => /[A-Z]/.test(name))).toEqual([]);
});

test('the secret is shown once, and another one signs beside it until the overlap is over', async () => {
  const { app, execute, to, create, deliver } = await world();
  const { id, secret: first } = await create(['USER_CREATED']);
  const rotate = (input: object) => mutate(execute, 'rotateWebhookEndpointSecret', { id, ...input }, 'secret');
  const { secret: second, webhookEndpoint } = await rotate({ overlapSeconds: 3_600 });
  expect(second).toMatch(/^whsec_.{44}$/);
  expect(second).not.toBe(first);
  expect(webhookEndpoint.previousSecretUntil).toBe('2026-01-15T13:00:00.000Z');
  const send = async (email: string) => {
    await makeUser(execute, { email });
    await deliver();
    const { headers, body } = to.received.at(-1) as Received;
    const [, seconds] = /^(\d+)$/.exec(String(headers['webhook-timestamp'])) ?? [];
    const at = new Date(Number(seconds) * 1000);
    const standard = [first, second].filter((secret) =>
      String(headers['webhook-signature'])
        .split(' ')
        .includes(new Webhook(secret).sign(String(headers['webhook-id']), at, body)),
    );
    const [, time, hash] = /^t=(\d+), v1=([0-9a-f]{64})$/.exec(String(headers['workos-signature'])) ?? [];
    const { webhooks } = new WorkOS('sk_test');
    const workos = [];
    for (const secret of [first, second]) {
      if ((await webhooks.computeSignature(time, JSON.parse(body), secret)) === hash) workos.push(secret);
    }
    return { standard, workos };
  };
  expect(await send('a@example.com')).toEqual({ standard: [first, second], workos: [first] });
  // WorkOS's header has place for one: who has changed theirs refuses the first, and takes the next.
  to.answers.push(401);
  await send('b@example.com');
  app.clock.advance(5);
  await deliver();
  expect(to.received.slice(-2).map(({ event }) => event.data.email)).toEqual(['b@example.com', 'b@example.com']);
  const [, time, hash] = /^t=(\d+), v1=(.*)$/.exec(String(to.received.at(-1)?.headers['workos-signature'])) ?? [];
  const { webhooks } = new WorkOS('sk_test');
  expect(await webhooks.computeSignature(time, JSON.parse(to.received.at(-1)?.body ?? ''), second)).toBe(hash);
  app.clock.advance(3_600);
  expect(await send('c@example.com')).toEqual({ standard: [second], workos: [second] });
  const refused = await rotate({ overlapSeconds: MAX_SECRET_OVERLAP_SECONDS + 1 });
  expect(refused).toMatchObject({ secret: null, errors: [{ code: 'INVALID_INPUT', path: ['overlapSeconds'] }] });
  // At once, the one before signs nothing more.
  const { secret: third } = await rotate({ overlapSeconds: 0 });
  expect(await send('d@example.com')).toEqual({ standard: [], workos: [] });
  expect(third).not.toBe(second);
});

test('what is not taken is tried again, later and later, and what is behind it waits', async () => {
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

test('after three days without success an endpoint is disabled, which others are told; enabled, it goes on there', async () => {
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

test('a replay sends again what is behind a cursor, in order; one further on skips', async () => {
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

test('who changes an endpoint while it is sent to is not overtaken by what was under way', async () => {
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
  test('what was delivered is not forgotten, and what was not is not lost', async () => {
    const { app, execute, to, create, emails } = await world();
    await create(['USER_CREATED']);
    await makeUser(execute, { email: 'a@example.com' });
    await app.app.services.webhookWorker.deliverDue();
    await makeUser(execute, { email: 'b@example.com' });
    const config = loadConfig({ DATABASE_URL: `file:${app.folder}/test.db`, NODE_ENV: 'test', ...LOCAL });
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

  test('a stopping server gives back what it cannot end', async () => {
    const { app, execute, to, create, emails } = await world();
    await create(['USER_CREATED']);
    await makeUser(execute, { email: 'a@example.com' });
    const config = loadConfig({
      DATABASE_URL: `file:${app.folder}/test.db`,
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

  test('in the background, by itself', async () => {
    const { execute, create, emails } = await world({}, { delivering: 'background' });
    await create(['USER_CREATED']);
    await makeUser(execute, { email: 'a@example.com' });
    await expect.poll(emails).toEqual(['a@example.com']);
  });
});

describe('addresses', () => {
  const types = ['USER_CREATED'];

  test.each([
    ['http://receiver.example/', 'by http'],
    ['http://127.0.0.1/', 'not public'],
    ['https://127.0.0.1./', 'not public'],
    ['https://localhost/', 'not public'],
    ['https://LOCALHOST.:8443/', 'not public'],
    ['https://app.localhost/', 'not public'],
    ['https://printer.local/', 'not public'],
    ['https://hook.svc.internal/', 'not public'],
    ['https://nas.home.arpa/', 'not public'],
    ['https://receiver/', 'not public'],
    ['https://127.0.0.1/', 'not public'],
    ['https://2130706433/', 'not public'],
    ['https://0x7f.1/', 'not public'],
    ['https://10.1.2.3/', 'not public'],
    ['https://172.16.0.1/', 'not public'],
    ['https://192.168.0.1/', 'not public'],
    ['https://100.64.0.1/', 'not public'],
    ['https://169.254.169.254/latest/meta-data/', 'not public'],
    ['https://0.0.0.0/', 'not public'],
    ['https://[::1]/', 'not public'],
    ['https://[::]/', 'not public'],
    ['https://[fe80::1]/', 'not public'],
    ['https://[fd00:ec2::254]/', 'not public'],
    ['https://[::ffff:127.0.0.1]/', 'not public'],
    ['https://[::7f00:1]/', 'not public'],
    ['https://[64:ff9b::7f00:1]/', 'not public'],
    ['https://[2002:7f00:1::]/', 'not public'],
  ])('%s is refused', async (url, reason) => {
    const execute = await (await testApp()).client();
    const { errors, webhookEndpoint } = await mutate(execute, 'createWebhookEndpoint', { url, types });
    expect(webhookEndpoint).toBeNull();
    expect(errors).toMatchObject([{ code: 'ADDRESS_REFUSED', path: ['url'] }]);
    expect(errors[0].message).toContain(reason);
    expect(errors[0].message).toContain('WEBHOOK_NETWORKS');
  });

  test.each([
    ['ftp://receiver.example/', 'https://'],
    ['https://user:secret@receiver.example/', 'no user, password or fragment'],
    ['https://receiver.example/#here', 'no user, password or fragment'],
    ['https://receiver.example/#', 'no user, password or fragment'],
    ['https://receiver..example/', 'empty part'],
    ['https://receiver.example../', 'empty part'],
    ['https://./', 'empty part'],
    [`https://receiver.example/${'ä'.repeat(400)}`, 'at most 2048 characters'],
  ])('%s is no address of an endpoint', async (url, reason) => {
    const execute = await (await testApp()).client();
    const { errors } = await mutate(execute, 'createWebhookEndpoint', { url, types });
    expect(errors).toMatchObject([{ code: 'INVALID_INPUT', path: ['url'] }]);
    expect(errors[0].message).toContain(reason);
  });

  test.each([
    ['https://localhost/', '10.0.0.0/8', false],
    ['https://localhost/', '127.0.0.0/8', true],
    ['http://app.localhost/', '::1/128', true],
    ['http://receiver:8080/', '10.0.0.0/8', true],
    ['https://hook.svc.internal/', '10.0.0.0/8', true],
  ])('%s where WEBHOOK_NETWORKS is %s: taken: %s', async (url, networks, isTaken) => {
    const execute = await (await testApp({ WEBHOOK_NETWORKS: networks })).client();
    const { errors } = await mutate(execute, 'createWebhookEndpoint', { url, types });
    expect(errors).toMatchObject(isTaken ? [] : [{ code: 'ADDRESS_REFUSED' }]);
  });

  test.each([
    ['https://hook.example/', ['https://HOOK.example', 'https://hook.example:443/', ' HTTPS://hook.example./\n']],
    ['https://hook.example/a/b?c=1', ['https://hook.example/x/../a/./b?c=1', 'https:\\\\hook.example/a/b?c=1']],
    ['https://xn--mnchen-3ya.example/', ['https://münchen.example', 'https://MÜNCHEN。example./']],
    ['https://hook.example:8443/', ['https://hook.example:08443']],
    ['https://93.184.216.34/', ['https://0x5d.184.216.34', 'https://1572395042/', 'https://93.184.216.34.']],
    ['https://[2606:2800:220:1::1]/', ['https://[2606:2800:0220:0001:0:0:0:1]:443']],
  ])('%s is one address, however it is written', async (normal, spellings) => {
    const execute = await (await testApp()).client();
    const create = (url: string) => mutate(execute, 'createWebhookEndpoint', { url, types });
    const other = (await create('https://other.example/')).webhookEndpoint;
    for (const spelling of spellings) {
      const { webhookEndpoint, errors } = await create(spelling);
      expect(errors).toEqual([]);
      expect(webhookEndpoint.url).toBe(normal);
      for (const url of [normal, ...spellings]) {
        expect((await create(url)).errors).toMatchObject([{ code: 'DUPLICATE_ENDPOINT', path: ['url'] }]);
        const change = await mutate(execute, 'updateWebhookEndpoint', { id: other.id, url });
        expect(change.errors).toMatchObject([{ code: 'DUPLICATE_ENDPOINT' }]);
        const same = await mutate(execute, 'updateWebhookEndpoint', { id: webhookEndpoint.id, url });
        expect(same).toMatchObject({ errors: [], webhookEndpoint });
      }
      await mutate(execute, 'deleteWebhookEndpoint', { id: webhookEndpoint.id });
    }
  });

  test('an endpoint whose address is refused by now can be disabled, and moved', async () => {
    const { app, create } = await world();
    const { id } = await create(types);
    const config = loadConfig({ DATABASE_URL: `file:${app.folder}/test.db`, NODE_ENV: 'test' });
    const other = await createApp(config, { clock: app.clock, logger: createLogger('silent'), delivering: 'none' });
    const secret = await app.key('test');
    const execute: Execute = (query, variables) => ask(other, secret, query, variables);
    expect((await mutate(execute, 'updateWebhookEndpoint', { id, enabled: false })).errors).toEqual([]);
    const url = 'https://receiver.example/';
    expect((await mutate(execute, 'updateWebhookEndpoint', { id, url })).webhookEndpoint).toMatchObject({ url });
    await other.close();
  });

  test.each(['https://receiver.example/', 'https://93.184.216.34/', 'https://[2606:2800:220:1::1]/'])(
    '%s is taken',
    async (url) => {
      const execute = await (await testApp()).client();
      expect((await mutate(execute, 'createWebhookEndpoint', { url, types })).errors).toEqual([]);
    },
  );

  test('the network of a cloud that serves secrets is refused, also where it was named', async () => {
    const execute = await (await testApp({ WEBHOOK_NETWORKS: '0.0.0.0/0,::/0' })).client();
    for (const url of ['http://169.254.169.254/', 'http://[fd00:ec2::254]/', 'http://[::ffff:169.254.169.254]/']) {
      expect((await mutate(execute, 'createWebhookEndpoint', { url, types })).errors).toHaveLength(1);
    }
    expect((await mutate(execute, 'createWebhookEndpoint', { url: 'http://10.0.0.1/', types })).errors).toEqual([]);
  });

  test('a name that leads to a private address gets nothing, and the history says why', async () => {
    const { app, execute, to, create, read } = await world();
    const { id } = await create(types, to.url.replace('127.0.0.1', 'localhost'));
    await makeUser(execute, { email: 'a@example.com' });
    // The server was started again, with another network.
    const settings = { DATABASE_URL: `file:${app.folder}/test.db`, NODE_ENV: 'test', WEBHOOK_NETWORKS: '192.0.2.0/24' };
    const overrides = { clock: app.clock, logger: createLogger('silent'), delivering: 'none' } as const;
    const other = await createApp(loadConfig(settings), overrides);
    await other.services.webhookWorker.deliverDue();
    await other.close();
    expect(to.received).toEqual([]);
    expect((await read(id)).deliveries.nodes[0]).toMatchObject({ succeeded: false, error: 'ADDRESS_REFUSED' });
  });

  test('the same name is reached where its network was named', async () => {
    const { execute, to, create, deliver } = await world();
    await create(types, to.url.replace('127.0.0.1', 'localhost'));
    await makeUser(execute, { email: 'a@example.com' });
    await deliver();
    expect(to.received).toHaveLength(1);
  });

  test('a redirect is not followed', async () => {
    const { execute, to, create, read, deliver } = await world();
    const { id } = await create(types);
    to.answers.push(302);
    await makeUser(execute, { email: 'a@example.com' });
    await deliver();
    expect(to.received.map(({ path }) => path)).toEqual(['/']);
    expect((await read(id)).deliveries.nodes[0]).toMatchObject({ succeeded: false, error: 'HTTP_302' });
  });

  test('the address that was looked at is the one that is connected to', async () => {
    const to = await receiver('0.0.0.0');
    const answers = ['127.0.0.1', '127.0.0.2'];
    let asked = 0;
    // A name of somebody who answers the second question with another address.
    const sender = createWebhookSender([parseNetwork('127.0.0.1/32')], (_, __, callback) => {
      callback(null, [{ address: answers[asked++] ?? '', family: 4 }]);
    });
    const url = to.url.replace('127.0.0.1', 'rebinding.example');
    const send = () => sender.send({ url, headers: { connection: 'close' }, body: '{}' }, new AbortController().signal);
    expect(await send()).toBe(200);
    expect(asked).toBe(1);
    expect(to.received.map(({ address }) => address)).toEqual(['127.0.0.1']);
    await expect(send()).rejects.toMatchObject({ code: 'ADDRESS_REFUSED' });
    expect(to.received).toHaveLength(1);
    sender.close();
  });

  test('a certificate that nobody vouches for is refused, whatever network it is of', async () => {
    const { execute, create, read, deliver } = await world();
    const secure = await receiver('127.0.0.1', true);
    const { id } = await create(types, secure.url);
    await makeUser(execute, { email: 'a@example.com' });
    await deliver();
    expect(secure.received).toEqual([]);
    expect((await read(id)).deliveries.nodes[0]).toMatchObject({ error: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
  });

  test('of an answer that does not end no more is read than a little', async () => {
    let isCut = false;
    const endless = createServer((request, response) => {
      request.resume();
      response.writeHead(200);
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(10_000)));
      };
      response.on('drain', more).once('close', () => {
        isCut = true;
      });
      more();
    });
    endless.listen(0, '127.0.0.1');
    await once(endless, 'listening');
    const sender = createWebhookSender([parseNetwork('127.0.0.0/8')]);
    const url = `http://127.0.0.1:${(endless.address() as AddressInfo).port}/`; // it listens on a port
    expect(await sender.send({ url, headers: {}, body: '{}' }, new AbortController().signal)).toBe(200);
    await expect.poll(() => isCut).toBe(true);
    sender.close();
    endless.close();
  });

  test('a connection that the receiver had closed is no failure of the receiver', async () => {
    const seen = new Map<unknown, number>();
    // The second request of a connection is cut off, as when it came at the moment of the close.
    const closing = createServer((request, response) => {
      const count = (seen.get(request.socket) ?? 0) + 1;
      seen.set(request.socket, count);
      if (count > 1) request.socket.destroy();
      else request.resume().on('end', () => response.end());
    });
    closing.listen(0, '127.0.0.1');
    await once(closing, 'listening');
    const sender = createWebhookSender([parseNetwork('127.0.0.0/8')]);
    const url = `http://127.0.0.1:${(closing.address() as AddressInfo).port}/`; // it listens on a port
    const send = () => sender.send({ url, headers: {}, body: '{}' }, new AbortController().signal);
    expect([await send(), await send()]).toEqual([200, 200]);
    expect([...seen.values()]).toEqual([2, 1]);
    sender.close();
    closing.close();
  });

  test('why nothing came back is told by a code', async () => {
    const sender = createWebhookSender([parseNetwork('127.0.0.0/8')]);
    const request = { headers: {}, body: '{}' };
    const never = new AbortController().signal;
    const refused = sender.send({ ...request, url: 'http://127.0.0.1:1/' }, never);
    await expect(refused).rejects.toMatchObject({ code: 'CONNECTION_REFUSED' });
    const unknown = sender.send({ ...request, url: 'https://nowhere.invalid/' }, never);
    await expect(unknown).rejects.toMatchObject({ code: 'NAME_NOT_FOUND' });
    const to = await receiver();
    const cut = new AbortController();
    to.answers.push(async () => {
      cut.abort();
      return new Promise(() => {});
    });
    await expect(sender.send({ ...request, url: to.url }, cut.signal)).rejects.toMatchObject({ code: 'TIMEOUT' });
    sender.close();
  });
});

test('an endpoint needs a type, an address of its own, and a place among the others', async () => {
  const { execute, create, to } = await world();
  const { id } = await create(['USER_CREATED']);
  const refused = async (input: object) =>
    (await mutate(execute, 'createWebhookEndpoint', { types: ['USER_CREATED'], ...input })).errors;
  expect(await refused({ url: 'https://a.example/', types: [] })).toMatchObject([{ path: ['types'] }]);
  expect(await refused({ url: to.url })).toMatchObject([{ code: 'DUPLICATE_ENDPOINT' }]);
  for (let made = 1; made < MAX_WEBHOOK_ENDPOINTS; made++) await create(['USER_CREATED'], `${to.url}${made}`);
  expect(await refused({ url: 'https://a.example/' })).toMatchObject([{ code: 'INVALID_INPUT' }]);
  const change = (input: object) => mutate(execute, 'updateWebhookEndpoint', { id, ...input });
  expect(await change({ url: `${to.url}1` })).toMatchObject({ errors: [{ code: 'DUPLICATE_ENDPOINT' }] });
  expect(await change({ types: [], enabled: null })).toMatchObject({ errors: [{}, {}], webhookEndpoint: null });
  expect((await change({ url: to.url })).webhookEndpoint.updatedAt).toBe('2026-01-15T12:00:00.000Z');
  const { data } = await execute('{ webhookEndpoints(first: 3) { totalCount nodes { url types } } }');
  expect(data.webhookEndpoints).toMatchObject({ totalCount: MAX_WEBHOOK_ENDPOINTS });
  expect(data.webhookEndpoints.nodes[0]).toEqual({ url: `${to.url}49`, types: ['USER_CREATED'] });
});

test('who may not read events sends them nowhere, and a secret is in no answer but its own', async () => {
  const { app } = await world();
  const secret = await app.key('test', ['webhooks:write', 'webhooks:read']);
  const query = `mutation { createWebhookEndpoint(input: { url: "https://a.example/", types: [USER_CREATED] }) {
    webhookEndpoint { id } } }`;
  const refused = await ask(app.app, secret, query);
  expect(refused.errors?.[0]).toMatchObject({
    message: expect.stringContaining('events:read'),
    extensions: { code: 'FORBIDDEN' },
  });
  const both = await ask(app.app, await app.key('test', ['webhooks:write', 'events:read']), query);
  expect(both.errors).toBeUndefined();
});

test('events stay until every enabled endpoint has them, and take the history with them', async () => {
  const { app, execute, to, create, read, deliver, emails } = await world({ EVENT_RETENTION_COUNT: '1' });
  const { id } = await create(['USER_CREATED']);
  for (const name of ['a', 'b', 'c']) await makeUser(execute, { email: `${name}@example.com` });
  to.answers.push(200, 500);
  await deliver();
  await app.app.services.eventRetention.removeOld();
  const kept = async () => (await execute('{ events(first: 100) { nodes { name } } }')).data.events.nodes.length;
  expect(await kept()).toBe(2);
  app.clock.advance(5);
  await deliver();
  expect(emails()).toEqual(['a@example.com', 'b@example.com', 'b@example.com', 'c@example.com']);
  await app.app.services.eventRetention.removeOld();
  expect(await kept()).toBe(1);
  expect((await read(id)).deliveries.nodes).toHaveLength(1);
  // One that is disabled keeps nothing.
  await makeUser(execute, { email: 'd@example.com' });
  await mutate(execute, 'updateWebhookEndpoint', { id, enabled: false });
  await app.app.services.eventRetention.removeOld();
  expect(await kept()).toBe(1);
});

test('an endpoint whose secret another SECRET_KEY has sealed says so', async () => {
  const { app, execute, create, read } = await world();
  const { id } = await create(['USER_CREATED']);
  await makeUser(execute, { email: 'a@example.com' });
  const config = loadConfig({
    DATABASE_URL: `file:${app.folder}/test.db`,
    NODE_ENV: 'test',
    SECRET_KEY: 'another key of the server, long enough',
    ...LOCAL,
  });
  const other = await createApp(config, { clock: app.clock, logger: createLogger('silent'), delivering: 'none' });
  await other.services.webhookWorker.deliverDue();
  expect((await read(id)).deliveries.nodes[0]).toMatchObject({ error: 'SECRET_KEY_CHANGED', statusCode: null });
  await other.close();
});
