import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type App, createApp, type Overrides } from '../src/app.js';
import { retryAt } from '../src/backoff.js';
import { loadConfig } from '../src/config.js';
import { createLogger } from '../src/logger.js';
import {
  FAILED_KEPT_SECONDS,
  LEASE_SECONDS,
  MAIL_BACKOFF,
  MAX_MAILS_UNDER_WAY,
  MAX_PURGED,
  MailError,
  SENT_KEPT_SECONDS,
} from '../src/mail/mail.js';
import { mailStats } from '../src/mail/mail.service.js';
import type { Mail, Mailer } from '../src/mail/mailer.js';
import { type Random, systemRandom } from '../src/random.js';
import { makeUser } from './support/make.js';
import { refusal, smtpServer, smtpSettings } from './support/smtp.js';
import { execute as ask, type Execute, type TestApp, TestClock, testApp } from './support/test-app.js';

const SEND = `mutation ($id: ID!) {
  sendVerificationEmail(input: { userId: $id }) { emailVerification { id } errors { ... on MutationError { code } } }
}`;
const DELIVERY = `query ($id: ID!) {
  emailVerification(id: $id) { delivery { state attempts error nextAttemptAt sentAt } }
}`;

let people = 0;
/** A new user is sent a code; answers the id of the verification. */
async function send(execute: Execute, email = `person${++people}@example.com`): Promise<string> {
  const { data } = await execute(SEND, { id: await makeUser(execute, { email }) });
  expect(data.sendVerificationEmail.errors).toEqual([]);
  return data.sendVerificationEmail.emailVerification.id;
}

async function delivery(execute: Execute, id: string) {
  return (await execute(DELIVERY, { id })).data.emailVerification.delivery;
}

/** Lines of the log, and a logger that writes them. */
function recorder() {
  const lines: string[] = [];
  return { lines, logger: createLogger('debug', { write: (line) => lines.push(line) }) };
}

/** The next attempt of every mail that waits for one. */
async function later({ app, clock }: TestApp): Promise<void> {
  clock.advance(MAIL_BACKOFF.mostSeconds);
  await app.services.mailWorker.deliverDue();
}

