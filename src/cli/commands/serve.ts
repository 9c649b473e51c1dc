import cluster from 'node:cluster';
import type { Command } from 'commander';
import type { Config } from '../../config/config.js';
import { createLogger, type Logger } from '../../runtime/logger.js';
import { VERSION } from '../../runtime/version.js';
import { join, type Membership } from '../../sharing/member.js';
import { listen } from '../server/http.js';
import { listenForMetrics, type MetricsListening } from '../server/metrics-http.js';
import { stopOnSignal } from '../server/stopping.js';
import { superviseWorkers } from '../server/workers.js';
import { readConfig } from '../terminal/settings.js';

/** `usergraph serve`: runs the server until a signal stops it. */
export function registerServe(program: Command): void {
  program
    .command('serve')
    .description('start the server')
    .option('--workers <number>', 'number of processes that serve requests, or auto; overrides WORKERS')
    .action(serve);
}

async function serve({ workers }: { workers?: string }): Promise<void> {
  const config = readConfig(workers === undefined ? {} : { WORKERS: workers });
  const logger = createLogger(config.logLevel);
  if (cluster.isWorker) {
    const membership = join(toPrimary);
    await serveHere(config, logger, membership).finally(() => {
      membership.leave();
      // The channel to the primary would keep the process alive.
      cluster.worker?.disconnect();
    });
  } else if (config.workers > 1) await superviseWorkers(config, config.workers, logger);
  else await serveHere(config, logger, null);
}

const toPrimary: Parameters<typeof join>[0] = {
  send: (message) => {
    if (process.connected) process.send?.(message);
  },
  onMessage: (listener) => process.on('message', listener),
};

/** @param membership the part of this process in a server of several; null when it is the only one */
async function serveHere(config: Config, logger: Logger, membership: Membership | null): Promise<void> {
  let isStopped = false;
  // A signal that arrives during the start lets the current step finish, and starts no further one.
  stopOnSignal((signal) => {
    isStopped = true;
    logger.info({ signal }, 'stopping during startup');
  });
  const { createApp } = await import('../../app.js');
  if (isStopped) return;
  const app = await createApp(config, { logger, ...(membership ? { sharing: membership } : {}) });
  let metrics: MetricsListening | null = null;
  try {
    // The primary serves the metrics of all workers.
    if (membership) app.metrics?.share();
    else metrics = isStopped ? null : await listenForMetrics(app, config);
    if (metrics) logger.info({ url: metrics.url }, 'metrics');
    if (isStopped) return await app.close();
    const { url, stopped } = await listen(app, config);
    if (membership) membership.tellListening(url);
    else logger.info({ url: `${url}/graphql`, version: VERSION, graphiql: config.graphiql }, 'listening');
    await stopped;
    if (!membership) logger.info('stopped');
  } catch (error) {
    await app.close();
    throw error;
  } finally {
    metrics?.close();
  }
}
