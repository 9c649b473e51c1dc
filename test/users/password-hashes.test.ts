import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { Writable } from 'node:stream';
import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { migrations } from '../../migrations/index.js';
import { migrate } from '../../src/db/migrator.js';
import { openSqlite } from '../../src/db/sqlite/database.js';
import { MAX_PASSWORD_LENGTH } from '../../src/passwords/password.js';
import { createPasswordService } from '../../src/passwords/password.service.js';
import { type PasswordHash, verifyPasswordHash } from '../../src/passwords/password-hash.js';
import { systemClock } from '../../src/runtime/clock.js';
import { createLogger } from '../../src/runtime/logger.js';
import { systemRandom } from '../../src/runtime/random.js';
import { limitOf } from '../support/docs/limits.js';
import { type Execute, execute, post, type TestApp, testApp } from '../support/test-app.js';
import { b64, FIREBASE_KEY, good, problemsOf, TYPES, vectors } from '../support/users/password-hashes.js';

const CREATE = `mutation ($input: CreateUserInput!) {
  createUser(input: $input) { user { id version } errors { __typename ... on MutationError { code path message } } }
}`;
const UPDATE = `mutation ($input: UpdateUserInput!) {
  updateUser(input: $input) { user { id version } errors { ... on MutationError { code path message } } }
}`;

async function create(execute: Execute, input: object) {
  const { data, errors } = await execute(CREATE, { input: { email: 'ada@example.com', ...input } });
  expect(errors).toBeUndefined();
  return data.createUser;
}

async function update(execute: Execute, input: object) {
  const { data, errors } = await execute(UPDATE, { input });
  expect(errors).toBeUndefined();
  return data.updateUser;
}

function codes({ errors }: { errors: readonly { code: string; path: readonly string[] }[] }): string[] {
  return errors.map(({ code, path }) => `${code}@${path.join('.')}`).sort();
}

function read<Row>({ folder }: TestApp, sql: string): Row[] {
  const sqlite = new Sqlite(`${folder}/test.db`, { readonly: true });
  try {
    return sqlite.prepare<[], Row>(sql).all();
  } finally {
    sqlite.close();
  }
}

const STORED = 'select type, hash, salt_position as saltPosition from passwords';

test('every type has test vectors with their origin', () => {
  expect(new Set(vectors.map(({ type }) => type))).toEqual(new Set(TYPES));
  expect(vectors.filter(({ made }) => made.length < 20)).toEqual([]);
});

test.each(vectors)('$type made by $made', async ({ type, password, hash, saltPosition, stored }) => {
  const app = await testApp();
  const input = { passwordHash: hash, passwordHashType: type, passwordSaltPosition: saltPosition };
  const { user, errors } = await create(await app.client(), input);
  expect(errors).toEqual([]);
  expect(user.version).toBe(1);
  const [row] = read<PasswordHash>(app, STORED);
  if (!row) throw new Error('nothing was stored');
  const position = type === 'SSHA256' ? (saltPosition ?? 'SUFFIX') : null;
  expect(row).toEqual({ type, hash: stored ?? hash, saltPosition: position });
  expect(await verifyPasswordHash(row, password)).toBe(true);
  for (const wrong of [`${password} `, password.toUpperCase(), password.slice(1), '']) {
    expect(await verifyPasswordHash(row, wrong)).toBe(false);
  }
});

/** Of every type, and short to verify. */
const HASHED: readonly PasswordHash[] = TYPES.map((type) => {
  const { hash, stored, saltPosition } = vectors.find((vector) => vector.type === type) ?? {};
  const position = type === 'SSHA256' ? (saltPosition ?? 'SUFFIX') : null;
  return { type, hash: stored ?? hash ?? '', saltPosition: position };
});

test('a password verifies against its own hash, and no other password does, for every type', async () => {
  const service = createPasswordService(systemRandom);
  const passwords = fc.string({ unit: 'binary', maxLength: MAX_PASSWORD_LENGTH });
  await fc.assert(
    fc.asyncProperty(passwords, passwords, fc.constantFrom(...HASHED), async (password, other, foreign) => {
      const own = await service.toHash({ password });
      if (!own) throw new Error('There was a password.');
      expect(service.isCurrent(own)).toBe(true);
      expect(await service.verify(own, password)).toBe(true);
      expect(await service.verify(own, password.normalize('NFD'))).toBe(true);
      const isSame = other.normalize('NFC') === password.normalize('NFC');
      expect(await service.verify(own, other)).toBe(isSame);
      // One of the Argon2 hashes was made with our own parameters.
      expect(service.isCurrent(foreign)).toBe(foreign.type === 'ARGON2');
      expect(await service.verify(foreign, password)).toBe(false);
      expect(await service.verify(null, password)).toBe(false);
    }),
    { numRuns: 15 },
  );
});

