import { expect, test } from 'vitest';
import { MAX_CODES_PER_DAY } from '../../src/one-time-codes/one-time-code.js';
import { makeUser } from '../support/make.js';
import { codeIn, type Execute, testApp } from '../support/test-app.js';

const SEND = `mutation ($id: ID!, $newEmail: String!) {
  sendEmailChange(input: { userId: $id, newEmail: $newEmail }) {
    user { id email emailVerified } newEmail expiresAt
    errors { ... on MutationError { code path } ... on RateLimitedError { retryAfterSeconds } }
  }
}`;

const CONFIRM = `mutation ($id: ID!, $code: String!) {
  confirmEmailChange(input: { userId: $id, code: $code }) {
    user { id email emailVerified version }
    errors { ... on MutationError { code path } ... on VerificationCodeError { attemptsRemaining } }
  }
}`;

const VERIFY = `mutation ($id: ID!, $code: String!) {
  verifyEmail(input: { userId: $id, code: $code }) { user { id } errors { ... on MutationError { code } } }
}`;

const UPDATE = `mutation ($id: ID!, $email: String!) {
  updateUser(input: { id: $id, email: $email }) { user { id } errors { ... on MutationError { code } } }
}`;

async function send(execute: Execute, id: string, newEmail: string) {
  return (await execute(SEND, { id, newEmail })).data.sendEmailChange;
}

async function confirm(execute: Execute, id: string, code: string) {
  return (await execute(CONFIRM, { id, code })).data.confirmEmailChange;
}

const NONE_PENDING = { code: 'NO_PENDING_EMAIL_CHANGE', path: ['code'], attemptsRemaining: null };

function wrong(code: string): string {
  return code === '000000' ? '000001' : '000000';
}

test('the code sent to the new address confirms it, and the old address is notified', async () => {
  const { client, mails, app } = await testApp();
  const execute = await client();
  const id = await makeUser(execute, { email: 'old@example.com' });
  const before = { id, email: 'old@example.com', emailVerified: false };
  expect(await send(execute, id, ' New@example.com ')).toEqual({
    ...{ user: before, newEmail: 'New@example.com', expiresAt: '2026-01-15T12:10:00.000Z', errors: [] },
  });
  expect(mails.map(({ to }) => to)).toEqual(['New@example.com']);
  const code = codeIn(mails[0]);
  const user = { id, email: 'New@example.com', emailVerified: true, version: 2 };
  expect(await confirm(execute, id, code)).toEqual({ user, errors: [] });
  expect(mails.map(({ to, subject }) => [to, subject])).toEqual([
    ['New@example.com', 'Confirm your new address for usergraph'],
    ['old@example.com', 'Your address for usergraph was changed'],
  ]);
  const log = app.db.reader.selectFrom('events').select(['name', 'data', 'previous']);
  const events = await log.where('name', '!=', 'api_key.created').execute();
  expect(events.map(({ name }) => name)).toEqual(['user.created', 'user.updated']);
  expect(JSON.parse(events[1]?.previous ?? '')).toEqual({ email: 'old@example.com', emailVerified: false });
  expect(JSON.stringify(events)).not.toContain(code);
  expect((await confirm(execute, id, code)).errors).toEqual([
    { code: 'VERIFICATION_CODE_ALREADY_USED', path: ['code'], attemptsRemaining: null },
  ]);
});

test('an invalid address, the current one and one in use are refused before a mail is sent', async () => {
  const { client, mails } = await testApp();
  const execute = await client();
  const id = await makeUser(execute, { email: 'a@example.com' });
  await makeUser(execute, { email: 'taken@example.com' });
  const codes = async (newEmail: string) => (await send(execute, id, newEmail)).errors;
  const path = ['newEmail'];
  expect(await codes('nonsense')).toEqual([{ code: 'INVALID_EMAIL', path }]);
  expect(await codes('A@EXAMPLE.com')).toEqual([{ code: 'EMAIL_CHANGE_NOT_NEEDED', path }]);
  expect(await codes('Taken@example.com')).toEqual([{ code: 'EMAIL_NOT_AVAILABLE', path }]);
  const nobody = 'user_01E4ZCR3C56J083X43JQXF3JK5';
  expect((await send(execute, nobody, 'b@example.com')).errors).toEqual([{ code: 'USER_NOT_FOUND', path: ['userId'] }]);
  expect((await confirm(execute, nobody, '123456')).errors).toMatchObject([{ code: 'USER_NOT_FOUND' }]);
  expect(mails).toEqual([]);
});

