import { expect, test } from 'vitest';
import { createApp } from '../../src/app.js';
import { loadConfig } from '../../src/config/config.js';
import { LEASE_SECONDS } from '../../src/mail/mail.js';
import { addSeconds, systemClock } from '../../src/runtime/clock.js';
import { createLogger } from '../../src/runtime/logger.js';
import { type NewDatabase, newDatabase } from '../support/processes/new-database.js';
import { ask, CREATE, createKey, lastLine, run, type Settings, serve, stop } from '../support/processes/process.js';
import { refusal, smtpServer, smtpSettings, type TestSmtp } from '../support/smtp.js';
import { execute } from '../support/test-app.js';

const SEND = 'mutation ($id: ID!) { sendVerificationEmail(input: { userId: $id }) { emailVerification { id } } }';
const VERIFY = `mutation ($id: ID!, $code: String!) {
  verifyEmail(input: { userId: $id, code: $code }) { user { emailVerified } errors { ... on MutationError { code } } }
}`;

/** A server that has queued a mail; resolves when the mutation was answered. */
async function serveAndSend(smtp: TestSmtp) {
  const { settings: place, sql } = await newDatabase();
  const settings: Settings = { ...place, ...smtpSettings(smtp) };
  const { secret } = await createKey(settings);
  const { child, url } = await serve(settings);
  const made = JSON.parse((await ask(url, secret, CREATE, { input: { email: 'ada@example.com' } })).text);
  const userId: string = made.data.createUser.user.id;
  const sent = JSON.parse((await ask(url, secret, SEND, { id: userId })).text);
  expect(sent.errors).toBeUndefined();
  return { settings, sql, secret, child, url, userId };
}

/** A message that has arrived; the server answers when the test lets it. */
function holdMessages(smtp: TestSmtp) {
  let take: () => void = () => {};
  const arrived = new Promise<void>((resolve) => {
    smtp.at.data = () => {
      resolve();
      return new Promise((answer) => {
        take = () => answer(undefined);
      });
    };
  });
  return { arrived, take: () => take() };
}

function stateOf(sql: NewDatabase['sql']) {
  return sql(`select state, cast(attempts as int) as attempts,
    case when leased_until is null then 0 else 1 end as leased from mails`);
}

test('a process killed while sending loses no mail: the next one sends it after the lease ends', async () => {
  const smtp = await smtpServer();
  const { arrived } = holdMessages(smtp);
  const { settings, sql, secret, child, userId } = await serveAndSend(smtp);
  await arrived;
  await stop(child, 'SIGKILL');
  expect(await stateOf(sql)).toEqual([{ state: 'PENDING', attempts: 1, leased: 1 }]);
  smtp.at = {};
  let ahead = 0;
  const clock = {
    now: () => addSeconds(systemClock.now(), ahead),
    millis: () => systemClock.millis() + ahead * 1000,
  };
  const overrides = { clock, logger: createLogger('silent'), delivering: 'awaited' } as const;
  const app = await createApp(loadConfig(settings), overrides);
  await app.services.mailWorker.deliverDue();
  expect(smtp.received).toHaveLength(0);
  ahead = LEASE_SECONDS;
  await app.services.mailWorker.deliverDue();
  expect(smtp.received).toHaveLength(1);
  const code = /code is (\d{6})/.exec(smtp.received[0] ?? '')?.[1] ?? '';
  const { data } = await execute(app, secret, VERIFY, { id: userId, code });
  expect(data.verifyEmail).toEqual({ user: { emailVerified: true }, errors: [] });
  await app.close();
});

test('a server stopped while sending finishes the mail, and leaves no lease', async () => {
  const smtp = await smtpServer();
  const { arrived, take } = holdMessages(smtp);
  const { sql, child } = await serveAndSend(smtp);
  await arrived;
  const stopped = stop(child);
  take();
  expect(await stopped).toBe(0);
  expect(smtp.received).toHaveLength(1);
  expect(await stateOf(sql)).toEqual([{ state: 'SENT', attempts: 1, leased: 0 }]);
});

test('a stopping server releases what it cannot finish in time', async () => {
  const smtp = await smtpServer();
  const { arrived } = holdMessages(smtp);
  const { settings: place, sql } = await newDatabase();
  const settings = { ...place, ...smtpSettings(smtp), DRAIN_SECONDS: '0.1' };
  const { secret } = await createKey(settings);
  const { child, url } = await serve(settings);
  const made = JSON.parse((await ask(url, secret, CREATE, { input: { email: 'ada@example.com' } })).text);
  await ask(url, secret, SEND, { id: made.data.createUser.user.id });
  await arrived;
  expect(await stop(child)).toBe(0);
  expect(await stateOf(sql)).toEqual([{ state: 'PENDING', attempts: 1, leased: 0 }]);
});

test('failed mails are listed without their addresses, and retried by the running server', async () => {
  const smtp = await smtpServer();
  let refusals = 0;
  const refused = new Promise<void>((resolve) => {
    smtp.at.rcpt = () => {
      refusals++;
      resolve();
      return refusal(550);
    };
  });
  const { settings, sql, child } = await serveAndSend(smtp);
  await refused;
  const list = async (...more: string[]) => {
    const { code, out, err } = await run(['mails', 'list', '--environment', 'e1', '--json', ...more], settings);
    expect(code).toBe(0);
    expect(out + err).not.toContain('ada@example.com');
    return lastLine(out).mails as { id: string; error: string }[]; // what the command promises
  };
  // The reply is written down after it was given.
  let failed = await list();
  while (failed.length === 0) failed = await list();
  expect(failed).toMatchObject([{ state: 'FAILED', template: 'email-verification', attempts: 1, error: 'SMTP_550' }]);
  const arrived = new Promise<void>((resolve) => {
    smtp.at = { data: () => void resolve() };
  });
  const retried = await run(['mails', 'retry', '--environment', 'e1', '--json'], settings);
  expect(lastLine(retried.out)).toEqual({ retried: [failed[0]?.id] });
  await arrived;
  expect(await stop(child)).toBe(0);
  expect(refusals).toBe(1);
  expect(await stateOf(sql)).toEqual([{ state: 'SENT', attempts: 2, leased: 0 }]);
  const [again, wrong, nowhere] = await Promise.all([
    run(['mails', 'retry', '--environment', 'e1', '--id', failed[0]?.id ?? ''], settings),
    run(['mails', 'list', '--environment', 'e1', '--state', 'lost'], settings),
    run(['mails', 'list', '--environment', 'nowhere'], settings),
  ]);
  expect([again.code, again.err]).toEqual([1, expect.stringContaining('no failed mail')]);
  expect([wrong.code, wrong.err]).toEqual([
    1,
    "'lost' is not a state of a mail. The states are pending, sent, failed.\n",
  ]);
  expect([nowhere.code, nowhere.err]).toEqual([1, "No environment is named 'nowhere'.\n"]);
}, 180_000);
