import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { migrations } from '../migrations/index.js';
import { type Clock, systemClock } from './clock.js';
import type { Config } from './config.js';
import { type Database, openDatabase } from './db/database.js';
import { migrate, pendingMigrations, SchemaMismatchError } from './db/migrator.js';
import type { StatementObserver } from './db/sqlite.js';
import type { Delivering } from './delivering.js';
import { createNodeListener, type NodeListener } from './graphql/node-listener.js';
import { loadDocuments } from './graphql/persisted-documents.js';
import { createServer } from './graphql/server.js';
import { createWebSockets } from './graphql/websockets.js';
import { createIds } from './ids.js';
import { createLogger, type Logger } from './logger.js';
import { mailStats } from './mail/mail.service.js';
import { loadTemplates } from './mail/mail-templates.js';
import { createMailer, type Mailer } from './mail/mailer.js';
import { type Random, systemRandom } from './random.js';
import type { StartTimer } from './scheduling/request-life.js';
import { readOrCreateSecretKey } from './secret-key.js';
import { createServices, type Services } from './services.js';
import type { Metrics } from './telemetry/metrics.js';
import { createTelemetry } from './telemetry/telemetry.js';
import type { Fetch } from './tokens/key-set.js';
import { reportTwins, TWIN_ADVICE } from './users/user-twins.service.js';
import { webhookStats } from './webhooks/webhook-endpoint.service.js';

/** What a test, a demo or an embedding program may put in the place of the real thing. */
export interface Overrides {
  readonly clock?: Clock;
  readonly random?: Random;
  readonly mailer?: Mailer;
  /** Whether and when this process sends mails; webhooks in the background or when asked to. Left out, `background`. */
  readonly delivering?: Delivering;
  readonly logger?: Logger;
  /** Called for each SQL statement, with the values bound to it. */
  readonly observe?: (sql: string, parameters: readonly unknown[]) => void;
  /** What GraphiQL's headers editor starts with, e.g. a demo's key. */
  readonly graphiqlHeaders?: Readonly<Record<string, string>>;
  /** What cuts off operations that take too long, and paces refused sign-ins. */
  readonly startTimer?: StartTimer;
  /** What asks issuers for their keys. */
  readonly fetch?: Fetch;
}

export interface App {
  /** Answers a request, as `fetch` would. */
  readonly fetch: (request: Request) => Promise<Response>;
  /** The same as a listener for `node:http`. */
  readonly listener: NodeListener;
  readonly services: Services;
  readonly db: Database;
  readonly logger: Logger;
  /** Figures for Prometheus; null when they are off. */
  readonly metrics: Pick<Metrics, 'contentType' | 'text'> | null;
  /** Takes over sockets of WebSocket clients: a listener for `upgrade` of `node:http`. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** From now on `/readyz` says no, so that a load balancer looks elsewhere; requests are still answered. */
  drain(): void;
  /** Closes everything; no request may be under way. */
  close(): Promise<void>;
}

/**
 * The composition root: makes every part once and hands it to those that need it.
 *
 * @throws {SchemaMismatchError} when the database is newer than this program, or older and may not be migrated
 * @throws {ConfigError} when a mail template or a persisted document cannot be used
 */
