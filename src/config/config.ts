import { isIPv6 } from 'node:net';
import { dirname, resolve } from 'node:path';
import type { Budget } from '../auth/rate-limiter.js';
import type { RetentionSettings } from '../events/event-retention.service.js';
import type { RouterSettings } from '../http/router-signature.js';
import type { TokenSettings } from '../tokens/access-token.service.js';
import { parseNetwork } from '../webhooks/webhook-address.js';
import { databaseOf } from './database-settings.js';
import { withoutPasswords } from './database-url.js';
import type { NamePrefixes } from './graph-settings.js';
import { operationLimitsOf } from './limit-settings.js';
import { mailOf } from './mail-settings.js';
import { type Environment, readSettings } from './read-settings.js';
import { declarations, type Settings } from './settings.js';
import { tracingOf } from './telemetry-settings.js';

/** Everything that can be set, checked and with its defaults filled in. */
export interface Config extends Readonly<ReturnType<typeof toConfig>> {}

/**
 * Reads the configuration from environment variables. White space around a value is ignored, and a blank value counts
 * as not set. A value with a control character in it, or with quotes around it, is refused.
 *
 * @param overrides values that count instead, e.g. from the options of a command
 * @throws {ConfigError} naming each wrong setting, its value and what is wanted
 */
export function loadConfig(environment: Environment, overrides: Environment = {}): Config {
  return toConfig(readSettings({ ...environment, ...overrides }));
}

/**
 * The value of every setting, for people to look at: defaults are filled in, and secrets are not shown. A setting
 * without a value is undefined.
 *
 * @throws {ConfigError} as `loadConfig`
 */
export function describeSettings(environment: Environment): Record<string, unknown> {
  const settings: Record<string, unknown> = readSettings(environment);
  const shown = Object.entries(declarations).map(([name, { isSecret }]) => [
    name,
    isSecret && settings[name] !== undefined ? 'set, not shown' : withoutPasswordsIn(settings[name]),
  ]);
  return Object.fromEntries(shown);
}

function withoutPasswordsIn(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPasswordsIn);
  return typeof value === 'string' ? withoutPasswords(value) : value;
}

/** The settings that the text of the graph depends on. */
export type GraphSettings = Pick<Config, 'prefixes' | 'subgraphWithout'>;

/**
 * Reads only the settings that the text of the graph depends on.
 *
 * @throws {ConfigError} when one of these settings is wrong
 */
export function loadGraphSettings({ TYPE_PREFIX, FIELD_PREFIX, SUBGRAPH_WITHOUT }: Environment): GraphSettings {
  return loadConfig({ DATABASE_URL: 'file:none', TYPE_PREFIX, FIELD_PREFIX, SUBGRAPH_WITHOUT });
}

function toConfig(settings: Settings) {
  const production = settings.NODE_ENV === 'production';
  const database = databaseOf(settings);
  return {
    production,
    host: settings.HOST,
    port: settings.PORT,
    /** Where the data is: a SQLite file, by its absolute path, or a PostgreSQL database. */
    database,
    /** Number of processes that serve requests. */
    workers: settings.WORKERS,
    /** Whether `serve` brings the schema up to date. Otherwise it refuses an outdated one. */
    migrateOnStart: settings.MIGRATE,
    /** Key that one-time codes are derived from; null: a key is kept in a file beside the database (never in production, nor with PostgreSQL). */
    secretKey: settings.SECRET_KEY ?? null,
    mail: mailOf(settings, resolve(database.engine === 'sqlite' ? dirname(database.file) : '.', 'outbox')),
    /** Access tokens of this server and of other issuers. */
    tokens: tokensOf(settings),
    /** How many proxies in front of the server add to `x-forwarded-for`. */
    trustedProxies: settings.TRUSTED_PROXIES,
    /** Origins a browser may call from; `*` for all. */
    corsOrigins: settings.CORS_ORIGINS,
    /** The status of answers of the type `application/json`. */
    statusForJson: settings.STATUS_FOR_JSON,
    /** The file of documents that can be named by their hash, and whether only these are executed. */
    persistedDocuments: {
      file: settings.PERSISTED_DOCUMENTS === undefined ? null : resolve(settings.PERSISTED_DOCUMENTS),
      only: settings.PERSISTED_DOCUMENTS_ONLY,
    },
    /** Prefixes of the names of types and root fields. */
    prefixes: { type: settings.TYPE_PREFIX, field: settings.FIELD_PREFIX } satisfies NamePrefixes,
    /** Directives that the text for composers lacks. */
    subgraphWithout: settings.SUBGRAPH_WITHOUT,
    /** The routers whose requests are answered; null: every request is. */
    router: routerOf(settings),
    // GraphiQL does not sign its requests.
    graphiql: settings.GRAPHIQL ?? (!production && settings.ROUTER_KEYS === undefined),
    // The REST API knows neither router signatures nor documents.
    rest: settings.REST ?? (settings.ROUTER_KEYS === undefined && !settings.PERSISTED_DOCUMENTS_ONLY),
    logLevel: settings.LOG_LEVEL,
    maxBodyBytes: settings.MAX_BODY_BYTES,
    /** What one operation may ask for. */
    operationLimits: operationLimitsOf(settings),
    retention: {
      days: settings.EVENT_RETENTION_DAYS,
      count: settings.EVENT_RETENTION_COUNT,
    } satisfies RetentionSettings,
    /** Days after the deletion of a user until their data is erased from the log; null: never. */
    eventErasureDays: settings.EVENT_ERASURE_DAYS ?? null,
    /** Private networks that webhooks may be sent to. */
    webhookNetworks: settings.WEBHOOK_NETWORKS.map(parseNetwork),
    /** How long a request may take. */
    requestTimeoutSeconds: settings.REQUEST_TIMEOUT_SECONDS,
    /** Number of requests that may wait for their answer. */
    maxWaitingRequests: settings.MAX_WAITING_REQUESTS,
    /** What one API key may spend. */
    budget: { points: settings.RATE_LIMIT_POINTS, seconds: settings.RATE_LIMIT_SECONDS } satisfies Budget,
    /** How long a stopping server waits for requests under way. */
    drainSeconds: settings.DRAIN_SECONDS,
    /** Where metrics for Prometheus are served; null: nowhere. */
    metrics: settings.METRICS_PORT === undefined ? null : { host: settings.METRICS_HOST, port: settings.METRICS_PORT },
    /** Where traces are sent; null: nowhere. */
    tracing: tracingOf(settings),
  };
}

function tokensOf(settings: Settings): TokenSettings & { readonly sessionTtlSeconds: number } {
  const { PUBLIC_URL, HOST, PORT } = settings;
  return {
    publicUrl: PUBLIC_URL ?? `http://${isIPv6(HOST) ? `[${HOST}]` : HOST}:${PORT}`,
    accessTokenTtlSeconds: settings.ACCESS_TOKEN_TTL_SECONDS,
    clockToleranceSeconds: settings.CLOCK_TOLERANCE_SECONDS,
    sessionTtlSeconds: settings.SESSION_TTL_DAYS * 86_400,
  };
}

function routerOf({ ROUTER_KEYS, ROUTER_SIGNATURE_SECONDS }: Settings): RouterSettings | null {
  return ROUTER_KEYS === undefined ? null : { keys: ROUTER_KEYS, windowSeconds: ROUTER_SIGNATURE_SECONDS };
}
