import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { createApp } from '../../src/app.js';
import { loadConfig } from '../../src/config/config.js';
import { createLogger } from '../../src/runtime/logger.js';
import { normalizeEmail } from '../../src/users/user.js';
import { makeMembership, makeOrganization } from '../support/make.js';
import { lastLine } from '../support/processes/process.js';
import {
  EVERYBODY,
  formerly,
  idOf,
  MANY,
  named,
  oldDatabase,
  type Row,
  TWINS,
} from '../support/storage/old-database.js';
import { execute as ask, type Execute } from '../support/test-app.js';
import { command } from '../support/transfers.js';

/** The app of today on an old database, and what its start logs. */
async function upToDate(file: string) {
  const lines: string[] = [];
  const logger = createLogger('info', { write: (line) => lines.push(line) });
  const app = await createApp(loadConfig({ DATABASE_URL: `file:${file}`, RATE_LIMIT_POINTS: '0' }), {
    logger,
    delivering: 'none',
  });
  const client = async (environment: string): Promise<Execute> => {
    const { secret } = await app.services.apiKeys.create({ environment, kind: 'test', name: 'k', scopes: '*' });
    return (query, variables) => ask(app, secret, query, variables);
  };
  return { app, lines, one: await client('one'), two: await client('two') };
}

/** All users a list has, page by page, oldest first. */
async function listed(execute: Execute, filter: object | null = null) {
  const query = `query ($after: String, $filter: UserFilter) { users(first: 100, after: $after, filter: $filter) {
    nodes { id email firstName name externalId metadata emailVerified } pageInfo { endCursor hasNextPage } } }`;
  const users: { id: string; email: string }[] = [];
  let after: string | null = null;
  for (;;) {
    const { data, errors } = await execute(query, { after, filter });
    expect(errors).toBeUndefined();
    users.push(...data.users.nodes);
    if (!data.users.pageInfo.hasNextPage) return users.reverse();
    after = data.users.pageInfo.endCursor;
  }
}

async function byEmail(execute: Execute, email: string): Promise<string | null> {
  const { data } = await execute('query ($email: String!) { userByEmail(email: $email) { id } }', { email });
  return data.userByEmail?.id ?? null;
}

async function mutate(execute: Execute, name: string, input: object) {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
  const { data } = await execute(
    `mutation ($input: ${type}!) { ${name}(input: $input) { errors { ... on MutationError { code } } } }`,
    { input },
  );
  return data[name].errors.map(({ code }: { code: string }) => code);
}

const ENTITIES = 'query ($of: [_Any!]!) { _entities(representations: $of) { ... on User { id } } }';

/** Whoever is kept under another form than the normal one, and who has that. */
const KEPT = [
  [named('ASCII second'), named('Unicode first')],
  [named('ASCII first'), named('Unicode second')],
  [named('Three of them, ASCII'), named('Three of them, Unicode')],
  [named('Three of them, full width'), named('Three of them, Unicode')],
];

