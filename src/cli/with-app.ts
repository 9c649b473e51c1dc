import { type App, createApp } from '../app.js';
import { createLogger } from '../logger.js';
import { readConfig } from './settings.js';

/** Opens the app of the configured database for one command, and closes it whatever happens. */
export async function withApp<T>(command: (app: App) => Promise<T>): Promise<T> {
  const app = await createApp(readConfig(), { logger: createLogger('silent') });
  try {
    return await command(app);
  } finally {
    await app.close();
  }
}
