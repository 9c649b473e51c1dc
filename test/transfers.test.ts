import { existsSync, readFileSync, statSync, truncateSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { importViewer, systemViewer } from '../src/auth/viewer.js';
import type { EnvironmentId } from '../src/ids.js';
import { ImportBusyError } from '../src/transfers/import-run.service.js';
import { MAX_ROW_BYTES, START } from '../src/transfers/lines.js';
import type { Row, TransferFormat } from '../src/transfers/row.js';
import { exportOf } from '../src/transfers/user-export.js';
import { batchesIn } from '../src/transfers/user-file.js';
import { lastLine } from './support/process.js';
import { testApp } from './support/test-app.js';
import {
  ADA,
  codesOf,
  command,
  HASH,
  HASHED,
  importArgs,
  importFile,
  manyRows,
  ndjson,
  query,
  rejectsIn,
  stateOf,
  world,
} from './support/transfers.js';

test('an import makes users with every field, their hashes and their events', async () => {
  const app = await world();
  const bob = {
    email: 'bob@example.com',
    passwordHash: '{SSHA256}d3dAvpIklDG+txSchizyr8d7D7QHVg6ZN6SxEIKBWvfZU7UFLjRO+w==',
  };
  const file = app.put(
    'people.ndjson',
    ndjson(ADA, { ...bob, passwordHashType: 'SSHA256', passwordSaltPosition: 'PREFIX', name: null }),
  );
  const { code, result, err } = await importFile(app, file);
  expect(code).toBe(0);
  expect(result).toEqual({
    file,
    environment: 'e1',
    dryRun: false,
    rows: 2,
    created: 2,
    updated: 0,
    skipped: 0,
    refused: 0,
    rejects: `${file}.rejects.ndjson`,
    resumedAtLine: null,
    seconds: expect.any(Number),
    rowsPerSecond: expect.any(Number),
    peakMemoryMiB: expect.any(Number),
  });
  expect(err).toContain('2 created, 0 updated, 0 skipped, 0 refused');
  expect(existsSync(`${file}.rejects.ndjson`)).toBe(false);
  const { users, events } = stateOf(app.file);
  expect(users).toMatchObject([
    {
      email: 'ada@example.com',
      email_verified: 1,
      first_name: 'Ada',
      last_name: 'Lovelace',
      name: 'Ada Lovelace',
      locale: 'en-GB',
      external_id: 'a-1',
      metadata: '{"plan":"pro","empty":""}',
      version: 1,
      hash: HASH,
      type: 'BCRYPT',
      salt_position: null,
    },
    { email: 'bob@example.com', name: null, hash: bob.passwordHash, type: 'SSHA256', salt_position: 'PREFIX' },
  ]);
  const made = { name: 'user.created', actor_source: 'IMPORT', actor_name: 'users import' };
  expect(events).toMatchObject([
    { ...made, sequence: 1 },
    { ...made, sequence: 2 },
  ]);
  expect(JSON.stringify(query(app.file, 'select * from events'))).not.toContain(HASH.slice(7));
});

/** A row of exactly this many bytes, for an address of its own. */
function rowOfSize(email: string, bytes: number): string {
  const row = JSON.stringify({ email, nickname: '' });
  return row.replace('"nickname":""', `"nickname":"${'x'.repeat(bytes - row.length)}"`);
}

test('rows that cannot be taken are refused each with all its reasons, and can be mended', async () => {
  const app = await world();
  expect((await importFile(app, app.put('before.ndjson', ndjson(ADA)))).code).toBe(0);
  const lines: (string | Buffer)[] = [
    '\u{feff}{"email":"first@example.com"}\r',
    '',
    '   \r',
    'no json',
    '[]',
    '7',
    ndjson({ email: 'nobody', metadata: { n: 1 }, firstName: 'x'.repeat(256), locale: '?' }).trim(),
    ndjson({ email: 'x1@example.com', nickname: 'x', password: 'i8uv6g34kd490s' }).trim(),
    ndjson({ email: 7, emailVerified: 'yes', metadata: [], firstName: {}, passwordHashType: 'bcrypt' }).trim(),
    ndjson({ email: 'x2@example.com', passwordHash: HASH, passwordHashType: 'SSHA' }).trim(),
    ndjson({ email: 'x3@example.com', passwordHash: HASH }).trim(),
    ndjson({ email: 'ADA@example.com', externalId: 'a-1', name: 'x'.repeat(256) }).trim(),
    ndjson({ email: 'twice@example.com', externalId: 't-1' }).trim(),
    ndjson({ email: 'Twice@example.com', externalId: 't-2' }).trim(),
    ndjson({ email: 'thrice@example.com', externalId: 't-1' }).trim(),
    Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]),
    rowOfSize('x4@example.com', MAX_ROW_BYTES),
    rowOfSize('x5@example.com', MAX_ROW_BYTES + 1),
    '{"email":"last@example.com"}',
  ];
  const file = app.put('people.jsonl', Buffer.concat(lines.flatMap((line) => [Buffer.from(line), Buffer.from('\n')])));
  const { code, result } = await importFile(app, file);
  expect(code).toBe(2);
  expect(result).toMatchObject({ created: 3, refused: 14 });
  const rejects = rejectsIn(`${file}.rejects.ndjson`);
  expect(codesOf(rejects)).toEqual([
    [4, ['INVALID_INPUT@']],
    [5, ['INVALID_EMAIL@email', 'INVALID_INPUT@']],
    [6, ['INVALID_EMAIL@email', 'INVALID_INPUT@']],
    [7, ['INVALID_EMAIL@email', 'INVALID_INPUT@firstName', 'INVALID_LOCALE@locale', 'INVALID_METADATA@metadata.n']],
    [8, ['INVALID_INPUT@nickname', 'INVALID_INPUT@password']],
    [
      9,
      [
        'INVALID_EMAIL@email',
        'INVALID_INPUT@email',
        'INVALID_INPUT@emailVerified',
        'INVALID_INPUT@firstName',
        'INVALID_INPUT@metadata',
        'INVALID_INPUT@passwordHashType',
      ],
    ],
    [10, ['INVALID_PASSWORD_HASH@passwordHash']],
    [11, ['INVALID_INPUT@passwordHashType']],
    [12, ['EMAIL_NOT_AVAILABLE@email', 'EXTERNAL_ID_ALREADY_USED@externalId', 'INVALID_INPUT@name']],
    [14, ['EMAIL_NOT_AVAILABLE@email']],
    [15, ['EXTERNAL_ID_ALREADY_USED@externalId']],
    [16, ['INVALID_INPUT@']],
    [17, ['INVALID_INPUT@nickname']],
    [18, ['INVALID_INPUT@']],
  ]);
  expect(rejects[0]).toMatchObject({ text: 'no json' });
  expect(rejects[9]).toMatchObject({ row: { email: 'Twice@example.com', externalId: 't-2' } });
  expect(rejects[13]).toEqual({
    line: 18,
    errors: [expect.objectContaining({ message: expect.stringContaining(String(MAX_ROW_BYTES)) })],
    text: null,
  });
  expect(statSync(`${file}.rejects.ndjson`).mode & 0o777).toBe(0o600);
  // Reasons are told without what they are about: it may be a hash.
  expect(JSON.stringify(rejects.map(({ errors }) => errors))).not.toContain(HASH.slice(7));

  const mended = app.put(
    'mended.ndjson',
    readFileSync(`${file}.rejects.ndjson`, 'utf8')
      .split('\n')
      .filter((line) => /"line":(10|14)/.test(line))
      .map((line) => `${line.replace('"SSHA"', '"BCRYPT"').replace('Twice@', 'second@')}\n`)
      .join(''),
  );
  expect(await importFile(app, mended)).toMatchObject({ code: 0, result: { created: 2, refused: 0 } });
  expect(
    query(app.file, "select email from users where email in ('x2@example.com', 'second@example.com')"),
  ).toHaveLength(2);
});