/** A second process on the file of the first: another app with hands of its own. */
async function beside({ folder, clock }: TestApp, mailer: Mailer): Promise<App> {
  const config = loadConfig({ DATABASE_URL: `file:${join(folder, 'test.db')}` });
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

test('a mail has both parts, its sender, and one id at every attempt', async () => {
  const smtp = await smtpServer();
  const app = await testApp({ ...smtpSettings(smtp), MAIL_REPLY_TO: 'help@example.com' });
  const execute = await app.client();
  const ids: string[] = [];
  smtp.at.data = (message) => {
    ids.push(/^Message-ID: (.*)\r$/m.exec(message)?.[1] ?? '');
    return ids.length === 1 ? refusal(451) : undefined;
  };
  await send(execute, 'ada@example.com');
  await later(app);
  expect(ids[0]).toMatch(/^<mail_[0-9A-Z]{26}@example\.com>$/);
  expect(ids).toEqual([ids[0], ids[0]]);
  const [message = ''] = smtp.received;
  expect(message).toMatch(/^From: Accounts <accounts@example\.com>\r$/m);
  expect(message).toMatch(/^Reply-To: help@example\.com\r$/m);
  expect(message).toMatch(/^To: ada@example\.com\r$/m);
  expect(message).toMatch(/^Subject: Your verification code for Accounts\r$/m);
  expect(message).toMatch(/^Auto-Submitted: auto-generated\r$/m);
  expect(message).toMatch(/verification code is \d{6}\./);
  expect(message).toMatch(/^Content-Type: text\/plain/m);
  expect(message).toMatch(/^Content-Type: text\/html/m);
});

test.each(['connect', 'mail', 'rcpt', 'data'] as const)(
  'a server that is busy at %s gets the mail later',
  async (step) => {
    const smtp = await smtpServer();
    const app = await testApp(smtpSettings(smtp));
    const execute = await app.client();
    smtp.at[step] = () => refusal(step === 'connect' ? 421 : 451);
    const id = await send(execute);
    const error = step === 'connect' ? 'SMTP_421' : 'SMTP_451';
    const waiting = await delivery(execute, id);
    expect(waiting).toMatchObject({ state: 'PENDING', attempts: 1, error, sentAt: null });
    expect(waiting.nextAttemptAt > app.clock.now()).toBe(true);
    smtp.at = {};
    await app.app.services.mailWorker.deliverDue();
    expect(smtp.received).toHaveLength(0);
    await later(app);
    expect(smtp.received).toHaveLength(1);
    const sentAt = app.clock.now();
    expect(await delivery(execute, id)).toEqual({
      ...{ state: 'SENT', attempts: 2, error: null, nextAttemptAt: null, sentAt },
    });
  },
);

test.each(['mail', 'rcpt', 'data'] as const)(
  'what a server refuses for good at %s has failed at once',
  async (step) => {
    const smtp = await smtpServer();
    const { lines, logger } = recorder();
    const app = await testApp(smtpSettings(smtp), { logger });
    const execute = await app.client();
    smtp.at[step] = () => refusal(550);
    const id = await send(execute, 'canary.person@example.com');
    const failed = { state: 'FAILED', attempts: 1, error: 'SMTP_550', nextAttemptAt: null, sentAt: null };
    expect(await delivery(execute, id)).toEqual(failed);
    const seen = smtp.connections;
    smtp.at = {};
    await later(app);
    expect(smtp.connections).toBe(seen);
    expect(await mailStats(app.app.db.reader)).toEqual({ pending: 0, failed: 1, oldestDueAt: null });
    const [line] = lines.filter((text) => text.includes('"mail failed"'));
    expect(JSON.parse(line ?? '{}')).toMatchObject({
      mailId: expect.stringMatching(/^mail_/),
      environmentId: expect.stringMatching(/^env_/),
      template: 'email-verification',
      error: 'SMTP_550',
    });
    expect(lines.join('')).not.toContain('canary');
  },
);

test('a login that is refused is for the operator to mend: the mail waits, and the log has no secret', async () => {
  const smtp = await smtpServer({
    authOptional: false,
    allowInsecureAuth: true,
    onAuth: (_auth, _session, done) => done(refusal(535, 'canary-user is not welcome')),
  });
  const { lines, logger } = recorder();
  const settings = { ...smtpSettings(smtp), SMTP_URL: `smtp://canary-user:canary-secret@127.0.0.1:${smtp.port}` };
  const app = await testApp(settings, { logger });
  const execute = await app.client();
  const id = await send(execute, 'canary.person@example.com');
  expect(await delivery(execute, id)).toMatchObject({ state: 'PENDING', error: 'SMTP_535' });
  const log = lines.join('');
  expect(log).toContain('the mail server does not take the user and password of SMTP_URL');
  expect(log).not.toContain('canary');
});

test('a server that wants a login, or TLS that it does not speak, is named so', async () => {
  const smtp = await smtpServer();
  const { lines, logger } = recorder();
  const app = await testApp({ ...smtpSettings(smtp), SMTP_URL: `smtps://127.0.0.1:${smtp.port}` }, { logger });
  const execute = await app.client();
  const id = await send(execute);
  expect(await delivery(execute, id)).toMatchObject({ state: 'PENDING', attempts: 1 });
  expect(lines.join('')).toMatch(/"hint":"[^"]*scheme|"hint":"TLS/);
  const strict = await smtpServer();
  strict.at.mail = () => refusal(530);
  const other = await testApp(smtpSettings(strict));
  const asOther = await other.client();
  expect(await delivery(asOther, await send(asOther))).toMatchObject({ state: 'PENDING', error: 'SMTP_530' });
});

test('a server that does not answer in time gets the mail later', async () => {
  const smtp = await smtpServer();
  const app = await testApp(smtpSettings(smtp, 1));
  const execute = await app.client();
  smtp.at.data = () => new Promise(() => {});
  const id = await send(execute);
  expect(await delivery(execute, id)).toMatchObject({ state: 'PENDING', error: 'ETIMEDOUT' });
  smtp.at = {};
  await later(app);
  expect(await delivery(execute, id)).toMatchObject({ state: 'SENT', attempts: 2 });
  expect(smtp.received).toHaveLength(1);
});

test('a server that is down, and then dies over the message, gets the mail when it is back', async () => {
  const smtp = await smtpServer();
  const app = await testApp(smtpSettings(smtp));
  const execute = await app.client();
  await smtp.die();
  const id = await send(execute);
  expect(await delivery(execute, id)).toMatchObject({ state: 'PENDING', attempts: 1, error: 'ESOCKET' });
  await smtp.start();
  smtp.at.data = () => new Promise(() => void smtp.die());
  await later(app);
  const { state, error } = await delivery(execute, id);
  expect([state, error]).toEqual(['PENDING', expect.stringMatching(/^E(CONNECTION|SOCKET)$/)]);
  expect(smtp.received).toHaveLength(0);
  smtp.at = {};
  await smtp.start();
  app.clock.advance(1);
  await app.app.services.mailWorker.deliverDue();
  expect(smtp.received).toHaveLength(0);
  app.clock.advance(MAIL_BACKOFF.mostSeconds - 2);
  await app.app.services.mailWorker.deliverDue();
  expect(smtp.received).toHaveLength(1);
  expect(await delivery(execute, id)).toMatchObject({ state: 'SENT', attempts: 3 });
});

test('a mail whose code is over is given up, with the last reason it was not taken', async () => {
  const smtp = await smtpServer();
  const app = await testApp(smtpSettings(smtp));
  const execute = await app.client();
  smtp.at.rcpt = () => refusal(450);
  const id = await send(execute);
  const states: string[] = [];
  for (let minutes = 0; minutes < 11; minutes++) {
    states.push((await delivery(execute, id)).state);
    app.clock.advance(60);
    await app.app.services.mailWorker.deliverDue();
  }
  expect(states[0]).toBe('PENDING');
  expect(states.at(-1)).toBe('FAILED');
  const { attempts, error } = await delivery(execute, id);
  expect(attempts).toBeGreaterThan(3);
  expect(['SMTP_450', 'CODE_EXPIRED']).toContain(error);
  expect(smtp.received).toHaveLength(0);
});

test('the delay doubles from five seconds to five minutes, with a half of it left to chance', () => {
  const now = new TestClock().now();
  const longest: Random = { bytes: systemRandom.bytes, below: () => 0 };
  const shortest: Random = { bytes: systemRandom.bytes, below: (limit) => limit };
  const seconds = (random: Random) =>
    [1, 2, 3, 6, 7, 8, 100].map(
      (attempt) => (Date.parse(retryAt(now, attempt, MAIL_BACKOFF, random)) - Date.parse(now)) / 1000,
    );
  expect(seconds(longest)).toEqual([5, 10, 20, 160, 300, 300, 300]);
  expect(seconds(shortest)).toEqual([2.5, 5, 10, 80, 150, 150, 150]);
});

test('the mail of a code that was superseded or used meanwhile is not sent', async () => {
  const smtp = await smtpServer();
  const app = await testApp(smtpSettings(smtp));
  const execute = await app.client();
  smtp.at.connect = () => refusal(421);
  const userId = await makeUser(execute, { email: 'twice@example.com' });
  const sendTo = async (id: string) => (await execute(SEND, { id })).data.sendVerificationEmail.emailVerification.id;
  const [first, second] = [await sendTo(userId), await sendTo(userId)];
  smtp.at = {};
  await later(app);
  expect(await delivery(execute, first)).toMatchObject({ state: 'FAILED', error: 'CODE_SUPERSEDED' });
  expect(await delivery(execute, second)).toMatchObject({ state: 'SENT' });
  expect(smtp.received).toHaveLength(1);
});

test('two processes on one file send each of many mails once, and never more than five at a time each', async () => {
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
  expect(most).toBe(MAX_MAILS_UNDER_WAY);
});

test('a lease keeps others away until it ends; who holds it too long has no say any more', async () => {
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

test('the outcome of a lease that is over does not end the attempt of who has the mail now', async () => {
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

test('the mutation answers while the mail is under way; a stop finishes it, and takes no other', async () => {
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

test('what a stop has to cut is given back: nothing stays leased, and the next process sends it at once', async () => {
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

test('a server left alone sends what another process queued and what waits for another attempt', async () => {
  const smtp = await smtpServer();
  const app = await testApp(smtpSettings(smtp), { delivering: 'none' });
  const execute = await app.client();
  await send(execute);
  expect(smtp.received).toHaveLength(0);
  const arrived = new Promise<string>((resolve) => {
    smtp.at.data = (message) => void resolve(message);
  });
  const config = loadConfig({ DATABASE_URL: `file:${join(app.folder, 'test.db')}`, ...smtpSettings(smtp) });
  const server = await createApp(config, { clock: app.clock, logger: createLogger('silent') });
  expect(await arrived).toMatch(/verification code is \d{6}/);
  await server.close();
});

test('rows of mails are removed in time, in batches, and with their user', async () => {
  const app = await testApp();
  const execute = await app.client();
  const id = await send(execute);
  const [row] = await app.app.db.reader.selectFrom('mails').selectAll().execute();
  if (!row) throw new Error('There is no mail.');
  await app.app.db.transaction(async (trx) => {
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

test('a failed mail is kept longer, can be listed, and tried again while it is of use', async () => {
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

test('without SMTP a mail is an .eml file in the outbox', async () => {
  const { folder } = await testApp();
  const outbox = join(folder, 'outbox');
  const app = await testApp({ MAIL_OUTBOX: outbox });
  const execute = await app.client();
  expect(existsSync(outbox)).toBe(false);
  const id = await send(execute, 'ada@example.com');
  const files = readdirSync(outbox);
  expect(files).toEqual([expect.stringMatching(/^mail_[0-9A-Z]{26}\.eml$/)]);
  expect(readFileSync(join(outbox, files[0] ?? ''), 'utf8')).toMatch(/^To: ada@example\.com\r$/m);
  expect(await delivery(execute, id)).toMatchObject({ state: 'SENT' });
});

test('a folder that cannot be written keeps the mail waiting', async () => {
  const { folder } = await testApp();
  const app = await testApp({ MAIL_OUTBOX: join(folder, 'test.db', 'outbox') });
  const execute = await app.client();
  expect(await delivery(execute, await send(execute))).toMatchObject({ state: 'PENDING', error: 'ENOTDIR' });
});

test('a mail that cannot be made is a fault in the log, and waits', async () => {
  const { lines, logger } = recorder();
  const mailer: Mailer = { send: () => Promise.reject(new TypeError('canary-5a1f')), close: () => {} };
  const app = await testApp({}, { mailer, logger });
  const execute = await app.client();
  expect(await delivery(execute, await send(execute))).toMatchObject({ state: 'PENDING', error: 'INTERNAL_ERROR' });
  expect(lines.filter((line) => line.includes('canary-5a1f'))).toHaveLength(1);
});

test('the delivery of another environment is not to be seen', async () => {
  const app = await testApp();
  const id = await send(await app.client('one'));
  const { data } = await ask(app.app, await app.key('two'), DELIVERY, { id });
  expect(data.emailVerification).toBeNull();
});
