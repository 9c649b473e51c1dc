import { type App, createApp } from '../app.js';
import { loadConfig } from '../config.js';
import { createLogger } from '../logger.js';

/** Opens the app of the configured database for one command, and closes it whatever happens. */
export async function withApp<T>(command: (app: App) => Promise<T>): Promise<T> {
  const app = await createApp(loadConfig(process.env), { logger: createLogger('silent') });
  try {
    return await command(app);
  } finally {
    await app.close();
  }
}
