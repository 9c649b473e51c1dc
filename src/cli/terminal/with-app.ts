import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { App } from '../../app.js';
import type { Config } from '../../config/config.js';
import { copyDatabase } from '../../db/sqlite/backup.js';
import { createLogger } from '../../runtime/logger.js';
import { requireDatabaseFile } from './database-file.js';
import { temporaryFolder } from './files.js';
import { readConfig } from './settings.js';

/** Opens the app with the configured database, runs the command, and closes the app. */
export async function withApp<T>(command: (app: App) => Promise<T>): Promise<T> {
  return run(readConfig(), command);
}

async function run<T>(config: Config, command: (app: App) => Promise<T>): Promise<T> {
  // Loaded on demand, so that commands on files and settings start without building the schema.
  const { createApp } = await import('../../app.js');
  const app = await createApp(config, { logger: createLogger('silent'), delivering: 'none' });
  try {
    return await command(app);
  } finally {
    await app.close();
  }
}

/**
 * Like `withApp`, on a copy of the database, for dry runs. The copy is in the folder for temporary files, which must have
 * enough space. Only the owner can read it. It is removed afterwards.
 */
export async function withCopy<T>(command: (app: App) => Promise<T>): Promise<T> {
  const folder = temporaryFolder('copy');
  try {
    const file = join(folder.path, 'copy.db');
    const config = readConfig();
    const from = requireDatabaseFile(config, 'Make a dry run on a copy of the database instead.');
    await writeFile(file, '', { mode: 0o600 });
    await copyDatabase(from, file, () => {});
    return await run({ ...config, database: { engine: 'sqlite', file }, migrateOnStart: true }, command);
  } finally {
    folder.remove();
  }
}
