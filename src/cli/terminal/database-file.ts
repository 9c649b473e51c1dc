import type { Config } from '../../config/config.js';
import { UsageError } from './output.js';

/**
 * The file of the database.
 *
 * @param advice what to do with PostgreSQL instead, as a sentence
 * @throws {UsageError} when the database is no file
 */
export function requireDatabaseFile({ database }: Pick<Config, 'database'>, advice: string): string {
  if (database.engine === 'sqlite') return database.file;
  throw new UsageError(`This command works on SQLite files, and DATABASE_URL leads to PostgreSQL. ${advice}`);
}