test('a password hashed elsewhere in another Unicode normal form is verified as it was typed there', async () => {
  const service = createPasswordService(systemRandom);
  const typed = 'cafe\u0301';
  const digest = createHash('sha1').update(`${typed}salt`).digest();
  const hash = `{SSHA}${Buffer.concat([digest, Buffer.from('salt')]).toString('base64')}`;
  const stored = { type: 'SSHA', hash, saltPosition: null } as const;
  expect(await service.verify(stored, typed)).toBe(true);
  expect(await service.verify(stored, typed.normalize('NFC'))).toBe(false);
});

test('up to MAX_WAITING_HASHES passwords wait, and the next one is refused', async () => {
  const service = createPasswordService(systemRandom);
  const hash = HASHED.find(({ type }) => type === 'SSHA') ?? null;
  // In one turn of the event loop, so that no core has come to its second.
  const taken = availableParallelism() + limitOf('MAX_WAITING_HASHES');
  const waiting = Array.from({ length: taken }, () => service.verify(hash, 'wrong'));
  expect(service.waiting()).toBe(limitOf('MAX_WAITING_HASHES'));
  const refused = [service.verify(hash, 'wrong'), service.toHash({ password: 'wrong' })];
  for (const one of refused) await expect(one).rejects.toThrow('Too many passwords are waiting');
  expect(new Set(await Promise.all(waiting))).toEqual(new Set([false]));
  expect(await service.verify(hash, 'wrong')).toBe(false);
});

const GIVEN = { passwordHash: good.BCRYPT, passwordHashType: 'BCRYPT' };
const PASSWORD = 'i8uv6g34kd490s';

test.each<[string, object, string[]]>([
  ['a hash alone', { passwordHash: good.BCRYPT }, ['INVALID_INPUT@passwordHashType']],
  ['a type alone', { passwordHashType: 'BCRYPT' }, ['INVALID_INPUT@passwordHash']],
  ['a salt position alone', { passwordSaltPosition: 'PREFIX' }, ['INVALID_INPUT@passwordSaltPosition']],
  ['a salt position of bcrypt', { ...GIVEN, passwordSaltPosition: 'SUFFIX' }, ['INVALID_INPUT@passwordSaltPosition']],
  [
    'a password and a hash',
    { ...GIVEN, password: PASSWORD },
    ['PASSWORD_AND_HASH_GIVEN@passwordHash', 'PASSWORD_AND_HASH_GIVEN@passwordHashType'],
  ],
  [
    'a password and a type',
    { password: PASSWORD, passwordHashType: 'SSHA' },
    ['PASSWORD_AND_HASH_GIVEN@passwordHashType'],
  ],
  [
    'a weak password, a bad hash of the wrong type, and a salt position',
    { password: 'short', passwordHash: 'short', passwordHashType: 'SSHA', passwordSaltPosition: 'PREFIX' },
    [
      'INVALID_INPUT@passwordSaltPosition',
      'INVALID_PASSWORD_HASH@passwordHash',
      'PASSWORD_AND_HASH_GIVEN@passwordHash',
      'PASSWORD_AND_HASH_GIVEN@passwordHashType',
      'PASSWORD_TOO_SHORT@password',
      'PASSWORD_TOO_WEAK@password',
    ],
  ],
])('%s is refused on create and on update, with everything else that is wrong', async (_, input, wanted) => {
  const app = await testApp();
  const execute = await app.client();
  const { user } = await create(execute, GIVEN);
  expect(codes(await create(execute, { email: 'bob@example.com', ...input }))).toEqual(wanted);
  expect(codes(await create(execute, { email: 'no address', ...input }))).toEqual(
    ['INVALID_EMAIL@email', ...wanted].sort(),
  );
  expect(codes(await update(execute, { id: user.id, ...input }))).toEqual(wanted);
  expect(read(app, STORED)).toEqual([{ type: 'BCRYPT', hash: good.BCRYPT, saltPosition: null }]);
});