test('an address taken meanwhile is refused by the index, and the user is unchanged', async () => {
  const { client, mails } = await testApp();
  const execute = await client();
  const [one, two] = [
    await makeUser(execute, { email: 'one@example.com' }),
    await makeUser(execute, { email: 'two@example.com' }),
  ];
  await send(execute, one, 'wanted@example.com');
  await send(execute, two, 'Wanted@example.com');
  const answers = await Promise.all([confirm(execute, one, codeIn(mails[0])), confirm(execute, two, codeIn(mails[1]))]);
  expect(answers.map(({ errors }) => errors)).toEqual([[], [{ code: 'EMAIL_NOT_AVAILABLE', path: null }]]);
  const { data } = await execute('query ($id: ID!) { user(id: $id) { email emailVerified version } }', { id: two });
  expect(data.user).toEqual({ email: 'two@example.com', emailVerified: false, version: 1 });
  // Nothing happened to them, so nobody is told that something had.
  expect(mails.filter(({ to }) => to === 'two@example.com')).toEqual([]);
});

test('a code allows five tries, lasts ten minutes and works once; a missing code is reported', async () => {
  const { client, mails, clock } = await testApp();
  const execute = await client();
  const id = await makeUser(execute, { email: 'a@example.com' });
  expect((await confirm(execute, id, '123456')).errors).toEqual([NONE_PENDING]);
  await send(execute, id, 'b@example.com');
  const code = codeIn(mails[0]);
  for (const attemptsRemaining of [4, 3, 2, 1, 0]) {
    const { errors } = await confirm(execute, id, wrong(code));
    expect(errors).toEqual([{ code: 'VERIFICATION_CODE_INCORRECT', path: ['code'], attemptsRemaining }]);
  }
  expect((await confirm(execute, id, code)).errors).toEqual([{ code: 'TOO_MANY_REQUESTS', path: null }]);
  await send(execute, id, 'b@example.com');
  clock.advance(600);
  expect((await confirm(execute, id, codeIn(mails[1]))).errors).toMatchObject([{ code: 'VERIFICATION_CODE_EXPIRED' }]);
  await send(execute, id, 'b@example.com');
  clock.advance(599);
  const right = codeIn(mails[2]);
  const answers = await Promise.all(Array.from({ length: 5 }, () => confirm(execute, id, right)));
  expect(answers.filter(({ user }) => user !== null)).toHaveLength(1);
});

test('another send, or an update of the address, ends a pending change', async () => {
  const { client, mails } = await testApp();
  const execute = await client();
  const id = await makeUser(execute, { email: 'a@example.com' });
  await send(execute, id, 'b@example.com');
  await send(execute, id, 'c@example.com');
  const [first, second] = [codeIn(mails[0]), codeIn(mails[1])];
  if (first !== second) {
    expect((await confirm(execute, id, first)).errors).toMatchObject([{ code: 'VERIFICATION_CODE_INCORRECT' }]);
  }
  // A change of letter case is no change of address.
  await execute(UPDATE, { id, email: 'A@example.com' });
  await execute(UPDATE, { id, email: 'd@example.com' });
  // Coming back to the old address does not bring the change back.
  await execute(UPDATE, { id, email: 'a@example.com' });
  expect((await confirm(execute, id, second)).errors).toEqual([NONE_PENDING]);
});

