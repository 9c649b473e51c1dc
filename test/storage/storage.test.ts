import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { sql } from 'kysely';
import { expect, onTestFinished, test, vi } from 'vitest';
import { migrations } from '../../migrations/index.js';
import type { Database } from '../../src/db/database.js';
import type { Handle } from '../../src/db/handle.js';
import { migrate, pendingMigrations, SchemaMismatchError } from '../../src/db/migrator.js';
import { openSqlite } from '../../src/db/sqlite/database.js';
import { TestClock } from '../support/test-app.js';

function temporaryFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'usergraph-storage-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'test.db');
}

async function openMigrated(file = temporaryFile(), statements: string[] = []): Promise<Database> {
  const observe = (statement: string) => {
    statements.push(statement);
    return undefined;
  };
  const db = openSqlite(file, { observe });
  onTestFinished(() => db.close());
  await migrate(db, migrations, new TestClock());
  return db;
}

function addEnvironment(db: Handle, name: string) {
  const row = { id: `env_${name}`, name, kind: 'test', sign_in: 0, created_at: new TestClock().now() } as const;
  return db.insertInto('environments').values(row).execute();
}

async function names(db: Database): Promise<string[]> {
  const rows = await db.reader.selectFrom('environments').select('name').orderBy('name').execute();
  return rows.map(({ name }) => name);
}

async function pragma(db: Handle, name: string): Promise<unknown> {
  const { rows } = await sql<Record<string, unknown>>`pragma ${sql.raw(name)}`.execute(db);
  return Object.values(rows[0] ?? {})[0];
}

test('the writer is durable: WAL, synchronous FULL and foreign keys, also when the file was there before', async () => {
  const file = temporaryFile();
  for (const opening of ['first', 'second']) {
    const db = openSqlite(file);
    const settings = await db.transaction(null, async (trx) => [
      await pragma(trx, 'journal_mode'),
      await pragma(trx, 'synchronous'),
      await pragma(trx, 'foreign_keys'),
      Number(await pragma(trx, 'busy_timeout')) > 0,
    ]);
    await db.close();
    expect([opening, ...settings]).toEqual([opening, 'wal', 2, 1, true]);
  }
});

test('control: the driver alone reopens the file with synchronous NORMAL', () => {
  const file = temporaryFile();
  const first = new BetterSqlite3(file);
  first.pragma('journal_mode = WAL');
  first.exec('create table t (a)');
  first.close();
  const second = new BetterSqlite3(file);
  onTestFinished(() => void second.close());
  second.prepare('select * from t').all();
  expect(second.pragma('synchronous', { simple: true })).toBe(1);
});

test('a transaction is atomic and returns its value', async () => {
  const db = await openMigrated();
  await expect(
    db.transaction(null, async (trx) => {
      await addEnvironment(trx, 'lost');
      throw new Error('on purpose');
    }),
  ).rejects.toThrow('on purpose');
  expect(await db.transaction(null, (trx) => addEnvironment(trx, 'kept').then(() => 42))).toBe(42);
  expect(await names(db)).toEqual(['kept']);
});

test('transactions that wait together share one commit, and each fails on its own', async () => {
  const db = await openMigrated();
  const commits = vi.spyOn(BetterSqlite3.prototype, 'exec');
  onTestFinished(() => void commits.mockRestore());
  const outcomes = await Promise.allSettled(
    Array.from({ length: 20 }, (_, index) =>
      db.transaction(null, async (trx) => {
        await addEnvironment(trx, `e${String(index).padStart(2, '0')}`);
        if (index % 5 === 0) throw new Error('on purpose');
      }),
    ),
  );
  expect(commits.mock.calls.filter(([text]) => text === 'commit')).toHaveLength(1);
  expect(outcomes.map(({ status }) => status === 'fulfilled')).toEqual(outcomes.map((_, index) => index % 5 !== 0));
  expect(await names(db)).toHaveLength(16);
});

test('a refusal is returned after the commit, when its reason can be read', async () => {
  const db = await openMigrated();
  const first = db.transaction(null, (trx) => addEnvironment(trx, 'same'));
  const seen = db.transaction(null, (trx) => addEnvironment(trx, 'same')).catch(() => names(db));
  await first;
  expect(await seen).toEqual(['same']);
});

test('no response precedes the commit, and a failed commit fails every transaction of its group', async () => {
  const db = await openMigrated();
  const exec = BetterSqlite3.prototype.exec;
  const spy = vi.spyOn(BetterSqlite3.prototype, 'exec').mockImplementation(function (this: unknown, text: string) {
    if (text === 'commit') throw new Error('disk is gone');
    return exec.call(this as BetterSqlite3.Database, text);
  });
  const outcomes = await Promise.allSettled([
    db.transaction(null, (trx) => addEnvironment(trx, 'a')),
    db.transaction(null, (trx) => addEnvironment(trx, 'b')),
  ]);
  spy.mockRestore();
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await names(db)).toEqual([]);
  await db.transaction(null, (trx) => addEnvironment(trx, 'after'));
  expect(await names(db)).toEqual(['after']);
});

