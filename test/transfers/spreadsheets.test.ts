import { readFileSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { describe, expect, test } from 'vitest';
import type { Encoding } from '../../src/transfers/encoding.js';
import { MAX_ROW_BYTES } from '../../src/transfers/lines.js';
import type { Row } from '../../src/transfers/row.js';
import { batchesIn, batchesOf } from '../../src/transfers/user-file.js';
import { BOM, usersIn } from '../support/transfers/spreadsheets.js';
import { codesOf, command, importArgs, importFile, query, rejectsIn, world } from '../support/transfers.js';

/** A file as Excel saves it, and how it is written. */
function saved(text: string, encoding: string): Buffer {
  return iconv.encode(text.replaceAll('\n', '\r\n'), encoding);
}

describe('a table that a spreadsheet has saved', () => {
  const rows = (separator: string, yes: string, no: string) =>
    [
      ['email', '"emailVerified"', 'name', 'metadata.plan', '', ''],
      ['jürgen@example.com', yes, '"Jürgen ""der Große"""', `"a${separator}b"`, '', ''],
      ['', '', '', '', '', ''],
      ['zoë@example.com', no, 'Zoë – Ł', '', '', ''],
      ['', '', '', '', '', '', '', ''],
    ]
      .map((cells) => `${cells.join(separator)}\n`)
      .join('');

  test.each([
    ['CSV UTF-8, in German', ';', 'TRUE', 'FALSE', (text: string) => saved(BOM + text, 'utf-8')],
    ['CSV UTF-8, in English', ',', 'True', 'False', (text: string) => saved(BOM + text, 'utf-8')],
    ['Unicode text', '\t', 'TRUE', 'FALSE', (text: string) => saved(BOM + text, 'utf-16le')],
    ['Unicode text of an old Mac', '\t', 'tRuE', 'fAlSe', (text: string) => saved(BOM + text, 'utf-16be')],
  ])('is read: %s', async (_, separator, yes, no, save) => {
    const app = await world();
    const file = app.put('people.csv', save(rows(separator, yes, no)));
    expect(await importFile(app, file)).toMatchObject({ code: 0, result: { rows: 2, created: 2 } });
    expect(usersIn(app.file)).toEqual([
      {
        email: 'jürgen@example.com',
        email_verified: 1,
        name: 'Jürgen "der Große"',
        external_id: null,
        metadata: JSON.stringify({ plan: `a${separator}b` }),
      },
      { email: 'zoë@example.com', email_verified: 0, name: 'Zoë – Ł', external_id: null, metadata: '{}' },
    ]);
  });

  test('in Windows-1252 is refused row by row with the cause, and read with --encoding', async () => {
    const app = await world();
    const text = 'email;name\nada@example.com;Ada\nj@example.com;Jürgen – 5 €\nz@example.com;"two\nÜ lines"\n';
    const file = app.put('people.csv', saved(text, 'windows-1252'));
    expect(await importFile(app, file)).toMatchObject({ code: 2, result: { created: 1 } });
    const [j, z] = rejectsIn(`${file}.rejects.ndjson`);
    expect(j?.errors[0]?.message).toBe(
      'Line 3 is not UTF-8: the byte 0xFC is invalid. Save the file as "CSV UTF-8", or specify its encoding, e.g. --encoding windows-1252.',
    );
    expect(z?.errors[0]?.message).toContain('Line 5 is not UTF-8: the byte 0xDC');
    // Another way to read the same file is another import.
    const named = await importFile(app, file, '--encoding', 'windows-1252', '--on-conflict', 'skip');
    expect(named).toMatchObject({ code: 0, result: { created: 2, skipped: 1 } });
    expect(usersIn(app.file).map(({ name }) => name)).toEqual(['Ada', 'Jürgen – 5 €', 'two\r\nÜ lines']);
  });

  test.each([
    [
      'a heading that is not UTF-8',
      saved('email;metadata.größe\n', 'windows-1252'),
      [],
      /^Line 1 is not UTF-8: the byte 0xF6/,
    ],
    [
      'the same before a letter that may follow',
      Buffer.from('email;metadata.\xe9t\xe9\n', 'latin1'),
      [],
      /the byte 0xE9 /,
    ],
    [
      'UTF-16 without a mark',
      saved('email;name\n', 'utf-16le'),
      [],
      /UTF-16 without a byte order mark.*--encoding utf-16le/,
    ],
    ['big-endian UTF-16 without a mark', saved('email;name\n', 'utf-16be'), [], /UTF-16 without a byte order mark/],
    [
      'a mark of another encoding',
      saved(`${BOM}email\n`, 'utf-8'),
      ['--encoding', 'windows-1252'],
      /byte order mark of utf-8: leave --encoding out/,
    ],
    ['lines that end with CR', Buffer.from('email;name\rada@example.com;Ada\r'), [], /CR alone.*CSV UTF-8/],
    [
      'a name that there is not',
      Buffer.from('email;emailVerified;nick;name'),
      [],
      /^No such column: "nick"\. There are email,/,
    ],
    ['a column twice', Buffer.from('email;name;name'), [], /^Duplicate column: name\.$/],
    [
      'an encoding that there is not',
      Buffer.from('email'),
      ['--encoding', 'latin1'],
      /Allowed choices are utf-8, utf-16le/,
    ],
    [
      'an encoding of NDJSON',
      Buffer.from('{}'),
      ['--format', 'ndjson', '--encoding', 'utf-8'],
      /NDJSON is always UTF-8/,
    ],
  ] as const)('that cannot be read at all is refused with the cause: %s', async (_, content, more, wanted) => {
    const app = await world();
    const { code, err } = await command(app.settings, importArgs(app.put('people.csv', content), ...more));
    expect(code).toBe(1);
    expect(err.trim()).toMatch(wanted);
    expect(usersIn(app.file)).toEqual([]);
  });

  test('is read with the encoding given by --encoding when it has no byte order mark', async () => {
    for (const encoding of ['utf-16le', 'utf-16be', 'utf-8'] as const) {
      const app = await world();
      const file = app.put('people.csv', saved('email;name\nada@example.com;Ädä\n', encoding));
      expect((await importFile(app, file, '--encoding', encoding)).result).toMatchObject({ created: 1 });
      expect(usersIn(app.file)).toMatchObject([{ name: 'Ädä' }]);
    }
  });

  test('with characters outside its encoding has these rows refused, and the others imported', async () => {
    const files: [Encoding, Buffer][] = [
      ['windows-1252', Buffer.from('email\nx\x81@example.com\nada@example.com', 'latin1')],
      [
        'utf-16le',
        Buffer.concat([
          saved(`${BOM}email\nx`, 'utf-16le'),
          Buffer.from([0, 0xd8]),
          saved('\nada@example.com', 'utf-16le'),
        ]),
      ],
      // Cut off in the middle of a sign.
      ['utf-16be', Buffer.concat([saved(`${BOM}email\nada@example.com\nx`, 'utf-16be'), Buffer.from([0])])],
    ];
    for (const [encoding, content] of files) {
      const app = await world();
      const file = app.put('people.csv', content);
      const more = encoding === 'windows-1252' ? ['--encoding', encoding] : [];
      expect(await importFile(app, file, ...more)).toMatchObject({ code: 2, result: { created: 1, refused: 1 } });
      const [reject] = rejectsIn(`${file}.rejects.ndjson`);
      expect(reject?.errors[0]?.message).toMatch(/is not (Windows-1252|UTF-16): it contains invalid bytes/);
    }
  });

  test('uses the separator of its header', async () => {
    const heads: [string, string, unknown][] = [
      ['email,metadata.a;b', 'x@example.com,1;2', { metadata: { 'a;b': '1;2' } }],
      ['email;metadata.a,b', 'x@example.com;1,2', { metadata: { 'a,b': '1,2' } }],
      ['metadata.a;email', '1;x@example.com', { metadata: { a: '1' } }],
      ['metadata.a\temail', '1\tx@example.com', { metadata: { a: '1' } }],
      ['email', 'x@example.com', {}],
      ['"email";"metadata.a;b"', '"x@example.com";"1;2"', { metadata: { 'a;b': '1;2' } }],
    ];
    for (const [head, row, more] of heads) {
      const [read] = await rowsIn(Buffer.from(`${head}\n${row}\n`), [7]);
      expect([head, read]).toMatchObject([head, { value: { email: 'x@example.com', ...(more as object) } }]);
    }
  });

  test('with more cells than columns is refused, unless they are empty', async () => {
    const rows = await rowsIn(
      Buffer.from('email,name,\na@example.com,A,,,\nb@example.com,B,x\n,,,,\nc@example.com\n'),
      [99],
    );
    expect(rows).toMatchObject([
      { line: 2, value: { email: 'a@example.com', name: 'A' } },
      { line: 3, problem: { message: 'The row has 3 cells, but the file has 2 columns.' } },
      { line: 5, problem: { message: 'The row has 1 cells, but the file has 2 columns.' } },
    ]);
  });

  test('with rounded numbers is refused with the cause, and the row can be corrected', async () => {
    const app = await world();
    const lines = [
      'email,externalId,metadata.account,updatedAt',
      'a@example.com,1.23457E+11,"1,23457E+11",1.23457E+11',
      'b@example.com,"1.23457E+11",,15.01.2026 12:00',
      'c@example.com,1E5,E+11,1/15/26',
      'd@example.com,,"1,23457E+11",',
    ];
    const german = ['email;metadata.account', 'e@example.com;1,23457E+11'];
    const file = app.put('people.csv', lines.join('\n'));
    expect((await importFile(app, file)).result).toMatchObject({ created: 3, refused: 1 });
    expect((await importFile(app, app.put('german.csv', german.join('\n')))).result).toMatchObject({ refused: 1 });
    expect(codesOf(rejectsIn(`${file}.rejects.ndjson`))).toEqual([[2, ['INVALID_INPUT@externalId']]]);
    const german2 = rejectsIn(`${app.path('german.csv')}.rejects.ndjson`);
    expect(codesOf(german2)).toEqual([[2, ['INVALID_INPUT@metadata.account']]]);
    const text = readFileSync(`${file}.rejects.ndjson`, 'utf8');
    expect(text).toContain('A spreadsheet has rounded the number in externalId');
    const mended = app.put('mended.ndjson', text.replace('"externalId":"1.23457E+11"', '"externalId":"123456789012"'));
    expect((await importFile(app, mended)).result).toMatchObject({ created: 1 });
    expect(usersIn(app.file)[0]).toMatchObject({ external_id: '123456789012', metadata: '{"account":"1,23457E+11"}' });
  });
});

async function* inChunks(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  for (let at = 0, index = 0; at < bytes.length; index++) {
    const size = sizes[index % sizes.length] ?? 1;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

async function rowsIn(bytes: Buffer, sizes: readonly number[], encoding: Encoding | null = null): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of batchesIn(inChunks(bytes, sizes), 'csv', encoding)) rows.push(...batch.rows);
  return rows;
}

/** What rows say, without where they stand. */
const saying = (rows: readonly Row[]) => rows.map((row) => ('value' in row ? row.value : row.text));

test('rows are the same in every encoding, for any chunking, and after a resumption', async () => {
  const app = await world();
  // U+0A0A and U+0D0A have the bytes of line ends; of all signs Windows-1252 has too there are some without them.
  const parts = (signs: readonly string[]) => fc.array(fc.constantFrom(...signs), { maxLength: 30 });
  const plain = ['"', '""', ';', '\n', '\r\n', 'é', '€', 'x', 'a@example.com;x', ' '];
  const wide = [...plain, '\u0a0a', '\u0d0a', '\u0a00', '\u{1f600}', '李'];
  const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });
  let run = 0;
  for (const encoding of ['utf-16le', 'utf-16be', 'windows-1252'] as const) {
    const hasMark = encoding !== 'windows-1252';
    await fc.assert(
      fc.asyncProperty(parts(hasMark ? wide : plain), sizes, async (signs, cuts) => {
        const text = `email;name\n${signs.join('')}`;
        const bytes = iconv.encode(hasMark ? BOM + text : text, encoding);
        const named = hasMark ? null : encoding;
        const whole = await rowsIn(bytes, [bytes.length], named);
        expect(saying(whole)).toEqual(saying(await rowsIn(Buffer.from(text), [text.length * 4])));
        expect(await rowsIn(bytes, cuts, named)).toEqual(whole);
        const file = app.put(`${run++ % 9}.csv`, bytes);
        for (const [index, { end }] of whole.entries()) {
          const rest: Row[] = [];
          for await (const batch of batchesOf(file, 'csv', end, named)) rest.push(...batch.rows);
          expect(rest).toEqual(whole.slice(index + 1));
        }
      }),
      { numRuns: 60 },
    );
  }
});

