import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { describe, expect, test } from 'vitest';
import { guarded, unguarded } from '../../src/transfers/spreadsheet-guard.js';
import { BOM, usersIn } from '../support/transfers/spreadsheets.js';
import { command, importFile, ndjson, world } from '../support/transfers.js';

describe('--spreadsheet-safe', () => {
  const EVIL = [
    '=1+1',
    '+1',
    '-1',
    '@a',
    '\t=1',
    '\r=1',
    ' =1',
    '＝1',
    "'=1",
    "'",
    "''x",
    'a;=1',
    'a, @b',
    '007',
    '1.5E+10',
    '2026-01-15',
    'x\n-1',
  ];

  test('guards every text, and an import restores each', async () => {
    const app = await world();
    const people = EVIL.map((text, index) => ({
      email: `=p${String(index).padStart(2, '0')}@example.com`,
      emailVerified: index % 2 === 0,
      name: text,
      firstName: '',
      metadata: { createdAt: text, [`k;=${index}`]: text },
    }));
    await importFile(app, app.put('people.ndjson', ndjson(...people)));
    const before = usersIn(app.file);
    const out = app.path('out.csv');
    const args = ['users', 'export', '--environment', 'e1', '--format', 'csv'];
    expect((await command(app.settings, [...args, '--out', out, '--spreadsheet-safe'])).code).toBe(0);
    const text = readFileSync(out, 'utf8');
    expect(text.startsWith(`${BOM}`)).toBe(true);
    // Whatever a program takes for what parts cells, none begins like a formula.
    for (const cell of text.split(/[,;\t\r\n]"?/)) expect(cell).not.toMatch(/^ *[=+\-@＝＋－＠]/);
    expect(text).toMatch(/,"'007",/);
    expect(text).toMatch(/,"?\d{4}-\d\d-\d\dT[\d:.]+Z"?,/);

    // As it is, and as a spreadsheet writes it back: with another separator, in capitals, in quotes only where it must.
    const cells: string[][] = parse(text, { bom: true });
    const back = stringify(
      cells.map((row) => row.map((cell) => cell.replace(/^(true|false)$/, (flag) => flag.toUpperCase()))),
      { delimiter: ';', record_delimiter: '\r\n', quoted_match: /\n/ },
    );
    expect(back).toContain(";'007;");
    for (const content of [text, BOM + back, iconv.encode(BOM + back, 'utf-16le')]) {
      const other = await world();
      const file = other.put('people.csv', content);
      expect(await importFile(other, file)).toMatchObject({ code: 0, result: { created: EVIL.length } });
      expect(usersIn(other.file)).toEqual(before);
    }
    expect(await command(app.settings, ['users', 'export', '--environment', 'e1', '--spreadsheet-safe'])).toMatchObject(
      {
        code: 1,
        err: '--spreadsheet-safe requires --format csv.\n',
      },
    );
    // Without it texts are as they are.
    const { out: plain } = await command(app.settings, args);
    expect(plain).toContain(',007,');
    const again = await world();
    expect((await importFile(again, again.put('plain.csv', plain))).result).toMatchObject({ created: EVIL.length });
    expect(usersIn(again.file)).toEqual(before);
  });

  test('guards any text so that it can be restored', () => {
    const sign = fc.constantFrom("'", '=', '+', '-', '@', '＝', ';', ',', '|', ' ', '\t', '\r', '\n', 'a', '1', '.');
    const text = fc.oneof(
      fc.array(sign, { maxLength: 12 }).map((signs) => signs.join('')),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(text, (given) => {
        expect(unguarded(guarded(given))).toBe(given);
        expect(guarded(given)).not.toMatch(/(^|[;,|\t\r\n]) *[=+\-@＝＋－＠]|^[\t\r\n]/);
      }),
      { numRuns: 5_000 },
    );
  });
});