test.each(['0002', '0014'])('a database from before migration %s keeps every user', async (before) => {
  const file = await oldDatabase(before);
  const { app, lines, one, two } = await upToDate(file);
  const wanted = EVERYBODY.map((old, index) => ({ old, index })).map(({ old, index }) => ({
    environment: old.environment ?? 'one',
    user: {
      id: idOf(index),
      email: old.email,
      firstName: old.firstName ?? null,
      name: old.name ?? null,
      externalId: `old-${index}`,
      metadata: { note: '\ufffd' },
      emailVerified: index % 2 === 1,
    },
  }));
  for (const [execute, environment] of [[one, 'one'] as const, [two, 'two'] as const]) {
    const users = wanted.filter((each) => each.environment === environment).map(({ user }) => user);
    expect(await listed(execute)).toEqual(users);
    expect((await execute('{ users { totalCount } }')).data.users.totalCount).toBe(users.length);
  }

  // Each is found by the address as it was given: twins too.
  for (const [execute, environment] of [[one, 'one'] as const, [two, 'two'] as const]) {
    const users = wanted.filter((each) => each.environment === environment && each.user.email !== '');
    for (let start = 0; start < users.length; start += 200) {
      const some = users.slice(start, start + 200).map(({ user }) => user);
      const of = some.map(({ email }) => ({ __typename: 'User', email }));
      const { data } = await execute(ENTITIES, { of });
      expect(data._entities).toEqual(some.map(({ id }) => ({ id })));
    }
  }
  // The others by every spelling.
  expect(await byEmail(one, 'LONE@bücher.example')).toBe(named('\ufffd'));
  expect(await byEmail(one, 'p7@BÜCHER.example')).toBe(named('Person 7'));
  expect(await byEmail(one, '\u1e96@example.com')).toBe(named('J\u030c'));
  expect(await byEmail(two, 'first@bücher.example')).toBe(idOf(7));
  for (const domain of ['bücher.example', 'xn--bcher-kva.example']) {
    expect(await listed(one, { emailDomain: { eq: domain } })).toHaveLength(4 + 2 + MANY.length);
  }
  expect(await listed(one, { firstName: { eq: '\u1e96anna' } })).toHaveLength(1);
  const search = async (text: string) =>
    (await one('query ($s: String!) { users(search: $s) { nodes { id } } }', { s: text })).data.users.nodes;
  for (const text of ['p1199 bücher', 'p1199@xn--bcher-kva.example']) {
    expect(await search(text)).toEqual([{ id: named('Person 1199') }]);
  }

  // The start tells of twins by their ids, and no address is in it.
  const line = lines.map((text) => JSON.parse(text)).find(({ msg }) => msg.includes('one mailbox'));
  expect(line).toMatchObject({ level: 40, total: KEPT.length });
  expect([...line.pairs].sort()).toEqual([...KEPT].sort());
  expect(lines.join('')).not.toMatch(/@|example/);
  await app.close();

  // All that is derived is what today's version makes of the rows.
  const sqlite = new Sqlite(file, { readonly: true });
  const rows = sqlite.prepare('select id, email, email_normal, email_domain from users').all() as (Row & {
    email: string;
    email_domain: string;
  })[];
  for (const { id, email, email_normal, email_domain } of rows) {
    const normal = normalizeEmail(email);
    expect(email_domain).toBe(normal.slice(normal.lastIndexOf('@') + 1));
    expect(email_normal).toBe(KEPT.some(([kept]) => kept === id) ? formerly(email) : normal);
  }
  expect(sqlite.pragma('foreign_key_check')).toEqual([]);
  expect(sqlite.pragma('integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  sqlite.close();

  const { out } = await command({ DATABASE_URL: `file:${file}` }, ['doctor', '--json']);
  const { findings } = lastLine(out) as { findings: { name: string; level: string; value: string }[] };
  const mailboxes = findings.find(({ name }) => name === 'mailboxes');
  expect(mailboxes).toMatchObject({ level: 'warning' });
  for (const id of KEPT.flat()) expect(mailboxes?.value).toContain(id);
});

test('migrate reports users who share a mailbox, once', async () => {
  const file = await oldDatabase('0014');
  const settings = { DATABASE_URL: `file:${file}` };
  const first = await command(settings, ['migrate', '--json']);
  expect(lastLine(first.out)).toMatchObject({ twins: { total: KEPT.length } });
  expect(first.out).not.toMatch(/@|\.example/);
  expect(lastLine((await command(settings, ['migrate', '--json'])).out)).not.toHaveProperty('twins');
});

test('users who share a mailbox stay unchanged until one of them is deleted', async () => {
  const { app, one } = await upToDate(await oldDatabase('0014'));
  const [kept, owner] = [named('ASCII second'), named('Unicode first')];
  const ASCII = 'first@xn--bcher-kva.example';
  const UNICODE = 'first@bücher.example';
  // In one request too.
  const both = await one(
    'query ($a: String!, $u: String!) { a: userByEmail(email: $a) { id } u: userByEmail(email: $u) { id } }',
    {
      a: ASCII,
      u: UNICODE,
    },
  );
  expect(both.data).toEqual({ a: { id: kept }, u: { id: owner } });
  for (const id of [kept, owner]) {
    expect(await mutate(one, 'updateUser', { id, name: 'Changed', emailVerified: true })).toEqual([]);
    expect(await mutate(one, 'updateUser', { id, externalId: 'x'.repeat(129) })).toEqual(['INVALID_EXTERNAL_ID']);
    await makeMembership(one, id, await makeOrganization(one, { name: 'Both of them' }));
  }
  // Nobody takes the mailbox a third time, nor one twin the spelling of the other.
  for (const email of [ASCII, UNICODE])
    expect(await mutate(one, 'createUser', { email })).toEqual(['EMAIL_NOT_AVAILABLE']);
  expect(await mutate(one, 'updateUser', { id: kept, email: UNICODE })).toEqual(['EMAIL_NOT_AVAILABLE']);
  expect(await byEmail(one, ASCII)).toBe(kept);

  // The owner gets another address: the one who is left is found by both spellings.
  expect(await mutate(one, 'updateUser', { id: owner, email: 'new@example.com' })).toEqual([]);
  for (const email of [ASCII, UNICODE]) expect(await byEmail(one, email)).toBe(kept);
  expect(await mutate(one, 'createUser', { email: UNICODE })).toEqual(['EMAIL_NOT_AVAILABLE']);

  // The same when the owner is deleted.
  expect(await mutate(one, 'deleteUser', { id: named('Unicode second') })).toEqual([]);
  expect(await byEmail(one, 'second@bücher.example')).toBe(named('ASCII first'));

  // Of three, the second gets the form, and the last one when it is changed.
  const [ascii, wide, unicode] = TWINS.slice(4, 7).map(({ name = '' }) => named(name));
  expect(await mutate(one, 'deleteUser', { id: unicode })).toEqual([]);
  expect(await byEmail(one, 'third@faß.example')).toBe(ascii);
  expect(await mutate(one, 'updateUser', { id: ascii, email: 'elsewhere@example.com' })).toEqual([]);
  expect(await mutate(one, 'updateUser', { id: wide, name: 'Changed' })).toEqual([]);
  expect(await byEmail(one, 'third@faß.example')).toBe(wide);
  await app.close();
});