test('rows with a text or a key that is no Unicode are refused, and neither stored nor changed', async () => {
  const app = await world();
  const half = 'Zo\ud83d';
  const good = { email: 'a@example.com', firstName: 'Zoe' };
  expect(await importFile(app, app.put('good.ndjson', ndjson(good)))).toMatchObject({ code: 0 });
  const rows = ndjson(
    { ...good, firstName: half },
    { email: `${half}@example.com`, externalId: half, locale: half },
    { email: 'b@example.com', metadata: { [half]: 'x', plan: half, ok: 'x' } },
    { email: 'c@example.com', passwordHash: half, passwordHashType: 'BCRYPT' },
    { email: 'd@example.com', [half]: 'x' },
    { email: 'e@example.com', name: 'Zo\u{1f600}' },
  );
  for (const policy of ['update', 'reject']) {
    const file = app.put(`${policy}.ndjson`, rows);
    const { code, result } = await importFile(app, file, '--on-conflict', policy);
    const taken = policy === 'reject' ? ['EMAIL_NOT_AVAILABLE@email'] : [];
    expect([code, result]).toMatchObject([2, policy === 'reject' ? { refused: 6 } : { created: 1, refused: 5 }]);
    const rejects = rejectsIn(`${file}.rejects.ndjson`);
    expect(codesOf(rejects)).toEqual([
      [1, [...taken, 'INVALID_INPUT@firstName']],
      [2, ['INVALID_INPUT@email', 'INVALID_INPUT@externalId', 'INVALID_INPUT@locale']],
      [3, ['INVALID_INPUT@metadata.Zo\ufffd', 'INVALID_INPUT@metadata.plan']],
      [4, ['INVALID_INPUT@passwordHash']],
      [5, ['INVALID_INPUT@Zo\ufffd']],
      ...(policy === 'reject' ? [[6, ['EMAIL_NOT_AVAILABLE@email']]] : []),
    ]);
    // As it was given, to be mended.
    expect(rejects[0]?.row).toEqual({ ...good, firstName: half });
  }
  const { users, events } = stateOf(app.file);
  expect(users).toMatchObject([{ first_name: 'Zoe', version: 1 }, { name: 'Zo\u{1f600}' }]);
  expect(events).toHaveLength(2);
});

