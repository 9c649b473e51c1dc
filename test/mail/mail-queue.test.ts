import { expect, test } from 'vitest';
import { type App, createApp, type Overrides } from '../../src/app.js';
import { loadConfig } from '../../src/config/config.js';
import {
  FAILED_KEPT_SECONDS,
  LEASE_SECONDS,
  MAX_MAILS_UNDER_WAY,
  MAX_PURGED,
  MailError,
  SENT_KEPT_SECONDS,
} from '../../src/mail/mail.js';
import type { Mail, Mailer } from '../../src/mail/mailer.js';
import { createLogger } from '../../src/runtime/logger.js';
import { delivery, send } from '../support/mail/sending.js';
import { isOnPostgres } from '../support/postgres/database.js';
import { refusal, smtpServer, smtpSettings } from '../support/smtp.js';
import { type TestApp, testApp } from '../support/test-app.js';

/** A second process on the file of the first: another app with hands of its own. */
async function beside({ settings, clock }: TestApp, mailer: Mailer): Promise<App> {
  const config = loadConfig(settings);
  const overrides: Overrides = { clock, mailer, logger: createLogger('silent'), delivering: 'awaited' };
  return createApp(config, overrides);
}

/** A mailer whose mails wait for the test to let them go. */
function heldMailer() {
  const held: { mail: Mail; take: () => void; refuse: (error: Error) => void }[] = [];
  const waiting: (() => void)[] = [];
  const mailer: Mailer = {
    send: (mail, signal) =>
      new Promise<void>((take, refuse) => {
        signal.addEventListener('abort', () => refuse(new Error('aborted')), { once: true });
        held.push({ mail, take, refuse });
        for (const wake of waiting.splice(0)) wake();
      }),
    close: () => {},
  };
  const count = async (wanted: number) => {
    while (held.length < wanted) await new Promise<void>((resolve) => waiting.push(resolve));
  };
  return { mailer, held, count };
}

test('two processes on one database send each mail once, and at most five at a time each', async () => {
  const taken: string[] = [];
  let most = 0;
  const counting = (): Mailer => {
    let underWay = 0;
    return {
      async send(mail) {
        most = Math.max(most, ++underWay);
        await new Promise(setImmediate);
        underWay--;
        taken.push(mail.id);
      },
      close: () => {},
    };
  };
  const one = await testApp({}, { delivering: 'none', mailer: counting() });
  const execute = await one.client();
  await Promise.all(Array.from({ length: 40 }, () => send(execute)));
  expect(taken).toEqual([]);
  const other = await beside(one, counting());
  await Promise.all([one.app.services.mailWorker.deliverDue(), other.services.mailWorker.deliverDue()]);
  await other.close();
  expect(taken).toHaveLength(40);
  expect(new Set(taken).size).toBe(40);
  // A claim in PostgreSQL takes longer than a mail here, so that fewer of them meet.
  if (isOnPostgres()) expect(most).toBeLessThanOrEqual(MAX_MAILS_UNDER_WAY);
  else expect(most).toBe(MAX_MAILS_UNDER_WAY);
});

test('a lease excludes other workers until it ends; a worker that holds it too long loses it', async () => {
  const { mailer, held, count } = heldMailer();
  const one = await testApp({}, { delivering: 'background', mailer });
  const execute = await one.client();
  const id = await send(execute);
  await count(1);
  const sent: string[] = [];
  const other = await beside(one, { send: async (mail) => void sent.push(mail.id), close: () => {} });
  one.clock.advance(LEASE_SECONDS - 1);
  await other.services.mailWorker.deliverDue();
  expect(sent).toEqual([]);
  expect(await delivery(execute, id)).toMatchObject({ state: 'PENDING', attempts: 1 });
  one.clock.advance(1);
  await other.services.mailWorker.deliverDue();
  expect(sent).toEqual([held[0]?.mail.id]);
  held[0]?.refuse(new Error('too late to matter'));
  await one.app.services.mailWorker.stop(10);
  expect(await delivery(execute, id)).toMatchObject({ state: 'SENT', attempts: 2, error: null });
  await other.close();
});

test('the outcome of an expired lease does not affect the current holder', async () => {
  const [first, second] = [heldMailer(), heldMailer()];
  const one = await testApp({}, { delivering: 'background', mailer: first.mailer });
  const execute = await one.client();
  const id = await send(execute);
  await first.count(1);
  const other = await beside(one, second.mailer);
  one.clock.advance(LEASE_SECONDS);
  const delivering = other.services.mailWorker.deliverDue();
  await second.count(1);
  first.held[0]?.refuse(new MailError('SMTP_550', true));
  await one.app.services.mailWorker.stop(10);
  expect(await delivery(execute, id)).toMatchObject({ state: 'PENDING', attempts: 2, error: null });
  second.held[0]?.take();
  await delivering;
  expect(await delivery(execute, id)).toMatchObject({ state: 'SENT', attempts: 2, error: null });
  await other.close();
});

