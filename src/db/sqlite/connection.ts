import { closeSync, openSync } from 'node:fs';
import BetterSqlite3 from 'better-sqlite3';
import type { CompiledQuery, DatabaseConnection, QueryResult } from 'kysely';
import { LRUCache } from 'lru-cache';
import type { Cells, StatementObserver } from '../database.js';
import { refuseToStream } from '../engine.js';
import { DatabaseUnavailableError } from '../unavailable.js';
import { translated } from './unavailable.js';

/** How long a statement waits, blocking the process, for a lock another process holds. */
const READER_BUSY_MS = 5_000;
/** The writer gives up early and tries again without blocking (see `Writer`); before it is open there is no harm. */
const WRITER_BUSY_MS = 20;

/** Pages that the reader keeps in memory, in KiB. A commit of another connection empties this cache. */
const READER_CACHE_KIB = 65_536;

/** Prepared statements that a connection keeps; the least recently used are dropped. Our own SQL has far fewer shapes. */
const MAX_PREPARED_STATEMENTS = 500;

/**
 * Opens the file for writing and makes it a WAL database.
 *
 * better-sqlite3 is compiled so that a connection to an existing WAL file runs at `synchronous = NORMAL`, which may
 * lose acknowledged commits at power loss. FULL is therefore set on every open, and read back.
 *
 * @param secureDelete whether what is deleted or changed is overwritten with zeros
 */
export function openWriter(file: string, secureDelete = false): BetterSqlite3.Database {
  // A new file is its owner's alone; SQLite gives what it keeps beside it the same mode.
  closeSync(openSync(file, 'a', 0o600));
  const sqlite = connect(file, { timeout: READER_BUSY_MS });
  sqlite.pragma('journal_mode = WAL');
  sqlite.pragma('synchronous = FULL');
  sqlite.pragma('journal_size_limit = 67108864');
  sqlite.pragma(`secure_delete = ${secureDelete ? 'ON' : 'OFF'}`);
  protect(sqlite);
  expectPragma(sqlite, 'journal_mode', 'wal');
  expectPragma(sqlite, 'synchronous', 2);
  expectPragma(sqlite, 'foreign_keys', 1);
  sqlite.pragma(`busy_timeout = ${WRITER_BUSY_MS}`);
  return sqlite;
}

/** Opens the file for reading only; the file and its WAL exist already. */
export function openReader(file: string): BetterSqlite3.Database {
  const sqlite = connect(file, { timeout: READER_BUSY_MS, readonly: true });
  sqlite.pragma(`cache_size = -${READER_CACHE_KIB}`);
  protect(sqlite);
  return sqlite;
}

/**
 * Opens the file, and no other one: the driver takes white space off the ends of a name by itself.
 *
 * @throws {DatabaseUnavailableError} when the name has some
 */
export function connect(file: string, options: BetterSqlite3.Options): BetterSqlite3.Database {
  if (file !== file.trim()) {
    throw new DatabaseUnavailableError(
      `The name of a database ends with white space: ${JSON.stringify(file)}. Rename it.`,
    );
  }
  return new BetterSqlite3(file, options);
}

function protect(sqlite: BetterSqlite3.Database): void {
  sqlite.pragma('foreign_keys = ON');
  sqlite.pragma('trusted_schema = OFF');
  sqlite.pragma('cell_size_check = ON');
  sqlite.pragma('temp_store = MEMORY');
}

function expectPragma(sqlite: BetterSqlite3.Database, name: string, wanted: string | number): void {
  const got = sqlite.pragma(name, { simple: true });
  if (got !== wanted) {
    throw new Error(`SQLite refused ${name}=${wanted} and stayed at ${String(got)}; is the file on a local disk?`);
  }
}

/** Runs compiled queries on one SQLite handle, preparing each distinct statement once. */
export class SqliteConnection implements DatabaseConnection {
  readonly #prepared = new LRUCache<string, BetterSqlite3.Statement<unknown[], unknown>>({
    max: MAX_PREPARED_STATEMENTS,
  });

  /** Statements that return arrays. */
  readonly #ofCells = new LRUCache<string, BetterSqlite3.Statement<unknown[], Cells>>({ max: MAX_PREPARED_STATEMENTS });

  constructor(
    readonly sqlite: BetterSqlite3.Database,
    private readonly observe: StatementObserver | undefined,
  ) {}

  /** Runs a query. Returns the rows as arrays of their columns. */
  cells(query: CompiledQuery): readonly Cells[] {
    const done = this.observe?.(query.sql, query.parameters);
    try {
      let statement = this.#ofCells.get(query.sql);
      if (!statement) {
        statement = this.sqlite.prepare<unknown[], Cells>(query.sql).raw();
        this.#ofCells.set(query.sql, statement);
      }
      return statement.all(...query.parameters);
    } catch (error) {
      throw translated(error);
    } finally {
      done?.();
    }
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const done = this.observe?.(query.sql, query.parameters);
    try {
      const statement = this.#prepare(query.sql);
      if (statement.reader) {
        // Kysely's own types say what a row of this query is; the driver cannot know.
        return { rows: statement.all(...query.parameters) as R[] };
      }
      const { changes } = statement.run(...query.parameters);
      return { rows: [], numAffectedRows: BigInt(changes) };
    } catch (error) {
      throw translated(error);
    } finally {
      done?.();
    }
  }

  readonly streamQuery = refuseToStream;

  #prepare(sql: string): BetterSqlite3.Statement<unknown[], unknown> {
    let statement = this.#prepared.get(sql);
    if (!statement) {
      statement = this.sqlite.prepare(sql);
      this.#prepared.set(sql, statement);
    }
    return statement;
  }
}
