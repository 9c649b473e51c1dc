import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Config } from './config/config.js';
import { placeOf } from './config/database-settings.js';
import type { Database, StatementObserver } from './db/database.js';
import { migrate, pendingMigrations, SchemaMismatchError } from './db/migrator.js';
import { createIds } from './domain/ids.js';
import { createGraphQLDoor } from './graphql/door.js';
import { loadDocuments } from './graphql/execution/persisted-documents.js';
import { graphiqlRoutes } from './graphql/graphiql.js';
import { createSchema } from './graphql/schema.js';
import { createWebSockets } from './graphql/websockets.js';
import { withFastAnswers } from './http/fast-answers.js';
import { createNodeListener, type NodeListener } from './http/listener.js';
import { withOverloadAnswers } from './http/overload.js';
import { type RefusalForm, refusedBody } from './http/refusal.js';
import { Requests } from './http/request-log.js';
import { RouterOnly } from './http/router-only.js';
import { RouterSignatures } from './http/router-signature.js';
import { healthRoutes } from './http/routes/health.js';
import { keySetRoute } from './http/routes/key-set.js';
import { createHttpServer } from './http/server.js';
import { mailStats } from './mail/mail.service.js';
import { loadTemplates } from './mail/mail-templates.js';
import { createMailer, type Mailer } from './mail/mailer.js';
import { reportTwins, TWIN_ADVICE } from './mailboxes/shared-mailbox.service.js';
import { RestDoor } from './rest/door.js';
import { createRestFastDoor } from './rest/fast-door.js';
import { OPERATIONS } from './rest/operations/index.js';
import { restRefusal } from './rest/protocol/failure.js';
import { restRoutes } from './rest/route.js';
import { type Clock, systemClock } from './runtime/clock.js';
import { createLogger, type Logger } from './runtime/logger.js';
import { type Random, systemRandom } from './runtime/random.js';
import type { StartTimer } from './runtime/timer.js';
import { systemTimer } from './runtime/timer.js';
import { VERSION } from './runtime/version.js';
import type { Delivering } from './scheduling/delivering.js';
import { readOrCreateSecretKey } from './secrets/secret-key.js';
import { createServices, type Services } from './services.js';
import { alone, type Sharing } from './sharing/sharing.js';
import { migrationsOf, openDatabase } from './storage.js';
import type { Metrics } from './telemetry/metrics.js';
import { createTelemetry } from './telemetry/telemetry.js';
import type { Fetch } from './tokens/key-set.js';
import { webhookStats } from './webhooks/webhook-endpoint.service.js';

/** Replacements of default dependencies, for tests, the demo and programs that embed the server. */
export interface Overrides {
  readonly clock?: Clock;
  readonly random?: Random;
  readonly mailer?: Mailer;
  /** Whether this process sends mails and webhooks in the background, on request, or not at all. Default: `background`. */
  readonly delivering?: Delivering;
  readonly logger?: Logger;
  /** Called for each SQL statement, with the values bound to it. */
  readonly observe?: (sql: string, parameters: readonly unknown[]) => void;
  /** Initial content of GraphiQL's headers editor, e.g. the API key of the demo. */
  readonly graphiqlHeaders?: Readonly<Record<string, string>>;
  /** Starts the timers of operation timeouts and of the delay after a failed sign-in. */
  readonly startTimer?: StartTimer;
  /** Fetches the key sets (JWKS) of issuers. */
  readonly fetch?: Fetch;
  /** What this process shares with others of the same server. By default it is the only one. */
  readonly sharing?: Sharing;
}

export interface App {
  /** Handles a request and returns the response. */
  readonly fetch: (request: Request) => Promise<Response>;
  /** Handles a request of a `node:http` server. */
  readonly listener: NodeListener;
  readonly services: Services;
  readonly db: Database;
  readonly logger: Logger;
  /** Metrics in the Prometheus text format. Null when metrics are disabled. */
  readonly metrics: Pick<Metrics, 'contentType' | 'text' | 'share'> | null;
  /** Handles the `upgrade` event of a `node:http` server: accepts WebSocket connections. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Makes `/readyz` fail, so that a load balancer stops sending requests. Requests are still handled. */
  drain(): void;
  /** Stops the workers and closes the database. The caller ensures that no request is in progress. */
  close(): Promise<void>;
}

/**
 * Creates the application: opens the database, migrates it when the settings allow, and connects all components.
 *
 * @throws {SchemaMismatchError} when the schema of the database is newer than this version, or older and
 *   `config.migrateOnStart` is false
 * @throws {ConfigError} when a mail template or a persisted document is invalid
 */
