import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { App } from '../app.js';
import type { Config } from '../config.js';
import { copyDatabase } from '../db/backup.js';
import { createLogger } from '../logger.js';
import { temporaryFolder } from './files.js';
import { readConfig } from './settings.js';

/** Opens the app of the configured database for one command, and closes it whatever happens. */
export async function withApp<T>(command: (app: App) => Promise<T>): Promise<T> {
  return run(readConfig(), command);
}

async function run<T>(config: Config, command: (app: App) => Promise<T>): Promise<T> {
  // Loaded when it is needed: commands that look at files and settings start without the graph.
  const { createApp } = await import('../app.js');
  const app = await createApp(config, { logger: createLogger('silent'), delivering: 'none' });
  try {
    return await command(app);
  } finally {
    await app.close();
  }
}

/**
 * The same on a copy of the database, as it is now; the copy goes afterwards. For commands that only try something.
 * The copy is in the folder for temporary files, which has to have room for it, and only its owner can read it.
 */
export async function withCopy<T>(command: (app: App) => Promise<T>): Promise<T> {
  const folder = temporaryFolder('copy');
  try {
    const databaseFile = join(folder.path, 'copy.db');
    const config = readConfig();
    await writeFile(databaseFile, '', { mode: 0o600 });
    await copyDatabase(config.databaseFile, databaseFile, () => {});
    return await run({ ...config, databaseFile, migrateOnStart: true }, command);
  } finally {
    folder.remove();
  }
}