export async function createApp(config: Config, overrides: Overrides = {}): Promise<App> {
  const clock = overrides.clock ?? systemClock;
  const random = overrides.random ?? systemRandom;
  const logger = overrides.logger ?? createLogger(config.logLevel);
  const mailTemplates = loadTemplates(config.mail.templates);
  const documents = loadDocuments(config);
  const telemetry = await createTelemetry(config, logger);
  const observe = both(overrides.observe, telemetry.observe);
  const db = telemetry.database(
    openDatabase(config.databaseFile, observe, telemetry.onCommit, config.eventErasureDays !== null),
  );
  try {
    await bringUpToDate(db, config.migrateOnStart, clock, logger);
  } catch (error) {
    await db.close();
    throw error;
  }
  const ids = createIds(clock, random);
  const mailer = telemetry.mailer(overrides.mailer ?? createMailer(config.mail));
  const delivering = overrides.delivering ?? 'background';
  const secretKey = config.secretKey ?? readOrCreateSecretKey(`${config.databaseFile}.secret`, random);
  const mail = { mailer, mailTemplates, delivering, ...config.mail };
  const { production, tokens } = config;
  const { startTimer = systemTimer } = overrides;
  const sign = { secretKey, production, tokens, pace: startTimer, fetch: overrides.fetch ?? globalThis.fetch };
  const { retention, eventErasureDays, webhookNetworks } = config;
  const services = createServices({
    db,
    clock,
    random,
    ids,
    logger,
    retention,
    eventErasureDays,
    webhookNetworks,
    ...sign,
    ...mail,
  });
  // A command leaves it to the servers, as it does with mails.
  if (delivering === 'background') {
    services.eventRetention.start();
    services.eventErasure.start();
  }
  let draining = false;
  const isReady = async () => !draining && (await canRead(db));
  const { graphiqlHeaders = {} } = overrides;
  const { plugins, metrics } = telemetry;
  metrics?.watch({
    databaseFile: config.databaseFile,
    writesWaiting: db.waiting,
    hashesWaiting: services.passwords.waiting,
    eventStreams: services.eventStreams.count,
    mails: () => mailStats(db.reader),
    webhookEndpoints: () => webhookStats(db.reader),
  });
  const server = createServer({
    clock,
    config,
    db,
    ids,
    logger,
    services,
    isReady,
    documents,
    graphiqlHeaders,
    startTimer,
    plugins,
  });
  const { corsOrigins, maxBodyBytes } = config;
  const webSockets = createWebSockets({
    answer: (request, context) => server.fetch(request, context),
    corsOrigins,
    maxBodyBytes,
    ids,
    logger,
  });
  const endStreams = () => {
    webSockets.close();
    services.eventStreams.close();
  };
  return {
    fetch: async (request) => server.fetch(request),
    listener: createNodeListener(server, ids, logger),
    services,
    db,
    logger,
    metrics,
    upgrade: webSockets.upgrade,
    drain: () => {
      draining = true;
      endStreams();
    },
    close: async () => {
      endStreams();
      await server.dispose();
      await services.eventRetention.stop();
      await services.eventErasure.stop();
      await Promise.all([
        services.mailWorker.stop(config.drainSeconds),
        services.webhookWorker.stop(config.drainSeconds),
      ]);
      await db.close();
      await telemetry.close();
    },
  };
}

const systemTimer: StartTimer = (ms, onEnd) => {
  const timer = setTimeout(onEnd, ms);
  return () => clearTimeout(timer);
};

function both(first: Overrides['observe'], second: StatementObserver | undefined): StatementObserver | undefined {
  if (!first) return second;
  return (sql, parameters) => {
    first(sql, parameters);
    return second?.(sql, parameters);
  };
}

async function bringUpToDate(db: Database, mayMigrate: boolean, clock: Clock, logger: Logger): Promise<void> {
  const pending = await pendingMigrations(db, migrations);
  if (pending.length === 0) return;
  if (!mayMigrate) {
    throw new SchemaMismatchError(`The database lacks ${pending.join(', ')}: run "usergraph migrate" first.`);
  }
  const applied = await migrate(db, migrations, clock);
  logger.info({ applied, file: db.file }, 'database schema brought up to date');
  const twins = await reportTwins(db.reader);
  if (twins.total > 0) logger.warn({ ...twins, advice: TWIN_ADVICE }, 'two users have one mailbox, and both stay');
}

async function canRead(db: Database): Promise<boolean> {
  try {
    await db.reader.selectFrom('schema_migrations').select('name').limit(1).execute();
    return true;
  } catch {
    // Not being able to read is the answer, not a fault to report.
    return false;
  }
}
