import { readdirSync, readFileSync } from 'node:fs';
import BetterSqlite3 from 'better-sqlite3';
import { expect, test } from 'vitest';
import { makeApplication, makeGrant, makeMembership, makeOrganization, makeUser } from '../support/make.js';
import { allowSignIn, PASSWORD, signIn, sshaOf } from '../support/sign-in.js';
import { expectUsersRebuilt } from '../support/sql/rebuilt.js';
import { execute as ask, type Execute, type TestApp, testApp } from '../support/test-app.js';

const UPDATE = `mutation ($input: UpdateUserInput!) { updateUser(input: $input) { errors { ... on MutationError { code } } } }`;

/**
 * Texts that identify a user. Each has its own prefix, because the search index shortens texts with a common prefix.
 */
function canariesOf(tag: string) {
  return {
    email: `qz${tag}mail`,
    domain: `bv${tag}host`,
    first: `xk${tag}first`,
    last: `wj${tag}last`,
    name: `gq${tag}whole`,
    externalId: `zf${tag}extern`,
    key: `jd${tag}key`,
    value: `hy${tag}value`,
    second: `vc${tag}second`,
    agent: `kw${tag}agent`,
  };
}

/** Returns the texts that occur in any file of the database, ignoring case. */
function canariesIn({ folder }: TestApp, canaries: Record<string, string>): string[] {
  const files = readdirSync(folder).filter((name) => name.startsWith('test.db'));
  expect(files).toContain('test.db');
  const text = files.map((name) => readFileSync(`${folder}/${name}`, 'latin1').toLowerCase()).join('\n');
  return Object.values(canaries).filter((canary) => text.includes(canary));
}

/** Creates a user whose data reaches every place where the server stores personal data. */
async function makeUserWithTraces(app: TestApp, execute: Execute, tag: string): Promise<string> {
  const mark = canariesOf(tag);
  const environmentId = await allowSignIn(app);
  const email = `${mark.email}@${mark.domain}.example`;
  const id = await makeUser(execute, {
    email,
    firstName: mark.first,
    lastName: mark.last,
    name: mark.name,
    externalId: mark.externalId,
    metadata: { [mark.key]: mark.value },
    passwordHash: sshaOf(PASSWORD),
    passwordHashType: 'SSHA',
    idempotencyKey: `once-${tag}`,
  });
  const { accessToken } = await signIn(app, environmentId, email);
  // A change by the user themselves puts their name into the actor of an event.
  await ask(app.app, accessToken, UPDATE, { input: { id, lastName: `${mark.last}er` } });
  await execute('mutation ($id: ID!) { sendVerificationEmail(input: { userId: $id }) { errors { __typename } } }', {
    id,
  });
  const update = (input: object) => execute(UPDATE, { input: { id, ...input } });
  await update({ metadata: { [mark.key]: mark.second }, email: `${mark.second}@${mark.domain}.example` });
  await update({ metadata: {}, locale: 'de-DE', name: null });
  await makeGrant(execute, id, await makeApplication(execute, { name: 'App' }));
  await makeMembership(execute, id, await makeOrganization(execute, { name: 'Org' }));
  await app.app.db.transaction(null, (trx) =>
    trx
      .updateTable('events')
      .set({ data: JSON.stringify({ type: 'password', status: 'succeeded', userId: id, userAgent: mark.agent }) })
      .where('name', '=', 'authentication.password_succeeded')
      .where('user_id', '=', id as `user_${string}`)
      .execute(),
  );
  return id;
}

const REMOVE = 'mutation ($id: ID!) { deleteUser(input: { id: $id }) { deletedUserId } }';

test('without the setting the event log keeps the data of deleted users', async () => {
  const app = await testApp();
  const execute = await app.client();
  const id = await makeUserWithTraces(app, execute, 'ada');
  await execute(REMOVE, { id });
  app.clock.advance(10 * 86_400);
  expect(await app.app.services.eventErasure.eraseDeleted()).toBe(0);
  expect(canariesIn(app, canariesOf('ada'))).toEqual(Object.values(canariesOf('ada')));
});