export async function createApp(config: Config, overrides: Overrides = {}): Promise<App> {
  const clock = overrides.clock ?? systemClock;
  const sharing = overrides.sharing ?? alone();
  const random = overrides.random ?? systemRandom;
  const logger = overrides.logger ?? createLogger(config.logLevel);
  const mailTemplates = loadTemplates(config.mail.templates);
  const documents = loadDocuments(config.persistedDocuments, () => createSchema(config.prefixes));
  const telemetry = await createTelemetry(config, logger);
  const observe = combineObservers(overrides.observe, telemetry.observe);
  const db = telemetry.database(
    openDatabase(config.database, {
      observe,
      onCommit: telemetry.onCommit,
      onReplica: (replica, reason) => {
        if (reason === null) logger.info({ replica }, 'reads go to a replica');
        else logger.warn({ replica, reason }, 'a replica is left out, and the primary reads for it');
      },
      takeWriteTurn: sharing.takeWriteTurn,
      secureDelete: config.eventErasureDays !== null,
    }),
  );
  try {
    await bringUpToDate(db, config, clock, logger);
  } catch (error) {
    await db.close();
    throw error;
  }
  const ids = createIds(clock, random);
  const mailer = telemetry.mailer(overrides.mailer ?? createMailer(config.mail));
  const delivering = overrides.delivering ?? 'background';
  const secretKey = config.secretKey ?? keyBeside(config, random);
  const mail = { mailer, mailTemplates, delivering, ...config.mail };
  const { production, tokens } = config;
  const { startTimer = systemTimer } = overrides;
  const sign = { secretKey, production, tokens, startTimer, fetch: overrides.fetch ?? globalThis.fetch };
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
  // Commands run no background jobs: the servers of the same database do.
  if (delivering === 'background') {
    services.eventRetention.start();
    services.eventErasure.start();
  }
  let draining = false;
  const isReady = async () => !draining && (await canRead(db));
  const { graphiqlHeaders = {} } = overrides;
  const { metrics } = telemetry;
  metrics?.watch({
    databaseSizes: db.sizes,
    replicas: db.replicas,
    writesWaiting: db.waiting,
    hashesWaiting: services.passwords.waiting,
    eventStreams: services.eventStreams.count,
    mails: () => mailStats(db.reader),
    webhookEndpoints: () => webhookStats(db.reader),
  });
  const requests = new Requests(ids, logger);
  const routerOnly =
    config.router &&
    new RouterOnly(new RouterSignatures(config.router, clock, sharing.isNewSignature), requests, logger);
  const budgets = sharing.budgets(config.budget, clock);
  const observers = telemetry.graphql;
  const graphql = createGraphQLDoor({ config, db, requests, services, routerOnly, documents, budgets, observers });
  const { trustedProxies } = config;
  const rest = config.rest
    ? new RestDoor({
        db,
        services,
        budgets,
        clock,
        trustedProxies,
        operations: OPERATIONS,
        observe: metrics?.onRestAnswer,
      })
    : null;
  const { corsOrigins, maxBodyBytes, requestTimeoutSeconds } = config;
  const server = createHttpServer({
    requests,
    routes: [
      keySetRoute(services.signingKeys, services.environments),
      ...(config.graphiql ? graphiqlRoutes(VERSION, graphiqlHeaders, config.prefixes.field) : []),
      graphql.route,
      ...healthRoutes(isReady),
      ...(rest ? restRoutes(rest, requests, config.maxBodyBytes) : []),
    ],
    corsOrigins,
    requestTimeoutSeconds,
    startTimer,
    observers: telemetry.http,
  });
  const webSockets = createWebSockets({
    answer: (request, context) => server.fetch(request, context),
    corsOrigins,
    maxBodyBytes,
    ids,
    logger,
  });
  const formOf: RefusalForm = (url) => (rest?.owns(url.replace(/[?#].*/s, '')) ? restRefusal : refusedBody);
  const usual = createNodeListener(server, ids, logger, formOf);
  // Traces and signatures of routers need the whole request, and a closed list of documents its own checks.
  const isPlain = config.tracing === null && routerOnly === null && !documents.isClosed;
  const timeoutMs = requestTimeoutSeconds * 1000;
  const fast = { requests, timeoutMs, startTimer, observe: metrics?.onFastAnswer };
  const doors = [graphql.fast, ...(rest ? [createRestFastDoor(rest)] : [])];
  const answering = isPlain ? withFastAnswers(usual, doors, fast) : usual;
  const listener = withOverloadAnswers(answering, requests, config.maxWaitingRequests, formOf);
  const endStreams = () => {
    webSockets.close();
    services.eventStreams.close();
  };
  return {
    fetch: async (request) => server.fetch(request),
    listener,
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

function combineObservers(
  first: Overrides['observe'],
  second: StatementObserver | undefined,
): StatementObserver | undefined {
  if (!first) return second;
  return (sql, parameters) => {
    first(sql, parameters);
    return second?.(sql, parameters);
  };
}

async function bringUpToDate(
  db: Database,
  { database, migrateOnStart }: Config,
  clock: Clock,
  logger: Logger,
): Promise<void> {
  const migrations = migrationsOf(database);
  const pending = await pendingMigrations(db, migrations);
  if (pending.length === 0) return;
  if (!migrateOnStart) {
    throw new SchemaMismatchError(`The database lacks ${pending.join(', ')}: run "usergraph migrate" first.`);
  }
  const applied = await migrate(db, migrations, clock);
  logger.info({ applied, database: placeOf(database) }, 'database schema brought up to date');
  const twins = await reportTwins(db.reader);
  if (twins.total > 0) logger.warn({ ...twins, advice: TWIN_ADVICE }, 'two users have one mailbox, and both stay');
}

/** The key in a file beside the database. Settings for PostgreSQL name a key. */
function keyBeside({ database }: Config, random: Random): string {
  if (database.engine !== 'sqlite') throw new Error('The rule of SECRET_KEY asks for one.');
  return readOrCreateSecretKey(`${database.file}.secret`, random);
}

async function canRead(db: Database): Promise<boolean> {
  try {
    await db.reader.selectFrom('schema_migrations').select('name').limit(1).execute();
    return true;
  } catch {
    // A failed read is the result of the readiness check, not an error to report.
    return false;
  }
}
