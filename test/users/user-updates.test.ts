import { expect, test } from 'vitest';
import { makeUser } from '../support/make.js';
import { testApp } from '../support/test-app.js';
import { codes, create, update } from '../support/users/users.js';

test('an update keeps omitted fields and clears null fields', async () => {
  const { client, clock } = await testApp();
  const execute = await client();
  const made = {
    email: 'a@example.com',
    firstName: 'Ada',
    name: 'Ada L',
    externalId: 'x',
    metadata: { a: '1', b: '2' },
  };
  const { user } = await create(execute, made);
  clock.advance(60);
  const changed = await update(execute, { id: user.id, firstName: null, externalId: null, locale: 'en-us' });
  expect(changed.user).toMatchObject({ firstName: null, externalId: null, name: 'Ada L', locale: 'en-US', version: 2 });
  expect(changed.user.metadata).toEqual({ a: '1', b: '2' });
  expect(changed.user.updatedAt).toBe(clock.now());
  expect(codes(await update(execute, { id: user.id, email: null, emailVerified: null, password: null }))).toEqual([
    'INVALID_INPUT@email',
    'INVALID_INPUT@emailVerified',
    'INVALID_INPUT@password',
  ]);
  expect(codes(await update(execute, { id: user.id, locale: 'not a locale' }))).toEqual(['INVALID_LOCALE@locale']);
  expect(codes(await update(execute, { id: 'user_x', name: 'n' }))).toEqual(['USER_NOT_FOUND@id']);
});

test('a locale is stored and compared in its normal form, also when it is given with underscores', async () => {
  const { client } = await testApp();
  const execute = await client();
  const { user } = await create(execute, { email: 'a@example.com' });
  for (const [given, stored, version] of [
    ['en_US', 'en-US', 2],
    ['EN_us', 'en-US', 2],
    ['en-US', 'en-US', 2],
    ['zh_hant_tw', 'zh-Hant-TW', 3],
    ['zh-Hant_TW', 'zh-Hant-TW', 3],
    ['iw_IL', 'he-IL', 4],
  ]) {
    const changed = await update(execute, { id: user.id, locale: given });
    expect(changed).toMatchObject({ user: { locale: stored, version }, errors: [] });
  }
  for (const locale of ['_', 'en_', '_US', 'en__US', 'en_US.UTF-8', 'en US', ' en_US', 'C', '']) {
    expect([locale, codes(await update(execute, { id: user.id, locale }))]).toEqual([
      locale,
      ['INVALID_LOCALE@locale'],
    ]);
  }
});

test('metadata is merged: null removes a key, {} and null remove all, limits hold for the result', async () => {
  const { client } = await testApp();
  const execute = await client();
  const { user } = await create(execute, { email: 'a@example.com', metadata: { a: '1', b: '2' } });
  const merged = await update(execute, { id: user.id, metadata: { b: null, c: '3' } });
  expect(merged.user.metadata).toEqual({ a: '1', c: '3' });
  const full = Object.fromEntries(Array.from({ length: 49 }, (_, index) => [`k${index}`, 'v']));
  expect(codes(await update(execute, { id: user.id, metadata: full }))).toEqual(['INVALID_METADATA@metadata']);
  expect((await update(execute, { id: user.id, metadata: {} })).user.metadata).toEqual({});
  await update(execute, { id: user.id, metadata: { d: '' } });
  expect((await update(execute, { id: user.id, metadata: null })).user.metadata).toEqual({});
});

test('an update without changes keeps the version and writes no event', async () => {
  const { client, clock, app } = await testApp();
  const execute = await client();
  const { user } = await create(execute, { email: 'a@example.com', firstName: 'Ada', metadata: { a: '1' } });
  const log = app.db.reader.selectFrom('events').select('name').orderBy('sequence');
  const events = () => log.where('name', '!=', 'api_key.created').execute();
  clock.advance(60);
  await update(execute, { id: user.id, email: 'a@example.com', firstName: 'Ada', metadata: { a: '1' } });
  const { data } = await execute('query ($id: ID!) { user(id: $id) { version updatedAt } }', { id: user.id });
  expect(data.user).toEqual({ version: 1, updatedAt: user.updatedAt });
  expect(await events()).toEqual([{ name: 'user.created' }]);
  await update(execute, { id: user.id, firstName: 'Eva' });
  expect(await events()).toEqual([{ name: 'user.created' }, { name: 'user.updated' }]);
});

test('a new address is unverified unless the call says otherwise; another letter case is not a new address', async () => {
  const { client } = await testApp();
  const execute = await client();
  const { user } = await create(execute, { email: 'a@example.com', emailVerified: true });
  const recased = await update(execute, { id: user.id, email: 'A@example.com' });
  expect(recased.user).toMatchObject({ email: 'A@example.com', emailVerified: true });
  const moved = await update(execute, { id: user.id, email: 'b@example.com' });
  expect(moved.user).toMatchObject({ email: 'b@example.com', emailVerified: false });
  const vouched = await update(execute, { id: user.id, email: 'c@example.com', emailVerified: true });
  expect(vouched.user).toMatchObject({ email: 'c@example.com', emailVerified: true });
  await makeUser(execute, { email: 'taken@example.com' });
  expect(codes(await update(execute, { id: user.id, email: 'TAKEN@example.com' }))).toEqual([
    'EMAIL_NOT_AVAILABLE@email',
  ]);
});
