import { closeSync, openSync } from 'node:fs';
import BetterSqlite3 from 'better-sqlite3';
import type { CompiledQuery, DatabaseConnection, QueryResult } from 'kysely';
import { DatabaseUnavailableError } from './unavailable.js';

/** How long a statement waits, blocking the process, for a lock another process holds. */
const READER_BUSY_MS = 5_000;
/** The writer gives up early and tries again without blocking (see `Writer`); before it is open there is no harm. */
const WRITER_BUSY_MS = 20;

/** Prepared statements kept per connection; the least recently used goes first. Our own SQL has far fewer shapes. */
const MAX_PREPARED_STATEMENTS = 500;

/**
 * Called with each statement that a connection runs and the values bound to it; what it returns is called when the
 * statement is done. The values are personal data: they are for tests, and never for a log.
 */
export type StatementObserver = (sql: string, parameters: readonly unknown[]) => (() => void) | undefined;

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
  readonly #prepared = new Map<string, BetterSqlite3.Statement<unknown[], unknown>>();

  constructor(
    readonly sqlite: BetterSqlite3.Database,
    private readonly observe: StatementObserver | undefined,
  ) {}

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const statement = this.#prepare(query.sql);
    const done = this.observe?.(query.sql, query.parameters);
    try {
      if (statement.reader) {
        // Kysely's own types say what a row of this query is; the driver cannot know.
        return { rows: statement.all(...query.parameters) as R[] };
      }
      const { changes } = statement.run(...query.parameters);
      return { rows: [], numAffectedRows: BigInt(changes) };
    } finally {
      done?.();
    }
  }

  // biome-ignore lint/correctness/useYield: DatabaseConnection asks for a generator; this one only refuses.
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('Streaming would keep a statement busy that others reuse: page through the rows instead.');
  }

  #prepare(sql: string): BetterSqlite3.Statement<unknown[], unknown> {
    let statement = this.#prepared.get(sql);
    if (statement) {
      this.#prepared.delete(sql);
    } else {
      statement = this.sqlite.prepare(sql);
      const oldest = this.#prepared.keys().next();
      if (this.#prepared.size >= MAX_PREPARED_STATEMENTS && !oldest.done) this.#prepared.delete(oldest.value);
    }
    this.#prepared.set(sql, statement);
    return statement;
  }
}
