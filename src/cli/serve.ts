import { createApp } from '../app.js';
import { loadConfig } from '../config.js';
import { VERSION } from '../version.js';
import { listen } from './http.js';

/** `usergraph serve`: the real thing, until a signal stops it. */
export async function serve(): Promise<void> {
  const config = loadConfig(process.env);
  const app = await createApp(config);
  try {
    const { url, stopped } = await listen(app, config);
    app.logger.info({ url: `${url}/graphql`, version: VERSION, graphiql: config.graphiql }, 'listening');
    await stopped;
    app.logger.info('stopped');
  } catch (error) {
    await app.close();
    throw error;
  }
}
