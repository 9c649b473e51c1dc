import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { migrations } from '../migrations/index.js';
import { createApp } from '../src/app.js';
import { loadConfig } from '../src/config.js';
import { openDatabase } from '../src/db/database.js';
import { migrate } from '../src/db/migrator.js';
import { createLogger } from '../src/logger.js';
import { normalizeEmail } from '../src/users/user.js';
import { entryOf, SPACE } from '../src/users/user-search.js';
import { makeMembership, makeOrganization } from './support/make.js';
import { folder, lastLine } from './support/process.js';
import { execute as ask, type Execute, TestClock } from './support/test-app.js';
import { command } from './support/transfers.js';

/** Everybody of the old database: in the order of creation, a user each. */
interface Old {
  readonly environment?: 'two';
  readonly email: string;
  readonly firstName?: string;
  readonly name?: string;
}

const TWINS: readonly Old[] = [
  { email: 'first@bücher.example', name: 'Unicode first' },
  { email: 'First@xn--bcher-kva.example', name: 'ASCII second' },
  { email: 'second@xn--bcher-kva.example', name: 'ASCII first' },
  { email: 'second@BÜCHER.example', name: 'Unicode second' },
  { email: 'third@xn--fa-hia.example', name: 'Three of them, ASCII' },
  { email: 'third@ｆaß.example', name: 'Three of them, full width' },
  { email: 'third@faß.example', name: 'Three of them, Unicode' },
  // The same addresses in another environment are other users, and no twins.
  { environment: 'two', email: 'first@xn--bcher-kva.example', name: 'Elsewhere' },
  { environment: 'two', email: 'second@bücher.example', name: 'Elsewhere' },
];

/** As stored by 0.1.0, which made U+FFFD of half a surrogate pair, and as others put it there. */
const ODD: readonly Old[] = [
  { email: 'lone@xn--bcher-kva.example', firstName: 'lone \ufffd half', name: '\ufffd' },
  { email: 'a\ufffd@ex\ufffdmple.com', name: 'U+FFFD in an address' },
  { email: 'not an address', name: 'No @' },
  { email: '', name: 'Nothing' },
  { email: 'user@example.-a', name: 'No mail arrives there' },
  { email: 'u1@192.168.0.10', name: 'Nor there' },
  { email: 'broken@xn--a.example', name: 'No Punycode' },
  { email: 'a..b@xn--bcher-kva.example', name: '\u0001 control' },
  { email: 'H\u0331@example.com', firstName: 'H\u0331anna', name: 'J\u030c' },
  { email: `long@${'ü'.repeat(400)}.example`, name: 'x'.repeat(255) },
  { email: 'plain@example.com', name: 'Plain' },
];

/** More of them than one batch of the migration has. */
const MANY: readonly Old[] = Array.from({ length: 1_200 }, (_, index) => ({
  email: `p${index}@xn--bcher-kva.example`,
  name: `Person ${index}`,
}));

const EVERYBODY = [...TWINS, ...ODD, ...MANY];

const environmentOf = ({ environment }: Old) => `env_01E4ZCR3C56J083X43JQXF3JK${environment === 'two' ? 2 : 1}`;
const idOf = (index: number) => `user_01E4ZCR3C56J083X43JQ${String(index).padStart(6, '0')}`;
const named = (name: string) => idOf(EVERYBODY.findIndex((old) => old.name === name));
const formerly = (text: string) => text.trim().normalize('NFC').toLowerCase();

/** A database of an older version with everybody in it; the last migration it has is before `before`. */
async function oldDatabase(before: string): Promise<string> {
  const file = join(folder(), 'old.db');
  const clock = new TestClock();
  const db = openDatabase(file);
  const known = migrations.filter(({ name }) => name < before);
  await migrate(db, known, clock);
  await db.close();
  const sqlite = new Sqlite(file);
  const now = clock.now();
  const hasSearch = known.some(({ name }) => name === '0002-finding-people');
  sqlite.transaction(() => {
    for (const [number, name] of ['one', 'two'].entries()) {
      const id = `env_01E4ZCR3C56J083X43JQXF3JK${number + 1}`;
      sqlite
        .prepare('insert into environments (id, name, kind, created_at) values (?, ?, ?, ?)')
        .run(id, name, 'test', now);
      if (hasSearch) sqlite.prepare('insert into search_spaces values (?, ?, 100000)').run(number + 1, id);
    }
    for (const [index, old] of EVERYBODY.entries()) {
      const { email, firstName = null, name = null } = old;
      const row: Record<string, unknown> = {
        environment_id: environmentOf(old),
        id: idOf(index),
        email,
        email_normal: formerly(email),
        email_verified: index % 2,
        first_name: firstName,
        name,
        external_id: `old-${index}`,
        metadata: '{"note":"\ufffd"}',
        version: 1,
        created_at: now,
        updated_at: now,
      };
      if (hasSearch) {
        const number = (old.environment === 'two' ? 2 : 1) * SPACE + index + 1;
        row.email_domain = formerly(email).slice(formerly(email).lastIndexOf('@') + 1);
        row.first_name_normal = formerly(firstName ?? '');
        row.name_normal = formerly(name ?? '');
        row.search_number = number;
        const text = [firstName, name, email, `old-${index}`].filter((part) => part !== null).join(' ');
        sqlite.prepare('insert into user_search (rowid, words) values (?, ?)').run(number, entryOf(number, text));
      }
      const columns = Object.keys(row);
      sqlite
        .prepare(
          `insert into users (${columns.join(', ')}) values (${columns.map((column) => `@${column}`).join(', ')})`,
        )
        .run(row);
    }
    const organization = 'org_01E4ZCR3C56J083X43JQXF3JK1';
    const env = environmentOf({ email: '' });
    sqlite
      .prepare(
        `insert into organizations (environment_id, id, name, metadata, created_at, updated_at) values (?, ?, ?, '{}', ?, ?)`,
      )
      .run(env, organization, 'Acme', now, now);
    for (const name of ['ASCII first', 'ASCII second', 'Unicode second']) {
      const row = sqlite.prepare('select id, email_normal from users where id = ?').get(named(name)) as Row;
      sqlite
        .prepare("insert into organization_memberships values (?, ?, ?, ?, ?, 'ACTIVE', '[]', ?, ?)")
        .run(env, row.id.replace('user_', 'om_'), row.id, row.email_normal, organization, now, now);
    }
  })();
  sqlite.close();
  return file;
}

interface Row {
  readonly id: string;
  readonly email_normal: string;
}

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

test('the command that migrates names the twins, and says so once', async () => {
  const file = await oldDatabase('0014');
  const settings = { DATABASE_URL: `file:${file}` };
  const first = await command(settings, ['migrate', '--json']);
  expect(lastLine(first.out)).toMatchObject({ twins: { total: KEPT.length } });
  expect(first.out).not.toMatch(/@|\.example/);
  expect(lastLine((await command(settings, ['migrate', '--json'])).out)).not.toHaveProperty('twins');
});

test('twins live on as they were, until one of them goes', async () => {
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
