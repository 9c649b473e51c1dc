import cluster, { type Worker } from 'node:cluster';
import { setTimeout as wait } from 'node:timers/promises';
import type { Config } from '../../config/config.js';
import { systemClock } from '../../runtime/clock.js';
import type { Logger } from '../../runtime/logger.js';
import { VERSION } from '../../runtime/version.js';
import type { Pipe } from '../../sharing/channel.js';
import { Keeper } from '../../sharing/keeper.js';
import { isMessage, type StopSignal } from '../../sharing/messages.js';
import { type Figures, listenForMetrics } from './metrics-http.js';
import { stopOnSignal } from './stopping.js';

/** How long after the end of a worker another one is started, so that one that always fails does not keep a core busy. */
const RESTART_MS = 1_000;

/** A worker ended before it accepted connections. It has printed the reason. */
class StartFailed extends Error {}

/**
 * Starts processes that serve requests on one port, and another one when one of them ends. The first one migrates the
 * database before the others start. Resolves after a signal, when all of them have ended. Sets the exit code to 1 when
 * they do not start.
 */
export async function superviseWorkers(config: Config, count: number, logger: Logger): Promise<void> {
  const workers = new Workers(new Keeper(config.budget, systemClock), logger);
  stopOnSignal((signal) => workers.stop(signal));
  const metrics = await listenForMetrics({ metrics: config.metrics && (await figures()) }, config);
  if (metrics) logger.info({ url: metrics.url }, 'metrics');
  try {
    const url = await workers.start();
    await Promise.all(Array.from({ length: count - 1 }, () => workers.start()));
    const { graphiql } = config;
    logger.info({ url: `${url}/graphql`, version: VERSION, graphiql, workers: count }, 'listening');
  } catch (error) {
    if (!(error instanceof StartFailed)) throw error;
    if (!workers.isStopping) process.exitCode = 1;
    workers.stop('SIGTERM');
  }
  await workers.ended;
  metrics?.close();
  logger.info('stopped');
}

async function figures(): Promise<Figures> {
  const { createClusterMetrics } = await import('../../telemetry/cluster-metrics.js');
  return createClusterMetrics();
}

class Workers {
  readonly #running = new Set<Worker>();
  readonly #stoppable = new Set<Worker>();
  #stopSignal: StopSignal | null = null;
  #onEnded: () => void = () => {};
  /** Resolves when no worker runs after `stop`. */
  readonly ended = new Promise<void>((resolve) => {
    this.#onEnded = resolve;
  });

  constructor(
    private readonly keeper: Keeper,
    private readonly logger: Logger,
  ) {}

  get isStopping(): boolean {
    return this.#stopSignal !== null;
  }

  /** Starts a worker. Resolves with its URL when it accepts connections. @throws {StartFailed} when it ends before */
  start(): Promise<string> {
    return new Promise((resolve, reject) => {
      if (this.isStopping) {
        reject(new StartFailed());
        return;
      }
      const worker = cluster.fork();
      this.#running.add(worker);
      worker.on('message', (message: unknown) => {
        if (isMessage(message) && 'canStop' in message) this.#stopFromNowOn(worker);
      });
      let isListening = false;
      const leave = this.keeper.add(pipeTo(worker), (url) => {
        isListening = true;
        resolve(url);
      });
      worker.once('exit', (code: number | null, signal: string | null) => {
        const onEnd = () => {
          leave();
          this.#running.delete(worker);
          this.#stoppable.delete(worker);
          if (!isListening) reject(new StartFailed());
          else if (!this.isStopping) void this.#replace(code, signal);
          this.#endIfNoneRuns();
        };
        // Until its channel is closed, Node hands connections to a worker that has ended.
        if (worker.isConnected()) worker.once('disconnect', onEnd);
        else onEnd();
      });
    });
  }

  /** Tells the workers to stop. The second time, they close the connections that are still open. */
  stop(signal: StopSignal): void {
    this.#stopSignal ??= signal;
    for (const worker of this.#stoppable) pipeTo(worker).send({ stop: signal });
    this.#endIfNoneRuns();
  }

  #stopFromNowOn(worker: Worker): void {
    this.#stoppable.add(worker);
    if (this.#stopSignal) pipeTo(worker).send({ stop: this.#stopSignal });
  }

  #endIfNoneRuns(): void {
    if (this.isStopping && this.#running.size === 0) this.#onEnded();
  }

  async #replace(code: number | null, signal: string | null): Promise<void> {
    this.logger.error({ code, signal }, 'a worker ended; another one is started');
    while (!this.isStopping) {
      await wait(RESTART_MS);
      const isStarted = await this.start().then(
        () => true,
        () => false,
      );
      if (isStarted) return;
    }
  }
}

function pipeTo(worker: Worker): Pipe {
  return {
    send: (message) => {
      if (worker.isConnected()) worker.send(message);
    },
    onMessage: (listener) => worker.on('message', listener),
  };
}
