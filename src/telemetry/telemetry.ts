import type { ServerAdapterPlugin } from '@whatwg-node/server';
import type { Plugin } from 'graphql-yoga';
import type { Config } from '../config/config.js';
import type { CommitObserver, Database, StatementObserver } from '../db/database.js';
import { ConfigError } from '../domain/operator-error.js';
import type { Mailer } from '../mail/mailer.js';
import type { Logger } from '../runtime/logger.js';
import type { Metrics } from './metrics.js';
import { OperationNames } from './operation-names.js';
import type { Tracing } from './tracing.js';

/** What watches the other parts. Each half is loaded only when it is set: off, it costs nothing. */
export interface Telemetry {
  readonly metrics: Metrics | null;
  /** Watch every request. */
  readonly http: readonly ServerAdapterPlugin[];
  /** Watch operations. */
  readonly graphql: readonly Plugin[];
  readonly observe: StatementObserver | undefined;
  readonly onCommit: CommitObserver | undefined;
  /** The same database or mailer, watched. */
  database(db: Database): Database;
  mailer(mailer: Mailer): Mailer;
  close(): Promise<void>;
}

/** @throws {ConfigError} when traces are wanted and the packages for them are not installed */
export async function createTelemetry(config: Config, logger: Logger): Promise<Telemetry> {
  const names = new OperationNames();
  const metrics = config.metrics === null ? null : (await import('./metrics.js')).createMetrics(names);
  const tracing = config.tracing === null ? null : (await loadTracing()).createTracing(config.tracing, names, logger);
  return {
    metrics,
    http: [...(tracing ? [tracing.http] : []), ...(metrics ? [metrics.http] : [])],
    graphql: [...(tracing ? [tracing.graphql] : []), ...(metrics ? [metrics.graphql] : [])],
    observe: tracing?.observe,
    onCommit: metrics?.onCommit,
    database: (db) => tracing?.database(db) ?? db,
    mailer: (mailer) => tracing?.mailer(mailer) ?? mailer,
    close: async () => {
      await (tracing satisfies Tracing | null)?.close();
    },
  };
}

const TRACING_PACKAGES = ['api', 'core', 'exporter-trace-otlp-http', 'resources', 'sdk-trace-base'];

async function loadTracing(): Promise<typeof import('./tracing.js')> {
  try {
    return await import('./tracing.js');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')) throw error;
    const packages = TRACING_PACKAGES.map((name) => `@opentelemetry/${name}`).join(' ');
    throw new ConfigError([`OTEL_EXPORTER_OTLP_ENDPOINT is set; install what traces need: npm install ${packages}`]);
  }
}