test('a locale with underscores is stored in its normal form, and is no change of it', async () => {
  const app = await world();
  const rows = ndjson({ email: 'a@example.com', locale: 'en_US' }, { email: 'b@example.com', locale: 'pt_br' });
  expect(await importFile(app, app.put('a.ndjson', rows))).toMatchObject({ code: 0, result: { created: 2 } });
  const csv = app.put('b.csv', 'email,locale\na@example.com,en_us\nb@example.com,zh_Hant_TW\n');
  const { result } = await importFile(app, csv, '--on-conflict', 'update');
  expect(result).toMatchObject({ updated: 1, skipped: 1, refused: 0 });
  expect(query(app.file, 'select locale from users order by email')).toEqual([
    { locale: 'en-US' },
    { locale: 'zh-Hant-TW' },
  ]);
});

test('CSV is read as RFC 4180 has it, and a wrong quote costs its own line', async () => {
  const app = await world();
  const csv = [
    '\u{feff}email,emailVerified,name,externalId,passwordHash,passwordHashType,metadata.plan,metadata.a b,updatedAt',
    `ada@example.com,true,"Ada, ""the"" first",a-1,${HASH},BCRYPT,pro,,whenever`,
    'bob@example.com,false,"two',
    'lines",,,,"","",',
    '',
    'few@example.com,true',
    'x1@example.com,yes,,,,,,,',
    'x2@example.com,,in "the" middle,,,,,,',
    'x3@example.com,,"closed" late,,,,,,',
    'x4@example.com,,"open,,,,,,',
    'good1@example.com,,,,,,,,',
    'good2@example.com,,"",,,,,,',
    'x5@example.com,,open" late,,,,,,',
    'last@example.com,,,,,,,,',
  ].join('\r\n');
  const file = app.put(
    'people.csv',
    Buffer.concat([Buffer.from(csv), Buffer.from('\r\nx\xff@example.com,,,,,,,,', 'latin1')]),
  );
  const { code, result } = await importFile(app, file);
  const rejects = rejectsIn(`${file}.rejects.ndjson`);
  expect(codesOf(rejects)).toEqual([
    [6, ['INVALID_INPUT@']],
    [7, ['INVALID_INPUT@emailVerified']],
    [8, ['INVALID_INPUT@']],
    [9, ['INVALID_INPUT@']],
    [10, ['INVALID_INPUT@']],
    [13, ['INVALID_INPUT@']],
    [15, ['INVALID_INPUT@']],
  ]);
  expect(rejects[4]).toMatchObject({ text: 'x4@example.com,,"open,,,,,,' });
  expect(rejects[1]).toMatchObject({ row: { email: 'x1@example.com', emailVerified: 'yes' } });
  expect({ code, ...result }).toMatchObject({ code: 2, created: 5, refused: 7 });
  expect(stateOf(app.file).users).toMatchObject([
    { email: 'ada@example.com', email_verified: 1, name: 'Ada, "the" first', hash: HASH, metadata: '{"plan":"pro"}' },
    { email: 'bob@example.com', email_verified: 0, name: 'two\r\nlines', metadata: '{"plan":"","a b":""}' },
    { email: 'good1@example.com', name: null, metadata: '{}' },
    { email: 'good2@example.com', name: '' },
    { email: 'last@example.com' },
  ]);
});