test('with the setting no file contains data of the deleted user, and the data of others stays', async () => {
  const app = await testApp({ EVENT_ERASURE_DAYS: '2' });
  const execute = await app.client();
  const { eventErasure } = app.app.services;
  const kept = await makeUserWithTraces(app, execute, 'eve');
  const id = await makeUserWithTraces(app, execute, 'ada');
  // More than one batch of events.
  for (let index = 0; index < 250; index++) {
    await execute(UPDATE, { input: { id, firstName: `${canariesOf('ada').first}${index}` } });
  }
  expect(await eventErasure.eraseDeleted()).toBe(0);
  await execute(REMOVE, { id });
  app.clock.advance(2 * 86_400 - 1);
  expect(await eventErasure.eraseDeleted()).toBe(0);
  expect(canariesIn(app, canariesOf('ada'))).not.toEqual([]);
  const query = `{ events(last: 100) { nodes { id name actor { id name } ... on UserUpdatedEvent { snapshot { email name metadata }
    changes { field previous } } ... on UserDeletedEvent { snapshot { id email version createdAt } }
    ... on EmailVerificationCreatedEvent { userId email } ... on AuthenticationEvent { userId userAgent } } } }`;
  const before = await execute(query);
  app.clock.advance(2);
  expect(await eventErasure.eraseDeleted()).toBe(1);
  expect(canariesIn(app, canariesOf('ada'))).toEqual([]);
  expect(canariesIn(app, canariesOf('eve'))).toEqual(Object.values(canariesOf('eve')));
  // All events are still in the log, with their times and the names of changed fields.
  const after = await execute(query);
  const names = ({ data }: typeof after) =>
    data.events.nodes.map((node: { id: string; name: string }) => [node.id, node.name]);
  expect(after.errors).toBeUndefined();
  expect(names(after)).toEqual(names(before));
  const deleted = after.data.events.nodes.at(-1);
  expect(deleted).toMatchObject({ name: 'user.deleted', snapshot: { id, email: 'erased', version: 254 } });
  expect(after.data.events.nodes.at(-2)).toMatchObject({ name: expect.stringMatching(/deleted|revoked/) });
  const updated = after.data.events.nodes.find(({ name }: { name: string }) => name === 'user.updated');
  expect(updated).toMatchObject({
    snapshot: { email: 'erased', name: null, metadata: {} },
    changes: [{ field: 'firstName', previous: null }],
  });
  await expectUsersRebuilt(app.app);
  const search = await execute('{ users(search: "xkeve", first: 5) { nodes { id } } }');
  expect(search.data.users.nodes).toEqual([{ id: kept }]);
  expect(await eventErasure.eraseDeleted()).toBe(0);
});

test('erases at most 200 events in one transaction', async () => {
  const app = await testApp({ EVENT_ERASURE_DAYS: '1' });
  const execute = await app.client();
  const id = await makeUser(execute, { email: 'a@example.com' });
  for (let index = 0; index < 300; index++) await execute(UPDATE, { input: { id, firstName: `n${index}` } });
  await execute(REMOVE, { id });
  app.clock.advance(86_400);
  app.statements.length = 0;
  expect(await app.app.services.eventErasure.eraseDeleted()).toBe(1);
  const reads = app.statements.filter(
    (sql) => sql.startsWith('select * from "events"') && sql.includes('events.user_id = ?'),
  );
  expect(reads).toHaveLength(3);
  expect(app.statements.filter((sql) => sql.startsWith('update "events" set "data"'))).toHaveLength(302);
});

test('removes the words of deleted users from the search index, which otherwise only marks them', async () => {
  const app = await testApp({ EVENT_ERASURE_DAYS: '1' });
  const execute = await app.client();
  await makeUser(execute, { email: 'eve@example.com', firstName: 'Eve' });
  const id = await makeUser(execute, { email: 'a@example.com', firstName: 'Qzxada' });
  await execute(REMOVE, { id });
  app.clock.advance(86_400);
  const isIndexed = () => {
    const sqlite = new BetterSqlite3(`${app.folder}/test.db`, { readonly: true });
    const sql = "select count(*) from user_search_data where instr(block, cast('qzxada' as blob)) > 0";
    const count = sqlite.prepare(sql).pluck().get();
    sqlite.close();
    return count !== 0;
  };
  expect(isIndexed()).toBe(true);
  await app.app.services.eventErasure.eraseDeleted();
  expect(isIndexed()).toBe(false);
});