test('a code works only for its own purpose', async () => {
  const { client, mails } = await testApp();
  const execute = await client();
  const id = await makeUser(execute, { email: 'a@example.com' });
  await execute('mutation ($id: ID!) { sendVerificationEmail(input: { userId: $id }) { errors { __typename } } }', {
    id,
  });
  await send(execute, id, 'b@example.com');
  const [toVerify, toChange] = [codeIn(mails[0]), codeIn(mails[1])];
  if (toVerify !== toChange) {
    expect((await confirm(execute, id, toVerify)).errors).toMatchObject([{ code: 'VERIFICATION_CODE_INCORRECT' }]);
    const { data } = await execute(VERIFY, { id, code: toChange });
    expect(data.verifyEmail.errors).toEqual([{ code: 'VERIFICATION_CODE_INCORRECT' }]);
  }
  expect((await confirm(execute, id, toChange)).errors).toEqual([]);
  // The verification was for the address before.
  const { data } = await execute(VERIFY, { id, code: toVerify });
  expect(data.verifyEmail.errors).toEqual([{ code: 'EMAIL_ALREADY_VERIFIED' }]);
});

test('one mailbox gets three codes a minute and twenty a day, whoever requests them', async () => {
  const { client, mails, clock } = await testApp();
  const execute = await client();
  const users = [];
  for (let index = 0; index <= MAX_CODES_PER_DAY; index++) {
    users.push(await makeUser(execute, { email: `user${index}@example.com` }));
  }
  const target = 'Flooded@example.com';
  const results = [];
  for (const [index, id] of users.entries()) {
    if (index > 0 && index % 3 === 0) {
      const [other] = users.slice(-1);
      const refused = await send(execute, other ?? '', target.toLowerCase());
      expect(refused.errors).toEqual([{ code: 'TOO_MANY_REQUESTS', path: null, retryAfterSeconds: 60 }]);
      clock.advance(60);
    }
    results.push((await send(execute, id, target)).errors);
  }
  expect(mails).toHaveLength(MAX_CODES_PER_DAY);
  expect(results.slice(0, -1).flat()).toEqual([]);
  // The first was made six minutes ago, and is out of the day after 24 hours.
  expect(results.at(-1)).toEqual([{ code: 'DAILY_QUOTA_EXCEEDED', path: null, retryAfterSeconds: 86_400 - 360 }]);
  clock.advance(86_400 - 360 - 1);
  const [last = ''] = users.slice(-1);
  expect((await send(execute, last, target)).errors).toMatchObject([{ retryAfterSeconds: 1 }]);
  clock.advance(1);
  expect((await send(execute, last, target)).errors).toEqual([]);
});

test('an environment has a daily quota of codes in UTC, without notices; another has its own quota', async () => {
  const { client, mails, clock } = await testApp({ MAIL_DAILY_QUOTA: '2' });
  const [execute, other] = [await client('one'), await client('other')];
  const ids = [];
  for (const name of ['a', 'b', 'c']) ids.push(await makeUser(execute, { email: `${name}@example.com` }));
  const [a = '', b = '', c = ''] = ids;
  expect((await send(execute, a, 'a2@example.com')).errors).toEqual([]);
  expect((await send(execute, b, 'b2@example.com')).errors).toEqual([]);
  // It is noon: midnight is twelve hours away, less the second that goes by.
  clock.advance(1);
  const refused = [{ code: 'DAILY_QUOTA_EXCEEDED', path: null, retryAfterSeconds: 43_199 }];
  expect((await send(execute, c, 'c2@example.com')).errors).toEqual(refused);
  expect((await confirm(execute, a, codeIn(mails[0]))).errors).toEqual([]);
  expect(mails.at(-1)?.to).toBe('a@example.com');
  expect((await send(other, await makeUser(other, { email: 'c@example.com' }), 'c2@example.com')).errors).toEqual([]);
  clock.advance(43_198);
  expect((await send(execute, c, 'c2@example.com')).errors).toMatchObject([{ retryAfterSeconds: 1 }]);
  clock.advance(1);
  expect((await send(execute, c, 'c2@example.com')).errors).toEqual([]);
});