test('an empty file makes nobody', async () => {
  for (const content of ['', '\n\r\n', '\u{feff}']) {
    expect(await rowsIn(Buffer.from(content), 'ndjson', [1])).toEqual([]);
    expect(await rowsIn(Buffer.from(`email,name${content.replace('\u{feff}', '')}`), 'csv', [1])).toEqual([]);
  }
  expect(await rowsIn(Buffer.from(''), 'csv', [1])).toEqual([]);
  const app = await world();
  expect(await importFile(app, app.put('people.csv', ''))).toMatchObject({ code: 0, result: { rows: 0 } });
});

test('what cannot be an import at all is told in one line', async () => {
  const app = await world();
  const good = app.put('people.ndjson', ndjson(ADA));
  const cases: [string[], RegExp][] = [
    [importArgs(app.path('none.ndjson')), /^There is no file .*none\.ndjson\.\n$/],
    [importArgs(app.put('people.txt', '')), /--format/],
    [importArgs('-', '--format', 'csv'), /--rejects/],
    [importArgs(good, '--rejects', good), /the file that is imported/],
    [
      importArgs(app.put('a.csv', 'email,nickname,e mail\n')),
      /^No such column: "nickname", "e mail"\. There are email,/,
    ],
    [['users', 'import', good, '--environment', 'e2'], /^There is no environment 'e2'\.\n$/],
    [['users', 'export', '--environment', 'e1', '--json'], /--out/],
  ];
  for (const [args, wanted] of cases) {
    const { code, out, err } = await command(app.settings, args);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(wanted);
  }
  expect(stateOf(app.file)).toEqual({ users: [], events: [] });
  await expect(rowsIn(Buffer.from('email,name,email\n'), 'csv', [99])).rejects.toThrow('A column stands twice: email.');
  await expect(rowsIn(Buffer.from('email,"name\n'), 'csv', [99])).rejects.toThrow('names of the columns');
});

const CAROL = { email: 'carol@example.com', externalId: 'c-1', firstName: 'Carol', metadata: { a: '1', b: '2' } };

test('--on-conflict skips who is there, or changes them as updateUser does', async () => {
  const app = await world();
  await importFile(app, app.put('before.ndjson', ndjson(ADA, CAROL)));
  const rows = ndjson(
    { ...CAROL, firstName: 'New', metadata: { b: null, c: '3' } },
    { email: 'ada2@example.com', externalId: 'a-1', lastName: null },
    { email: 'ada@example.com', externalId: 'free-now' },
    { email: 'carol@example.com', externalId: 'a-1' },
    { email: 'carol@example.com', emailVerified: null },
    CAROL,
  );
  const skipped = await importFile(app, app.put('skip.ndjson', rows), '--on-conflict', 'skip');
  // A metadata value that is to be removed is a mistake in a new user, and here nothing is changed.
  expect(skipped.result).toMatchObject({ created: 0, updated: 0, skipped: 5, refused: 1 });
  expect(stateOf(app.file).users).toMatchObject([{ version: 1 }, { version: 1 }]);

  const file = app.put('update.ndjson', rows);
  const updated = await importFile(app, file, '--on-conflict', 'update');
  expect(codesOf(rejectsIn(`${file}.rejects.ndjson`))).toEqual([
    [4, ['EMAIL_NOT_AVAILABLE@email']],
    [5, ['INVALID_INPUT@emailVerified']],
  ]);
  expect(updated.result).toMatchObject({ created: 1, updated: 3, skipped: 0, refused: 2 });
  expect(stateOf(app.file).users).toMatchObject([
    { email: 'ada2@example.com', external_id: 'a-1', email_verified: 0, last_name: null, version: 2, hash: HASH },
    { email: 'carol@example.com', first_name: 'Carol', metadata: '{"a":"1","c":"3","b":"2"}', version: 3 },
    { email: 'ada@example.com', external_id: 'free-now', version: 1 },
  ]);
  const names = query<{ name: string }>(app.file, 'select name from events order by sequence').map(({ name }) => name);
  expect(names.slice(2)).toEqual(['user.updated', 'user.updated', 'user.created', 'user.updated']);
});

