import type { Command } from 'commander';
import { createLogger } from '../logger.js';
import { VERSION } from '../version.js';
import { listen } from './http.js';
import { listenForMetrics, type MetricsListening } from './metrics-http.js';
import { readConfig } from './settings.js';
import { stopOnSignal } from './stopping.js';

/** `usergraph serve`: the real thing, until a signal stops it. */
export function registerServe(program: Command): void {
  program.command('serve').description('serve GraphQL until a signal stops it').action(serve);
}

async function serve(): Promise<void> {
  const config = readConfig();
  const logger = createLogger(config.logLevel);
  let isStopped = false;
  // Until it listens: what is under way is ended as it is, and nothing more is begun.
  stopOnSignal((signal) => {
    isStopped = true;
    logger.info({ signal }, 'stopping before it listened');
  });
  const { createApp } = await import('../app.js');
  if (isStopped) return;
  const app = await createApp(config, { logger });
  let metrics: MetricsListening | null = null;
  try {
    metrics = isStopped ? null : await listenForMetrics(app, config);
    if (metrics) logger.info({ url: metrics.url }, 'metrics');
    if (isStopped) return await app.close();
    const { url, stopped } = await listen(app, config);
    logger.info({ url: `${url}/graphql`, version: VERSION, graphiql: config.graphiql }, 'listening');
    await stopped;
    logger.info('stopped');
  } catch (error) {
    await app.close();
    throw error;
  } finally {
    metrics?.close();
  }
}
