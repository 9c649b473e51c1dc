import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { migrations } from '../../migrations/index.js';
import { createApp } from '../../src/app.js';
import { loadConfig } from '../../src/config/config.js';
import { migrate } from '../../src/db/migrator.js';
import { openSqlite } from '../../src/db/sqlite/database.js';
import { deriveCode, MAX_CODES_PER_DAY } from '../../src/one-time-codes/one-time-code.js';
import { createLogger } from '../../src/runtime/logger.js';
import { makeUser } from '../support/make.js';
import { execute as ask, codeIn, type Execute, listMailer, TestClock, testApp } from '../support/test-app.js';

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
    await app.db.reader.selectFrom('one_time_codes').selectAll().execute(),
    await app.db.reader.selectFrom('mails').selectAll().execute(),
    await app.db.reader.selectFrom('events').select(['data', 'previous']).execute(),
  ]);
  expect(stored).not.toContain(code);
});

test('five guesses are counted, and then even the correct code is refused', async () => {
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

test('of 5,000 parallel guesses, in two processes and across restarts, exactly five are compared', async () => {
  const { client, clock, settings: own, key, mails } = await testApp();
  const execute = await client();
  const id = await makeUser(execute, { email: 'a@example.com' });
  await send(execute, id);
  const code = codeIn(mails[0]);
  const secret = await key();
  const settings = { ...own, RATE_LIMIT_POINTS: '0' };
  const codes = new Map<string, number>();
  for (let restart = 0; restart < 5; restart++) {
    const overrides = { clock, logger: createLogger('silent'), mailer: listMailer([]) };
    const apps = await Promise.all([1, 2].map(() => createApp(loadConfig(settings), overrides)));
    for (let batch = 0; batch < 5; batch++) {
      const guesses = Array.from({ length: 200 }, async (_, index) => {
        const app = apps[index % 2];
        if (!app) throw new Error('There are two.');
        const { errors } = await verify((query, variables) => ask(app, secret, query, variables), id, wrong(code));
        codes.set(errors[0].code, (codes.get(errors[0].code) ?? 0) + 1);
      });
      await Promise.all(guesses);
    }
    for (const app of apps) await app.close();
  }
  expect(Object.fromEntries(codes)).toEqual({ VERIFICATION_CODE_INCORRECT: 5, TOO_MANY_REQUESTS: 4_995 });
  expect((await verify(execute, id, code)).errors).toEqual([{ code: 'TOO_MANY_REQUESTS' }]);
}, 120_000);

test('the correct code sent in parallel is used exactly once', async () => {
  const { client, mails } = await testApp();
  const execute = await client();
  const id = await makeUser(execute, { email: 'a@example.com' });
  await send(execute, id);
  const answers = await Promise.all(Array.from({ length: 5 }, () => verify(execute, id, codeIn(mails[0]))));
  expect(answers.filter(({ user }) => user !== null)).toHaveLength(1);
});

test('a code expires after ten minutes', async () => {
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

test('one user gets at most three mails a minute', async () => {
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

test('a user gets twenty codes a day, and is told when the next one is available', async () => {
  const { client, clock } = await testApp();
  const execute = await client();
  const id = await makeUser(execute, { email: 'a@example.com' });
  for (let index = 0; index < MAX_CODES_PER_DAY; index++) {
    expect((await send(execute, id)).errors).toEqual([]);
    clock.advance(60);
  }
  const wait = 86_400 - MAX_CODES_PER_DAY * 60;
  expect((await send(execute, id)).errors).toEqual([{ code: 'DAILY_QUOTA_EXCEEDED', retryAfterSeconds: wait }]);
  clock.advance(wait - 1);
  expect((await send(execute, id)).errors).toEqual([{ code: 'DAILY_QUOTA_EXCEEDED', retryAfterSeconds: 1 }]);
  clock.advance(1);
  expect((await send(execute, id)).errors).toEqual([]);
});

const READ = 'query ($id: ID!) { emailVerification(id: $id) { id email code user { id } } }';

test('the code can be read with its own scope while it is valid', async () => {
  const { client, clock, mails } = await testApp();
  const execute = await client();
  const blind = await client('test', ['users:read', 'users:write']);
  const userId = await makeUser(execute, { email: 'a@example.com' });
  const sendOne = async () => {
    const { data } = await execute(
      'mutation ($id: ID!) { sendVerificationEmail(input: { userId: $id }) { emailVerification { id code } } }',
      { id: userId },
    );
    return data.sendVerificationEmail.emailVerification;
  };
  const read = async (id: string) => (await execute(READ, { id })).data.emailVerification;
  const first = await sendOne();
  expect(first.code).toBe(codeIn(mails[0]));
  expect(await read(first.id)).toEqual({
    id: first.id,
    email: 'a@example.com',
    code: first.code,
    user: { id: userId },
  });
  const refused = await blind(READ, { id: first.id });
  expect(refused.errors?.[0]).toMatchObject({
    path: ['emailVerification', 'code'],
    extensions: { code: 'FORBIDDEN' },
    message: expect.stringContaining('email_verifications:read_code'),
  });
  expect(JSON.stringify(refused)).not.toContain(first.code);
  const { data } = await blind('query ($id: ID!) { emailVerification(id: $id) { email } }', { id: first.id });
  expect(data.emailVerification).toEqual({ email: 'a@example.com' });
  const second = await sendOne();
  expect((await read(first.id)).code).toBeNull();
  for (let guess = 0; guess < 5; guess++) await verify(execute, userId, wrong(second.code));
  expect((await read(second.id)).code).toBeNull();
  const third = await sendOne();
  clock.advance(599);
  expect((await read(third.id)).code).toBe(third.code);
  clock.advance(1);
  expect((await read(third.id)).code).toBeNull();
  const fourth = await sendOne();
  expect(await verify(execute, userId, fourth.code)).toMatchObject({ errors: [] });
  expect((await read(fourth.id)).code).toBeNull();
  expect((await execute(READ, { id: userId })).data.emailVerification).toBeNull();
});

test('a code derives from the key, the environment, the row and its purpose, with evenly distributed digits', () => {
  const code = { id: 'email_verification_01E4ZCR3C56J083X43JQXF3JK5', purpose: 'EMAIL_VERIFICATION' } as const;
  const variants = [
    deriveCode('key', 'env_a', code),
    deriveCode('other key', 'env_a', code),
    deriveCode('key', 'env_b', code),
    deriveCode('key', 'env_a', { ...code, id: 'email_verification_01E4ZCR3C56J083X43JQXF3JK6' }),
    deriveCode('key', 'env_a', { ...code, purpose: 'EMAIL_CHANGE' }),
  ];
  expect(new Set(variants).size).toBe(variants.length);
  expect(deriveCode('key', 'env_a', code)).toBe(variants[0]);
  const counts = Array.from({ length: 6 }, () => Array.from({ length: 10 }, () => 0));
  for (let index = 0; index < 10_000; index++) {
    const digits = deriveCode('key', 'env_a', { ...code, id: `email_verification_${index}` });
    expect(digits).toMatch(/^\d{6}$/);
    for (const [place, digit] of [...digits].entries()) {
      const row = counts[place];
      if (row) row[Number(digit)] = (row[Number(digit)] ?? 0) + 1;
    }
  }
  // The key is fixed, so these are the same each time; 1,000 is what each would be, and 30 is one standard deviation.
  expect(counts.flat().every((count) => count > 850 && count < 1_150)).toBe(true);
});

test('codes of an older database are invalid after the migration, and still count as mails of their user', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'usergraph-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'old.db');
  const clock = new TestClock();
  const old = openSqlite(file);
  await migrate(
    old,
    migrations.filter(({ name }) => name < '0002'),
    clock,
  );
  const now = clock.now();
  const [env, user] = ['env_01E4ZCR3C56J083X43JQXF3JK5', 'user_01E4ZCR3C56J083X43JQXF3JK5'];
  await old.transaction(null, async (trx) => {
    await sql`insert into environments (id, name, kind, created_at) values (${env}, 'test', 'test', ${now})`.execute(
      trx,
    );
    await sql`insert into users (environment_id, id, email, email_normal, email_verified, metadata, version, created_at,
      updated_at) values (${env}, ${user}, 'A@example.com', 'a@example.com', 0, '{}', 1, ${now}, ${now})`.execute(trx);
    for (const [index, isNewest] of [0, 0, 1].entries()) {
      await sql`insert into email_verifications values (${env}, ${`email_verification_01E4ZCR3C56J083X43JQXF3JK${index}`},
        ${user}, 'A@example.com', 'c0ffee', 1, '2026-01-15T12:10:00.000Z', null, ${isNewest}, ${now})`.execute(trx);
    }
  });
  await old.close();
  const app = await createApp(loadConfig({ DATABASE_URL: `file:${file}` }), {
    clock,
    logger: createLogger('silent'),
    mailer: listMailer([]),
    delivering: 'awaited',
  });
  const { secret } = await app.services.apiKeys.create({ environment: 'test', kind: 'test', name: 'k', scopes: '*' });
  const execute: Execute = (query, variables) => ask(app, secret, query, variables);
  const { data } = await execute('query ($id: ID!) { emailVerification(id: $id) { email code delivery { state } } }', {
    id: 'email_verification_01E4ZCR3C56J083X43JQXF3JK2',
  });
  expect(data.emailVerification).toEqual({ email: 'A@example.com', code: null, delivery: null });
  expect((await verify(execute, user, '123456')).errors).toEqual([
    { code: 'VERIFICATION_CODE_INCORRECT', attemptsRemaining: null },
  ]);
  expect((await send(execute, user)).errors).toEqual([{ code: 'TOO_MANY_REQUESTS', retryAfterSeconds: 60 }]);
  clock.advance(60);
  expect((await send(execute, user)).errors).toEqual([]);
  await app.close();
});
