import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { expect, onTestFinished, test } from 'vitest';
import { blockOf } from '../support/docs/pages.js';
import { ask, createKey, database, folder, freePort, serve } from '../support/processes/process.js';

/** The receiver of docs/webhooks.md, from its text alone. */
async function startReceiver(secret: string) {
  const port = await freePort();
  const file = join(folder(), 'receiver.mjs');
  writeFileSync(file, blockOf('docs/webhooks.md', '// receiver.mjs'));
  const env = { PATH: process.env.PATH, WEBHOOK_SECRET: secret, PORT: String(port) };
  const child = spawn(process.execPath, [file], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let out = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  await expect.poll(() => out, { timeout: 20_000 }).toContain(`port ${port}`);
  return { url: `http://127.0.0.1:${port}/`, lines: () => out.trimEnd().split('\n').slice(1) };
}

const CREATE = `mutation ($url: URL!) { createWebhookEndpoint(input: { url: $url, types: [USER_CREATED, USER_DELETED] }) {
  secret webhookEndpoint { id } errors { __typename } } }`;
const ROTATE = `mutation ($id: ID!) { rotateWebhookEndpointSecret(input: { id: $id }) { secret errors { __typename } } }`;
const CREATE_USER = 'mutation ($email: String!) { createUser(input: { email: $email }) { user { id } } }';

test('the receiver of docs/webhooks.md accepts what the server sends, with either secret, and nothing else', async () => {
  const { settings } = database();
  const { secret: key } = await createKey(settings);
  const server = await serve({ ...settings, WEBHOOK_NETWORKS: '127.0.0.0/8' });
  const run = async (query: string, variables: object) =>
    JSON.parse((await ask(server.url, key, query, variables)).text).data;
  // Its secret is known when the endpoint is there: it is made for a place that is then moved to the receiver.
  const made = (await run(CREATE, { url: 'https://receiver.example/' })).createWebhookEndpoint;
  const { id } = made.webhookEndpoint;
  const to = await startReceiver(made.secret);
  const move =
    'mutation ($id: ID!, $url: URL!) { updateWebhookEndpoint(input: { id: $id, url: $url }) { errors { __typename } } }';
  await run(move, { id, url: to.url });

  const ada = (await run(CREATE_USER, { email: 'ada@example.com' })).createUser.user.id;
  await expect.poll(to.lines, { timeout: 20_000 }).toEqual([`user.created ${ada}`]);
  // The secret before signs too, and it is the receiver's.
  const { secret: next } = (await run(ROTATE, { id })).rotateWebhookEndpointSecret;
  const bob = (await run(CREATE_USER, { email: 'bob@example.com' })).createUser.user.id;
  await expect.poll(to.lines, { timeout: 20_000 }).toEqual([`user.created ${ada}`, `user.created ${bob}`]);

  const body = JSON.stringify({ id: 'event_x', event: 'user.created', data: { id: 'user_x' } });
  const send = (signedWith: string, at: Date, sent = body) => {
    const signature = new Webhook(signedWith).sign('event_x', at, body);
    const seconds = String(Math.floor(at.getTime() / 1000));
    const headers = { 'webhook-id': 'event_x', 'webhook-timestamp': seconds, 'webhook-signature': signature };
    return fetch(to.url, { method: 'POST', headers, body: sent }).then(({ status }) => status);
  };
  const now = new Date();
  expect(await send(next, now)).toBe(401);
  expect(await send(made.secret, new Date(now.getTime() - 301_000))).toBe(401);
  expect(await send(made.secret, now, body.replace('user_x', 'user_y'))).toBe(401);
  expect((await fetch(to.url, { method: 'POST', body })).status).toBe(401);
  expect(to.lines()).toHaveLength(2);
  // Once, however often it comes.
  expect([await send(made.secret, now), await send(made.secret, now)]).toEqual([204, 204]);
  await expect.poll(to.lines).toEqual([`user.created ${ada}`, `user.created ${bob}`, 'user.created user_x']);
}, 120_000);
