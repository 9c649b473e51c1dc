import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { ask, CREATE, createKey, lastLine, serve, start } from '../support/processes/process.js';
import { runs } from '../support/runs.js';
import {
  ADA,
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

test('standard input is imported like a file', async () => {
  const app = await world();
  const child = start(
    importArgs('-', '--format', 'ndjson', '--rejects', app.path('r.ndjson'), '--json'),
    app.settings,
    'pipe',
  );
  child.stdin?.end(ndjson(ADA, { email: 'nobody' }));
  const code = await new Promise((resolve) => child.once('close', resolve));
  expect({ code, ...lastLine(child.collected.out) }).toMatchObject({ code: 2, created: 1, refused: 1 });
  expect(rejectsIn(app.path('r.ndjson'))).toHaveLength(1);
});

/** Draws from a seed, so that a run that fails can be had again. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

/** How far the import of this database has come: the first line it has not read; 0 before the first. */
function watch(file: string): () => number {
  const sqlite = new Sqlite(file, { readonly: true });
  onTestFinished(() => {
    sqlite.close();
  });
  const statement = sqlite.prepare('select line from user_imports').pluck();
  return () => Number(statement.get() ?? 0);
}

const ROWS = runs(3_000, 12_000);
const KILLS = runs(3, 8);

test.each([
  ['ndjson', 1],
  ['csv', 2],
] as const)(
  'an import of %s that is killed at any moment goes on to the exact result',
  async (format, seed) => {
    const content = format === 'ndjson' ? manyRows(ROWS) : await csvOf(manyRows(ROWS));
    const straight = await world();
    const whole = await importFile(straight, straight.put(`people.${format}`, content));
    expect(whole.result.rows).toBe(ROWS);

    const app = await world();
    const file = app.put(`people.${format}`, content);
    const draw = chance(seed);
    const line = watch(app.file);
    let kills = 0;
    for (let attempt = 1; attempt <= KILLS; attempt++) {
      const child = start(importArgs(file), app.settings);
      const goal = ((attempt - draw()) * ROWS) / KILLS;
      const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
      while (child.exitCode === null && line() < goal) await new Promise(setImmediate);
      // Somewhere in the middle of a batch.
      for (let turns = Math.floor(draw() * 40); turns > 0; turns--) await new Promise(setImmediate);
      child.kill('SIGKILL');
      if ((await closed) === null) kills += 1;
    }
    expect(kills).toBeGreaterThanOrEqual(KILLS / 2);
    // Killed after the commit and before, or in the middle of, writing the refused rows.
    const [kept] = query<{ rejects_bytes: number }>(app.file, 'select rejects_bytes from user_imports');
    const rejects = `${file}.rejects.ndjson`;
    if (existsSync(rejects)) truncateSync(rejects, kept?.rejects_bytes ?? 0);
    writeFileSync(rejects, '{"line":', { flag: 'a' });

    const resumed = await importFile(app, file);
    expect(resumed.result.resumedAtLine === null ? kills : resumed.result.resumedAtLine).toBeGreaterThan(0);
    expect({ ...resumed.result, ...UNLIKE }).toEqual({ ...whole.result, ...UNLIKE });
    expect(stateOf(app.file)).toEqual(stateOf(straight.file));
    expect(readFileSync(rejects, 'utf8')).toBe(
      readFileSync(`${straight.path(`people.${format}`)}.rejects.ndjson`, 'utf8'),
    );
    expect(query(app.file, 'pragma integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  },
  240_000,
);

const UNLIKE = { file: '', rejects: '', resumedAtLine: null, seconds: 0, rowsPerSecond: 0, peakMemoryMiB: 0 };

/** The same rows as CSV. */
async function csvOf(rows: string): Promise<string> {
  const lines = rows
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .map((row) => [row.email, row.externalId, `"${row.firstName}\n"`, row.metadata.n, HASH, 'BCRYPT'].join(','));
  return ['email,externalId,firstName,metadata.n,passwordHash,passwordHashType', ...lines].join('\n');
}

test('a server keeps writing during an import', async () => {
  const app = await world();
  const { secret } = await createKey(app.settings);
  const { url } = await serve(app.settings);
  const child = start(importArgs(app.put('people.ndjson', manyRows(runs(4_000, 8_000)))), app.settings);
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const line = watch(app.file);
  let during = 0;
  for (let index = 0; child.exitCode === null; index++) {
    const { status, text } = await ask(url, secret, CREATE, { input: { email: `beside.${index}@example.com` } });
    expect({ status, errors: JSON.parse(text).data?.createUser.errors }).toEqual({ status: 200, errors: [] });
    if (line() > 0 && child.exitCode === null) during += 1;
  }
  expect(await ended).toBe(2);
  expect(during).toBeGreaterThan(3);
}, 240_000);
