import type { Command } from 'commander';
import { VERSION } from '../version.js';
import { listen } from './http.js';
import { listenForMetrics, type MetricsListening } from './metrics-http.js';
import { readConfig } from './settings.js';

/** `usergraph serve`: the real thing, until a signal stops it. */
export function registerServe(program: Command): void {
  program.command('serve').description('serve GraphQL until a signal stops it').action(serve);
}

async function serve(): Promise<void> {
  const config = readConfig();
  const { createApp } = await import('../app.js');
  const app = await createApp(config);
  let metrics: MetricsListening | null = null;
  try {
    metrics = await listenForMetrics(app, config);
    if (metrics) app.logger.info({ url: metrics.url }, 'metrics');
    const { url, stopped } = await listen(app, config);
    app.logger.info({ url: `${url}/graphql`, version: VERSION, graphiql: config.graphiql }, 'listening');
    await stopped;
    app.logger.info('stopped');
  } catch (error) {
    await app.close();
    throw error;
  } finally {
    metrics?.close();
  }
}