test('a password replaces a hash and the reverse, and null clears neither', async () => {
  const app = await testApp();
  const execute = await app.client();
  const { user } = await create(execute, { password: PASSWORD });
  const own = read<PasswordHash>(app, STORED)[0];
  expect(own?.type).toBe('ARGON2');
  expect(own && (await verifyPasswordHash(own, PASSWORD))).toBe(true);
  expect(problemsOf('ARGON2', own?.hash ?? '')).toEqual([]);

  const given = { passwordHash: good.SSHA256, passwordHashType: 'SSHA256', passwordSaltPosition: 'PREFIX' };
  expect((await update(execute, { id: user.id, ...given })).user.version).toBe(2);
  expect(read(app, STORED)).toEqual([{ type: 'SSHA256', hash: good.SSHA256, saltPosition: 'PREFIX' }]);

  expect((await update(execute, { id: user.id, password: PASSWORD })).user.version).toBe(3);
  expect(read<PasswordHash>(app, STORED)).toMatchObject([{ type: 'ARGON2', saltPosition: null }]);

  const nothing = { password: null, passwordHash: null, passwordHashType: null, passwordSaltPosition: null };
  expect(codes(await update(execute, { id: user.id, ...nothing }))).toEqual(
    Object.keys(nothing)
      .map((field) => `INVALID_INPUT@${field}`)
      .sort(),
  );
  // On create null is the same as left out.
  expect((await create(execute, { email: 'bob@example.com', ...nothing })).errors).toEqual([]);
  expect(read(app, STORED)).toHaveLength(1);
});

test('a hash appears in no response, error, event or log line, and in one table only', async () => {
  let log = '';
  const destination = new Writable({
    write: (chunk, _, done) => {
      log += chunk;
      done();
    },
  });
  const app = await testApp({}, { logger: createLogger('debug', destination) });
  const secret = await app.key();
  const hash = good.FIREBASE_SCRYPT;
  const given = { passwordHash: hash, passwordHashType: 'FIREBASE_SCRYPT' };
  const inputs: object[] = [
    { email: 'ada@example.com', ...given },
    { email: 'ada@example.com', ...given },
    { email: 'bob@example.com', ...given, passwordHashType: 'BCRYPT' },
    { email: 'bob@example.com', ...given, passwordHash: `${hash}${hash}` },
    // What does not fit the schema, graphql-js describes: with the whole input.
    { ...given },
    { email: 'bob@example.com', ...given, nickname: 'bob' },
    { email: 'bob@example.com', passwordHash: { hash }, passwordHashType: hash },
    { email: 'bob@example.com', password: 1234567890, passwordHash: [hash] },
  ];
  const answers: string[] = [];
  for (const input of inputs)
    answers.push(await (await post(app.app, secret, { query: CREATE, variables: { input } })).text());
  const id = JSON.parse(answers[0] ?? '').data.createUser.user.id;
  for (const input of [{ id, ...given }, { id, ...given, passwordHashType: 'SSHA' }, given]) {
    answers.push(JSON.stringify(await execute(app.app, secret, UPDATE, { input })));
  }
  expect(answers[4]).toContain('\\"email\\" of required type \\"String!\\" was not provided');
  expect(answers[5]).toContain('\\"nickname\\" is not defined');
  expect(answers[6]).toContain('at \\"input.passwordHash\\"; String cannot represent');
  const secrets = [hash, FIREBASE_KEY, b64(64), b64(10), '1234567890'];
  const told = [...answers, log].join('\n');
  expect(log).toContain('"request"');
  expect(secrets.filter((part) => told.includes(part))).toEqual([]);

  const holders = read<{ name: string }>(app, "select name from sqlite_schema where type = 'table'")
    .map(({ name }) => name)
    .filter((table) => JSON.stringify(read(app, `select * from "${table}"`)).includes(b64(64)));
  expect(holders).toEqual(['passwords']);
  const events = read<{ name: string; previous: string | null }>(
    app,
    "select name, previous from events where name like 'user.%'",
  );
  expect(events).toEqual([
    { name: 'user.created', previous: null },
    { name: 'user.updated', previous: '{"password":null}' },
  ]);
});

test('hashes from before the column of types are argon2id', async () => {
  const app = await testApp();
  const file = `${app.folder}/old.db`;
  const db = openSqlite(file);
  await migrate(
    db,
    migrations.filter(({ name }) => name < '0004'),
    systemClock,
  );
  const sqlite = new Sqlite(file);
  sqlite.exec(`
    insert into environments values ('env_1', 'one', 'test', '2026-01-15T12:00:00.000Z');
    insert into users (environment_id, id, email, email_normal, email_verified, metadata, version, created_at, updated_at)
      values ('env_1', 'user_1', 'a@example.com', 'a@example.com', 0, '{}', 1, '2026', '2026');
    insert into passwords values ('env_1', 'user_1', '${good.ARGON2}', '2026');
  `);
  await migrate(db, migrations, systemClock);
  const row = sqlite.prepare('select * from passwords').get();
  const broken = () => sqlite.prepare("update passwords set salt_position = 'PREFIX'").run();
  expect(broken).toThrow('CHECK');
  expect(() => sqlite.prepare('delete from users').run()).toThrow('FOREIGN KEY');
  sqlite.close();
  await db.close();
  const columns = { type: 'ARGON2', hash: good.ARGON2, salt_position: null, updated_at: '2026' };
  expect(row).toEqual({ environment_id: 'env_1', user_id: 'user_1', ...columns });
});
