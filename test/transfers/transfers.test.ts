import { existsSync, readFileSync, statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { MAX_ROW_BYTES } from '../../src/transfers/lines.js';
import { ADA, codesOf, HASH, importFile, ndjson, query, rejectsIn, stateOf, world } from '../support/transfers.js';

test('an import creates users with every field, their hashes and their events', async () => {
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
  expect(err).toContain('2 created, 0 updated, 0 skipped, 0 rejected');
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

test('invalid rows are rejected with all their problems, and can be corrected', async () => {
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

test('rows with ill-formed Unicode are rejected, and nothing is stored', async () => {
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

test('a locale with underscores is stored in its normal form, and does not count as a change', async () => {
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

test('CSV is read by RFC 4180, and a wrong quote affects its own line only', async () => {
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