test('a file that was imported is not imported again, unless it is told to', async () => {
  const app = await world();
  const file = app.put('people.ndjson', ndjson(ADA, { email: 'nobody' }));
  expect((await importFile(app, file)).code).toBe(2);
  const again = await importFile(app, file);
  expect(again).toMatchObject({ code: 2, result: { created: 1, refused: 1, rowsPerSecond: 0 } });
  expect(again.err).toContain('imported already');
  expect(codesOf(rejectsIn(`${file}.rejects.ndjson`))).toEqual([[2, ['INVALID_EMAIL@email']]]);
  const restarted = await importFile(app, file, '--restart', '--rejects', app.path('other.ndjson'));
  expect(restarted.result).toMatchObject({ created: 0, refused: 2 });
  expect(rejectsIn(app.path('other.ndjson'))).toHaveLength(2);
  expect(stateOf(app.file).users).toHaveLength(1);
});

test('a dry run tells what the import does, and writes nothing', async () => {
  const app = await world();
  await importFile(app, app.put('before.ndjson', ndjson({ email: 'person.7@example.com', externalId: 'e-1' })));
  const file = app.put('people.ndjson', manyRows(1_500));
  const before = readFileSync(app.file);
  const dry = await importFile(app, file, '--dry-run');
  expect(readFileSync(app.file).equals(before)).toBe(true);
  expect(query(app.file, 'select count(*) as n from users')).toEqual([{ n: 1 }]);
  const real = await importFile(app, file);
  const counts = { created: 1_500 - 15 - 15 - 1, refused: 15 + 15 + 1 + 1 };
  expect(real.result).toMatchObject({ dryRun: false });
  expect(dry.result).toMatchObject({ dryRun: true });
  for (const field of ['rows', 'created', 'updated', 'skipped', 'refused']) {
    expect(dry.result[field]).toBe(real.result[field]);
  }
  expect(counts.refused).toBeGreaterThan(0);
  expect(readFileSync(`${file}.dry-run.rejects.ndjson`, 'utf8')).toBe(readFileSync(`${file}.rejects.ndjson`, 'utf8'));
});

test('refused rows that an unfinished import has written must still be there', async () => {
  const app = await world();
  const file = app.put('people.ndjson', ndjson({ email: 'nobody' }, ADA));
  await importFile(app, file);
  const sqlite = new Sqlite(app.file);
  sqlite.exec('update user_imports set finished_at = null');
  sqlite.close();
  const moved = await command(app.settings, importArgs(file, '--rejects', app.path('other.ndjson')));
  expect(moved).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^This import writes refused rows into .*--restart\.\n$/),
  });
  truncateSync(`${file}.rejects.ndjson`, 5);
  const cut = await command(app.settings, importArgs(file));
  expect(cut).toMatchObject({ code: 1, err: expect.stringMatching(/lacks rows .*--restart\.\n$/) });
});

test('two processes do not import one file at the same time', async () => {
  const { app } = await testApp();
  const { importRuns, environments } = app.services;
  const { id } = await environments.ensure('e1', 'test');
  const plan = { environmentId: id, source: 'x', format: 'ndjson', policy: 'reject', rejectsFile: '/r' } as const;
  const first = await importRuns.beginImport(plan, false);
  const second = await importRuns.beginImport(plan, false);
  const viewer = importViewer(id, 'test');
  const rows: Row[] = [{ line: 1, end: { offset: 9, line: 2 }, size: 9, value: { email: 'ada@example.com' } }];
  const next = await importRuns.importRows(viewer, first, rows, { offset: 9, line: 2 });
  await expect(importRuns.importRows(viewer, second, rows, { offset: 9, line: 2 })).rejects.toThrow(ImportBusyError);
  await importRuns.beginImport(plan, true);
  await expect(importRuns.finishImport(next)).rejects.toThrow(ImportBusyError);
});

async function* inChunks(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  let at = 0;
  for (let index = 0; at < bytes.length; index++) {
    const size = sizes[index % sizes.length] ?? 1;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

async function rowsIn(bytes: Buffer, format: TransferFormat, sizes: readonly number[]): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of batchesIn(inChunks(bytes, sizes), format)) {
    expect(batch.position).toEqual(batch.rows.at(-1)?.end);
    rows.push(...batch.rows);
  }
  return rows;
}

