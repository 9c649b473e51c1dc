import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { MAIL_BACKOFF } from '../../src/mail/mail.js';
import { mailStats } from '../../src/mail/mail.service.js';
import type { Mailer } from '../../src/mail/mailer.js';
import { createLogger } from '../../src/runtime/logger.js';
import { type Random, systemRandom } from '../../src/runtime/random.js';
import { retryAt } from '../../src/scheduling/backoff.js';
import { DELIVERY, delivery, SEND, send } from '../support/mail/sending.js';
import { makeUser } from '../support/make.js';
import { refusal, smtpServer, smtpSettings } from '../support/smtp.js';
import { execute as ask, type TestApp, TestClock, testApp } from '../support/test-app.js';

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

test('a mail has both parts, its sender, and the same message ID in every attempt', async () => {
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

test('a refused SMTP login keeps the mail waiting, and the log contains no secret', async () => {
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
  expect(log).toContain('the mail server rejects the user and password of SMTP_URL');
  expect(log).not.toContain('canary');
});

test('a server that requires a login, or does not support TLS, is reported as such', async () => {
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

test('a mail is retried when the server does not answer in time', async () => {
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

test('a mail is sent when a server that was down, and then failed during the message, is back', async () => {
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

test('a mail with an expired code is given up, with the last error', async () => {
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

test('the delay doubles from five seconds to five minutes, half of it random', () => {
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

test('the mail of a superseded or used code is not sent', async () => {
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

test('without SMTP, a mail is an .eml file in the outbox', async () => {
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

test('a mail waits while the outbox cannot be written', async () => {
  const { folder } = await testApp();
  writeFileSync(join(folder, 'file'), '');
  const app = await testApp({ MAIL_OUTBOX: join(folder, 'file', 'outbox') });
  const execute = await app.client();
  expect(await delivery(execute, await send(execute))).toMatchObject({ state: 'PENDING', error: 'ENOTDIR' });
});

test('a mail that cannot be rendered is logged, and waits', async () => {
  const { lines, logger } = recorder();
  const mailer: Mailer = { send: () => Promise.reject(new TypeError('canary-5a1f')), close: () => {} };
  const app = await testApp({}, { mailer, logger });
  const execute = await app.client();
  expect(await delivery(execute, await send(execute))).toMatchObject({ state: 'PENDING', error: 'INTERNAL_ERROR' });
  expect(lines.filter((line) => line.includes('canary-5a1f'))).toHaveLength(1);
});

test('the delivery of another environment is not visible', async () => {
  const app = await testApp();
  const id = await send(await app.client('one'));
  const { data } = await ask(app.app, await app.key('two'), DELIVERY, { id });
  expect(data.emailVerification).toBeNull();
});
