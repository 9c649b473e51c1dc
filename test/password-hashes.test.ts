import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Writable } from 'node:stream';
import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { migrations } from '../migrations/index.js';
import { systemClock } from '../src/clock.js';
import { openDatabase } from '../src/db/database.js';
import { migrate } from '../src/db/migrator.js';
import type { InvalidInputError } from '../src/errors.js';
import { createLogger } from '../src/logger.js';
import { MAX_PASSWORD_LENGTH } from '../src/passwords/password.js';
import { createPasswordService } from '../src/passwords/password.service.js';
import {
  MAX_PASSWORD_HASH_LENGTH,
  PASSWORD_HASH_TYPES,
  type PasswordHash,
  type PasswordHashType,
  parsePasswordHash,
  verifyPasswordHash,
} from '../src/passwords/password-hash.js';
import type { SaltPosition } from '../src/passwords/salt-position.js';
import { systemRandom } from '../src/random.js';
import { limitOf } from './support/limits.js';
import { type Execute, execute, post, type TestApp, testApp } from './support/test-app.js';

/** A hash of a known password that another program made. */
interface Vector {
  readonly type: PasswordHashType;
  readonly password: string;
  readonly hash: string;
  readonly saltPosition?: SaltPosition;
  /** How it is stored, where that is not as given. */
  readonly stored?: string;
  /** The program and how it was called. */
  readonly made: string;
}

const fixture = new URL('./fixtures/password-hashes.json', import.meta.url);
const vectors = JSON.parse(readFileSync(fixture, 'utf8')) as Vector[];
const TYPES = Object.keys(PASSWORD_HASH_TYPES) as PasswordHashType[]; // the keys of the closed list

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

