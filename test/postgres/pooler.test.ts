import { expect, onTestFinished, test } from 'vitest';
import { openApp } from '../support/open-app.js';
import { copyOfTemplate } from '../support/postgres/database.js';
import { startPooler, whyNoPooler } from '../support/postgres/pooler.js';

const reason = whyNoPooler();
if (reason !== null) console.warn(`SKIPPED: a pooler in transaction mode, because ${reason}.`);

const CREATE = `mutation ($input: CreateUserInput!) {
  createUser(input: $input) { user { id } errors { ... on MutationError { code } } }
}`;

/** Reads and writes at the same time, through more connections than the pooler has. Returns the codes of errors. */
async function use(isPooler: boolean): Promise<string[]> {
  const { url, remove } = await copyOfTemplate();
  const pooler = await startPooler(url);
  const app = await openApp({
    DATABASE_URL: pooler.url,
    DATABASE_POOLER: String(isPooler),
    DATABASE_POOL_SIZE: '20',
    SECRET_KEY: 'a secret of tests that is long enough',
    RATE_LIMIT_POINTS: '0',
  });
  onTestFinished(async () => {
    await app.close();
    await pooler.remove();
    await remove();
  });
  const execute = await app.client();
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, index) =>
      index % 4 === 0
        ? execute(CREATE, { input: { email: `${index % 100}@example.com` } })
        : execute('{ users(first: 5) { totalCount nodes { email } } }'),
    ),
  );
  return answers.flatMap(({ data, errors = [] }) => [
    ...errors.map(({ extensions }) => String(extensions.code)),
    ...(data?.createUser?.errors ?? []).map(({ code }: { code: string }) => code),
  ]);
}

test.skipIf(reason !== null)('works behind a pooler in transaction mode', async () => {
  // Each address is created twice.
  expect(await use(true)).toEqual(Array.from({ length: 25 }, () => 'EMAIL_NOT_AVAILABLE'));
});

test.skipIf(reason !== null)(
  'control: without DATABASE_POOLER, the pooler refuses the parameters of a session',
  async () => {
    await expect(use(false)).rejects.toThrow('set DATABASE_POOLER=true');
  },
);