test.each(['ndjson', 'csv'] as const)('rows of %s do not depend on how the bytes arrive', async (format) => {
  const part = fc.constantFrom(
    '"',
    '""',
    ',',
    '\n',
    '\r\n',
    '\r',
    'é',
    '{"email":"a@b.c"}',
    'x',
    '{}',
    ' ',
    '\\',
    '\u{feff}',
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(part, { maxLength: 30 }),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }),
      async (parts, sizes) => {
        const bytes = Buffer.from(`${format === 'csv' ? 'email,name\n' : ''}${parts.join('')}`);
        const whole = await rowsIn(bytes, format, [bytes.length + 1]);
        expect(await rowsIn(bytes, format, sizes)).toEqual(whole);
        // Nothing is lost: the rows follow each other, and all that is between them is blank, or without anything in its cells.
        const blank = format === 'csv' ? /^[\s,\u{feff}]*$/u : /^\s*$/;
        let at = format === 'csv' ? 11 : START.offset;
        for (const row of whole) {
          const gap = bytes.subarray(at, row.end.offset - row.size).toString();
          expect(gap).toMatch(blank);
          at = row.end.offset;
        }
        expect(bytes.subarray(at).toString()).toMatch(blank);
      },
    ),
    { numRuns: 300 },
  );
});

const text = (maxLength: number) =>
  fc.oneof(
    fc.string({ maxLength, unit: 'binary' }),
    fc.constantFrom('', ' ', '"', ',', 'a\nb', '\r\n', '\t', "'", '=1+1', 'null', 'é̂'),
  );
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const person = fc.record({
  emailVerified: fc.boolean(),
  firstName: optional(text(20)),
  lastName: optional(text(20)),
  name: optional(text(20)),
  locale: optional(fc.constantFrom('en-US', 'de-DE', 'pt-BR')),
  externalId: fc.boolean(),
  metadata: fc.dictionary(
    text(8).filter((key) => key !== '' && key !== '__proto__'),
    text(20),
    { maxKeys: 4, noNullPrototype: true },
  ),
  hash: optional(
    fc.constantFrom(HASHED, {
      passwordHash: '{SSHA256}d3dAvpIklDG+txSchizyr8d7D7QHVg6ZN6SxEIKBWvfZU7UFLjRO+w==',
      passwordHashType: 'SSHA256',
      passwordSaltPosition: 'PREFIX',
    }),
  ),
});

test.each(['ndjson', 'csv'] as const)('what is exported as %s is imported the same', async (format) => {
  const { app } = await testApp();
  const { importRuns, environments, userExports } = app.services;
  let fresh = 0;
  const newEnvironment = async () => (await environments.ensure(`e${fresh++}`, 'test')).id;
  const importText = async (id: EnvironmentId, content: string, from: TransferFormat) => {
    const plan = {
      environmentId: id,
      source: String(fresh),
      format: from,
      policy: 'reject',
      rejectsFile: '/r',
    } as const;
    let importRun = await importRuns.beginImport(plan, false);
    for await (const { rows, position } of batchesIn(inChunks(Buffer.from(content), [1_000]), from)) {
      importRun = await importRuns.importRows(importViewer(id, 'test'), importRun, rows, position);
    }
    return importRun;
  };
  const exportText = async (id: EnvironmentId) => {
    const pages = () => userExports.pages(systemViewer(id, 'test'), true);
    const exported = await exportOf(pages, format, true);
    let content = '';
    for await (const chunk of exported.chunks) content += chunk;
    return content;
  };
  const withoutServers = (content: string) =>
    content.replace(/user_[0-9A-Z]{26}/g, 'id').replace(/\d{4}-\d\d-\d\dT[\d:.]{12}Z/g, 'time');
  await fc.assert(
    fc.asyncProperty(fc.array(person, { minLength: 1, maxLength: 6 }), async (people) => {
      const rows = people.map(({ hash, externalId, ...rest }, index) => ({
        ...{ email: `p${index}@example.com`, ...rest, ...hash },
        externalId: externalId ? `x "${index}", ` : null,
      }));
      const [one, two] = [await newEnvironment(), await newEnvironment()];
      expect(await importText(one, ndjson(...rows), 'ndjson')).toMatchObject({ created: rows.length, refused: 0 });
      const exported = await exportText(one);
      expect(await importText(two, exported, format)).toMatchObject({ created: rows.length, refused: 0 });
      expect(withoutServers(await exportText(two))).toBe(withoutServers(exported));
      const state = (id: EnvironmentId) =>
        query(
          app.db.file,
          `select email, email_verified, first_name, last_name, name, locale, external_id, metadata, hash, type, salt_position
            from users left join passwords on user_id = users.id and passwords.environment_id = users.environment_id
            where users.environment_id = '${id}' order by users.id`,
        ).map((row) => ({ ...(row as object), metadata: JSON.parse((row as { metadata: string }).metadata) }));
      expect(state(two)).toEqual(state(one));
    }),
    { numRuns: 40 },
  );
});

