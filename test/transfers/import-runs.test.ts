import { readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { ImportBusyError } from '../../src/transfers/import-run.service.js';
import type { Batch } from '../../src/transfers/user-file.js';
import { folder } from '../support/processes/process.js';
import { testApp } from '../support/test-app.js';
import { CAROL, rowsIn } from '../support/transfers/rows.js';
import {
  ADA,
  codesOf,
  command,
  HASH,
  importArgs,
  importFile,
  manyRows,
  ndjson,
  query,
  rejectsIn,
  stateOf,
  world,
} from '../support/transfers.js';

test('an empty file creates no users', async () => {
  for (const content of ['', '\n\r\n', '\u{feff}']) {
    expect(await rowsIn(Buffer.from(content), 'ndjson', [1])).toEqual([]);
    expect(await rowsIn(Buffer.from(`email,name${content.replace('\u{feff}', '')}`), 'csv', [1])).toEqual([]);
  }
  expect(await rowsIn(Buffer.from(''), 'csv', [1])).toEqual([]);
  const app = await world();
  expect(await importFile(app, app.put('people.csv', ''))).toMatchObject({ code: 0, result: { rows: 0 } });
});

test('a file that cannot be imported is reported in one line', async () => {
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
    [['users', 'import', good, '--environment', 'e2'], /^No environment is named 'e2'\.\n$/],
    [['users', 'export', '--environment', 'e1', '--json'], /--out/],
  ];
  for (const [args, wanted] of cases) {
    const { code, out, err } = await command(app.settings, args);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(wanted);
  }
  expect(stateOf(app.file)).toEqual({ users: [], events: [] });
  await expect(rowsIn(Buffer.from('email,name,email\n'), 'csv', [99])).rejects.toThrow('Duplicate column: email.');
  await expect(rowsIn(Buffer.from('email,"name\n'), 'csv', [99])).rejects.toThrow('the column names');
});

test('--on-conflict skips existing users, or updates them as updateUser does', async () => {
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

test('a file that was imported is not imported again without --restart', async () => {
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

test('a dry run reports what the import would do, and writes nothing', async () => {
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

test('resuming an import needs the rejected rows it has written', async () => {
  const app = await world();
  const file = app.put('people.ndjson', ndjson({ email: 'nobody' }, ADA));
  await importFile(app, file);
  const sqlite = new Sqlite(app.file);
  sqlite.exec('update user_imports set finished_at = null');
  sqlite.close();
  const moved = await command(app.settings, importArgs(file, '--rejects', app.path('other.ndjson')));
  expect(moved).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^This import writes rejected rows to .*--restart\.\n$/),
  });
  truncateSync(`${file}.rejects.ndjson`, 5);
  const cut = await command(app.settings, importArgs(file));
  expect(cut).toMatchObject({ code: 1, err: expect.stringMatching(/lacks rows .*--restart\.\n$/) });
});

test('two processes do not import one file at the same time', async () => {
  const { app } = await testApp();
  const { importRuns, environments } = app.services;
  const { id } = await environments.ensure('e1', 'test');
  const rejectsFile = join(folder(), 'rejects.ndjson');
  const plan = { environmentId: id, source: 'x', format: 'ndjson', policy: 'reject', rejectsFile } as const;
  const position = { offset: 9, line: 2 };
  const batch: Batch = { rows: [{ line: 1, end: position, size: 9, value: { email: 'ada@example.com' } }], position };
  /** The batch, and what another process does after it is written. */
  async function* batchAnd(then: () => Promise<unknown>) {
    yield batch;
    await then();
  }
  const first = await importRuns.beginImport(plan, false);
  const second = await importRuns.beginImport(plan, false);
  const alone = importRuns.importBatches(
    first,
    batchAnd(async () => {
      const other = importRuns.importBatches(second, Readable.from([batch]));
      await expect(other).rejects.toThrow(ImportBusyError);
    }),
  );
  expect(await alone).toMatchObject({ created: 1, finishedAt: expect.any(String) });
  const again = await importRuns.beginImport(plan, true);
  const restarted = importRuns.importBatches(
    again,
    batchAnd(() => importRuns.beginImport(plan, true)),
  );
  await expect(restarted).rejects.toThrow(ImportBusyError);
});
