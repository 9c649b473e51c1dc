import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import BetterSqlite3 from 'better-sqlite3';
import { sql } from 'kysely';
import type { Instant } from '../../runtime/clock.js';
import type { Database } from '../database.js';
import type { Handle } from '../handle.js';
import { connect } from './connection.js';
import { explained } from './unavailable.js';

/** Problems of a file that are told; a broken one can have thousands. */
const MAX_PROBLEMS = 10;

/** What is in a database file, and whether it is sound. */
export interface Inspection {
  /** What is wrong with the file: broken pages, rows that point at nothing. Empty when it is sound. */
  readonly problems: readonly string[];
  /** Names of the migrations it has, oldest first. Empty when it is none of our databases. */
  readonly migrations: readonly string[];
  /** Rows of each table. */
  readonly rows: Readonly<Record<string, number>>;
  readonly bytes: number;
}

/**
 * Reads the whole file to see whether it is sound. Changes nothing.
 *
 * @throws {DatabaseUnavailableError} when the file is no SQLite database, or broken at its very beginning
 */
export function inspect(file: string): Inspection {
  return look(file, (sqlite) => {
    const bytes = number(sqlite, 'select page_count * page_size from pragma_page_count, pragma_page_size');
    const tables = texts(
      sqlite,
      "select name from pragma_table_list where schema = 'main' and type = 'table' and name not like 'sqlite\\_%' escape '\\'",
    );
    const rows = tables.map((table) => [table, number(sqlite, `select count(*) from "${table}"`)]);
    return {
      problems: problemsOf(sqlite),
      migrations: migrationsIn(sqlite),
      rows: Object.fromEntries(rows),
      bytes,
    };
  });
}

/**
 * Names of the migrations a database has, oldest first; none when it is no database of ours.
 *
 * @throws {DatabaseUnavailableError} when the file is no SQLite database, or broken at its very beginning
 */
export function appliedMigrations(file: string): string[] {
  return look(file, migrationsIn);
}

function look<T>(file: string, see: (sqlite: BetterSqlite3.Database) => T): T {
  let sqlite: BetterSqlite3.Database | undefined;
  try {
    sqlite = connect(file, { readonly: true, fileMustExist: true });
    return see(sqlite);
  } catch (error) {
    throw explained(error, file);
  } finally {
    sqlite?.close();
  }
}

function migrationsIn(sqlite: BetterSqlite3.Database): string[] {
  const exists = number(sqlite, "select count(*) from sqlite_schema where name = 'schema_migrations'") > 0;
  return exists ? texts(sqlite, 'select name from schema_migrations order by name') : [];
}

/** Broken pages; if there are none, rows that point at nothing. */
function problemsOf(sqlite: BetterSqlite3.Database): string[] {
  const broken = texts(sqlite, `pragma quick_check(${MAX_PROBLEMS})`).filter((line) => line !== 'ok');
  if (broken.length > 0) return broken;
  const dangling = sqlite.prepare<[], { table: string; parent: string; count: number }>(
    'select "table", parent, count(*) as count from pragma_foreign_key_check group by "table", parent',
  );
  return dangling
    .all()
    .map(({ table, parent, count }) => `${count} rows of ${table} point at rows of ${parent} that are not there`);
}

/** The settings that the writer relies on, as SQLite names them. */
const WRITER_PRAGMAS = { journal_mode: 'wal', synchronous: 2, foreign_keys: 1 } as const;

/** The settings of the writing connection, as it reads them back: all of them in one line, and the values that are wanted instead. */
export async function writerSettings(db: Database): Promise<{ values: string; wrong: string }> {
  const names = [...Object.keys(WRITER_PRAGMAS), 'busy_timeout', 'trusted_schema', 'cell_size_check'];
  const found = new Map<string, unknown>();
  await db.transaction(null, async (trx) => {
    for (const name of names) found.set(name, await pragmaOf(trx, name));
  });
  const wrong = Object.entries(WRITER_PRAGMAS).filter(([name, wanted]) => found.get(name) !== wanted);
  const list = (pairs: Iterable<readonly [string, unknown]>) => [...pairs].map((pair) => pair.join('=')).join(' ');
  return { values: list(found), wrong: list(wrong) };
}

/** The versions of SQLite and of its driver. */
export function versionsOfEngine(): string {
  const sqlite = new BetterSqlite3(':memory:');
  const engine = sqlite.prepare<[], string>('select sqlite_version()').pluck().get();
  sqlite.close();
  const manifest = createRequire(import.meta.url).resolve('better-sqlite3/package.json');
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }; // npm puts it there
  return `SQLite ${engine}, better-sqlite3 ${version}`;
}

async function pragmaOf(db: Handle, name: string): Promise<unknown> {
  const { rows } = await sql<Record<string, unknown>>`pragma ${sql.raw(name)}`.execute(db);
  return Object.values(rows[0] ?? {})[0];
}

/** The newest time that is cheap to find in the database; null when there is none. */
export async function newestTime(db: Handle): Promise<Instant | null> {
  // Not every database is ours, or of this version.
  const sources = { schema_migrations: 'applied_at', event_sequences: 'last_at' };
  let newest: Instant | null = null;
  for (const [table, column] of Object.entries(sources)) {
    const exists = await sql`select 1 from pragma_table_info(${table}) where name = ${column}`.execute(db);
    if (exists.rows.length === 0) continue;
    const { rows } = await sql<{ at: Instant | null }>`
      select max(${sql.ref(column)}) as at from ${sql.table(table)}`.execute(db);
    const at = rows[0]?.at ?? null;
    if (at !== null && (newest === null || at > newest)) newest = at;
  }
  return newest;
}

function texts(sqlite: BetterSqlite3.Database, query: string): string[] {
  return sqlite.prepare<[], string>(query).pluck().all();
}

function number(sqlite: BetterSqlite3.Database, query: string): number {
  return sqlite.prepare<[], number>(query).pluck().get() ?? 0;
}
