import { migrations, postgresMigrations } from '../migrations/index.js';
import type { DatabaseConfig } from './config/database-settings.js';
import type { Database } from './db/database.js';
import type { Migration } from './db/migrator.js';
import { openPostgres } from './db/postgres/database.js';
import { type OpenOptions, openSqlite } from './db/sqlite/database.js';

/**
 * Opens the database that the settings name. PostgreSQL has no use for a turn to write, and overwrites nothing.
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