test('a handle used outside its transaction, or the reader used inside one, throws', async () => {
  const db = await openMigrated();
  let leaked: Handle | undefined;
  await db.transaction(null, async (trx) => {
    leaked = trx;
  });
  await expect(leaked?.selectFrom('environments').selectAll().execute()).rejects.toThrow('after its unit had ended');
  await expect(db.transaction(null, () => names(db))).rejects.toThrow('The reader was used inside a transaction');
  await expect(db.transaction(null, () => db.transaction(null, async () => {}))).rejects.toThrow(
    'opened inside a transaction',
  );
  expect(await names(db)).toEqual([]);
});

test('transactions wait while another process writes, and do not fail', async () => {
  const file = temporaryFile();
  const db = await openMigrated(file);
  const other = new BetterSqlite3(file);
  other.exec('begin immediate');
  const waiting = db.transaction(null, (trx) => addEnvironment(trx, 'late'));
  // Two turns of the event loop: the unit has found the lock taken by then, or it starts after it is free.
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  other.exec('commit');
  other.close();
  await waiting;
  expect(await names(db)).toEqual(['late']);
});

test('statements are prepared once, however often they run', async () => {
  const db = await openMigrated();
  const prepare = vi.spyOn(BetterSqlite3.prototype, 'prepare');
  onTestFinished(() => void prepare.mockRestore());
  for (let round = 0; round < 10; round++) await names(db);
  expect(prepare).toHaveBeenCalledTimes(1);
});

test('migrations run once, also when several processes start at once', async () => {
  const file = temporaryFile();
  const handles = [openSqlite(file), openSqlite(file), openSqlite(file)];
  const applied = await Promise.all(handles.map((db) => migrate(db, migrations, new TestClock())));
  await Promise.all(handles.map((db) => db.close()));
  expect(applied.flat()).toEqual(migrations.map(({ name }) => name));
});

test('a failed migration leaves nothing behind, and a database of a newer version is refused', async () => {
  const db = await openMigrated();
  const broken = { name: '9998-broken', statements: ['create table half (a)', 'create nonsense'] };
  await expect(migrate(db, [...migrations, broken], new TestClock())).rejects.toThrow('syntax error');
  const { rows } = await sql`select 1 from sqlite_schema where name = 'half'`.execute(db.reader);
  expect(rows).toEqual([]);
  expect(await pendingMigrations(db, [...migrations, broken])).toEqual(['9998-broken']);
  await migrate(db, [...migrations, { name: '9999-newer', statements: [] }], new TestClock());
  await expect(migrate(db, migrations, new TestClock())).rejects.toThrow(SchemaMismatchError);
  await expect(pendingMigrations(db, migrations)).rejects.toThrow('made by a newer usergraph (it has 9999-newer)');
});

test('every table is STRICT, and every key begins with the environment', async () => {
  const db = await openMigrated();
  const { rows: tables } = await sql<{ name: string; strict: number }>`
    select name, strict from pragma_table_list where schema = 'main' and name not like 'sqlite_%'`.execute(db.reader);
  // FTS5 knows no STRICT; its words are not typed, and its own tables have no columns of ours.
  const own = (name: string) => !name.startsWith('user_search');
  expect(tables.filter(({ name, strict }) => strict === 0 && own(name))).toEqual([]);
  const { rows: keys } = await sql<{ key: string; first: string }>`
    select l.name as key, c.name as first from sqlite_schema t, pragma_index_list(t.name) l, pragma_index_info(l.name) c
    where t.type = 'table' and l."unique" = 1 and c.seqno = 0`.execute(db.reader);
  // An environment has nothing before itself, and the list of migrations belongs to none.
  const exempt = ['environments', 'schema_migrations'];
  // What an `Authorization` header or a refresh token names is what tells the environment.
  const credentials = ['issuers_issuer_unique', 'signing_keys_id_unique', 'sessions_id_unique'];
  const others = keys.filter(
    ({ key }) => own(key.replace('sqlite_autoindex_', '')) && !exempt.some((table) => key.includes(`_${table}_`)),
  );
  expect(others.length).toBeGreaterThan(10);
  expect(others.filter(({ key, first }) => first !== 'environment_id' && !credentials.includes(key))).toEqual([]);
  const { rows: references } = await sql<{ table: string; first: string }>`
    select t.name as "table", f."from" as first from sqlite_schema t, pragma_foreign_key_list(t.name) f
    where t.type = 'table' and f.seq = 0`.execute(db.reader);
  expect(references.filter(({ first }) => first !== 'environment_id')).toEqual([]);
});