describe('export', () => {
  test('hashes come only when they are asked for, and no file is overwritten', async () => {
    const app = await world();
    await importFile(app, app.put('people.ndjson', ndjson(ADA, CAROL)));
    const args = ['users', 'export', '--environment', 'e1'];
    const plain = await command(app.settings, args);
    expect(plain.code).toBe(0);
    expect(plain.err).toBe("Exported 2 users of the environment 'e1'.\n");
    const [ada] = plain.out.split('\n').map((line) => line && JSON.parse(line));
    const { passwordHash, passwordHashType, ...fields } = ADA;
    expect(ada).toEqual({
      ...fields,
      id: expect.stringMatching(/^user_/),
      locale: 'en-GB',
      version: 1,
      lastSignInAt: null,
      profilePictureUrl: null,
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    });
    const out = app.path('out.csv');
    const hashed = await command(app.settings, [...args, '--format', 'csv', '--out', out, '--with-hashes', '--json']);
    expect(lastLine(hashed.out)).toEqual({ environment: 'e1', format: 'csv', out, users: 2, withHashes: true });
    expect(hashed.err).toContain('There are hashes of passwords in it');
    expect(statSync(out).mode & 0o777).toBe(0o600);
    expect(
      readFileSync(out, 'utf8')
        .split('\n')
        .slice(0, 2)
        .map((line) => line.replace(/user_\w+|\d{4}-[^,]+Z/g, '*')),
    ).toEqual([
      'id,email,emailVerified,firstName,lastName,name,externalId,locale,passwordHash,passwordHashType,passwordSaltPosition,version,lastSignInAt,profilePictureUrl,createdAt,updatedAt,metadata.a,metadata.b,metadata.empty,metadata.plan',
      `*,ada@example.com,true,Ada,Lovelace,Ada Lovelace,a-1,en-GB,${HASH},BCRYPT,,1,,,*,*,,,"",pro`,
    ]);
    const before = readFileSync(out, 'utf8');
    const again = await command(app.settings, [...args, '--out', out]);
    expect(again).toMatchObject({ code: 1, err: `There is a file ${out} already.\n` });
    expect(readFileSync(out, 'utf8')).toBe(before);
  });

  test('an export that was edited changes the users it came from', async () => {
    const app = await world();
    await importFile(app, app.put('people.ndjson', ndjson(ADA, CAROL)));
    const { out } = await command(app.settings, ['users', 'export', '--environment', 'e1', '--format', 'csv']);
    const edited = app.put('edited.csv', out.replace('Carol', 'Carola'));
    const { code, result } = await importFile(app, edited, '--on-conflict', 'update');
    expect({ code, ...result }).toMatchObject({ code: 0, created: 0, updated: 1, skipped: 1, refused: 0 });
    expect(stateOf(app.file).users).toMatchObject([
      { version: 1, hash: HASH },
      { version: 2, first_name: 'Carola' },
    ]);
  });

  test('a metadata key too many for a CSV file is refused, at the limit and one past it', async () => {
    async function* pages(keys: number) {
      const { app } = await testApp();
      const viewer = systemViewer((await app.services.environments.ensure('e1', 'test')).id, 'test');
      for (let index = 0; index < keys; index += 50) {
        const size = Math.min(50, keys - index);
        const metadata = Object.fromEntries(Array.from({ length: size }, (_, at) => [`k${index + at}`, 'v']));
        await app.services.users.createUser(viewer, { email: `p${index}@example.com`, metadata });
      }
      yield* app.services.userExports.pages(viewer, false);
    }
    await expect(exportOf(() => pages(1_000), 'csv', false)).resolves.toBeDefined();
    await expect(exportOf(() => pages(1_001), 'csv', false)).rejects.toThrow('NDJSON');
  });
});