test('there are vectors of every type, and each says what made it', () => {
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

test('any password verifies against its own hash, and any other against none of any type', async () => {
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

test('a password that another system hashed in another normal form is known as it was typed there', async () => {
  const service = createPasswordService(systemRandom);
  const typed = 'cafe\u0301';
  const digest = createHash('sha1').update(`${typed}salt`).digest();
  const hash = `{SSHA}${Buffer.concat([digest, Buffer.from('salt')]).toString('base64')}`;
  const stored = { type: 'SSHA', hash, saltPosition: null } as const;
  expect(await service.verify(stored, typed)).toBe(true);
  expect(await service.verify(stored, typed.normalize('NFC'))).toBe(false);
});

test('MAX_WAITING_HASHES passwords wait, and the next is refused until there is room', async () => {
  const service = createPasswordService(systemRandom);
  const hash = HASHED.find(({ type }) => type === 'SSHA') ?? null;
  // In one turn of the event loop, so that no core has come to its second.
  const taken = availableParallelism() + limitOf('MAX_WAITING_HASHES');
  const waiting = Array.from({ length: taken }, () => service.verify(hash, 'wrong'));
  expect(service.waiting()).toBe(limitOf('MAX_WAITING_HASHES'));
  const refused = [service.verify(hash, 'wrong'), service.toHash({ password: 'wrong' })];
  for (const one of refused) await expect(one).rejects.toThrow('Too many passwords wait');
  expect(new Set(await Promise.all(waiting))).toEqual(new Set([false]));
  expect(await service.verify(hash, 'wrong')).toBe(false);
});

const FIREBASE_KEY = Buffer.alloc(64, 7).toString('base64').replace(/=+$/, '');
const b64 = (size: number) => Buffer.alloc(size, 5).toString('base64').replace(/=+$/, '');
const bcrypt = (cost: string, salt = `${'a'.repeat(21)}e`, hash = `${'b'.repeat(30)}u`) => `$2b$${cost}$${salt}${hash}`;
const argon2 = (m: number, t: number, p: number, salt = b64(16), hash = b64(32)) =>
  `$argon2id$v=19$m=${m},t=${t},p=${p}$${salt}$${hash}`;
const scrypt = (ln: number, r: number, p: number, salt = b64(16), hash = b64(32)) =>
  `$scrypt$ln=${ln},r=${r},p=${p}$${salt}$${hash}`;
const pbkdf2 = (i: number | string, salt = b64(16), hash = b64(32)) => `$pbkdf2-sha256$i=${i}$${salt}$${hash}`;
const firebase = (r: number, m: number, sk = FIREBASE_KEY, ss = 'Bw', salt = b64(10), hash = b64(64)) =>
  `$firebase-scrypt$r=${r},m=${m},sk=${sk},ss=${ss}$${salt}$${hash}`;
const ssha = (size: number) => `{SSHA}${Buffer.alloc(20 + size, 5).toString('base64')}`;
const ssha256 = (size: number) => `{SSHA256}${Buffer.alloc(32 + size, 5).toString('base64')}`;

/** At a limit, and one past it. */
const limits: readonly [PasswordHashType, string, string][] = [
  ['ARGON2', argon2(262_144, 4, 1), argon2(262_145, 1, 1)],
  ['ARGON2', argon2(65_536, 16, 1), argon2(65_536, 17, 1)],
  ['ARGON2', argon2(8, 131_072, 1), argon2(8, 131_073, 1)],
  ['ARGON2', argon2(8, 1, 1), argon2(7, 1, 1)],
  ['ARGON2', argon2(8, 1, 1), argon2(8, 0, 1)],
  ['ARGON2', argon2(128, 1, 16), argon2(136, 1, 17)],
  ['ARGON2', argon2(64, 1, 8), argon2(63, 1, 8)],
  ['ARGON2', argon2(64, 1, 1, b64(8)), argon2(64, 1, 1, b64(7))],
  ['ARGON2', argon2(64, 1, 1, b64(48)), argon2(64, 1, 1, b64(49))],
  ['ARGON2', argon2(64, 1, 1, b64(8), b64(12)), argon2(64, 1, 1, b64(8), b64(11))],
  ['ARGON2', argon2(64, 1, 1, b64(8), b64(64)), argon2(64, 1, 1, b64(8), b64(65))],
  ['BCRYPT', bcrypt('04'), bcrypt('03')],
  ['BCRYPT', bcrypt('14'), bcrypt('15')],
  ['SCRYPT', scrypt(17, 8, 2), scrypt(17, 9, 1)],
  ['SCRYPT', scrypt(20, 1, 2), scrypt(21, 1, 1)],
  ['SCRYPT', scrypt(14, 8, 16), scrypt(14, 8, 17)],
  ['SCRYPT', scrypt(1, 1, 1), scrypt(0, 1, 1)],
  ['SCRYPT', scrypt(1, 1, 1, b64(8)), scrypt(1, 1, 1, b64(7))],
  ['SCRYPT', scrypt(1, 1, 1, b64(64)), scrypt(1, 1, 1, b64(65))],
  ['SCRYPT', scrypt(1, 1, 1, b64(8), b64(16)), scrypt(1, 1, 1, b64(8), b64(15))],
  ['SCRYPT', scrypt(1, 1, 1, b64(8), b64(64)), scrypt(1, 1, 1, b64(8), b64(65))],
  ['FIREBASE_SCRYPT', firebase(8, 14), firebase(9, 14)],
  ['FIREBASE_SCRYPT', firebase(8, 14), firebase(8, 15)],
  ['FIREBASE_SCRYPT', firebase(1, 1), firebase(0, 1)],
  ['FIREBASE_SCRYPT', firebase(8, 14, b64(16), '', b64(1), b64(16)), firebase(8, 14, b64(15), '', b64(1), b64(15))],
  ['FIREBASE_SCRYPT', firebase(8, 14), firebase(8, 14, b64(65), 'Bw', b64(10), b64(65))],
  ['FIREBASE_SCRYPT', firebase(8, 14), firebase(8, 14, FIREBASE_KEY, 'Bw', b64(10), b64(63))],
  ['FIREBASE_SCRYPT', firebase(8, 14, FIREBASE_KEY, b64(16)), firebase(8, 14, FIREBASE_KEY, b64(17))],
  ['FIREBASE_SCRYPT', firebase(8, 14, FIREBASE_KEY, 'Bw', b64(64)), firebase(8, 14, FIREBASE_KEY, 'Bw', b64(65))],
  ['PBKDF2', pbkdf2(2_000_000), pbkdf2(2_000_001)],
  ['PBKDF2', pbkdf2(1), pbkdf2(0)],
  ['PBKDF2', pbkdf2(1_000_000, b64(16), b64(33)), pbkdf2(1_000_001, b64(16), b64(33))],
  ['PBKDF2', pbkdf2(1, b64(8)), pbkdf2(1, b64(7))],
  ['PBKDF2', pbkdf2(1, b64(64)), pbkdf2(1, b64(65))],
  ['PBKDF2', pbkdf2(1, b64(16), b64(12)), pbkdf2(1, b64(16), b64(11))],
  ['PBKDF2', pbkdf2(1, b64(16), b64(64)), pbkdf2(1, b64(16), b64(65))],
  ['SSHA', ssha(4), ssha(3)],
  ['SSHA', ssha(64), ssha(65)],
  ['SSHA256', ssha256(4), ssha256(3)],
  ['SSHA256', ssha256(64), ssha256(65)],
];

function problemsOf(type: PasswordHashType, hash: string): InvalidInputError[] {
  const problems: InvalidInputError[] = [];
  const parsed = parsePasswordHash(type, hash, null, problems);
  expect(parsed === null).toBe(problems.length === 1);
  return problems;
}

test.each(limits)('%s is taken at a limit and not one past it: %s', (type, at, past) => {
  expect(problemsOf(type, at)).toEqual([]);
  expect(problemsOf(type, past)).toMatchObject([{ code: 'INVALID_PASSWORD_HASH', path: ['passwordHash'] }]);
});

/** One of each type, in the spelling it is stored in. */
const good: Record<PasswordHashType, string> = {
  ARGON2: argon2(19_456, 2, 1),
  BCRYPT: bcrypt('10'),
  SCRYPT: scrypt(15, 8, 1),
  FIREBASE_SCRYPT: firebase(8, 14),
  PBKDF2: pbkdf2(29_000),
  SSHA: ssha(8),
  SSHA256: ssha256(8),
};

describe.each(TYPES)('%s', (type) => {
  test.each(TYPES.filter((other) => other !== type))('is not a hash of the type %s', (other) => {
    expect(problemsOf(type, good[other])).toHaveLength(1);
  });

  test.each([
    ['nothing', ''],
    ['blanks around it', ` ${good[type]}`],
    ['a line end', `${good[type]}\n`],
    ['a null byte', `${good[type]}\0`],
    ['half of it', good[type].slice(0, good[type].length / 2)],
    ['another dollar', `${good[type]}$`],
    ['the plain password', 'correct horse battery staple'],
    ['a text that is too long', good[type].padEnd(MAX_PASSWORD_HASH_LENGTH + 1, 'A')],
  ])('is not %s', (_, hash) => {
    expect(problemsOf(type, hash)).toHaveLength(1);
  });

  test('is stored in one spelling, and no text whatever breaks its reading', () => {
    const stored = (hash: string) => parsePasswordHash(type, hash, null, [])?.hash;
    expect(stored(good[type])).toBe(good[type]);
    const texts = vectors.filter((vector) => vector.type === type).map(({ hash }) => hash);
    const mutilated = fc
      .tuple(fc.constantFrom(...texts), fc.nat(), fc.nat(3), fc.string({ maxLength: 3 }))
      .map(([text, at, cut, put]) => {
        const start = at % (text.length + 1);
        return text.slice(0, start) + put + text.slice(start + cut);
      });
    fc.assert(
      fc.property(fc.oneof(mutilated, fc.string()), (text) => {
        const once = stored(text);
        if (once === undefined) expect(problemsOf(type, text)).toHaveLength(1);
        else expect(stored(once)).toBe(once);
      }),
      { numRuns: 300 },
    );
  });
});

test.each<[PasswordHashType, string]>([
  ['ARGON2', argon2(19_456, 2, 1).replace('v=19', 'v=18')],
  ['ARGON2', argon2(19_456, 2, 1).replace('m=', 'm=0')],
  ['ARGON2', argon2(19_456, 2, 1).replace('m=19456,t=2', 't=2,m=19456')],
  ['ARGON2', argon2(19_456, 2, 1).replace('argon2id', 'argon2x')],
  ['ARGON2', argon2(64, 1, 1, b64(9).replace('B', '-'))],
  ['ARGON2', argon2(64, 1, 1, `${b64(8).slice(0, -1)}V`)],
  ['ARGON2', argon2(99_999_999_999, 1, 1)],
  ['BCRYPT', bcrypt('10').replace('2b', '2x')],
  ['BCRYPT', bcrypt('10').replace('2b', '2')],
  ['BCRYPT', bcrypt('31')],
  ['BCRYPT', bcrypt('10', `${'a'.repeat(21)}f`)],
  ['BCRYPT', bcrypt('10', undefined, `${'b'.repeat(30)}v`)],
  ['SCRYPT', '$s0$f0801$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAA=='],
  ['PBKDF2', pbkdf2('1,l=31')],
  ['PBKDF2', `$pbkdf2$i=6400$${b64(16)}$${b64(32)}`],
  ['PBKDF2', pbkdf2('1').replace('sha256', 'md5')],
  ['SSHA', `{SSHA}${b64(28)}=`],
])('%s refuses %s', (type, hash) => {
  expect(problemsOf(type, hash)).toHaveLength(1);
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

test('an update replaces password and hash by each other, and null clears neither', async () => {
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

test('a hash is in no answer, error, event or log line, and in one table only', async () => {
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

test('hashes from before there were types are argon2id', async () => {
  const app = await testApp();
  const file = `${app.folder}/old.db`;
  const db = openDatabase(file);
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
