import { once } from 'node:events';
import { expect, test } from 'vitest';
import { newDatabase } from '../support/processes/new-database.js';
import { ask, CREATE, createKey, run, serve, stop } from '../support/processes/process.js';
import { CERTIFICATE, receiver } from '../support/receiver.js';
import { runs } from '../support/runs.js';

test('a server killed repeatedly while sending loses nothing, keeps the order, and repeats only running attempts', async () => {
  const { settings: own, sql } = await newDatabase();
  const settings = { ...own, WEBHOOK_NETWORKS: '127.0.0.0/8' };
  const { secret } = await createKey(settings);
  const writer = await serve(settings);
  const to = await receiver();
  const create = `mutation ($url: URL!) { createWebhookEndpoint(input: { url: $url, types: [USER_CREATED] }) {
    errors { __typename } } }`;
  await ask(writer.url, secret, create, { url: to.url });
  await stop(writer.child);
  // By a command, which leaves sending to the servers.
  const [COUNT, KILLS] = [runs(80, 300), runs(2, 8)];
  expect((await run(['seed', '--environment', 'e1', '--users', String(COUNT)], settings)).code).toBe(0);
  // The 25th attempt from now is under way, without an answer, when the server is killed.
  const attemptWithoutAnswer = () =>
    new Promise<void>((arrived) => {
      to.answers.push(...Array<number>(24).fill(200), () => {
        arrived();
        return new Promise(() => {});
      });
    });
  const isDone = () => new Set(to.received.map(({ event }) => event.id)).size >= COUNT;
  let attempt = attemptWithoutAnswer();
  let { child } = await serve(settings);
  for (let kills = 0; kills < KILLS; kills += 1) {
    await attempt;
    const gone = once(child, 'close');
    child.kill('SIGKILL');
    await gone;
    // The end of the lease of who died, without waiting for it.
    await sql("update webhook_endpoints set next_attempt_at = '2000-01-01T00:00:00.000Z'");
    if (kills < KILLS - 1) attempt = attemptWithoutAnswer();
    ({ child } = await serve(settings));
  }
  await expect.poll(isDone, { timeout: 20_000 }).toBe(true);
  const emails = to.received.map(({ event }) => event.data.email);
  const log = await run(
    ['events', 'tail', '--environment', 'e1', '--from-start', '--types', 'user.created', '--limit', String(COUNT)],
    settings,
  );
  const written = log.out
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line).data.email);
  // Each once, in the order of the log, but for the one that was under way at each kill.
  expect(emails.filter((email, index) => email !== emails[index - 1])).toEqual(written);
  expect(emails.length - COUNT).toBe(KILLS);
}, 120_000);

test('over https to a receiver with a trusted certificate', async () => {
  const { settings: own } = await newDatabase();
  const settings = { ...own, WEBHOOK_NETWORKS: '127.0.0.0/8', NODE_EXTRA_CA_CERTS: CERTIFICATE };
  const { secret } = await createKey(settings);
  const server = await serve(settings);
  const to = await receiver('127.0.0.1', true);
  const create = `mutation ($url: URL!) { createWebhookEndpoint(input: { url: $url, types: [USER_CREATED] }) {
    errors { __typename } } }`;
  await ask(server.url, secret, create, { url: to.url });
  await ask(server.url, secret, CREATE, { input: { email: 'ada@example.com' } });
  await expect.poll(() => to.received.map(({ event }) => event.data.email)).toEqual(['ada@example.com']);
});
