import { Readable } from 'node:stream';
import { systemViewer } from '../../../src/auth/viewer.js';
import type { EnvironmentId } from '../../../src/domain/ids.js';
import { mailStats } from '../../../src/mail/mail.service.js';
import { isDue } from '../../../src/mail/mail.store.js';
import { reportTwins } from '../../../src/mailboxes/shared-mailbox.service.js';
import { webhookStats } from '../../../src/webhooks/webhook-endpoint.service.js';
import { makeUser } from '../make.js';
import type { Execute, TestApp } from '../test-app.js';

/** Settings for an app whose background work is run. */
export const BACKGROUND = {
  WEBHOOK_NETWORKS: '127.0.0.0/8',
  EVENT_ERASURE_DAYS: '1',
  EVENT_RETENTION_COUNT: '3',
};

/** What goes on by itself: webhooks are sent, deleted users erased, old events removed; and streams are followed. */
export async function workInBackground({ app, clock }: TestApp, execute: Execute, environmentId: EnvironmentId) {
  const id = await makeUser(execute, { email: 'gone@example.com', idempotencyKey: 'gone' });
  const query = (path: string) => `mutation { createWebhookEndpoint(input: {
    url: "http://127.0.0.1:1/${path}", types: [USER_DELETED, USER_CREATED] }) { webhookEndpoint { id } } }`;
  const made = await execute(query('a'));
  await execute(query('b'));
  await execute('mutation ($id: ID!) { deleteUser(input: { id: $id }) { deletedUserId } }', { id });
  clock.advance(2 * 86_400);
  const { webhookWorker, mailWorker, eventRetention, eventErasure, eventStreams, events } = app.services;
  await mailWorker.deliverDue();
  // What its timer asks.
  await isDue(app.db.reader, clock.now());
  await webhookWorker.deliverDue();
  await eventErasure.eraseDeleted();
  const deletion = 'mutation ($id: ID!) { deleteWebhookEndpoint(input: { id: $id }) { errors { __typename } } }';
  await execute(deletion, { id: made.data.createWebhookEndpoint.webhookEndpoint.id });
  await webhookWorker.deliverDue();
  const viewer = systemViewer(environmentId, 'test');
  for (const filter of [{}, { names: ['user.created', 'user.updated'] as const }]) {
    const stream = await eventStreams.follow(viewer, filter, await events.startOf(environmentId), async () => {});
    await stream.next();
    await stream.return();
  }
  const live = await eventStreams.follow(viewer, {}, null, async () => {});
  const next = live.next();
  await makeUser(execute, { email: 'live@example.com' });
  await next;
  await live.return();
  await mailStats(app.db.reader);
  await webhookStats(app.db.reader);
  await eventRetention.removeOld();
}

/** What commands do. */
export async function workOfCommands({ app, file, key }: TestApp, environmentId: EnvironmentId): Promise<void> {
  const { environments, importRuns, userExports, apiKeys, mails, staff, issuers, signingKeys } = app.services;
  await reportTwins(app.db.reader);
  for (const policy of ['reject', 'skip', 'update'] as const) {
    const plan = { environmentId, source: 'x', format: 'ndjson', policy, rejectsFile: `${file}.rejects` } as const;
    const end = { offset: 1, line: 2 };
    const value = { email: 'imported@example.com', externalId: 'imported', passwordHash: `{SSHA}${'A'.repeat(38)}==` };
    const rows = [{ line: 1, end, size: 1, value: { ...value, passwordHashType: 'SSHA' } }];
    const begun = await importRuns.beginImport(plan, true);
    await importRuns.importBatches(begun, Readable.from([{ rows, position: end }]));
  }
  const exported = await userExports.pages(systemViewer(environmentId, 'x'), true).next();
  await key();
  const [made] = (await apiKeys.list('test')) ?? [];
  if (!made) throw new Error('The environment has a key.');
  const rotated = await apiKeys.rotate('test', made.id, 60);
  if (rotated) await apiKeys.revoke('test', rotated.apiKey.id);
  await environments.page('');
  await environments.setSignIn('test', true);
  for (const state of ['PENDING', 'SENT', 'FAILED'] as const) await mails.list(environmentId, state);
  await mails.retry(environmentId, 'mail_01E4ZCR3C56J083X43JQXF3JK5');
  const id = exported.value?.[0]?.user.id ?? '';
  await staff.grant(environmentId, id, ['users:read']);
  await staff.list(environmentId);
  await staff.revoke(environmentId, id);
  await issuers.list(environmentId);
  await signingKeys.rotate(environmentId, 'EdDSA', false);
  await signingKeys.rotate(environmentId, 'EdDSA', true);
  await signingKeys.list(environmentId);
  const added = await issuers.add(environmentId, {
    issuer: 'https://issuer.example',
    audience: null,
    jwksUrl: 'https://issuer.example/keys',
    publicKey: null,
    algorithms: ['RS256'],
    subject: 'ID',
    scopes: ['users:read'],
    scopesClaim: 'scope',
  });
  await issuers.findByIssuer('https://issuer.example');
  await issuers.remove(environmentId, added.id);
  await app.services.events.startEpoch();
}
