import { expect, onTestFinished, test } from 'vitest';
import { createApp } from '../../src/app.js';
import { loadConfig } from '../../src/config/config.js';
import { fingerprintOf } from '../../src/idempotency/idempotency.js';
import { createLogger } from '../../src/runtime/logger.js';
import { execute as executeIn, testApp } from '../support/test-app.js';
import { call, counts, documentOf, refusal } from '../support/users/idempotency.js';

test('a process started later repeats the answer, with all errors of failed rows', async () => {
  const app = await testApp();
  const secret = await app.key();
  const users = [
    { email: 'a@example.com', password: 'i8uv6g34kd490s' },
    { email: 'A@example.com' },
    { email: 'b@example.com', password: 'password', metadata: { a: 1 } },
  ];
  const input = { users, idempotencyKey: 'key' };
  const first = await executeIn(app.app, secret, documentOf('createUsers'), { input });
  expect(first.data.createUsers).toMatchObject({ createdCount: 1, failedCount: 2 });
  expect(first.data.createUsers.results[2].errors).toHaveLength(3);
  const config = loadConfig({ ...app.settings, NODE_ENV: 'test' });
  const later = await createApp(config, { clock: app.clock, logger: createLogger('silent') });
  onTestFinished(() => later.close());
  expect(await executeIn(later, secret, documentOf('createUsers'), { input })).toEqual(first);
});

test('expired keys are deleted with later writes, a few at a time', async () => {
  const app = await testApp();
  const execute = await app.client();
  const keep = (key: string) => call(execute, 'createOrganization', { name: 'Org', idempotencyKey: key });
  for (let index = 0; index < 25; index++) await keep(`old-${index}`);
  app.clock.advance(86_400);
  await keep('new-1');
  expect((await counts(app)).at(-1)).toBe(25 - 10 + 1);
  await keep('new-2');
  await keep('new-3');
  const keys = await app.app.db.reader.selectFrom('idempotency_keys').select('key').orderBy('key').execute();
  expect(keys.map(({ key }) => key)).toEqual(['new-1', 'new-2', 'new-3']);
});

test('stored data reveals no password and allows no offline guessing', async () => {
  const fingerprints: string[] = [];
  for (const SECRET_KEY of ['a'.repeat(32), 'b'.repeat(32)]) {
    const app = await testApp({ SECRET_KEY });
    const input = { email: 'a@example.com', password: 'i8uv6g34kd490s', idempotencyKey: 'key' };
    await call(await app.client(), 'createUser', input);
    const [row] = await app.app.db.reader.selectFrom('idempotency_keys').selectAll().execute();
    expect(JSON.stringify(row)).not.toMatch(/i8uv6g34kd490s|argon2/);
    fingerprints.push(row?.fingerprint ?? '');
  }
  expect(fingerprints[0]).toMatch(/^[0-9a-f]{64}$/);
  // The environments' ids differ too; that the key counts is what the unit test of the fingerprint says.
  expect(fingerprints[0]).not.toBe(fingerprints[1]);
  expect(fingerprintOf('a', 'env_1', 'createUser', { a: 1 })).not.toBe(
    fingerprintOf('b', 'env_1', 'createUser', { a: 1 }),
  );
});

test('an idempotency key of one environment is unused in another', async () => {
  const { client } = await testApp();
  const [asA, asB] = [await client('A'), await client('B')];
  const input = { email: 'a@example.com', idempotencyKey: 'key' };
  const inA = await call(asA, 'createUser', input);
  const inB = await call(asB, 'createUser', input);
  expect(inB.errors).toEqual([]);
  expect(inB.user.id).not.toBe(inA.user.id);
  expect(await call(asB, 'createUser', { ...input, email: 'b@example.com' })).toEqual(
    refusal('createUser', 'IDEMPOTENCY_KEY_REUSED'),
  );
});
