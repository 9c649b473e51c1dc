import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { migrations, postgresMigrations } from '../../migrations/index.js';
import type { Database } from '../../src/db/database.js';
import { migrate } from '../../src/db/migrator.js';
import { openPostgres } from '../../src/db/postgres/database.js';
import { openSqlite } from '../../src/db/sqlite/database.js';
import { COPIED_TABLES, DERIVED_TABLES } from '../../src/moving/copied-tables.js';
import { copyDatabase } from '../../src/moving/copy-database.js';
import { makeWorld, SETTINGS } from '../support/isolation/two-environments.js';
import { makeUser } from '../support/make.js';
import { execute, openApp } from '../support/open-app.js';
import { copyOfTemplate, settingsFor } from '../support/postgres/database.js';
import { TestClock } from '../support/test-clock.js';

const SECRET_KEY = 'the key of the servers of both databases';
const EVENTS = 'query ($after: String) { events(first: 100, after: $after) { nodes { id } pageInfo { endCursor } } }';
const FOUND = '{ users(search: "canary_a") { totalCount nodes { id } } organizations { totalCount } }';

function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'usergraph-copy-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'test.db');
}

/** A database that is closed and removed with the test. */
async function newPostgres(): Promise<{ db: Database; url: string }> {
  const { url, remove } = await copyOfTemplate();
  const db = openPostgres(settingsFor(url));
  onTestFinished(async () => {
    await db.close();
    await remove();
  });
  return { db, url };
}

async function newSqlite(file = newFile()): Promise<Database> {
  const db = openSqlite(file);
  onTestFinished(() => db.close());
  await migrate(db, migrations, new TestClock());
  return db;
}

/** A SQLite file with two environments full of data, a key of the first, and the cursor of an event in the middle. */
async function filled() {
  const file = newFile();
  const app = await openApp({ ...SETTINGS, DATABASE_URL: `file:${file}`, SECRET_KEY });
  const secret = await app.key('A');
  const ask = (query: string, variables?: Record<string, unknown>) => execute(app.app, secret, query, variables);
  await makeWorld(app, ask, 'A');
  await makeWorld(app, await app.client('B'), 'B');
  const { data } = await ask('{ events(first: 5) { pageInfo { endCursor } } }');
  const cursor: string = data.events.pageInfo.endCursor;
  const [later, found] = [await ask(EVENTS, { after: cursor }), await ask(FOUND)];
  await app.close();
  return { file, secret, cursor, later, found };
}

test('a copy in PostgreSQL has the same answers, the same cursors and goes on from there; a copy back is equal', async () => {
  const { file, secret, cursor, later, found } = await filled();
  const source = openSqlite(file);
  const { db, url } = await newPostgres();
  let [done, total] = [0, 0];
  const { rows } = await copyDatabase(source, db, (now, all) => {
    [done, total] = [now, all];
  });
  expect(done).toBe(total);
  expect(rows.users).toBe(16);
  // The planner knows what it has got, before autovacuum looks at it.
  const known = await sql`select 1 from pg_stats where tablename = 'users' and attname = 'environment_id'`.execute(
    db.reader,
  );
  expect(known.rows).toHaveLength(1);

  const back = await newSqlite();
  await copyDatabase(db, back, () => {});
  for (const table of [...COPIED_TABLES.map(({ name }) => name), ...DERIVED_TABLES]) {
    if (table === 'user_search') continue;
    const read = async ({ reader }: Database) =>
      (await sql.raw<object>(`select * from ${table} order by 1, 2, 3`).execute(reader)).rows;
    expect(await read(back)).toEqual(await read(source));
  }
  await source.close();

  const app = await openApp({ ...SETTINGS, DATABASE_URL: url, SECRET_KEY });
  onTestFinished(app.close);
  const ask = (query: string, variables?: Record<string, unknown>) => execute(app.app, secret, query, variables);
  expect((await ask(EVENTS, { after: cursor })).data).toEqual(later.data);
  expect((await ask(FOUND)).data).toEqual(found.data);
  const made = await makeUser(ask, { email: 'new@example.com', name: 'Canary_A new' });
  expect((await ask(FOUND)).data.users.nodes[0].id).toBe(made);
});

test('a copy refuses a target with data and a text that PostgreSQL cannot store, and leaves nothing behind', async () => {
  const { file } = await filled();
  const source = openSqlite(file);
  onTestFinished(() => source.close());
  const { db } = await newPostgres();
  await source.transaction(null, (trx) =>
    sql`update organizations set name = ${'a\0b'} where name like 'CANARY_B%'`.execute(trx),
  );
  await expect(copyDatabase(source, db, () => {})).rejects.toThrow(
    /of organizations has a text with the character U\+0000/,
  );
  expect(await db.reader.selectFrom('environments').selectAll().execute()).toEqual([]);
  const target = await newSqlite(file.replace('test.db', 'other.db'));
  await expect(copyDatabase(source, target, () => {})).rejects.toThrow('U+0000');
  await expect(copyDatabase(db, source, () => {})).rejects.toThrow('The target has environments');
});

test('a copy names the row that a server has changed meanwhile', async () => {
  const { file } = await filled();
  const source = openSqlite(file);
  onTestFinished(() => source.close());
  const { db } = await newPostgres();
  let isChanged = false;
  const copying = copyDatabase(source, db, (done, total) => {
    if (isChanged || done <= total / 2) return;
    isChanged = true;
    void source.transaction(null, (trx) => sql`update users set name = 'changed'`.execute(trx));
  });
  await expect(copying).rejects.toThrow(/The row env_.*, user_.* of users differs after the copy/);
});

test('every table of both engines is copied or derived', async () => {
  const known = ['schema_migrations', ...COPIED_TABLES.map(({ name }) => name), ...DERIVED_TABLES].sort();
  // The commits of a copy are counted anew.
  const { db } = await newPostgres();
  const inPostgres = await sql<{ name: string }>`
    select table_name as name from information_schema.tables where table_schema = 'public'`.execute(db.reader);
  expect(inPostgres.rows.map(({ name }) => name).sort()).toEqual([...known, 'environment_commits'].sort());
  const inSqlite = await sql<{ name: string }>`
    select name from pragma_table_list where schema = 'main' and type in ('table', 'virtual')
      and name not like 'sqlite%'`.execute((await newSqlite()).reader);
  expect(inSqlite.rows.map(({ name }) => name).sort()).toEqual(known);
  expect(postgresMigrations.at(-1)?.name.slice(0, 4)).toBe(migrations.at(-1)?.name.slice(0, 4));
});