test('the mutation returns while the mail is being sent; a stop finishes it and takes no other', async () => {
  const { mailer, held, count } = heldMailer();
  const app = await testApp({}, { delivering: 'background', mailer });
  const execute = await app.client();
  const id = await send(execute);
  await count(1);
  expect(await delivery(execute, id)).toMatchObject({ state: 'PENDING', attempts: 1 });
  const stopping = app.app.services.mailWorker.stop(10);
  const late = await send(execute);
  held[0]?.take();
  await stopping;
  expect(await delivery(execute, id)).toMatchObject({ state: 'SENT' });
  expect(await delivery(execute, late)).toMatchObject({ state: 'PENDING', attempts: 0 });
  expect(held).toHaveLength(1);
});

test('a stop releases unfinished mails, and the next process sends them at once', async () => {
  const { mailer, count } = heldMailer();
  const one = await testApp({}, { delivering: 'background', mailer });
  const execute = await one.client();
  const id = await send(execute);
  await count(1);
  await one.app.services.mailWorker.stop(0);
  const rows = await one.app.db.reader.selectFrom('mails').select(['state', 'leased_until']).execute();
  expect(rows).toEqual([{ state: 'PENDING', leased_until: null }]);
  const sent: Mail[] = [];
  const other = await beside(one, { send: async (mail) => void sent.push(mail), close: () => {} });
  await other.services.mailWorker.deliverDue();
  await other.close();
  expect(sent).toHaveLength(1);
  expect(await delivery(execute, id)).toMatchObject({ state: 'SENT', attempts: 2 });
});

test('a server sends what another process queued, and retries what waits', async () => {
  const smtp = await smtpServer();
  const app = await testApp(smtpSettings(smtp), { delivering: 'none' });
  const execute = await app.client();
  await send(execute);
  expect(smtp.received).toHaveLength(0);
  const arrived = new Promise<string>((resolve) => {
    smtp.at.data = (message) => void resolve(message);
  });
  const config = loadConfig({ ...app.settings, ...smtpSettings(smtp) });
  const server = await createApp(config, { clock: app.clock, logger: createLogger('silent') });
  expect(await arrived).toMatch(/verification code is \d{6}/);
  await server.close();
});

test('rows of mails are deleted after their retention, in batches, and with their user', async () => {
  const app = await testApp();
  const execute = await app.client();
  const id = await send(execute);
  const [row] = await app.app.db.reader.selectFrom('mails').selectAll().execute();
  if (!row) throw new Error('There is no mail.');
  await app.app.db.transaction(null, async (trx) => {
    for (let index = 0; index < MAX_PURGED; index++) {
      const copy = { ...row, id: `mail_${String(index).padStart(26, '0')}` as const, code_id: null };
      await trx.insertInto('mails').values(copy).execute();
    }
  });
  const left = async () => (await app.app.db.reader.selectFrom('mails').select('id').execute()).length;
  app.clock.advance(SENT_KEPT_SECONDS - 1);
  await app.app.services.mailWorker.deliverDue();
  expect(await left()).toBe(MAX_PURGED + 1);
  app.clock.advance(1);
  await app.app.services.mailWorker.deliverDue();
  expect(await left()).toBe(1);
  await app.app.services.mailWorker.deliverDue();
  expect(await left()).toBe(0);
  expect(await delivery(execute, id)).toBeNull();
});

test('a failed mail is kept longer, can be listed, and can be retried while its content is valid', async () => {
  const smtp = await smtpServer();
  const app = await testApp(smtpSettings(smtp));
  const execute = await app.client();
  const { mails, mailWorker, environments } = app.app.services;
  const environment = await environments.findByName(app.app.db.reader, 'test');
  if (!environment) throw new Error('There is no environment.');
  smtp.at.rcpt = () => refusal(550);
  const id = await send(execute);
  smtp.at = {};
  const [failed] = await mails.list(environment.id, 'FAILED');
  if (!failed) throw new Error('No mail failed.');
  expect(await mails.retry(environment.id, failed.id)).toBe(true);
  expect(await mails.retry(environment.id, failed.id)).toBe(false);
  await mailWorker.deliverDue();
  expect(await delivery(execute, id)).toMatchObject({ state: 'SENT', attempts: 2 });
  smtp.at.rcpt = () => refusal(550);
  await send(execute);
  const [other] = await mails.list(environment.id, 'FAILED');
  if (!other) throw new Error('No mail failed.');
  app.clock.advance(600);
  expect(await mails.retry(environment.id, other.id)).toBe(false);
  app.clock.advance(FAILED_KEPT_SECONDS - 601);
  await mailWorker.deliverDue();
  expect(await mails.list(environment.id, 'FAILED')).toHaveLength(1);
  app.clock.advance(1);
  await mailWorker.deliverDue();
  expect(await mails.list(environment.id, 'FAILED')).toEqual([]);
});
