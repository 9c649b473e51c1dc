import { readFileSync } from 'node:fs';
import { WorkOS } from '@workos-inc/node';
import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { createApp } from '../../src/app.js';
import { loadConfig } from '../../src/config/config.js';
import { systemClock } from '../../src/runtime/clock.js';
import { createLogger } from '../../src/runtime/logger.js';
import { MAX_SECRET_OVERLAP_SECONDS, MAX_WEBHOOK_ENDPOINTS } from '../../src/webhooks/webhook-endpoint.js';
import { inSql } from '../support/in-sql.js';
import { makeMembership, makeOrganization, makeUser } from '../support/make.js';
import { isOnPostgres } from '../support/postgres/database.js';
import type { Received } from '../support/receiver.js';
import { execute as ask } from '../support/test-app.js';
import { LOCAL, mutate, world } from '../support/webhooks/webhook-world.js';

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

test('an event is sent to its endpoints with signatures that both official packages accept', async () => {
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
  // Of the secret nothing readable is left, neither in the rows nor, of SQLite, in the files.
  const rows = await inSql(app, (run) => run('select id, secret from webhook_endpoints'));
  const texts = rows.map((row) => `${row.id} ${Buffer.from(row.secret as Uint8Array).toString('latin1')}`);
  const parts = isOnPostgres() ? [] : ['', '-wal'].map((end) => readFileSync(`${app.folder}/test.db${end}`, 'latin1'));
  const files = [...texts, ...parts].join('');
  expect(files).toContain(id);
  expect(files).not.toContain(secret.slice(6, 20));
});

test('changes are reported as WorkOS does, and its SDK parses every type of event', async () => {
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

test('the secret is shown once, and the previous one also signs until the overlap ends', async () => {
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

test('an endpoint needs a type and a unique address, and is refused beyond the limit', async () => {
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

test('a key that may not read events creates no endpoint, and a secret appears only in its own response', async () => {
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

test('events are kept until every enabled endpoint has received them, and are deleted with their deliveries', async () => {
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

test('an endpoint whose secret was encrypted with another SECRET_KEY reports it', async () => {
  const { app, execute, create, read } = await world();
  const { id } = await create(['USER_CREATED']);
  await makeUser(execute, { email: 'a@example.com' });
  const config = loadConfig({
    ...app.settings,
    NODE_ENV: 'test',
    SECRET_KEY: 'another key of the server, long enough',
    ...LOCAL,
  });
  const other = await createApp(config, { clock: app.clock, logger: createLogger('silent'), delivering: 'none' });
  await other.services.webhookWorker.deliverDue();
  expect((await read(id)).deliveries.nodes[0]).toMatchObject({ error: 'SECRET_KEY_CHANGED', statusCode: null });
  await other.close();
});
