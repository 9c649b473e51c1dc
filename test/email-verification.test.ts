import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { expect, onTestFinished, test } from 'vitest';
import { loadConfig } from '../src/config.js';
import { createIds } from '../src/ids.js';
import { createLogger } from '../src/logger.js';
import { createMailer } from '../src/mail/mailer.js';
import { systemRandom } from '../src/random.js';
import { makeUser } from './support/make.js';
import { codeIn, type Execute, TestClock, testApp } from './support/test-app.js';

const SEND = `mutation ($id: ID!) {
  sendVerificationEmail(input: { userId: $id }) {
    user { id emailVerified }
    emailVerification { email expiresAt createdAt }
    errors { ... on MutationError { code } ... on RateLimitedError { retryAfterSeconds } }
  }
}`;

const VERIFY = `mutation ($id: ID!, $code: String!) {
  verifyEmail(input: { userId: $id, code: $code }) {
    user { id emailVerified version }
    errors { ... on MutationError { code } ... on VerificationCodeError { attemptsRemaining } }
  }
}`;

async function send(execute: Execute, id: string) {
  return (await execute(SEND, { id })).data.sendVerificationEmail;
}

async function verify(execute: Execute, id: string, code: string) {
  return (await execute(VERIFY, { id, code })).data.verifyEmail;
}

function wrong(code: string): string {
  return code === '000000' ? '000001' : '000000';
}

test('the code in the mail verifies the address, once', async () => {
  const { client, clock, mails, app } = await testApp();
  const execute = await client();
  const id = await makeUser(execute, { email: 'Ada@example.com' });
  const sent = await send(execute, id);
  expect(sent).toEqual({
    user: { id, emailVerified: false },
    emailVerification: { email: 'Ada@example.com', createdAt: clock.now(), expiresAt: '2026-01-15T12:10:00.000Z' },
    errors: [],
  });
  expect(mails).toHaveLength(1);
  expect(mails[0]?.to).toBe('Ada@example.com');
  const code = codeIn(mails[0]);
  expect(await verify(execute, id, code)).toEqual({ user: { id, emailVerified: true, version: 2 }, errors: [] });
  expect((await verify(execute, id, code)).errors).toEqual([
    { code: 'VERIFICATION_CODE_ALREADY_USED', attemptsRemaining: null },
  ]);
  expect((await verify(execute, id, wrong(code))).errors).toEqual([{ code: 'EMAIL_ALREADY_VERIFIED' }]);
  expect((await send(execute, id)).errors).toEqual([{ code: 'EMAIL_ALREADY_VERIFIED' }]);
  const stored = JSON.stringify([
    await app.db.reader.selectFrom('email_verifications').select(['code_hash', 'email', 'attempts']).execute(),
    await app.db.reader.selectFrom('events').select(['data', 'previous']).execute(),
  ]);
  expect(stored).not.toContain(code);
});

test('five guesses are counted down, and then even the right code is not compared', async () => {
  const { client, mails } = await testApp();
  const execute = await client();
  const id = await makeUser(execute, { email: 'a@example.com' });
  expect((await verify(execute, id, '123456')).errors).toEqual([
    { code: 'VERIFICATION_CODE_INCORRECT', attemptsRemaining: null },
  ]);
  await send(execute, id);
  const code = codeIn(mails[0]);
  for (const attemptsRemaining of [4, 3, 2, 1, 0]) {
    const { errors } = await verify(execute, id, wrong(code));
    expect(errors).toEqual([{ code: 'VERIFICATION_CODE_INCORRECT', attemptsRemaining }]);
  }
  expect((await verify(execute, id, code)).errors).toEqual([{ code: 'TOO_MANY_REQUESTS' }]);
  await send(execute, id);
  expect((await verify(execute, id, codeIn(mails[1]))).user).toMatchObject({ emailVerified: true });
});

test('2,000 parallel guesses compare exactly five', async () => {
  const { client, mails } = await testApp();
  const execute = await client();
  const id = await makeUser(execute, { email: 'a@example.com' });
  await send(execute, id);
  const code = codeIn(mails[0]);
  const answers = await Promise.all(Array.from({ length: 2000 }, () => verify(execute, id, wrong(code))));
  const count = (wanted: string) => answers.filter(({ errors }) => errors[0].code === wanted).length;
  expect(count('VERIFICATION_CODE_INCORRECT')).toBe(5);
  expect(count('TOO_MANY_REQUESTS')).toBe(1995);
  expect((await verify(execute, id, code)).errors).toEqual([{ code: 'TOO_MANY_REQUESTS' }]);
});

