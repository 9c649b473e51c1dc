import { migrations, postgresMigrations } from '../migrations/index.js';
import type { DatabaseConfig } from './config/database-settings.js';
import type { CommitObserver, Database, StatementObserver } from './db/database.js';
import type { Migration } from './db/migrator.js';
import { openPostgres } from './db/postgres/database.js';
import { openSqlite } from './db/sqlite/database.js';
import type { Sharing } from './sharing/sharing.js';

interface OpenOptions {
  /** Called for each statement, of the reader and of units. */
  readonly observe?: StatementObserver | undefined;
  readonly onCommit?: CommitObserver | undefined;
  /** Waits until no other process of the server writes. PostgreSQL lets them write side by side. */
  readonly takeWriteTurn?: Sharing['takeWriteTurn'];
  /** Whether deleted and changed data is overwritten with zeros, where the file is the server's own. */
  readonly secureDelete?: boolean;
}

/**
 * Opens the database that the settings name.
 *
 * @throws {DatabaseUnavailableError} when a file cannot be used; the message says why and what to do
 */
export function openDatabase(config: DatabaseConfig, options: OpenOptions = {}): Database {
  return config.engine === 'sqlite' ? openSqlite(config.file, options) : openPostgres(config, options);
}

/** The steps of the engine, in order. */
export function migrationsOf({ engine }: DatabaseConfig): readonly Migration[] {
  return engine === 'sqlite' ? migrations : postgresMigrations;
}