test('the size of a UTF-16 row is measured in UTF-8', async () => {
  const rowOf = (bytes: number) =>
    `${BOM}email,name\na@example.com,${'x'.repeat(bytes - 'a@example.com,'.length)}\nb@example.com,`;
  const read = (bytes: number) => rowsIn(iconv.encode(rowOf(bytes), 'utf-16le'), [65_536]);
  expect(await read(MAX_ROW_BYTES)).toMatchObject([{ value: {} }, { value: { email: 'b@example.com' } }]);
  expect(await read(MAX_ROW_BYTES + 1)).toMatchObject([{ text: null }, { value: { email: 'b@example.com' } }]);
});

test('an interrupted UTF-16 import resumes in the middle of the file', async () => {
  const app = await world();
  const lines = Array.from({ length: 1_200 }, (_, index) => `p${index}@example.com\tÜ${index}\u0a0a`);
  const file = app.put('people.csv', saved([`${BOM}email\tname`, ...lines, ''].join('\n'), 'utf-16le'));
  const whole = await importFile(app, file);
  expect(whole.result).toMatchObject({ created: 1_200, refused: 0 });
  // As if it had been killed behind the first batch.
  const sqlite = new Sqlite(app.file);
  const offset = saved([`${BOM}email\tname`, ...lines.slice(0, 500), ''].join('\n'), 'utf-16le').length;
  sqlite.prepare('update user_imports set position = ?, line = 502, created = 500, finished_at = null').run(offset);
  sqlite.exec("delete from users where cast(substr(email, 2, instr(email, '@') - 2) as integer) >= 500");
  sqlite.close();
  const resumed = await importFile(app, file);
  expect(resumed.result).toMatchObject({ resumedAtLine: 502, created: 1_200, refused: 0 });
  expect(query(app.file, "select count(*) as n from users where name like 'Ü%\u0a0a'")).toEqual([{ n: 1_200 }]);
});