test('the right code in parallel is used exactly once', async () => {
  const { client, mails } = await testApp();
  const execute = await client();
  const id = await makeUser(execute, { email: 'a@example.com' });
  await send(execute, id);
  const answers = await Promise.all(Array.from({ length: 5 }, () => verify(execute, id, codeIn(mails[0]))));
  expect(answers.filter(({ user }) => user !== null)).toHaveLength(1);
});

test('a code lives ten minutes', async () => {
  const { client, clock, mails } = await testApp();
  const execute = await client();
  const [early, late] = [
    await makeUser(execute, { email: 'a@example.com' }),
    await makeUser(execute, { email: 'b@example.com' }),
  ];
  await send(execute, early);
  await send(execute, late);
  clock.advance(599);
  expect((await verify(execute, early, codeIn(mails[0]))).errors).toEqual([]);
  clock.advance(1);
  expect((await verify(execute, late, codeIn(mails[1]))).errors).toEqual([
    { code: 'VERIFICATION_CODE_EXPIRED', attemptsRemaining: 4 },
  ]);
});

test('only the newest code counts, and only for the address it was sent to', async () => {
  const { client, mails } = await testApp();
  const execute = await client();
  const id = await makeUser(execute, { email: 'a@example.com' });
  await send(execute, id);
  await send(execute, id);
  const [first, second] = [codeIn(mails[0]), codeIn(mails[1])];
  if (first !== second) expect((await verify(execute, id, first)).errors[0].code).toBe('VERIFICATION_CODE_INCORRECT');
  await execute('mutation ($id: ID!) { updateUser(input: { id: $id, email: "b@example.com" }) { user { id } } }', {
    id,
  });
  expect((await verify(execute, id, second)).errors[0].code).toBe('VERIFICATION_CODE_INCORRECT');
});

test('three mails a minute go to one user', async () => {
  const { client, clock, mails } = await testApp();
  const execute = await client();
  const id = await makeUser(execute, { email: 'a@example.com' });
  await send(execute, id);
  clock.advance(20);
  await send(execute, id);
  await send(execute, id);
  expect((await send(execute, id)).errors).toEqual([{ code: 'TOO_MANY_REQUESTS', retryAfterSeconds: 40 }]);
  clock.advance(40);
  expect((await send(execute, id)).errors).toEqual([]);
  expect(mails).toHaveLength(4);
});

test('a mail goes over SMTP, and what the server refuses is told', async () => {
  const received: string[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo: ({ address }, _session, done) => {
      done(address.startsWith('refused') ? new Error('no such mailbox') : null);
    },
    onData: (stream, _session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        received.push(Buffer.concat(chunks).toString());
        done();
      });
    },
  });
  const port = await freePort();
  await new Promise<void>((resolve) => {
    server.listen(port, '127.0.0.1', resolve);
  });
  onTestFinished(() => new Promise<void>((resolve) => void server.close(resolve)));
  const { mail } = loadConfig({
    DATABASE_URL: 'file:unused.db',
    SMTP_URL: `smtp://127.0.0.1:${port}`,
    MAIL_FROM: 'Accounts <accounts@example.com>',
  });
  const mailer = createMailer(mail, createIds(new TestClock(), systemRandom), createLogger('silent'));
  const { client } = await testApp({}, { mailer });
  const execute = await client();
  await send(execute, await makeUser(execute, { email: 'a@example.com' }));
  expect(received).toHaveLength(1);
  expect(received[0]).toMatch(/^From: Accounts <accounts@example\.com>\r$/m);
  expect(received[0]).toMatch(/verification code is \d{6}/);
  const refused = await execute(SEND, { id: await makeUser(execute, { email: 'refused@example.com' }) });
  expect(refused.errors?.[0]?.extensions.code).toBe('SERVICE_UNAVAILABLE');
  expect(JSON.stringify(refused)).not.toContain('no such mailbox');
});

test('without SMTP a mail is an .eml file in the outbox', async () => {
  const settings = { DATABASE_URL: 'file:unused.db', MAIL_OUTBOX: '' };
  const { folder } = await testApp();
  const outbox = join(folder, 'outbox');
  const { mail } = loadConfig({ ...settings, MAIL_OUTBOX: outbox });
  const mailer = createMailer(mail, createIds(new TestClock(), systemRandom), createLogger('silent'));
  expect(existsSync(outbox)).toBe(false);
  await mailer.send({ to: 'a@example.com', subject: 'Hello', text: 'Text 123456', html: '<p>HTML</p>' });
  const files = readdirSync(outbox);
  expect(files).toEqual([expect.stringMatching(/\.eml$/)]);
  expect(readFileSync(join(outbox, files[0] ?? ''), 'utf8')).toMatch(/^To: a@example\.com\r$/m);
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
