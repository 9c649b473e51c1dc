import { dirname, join, resolve } from 'node:path';
import type { Budget } from './auth/rate-limiter.js';
import type { RouterSettings } from './auth/router-signature.js';
import type { RetentionSettings } from './events/event-retention.service.js';
import type { OperationLimits } from './graphql/bounds/operation-limits.js';
import type { NamePrefixes } from './graphql/federation/names.js';
import type { StatusForJson } from './graphql/http-status.plugin.js';
import type { LogLevel } from './logger.js';
import type { MailSettings } from './mail/mailer.js';
import { readSecretFile } from './secret-file.js';
import { rules, SECRETS, type Setting, type Settings } from './setting-rules.js';
import { type TracingSettings, tracingOf } from './telemetry/tracing-settings.js';
import type { TokenSettings } from './tokens/access-token.service.js';
import { type Network, parseNetwork } from './webhooks/webhook-address.js';

/** Everything that can be set, checked and with its defaults filled in. */
export interface Config {
  readonly production: boolean;
  readonly host: string;
  readonly port: number;
  /** Absolute path of the SQLite file. */
  readonly databaseFile: string;
  /** Whether `serve` brings the schema up to date; else it refuses an outdated one. */
  readonly migrateOnStart: boolean;
  /** Key that one-time codes are derived by; null: one is kept in a file beside the database (never in production). */
  readonly secretKey: string | null;
  readonly mail: MailSettings;
  /** Access tokens of our own and of others. */
  readonly tokens: TokenSettings & { readonly sessionTtlSeconds: number };
  /** How many proxies in front of the server add to `x-forwarded-for`. */
  readonly trustedProxies: number;
  /** Origins a browser may call from; `*` for all. */
  readonly corsOrigins: readonly string[];
  /** Which status clients get that take `application/json` alone. */
  readonly statusForJson: StatusForJson;
  /** Documents that can be named by their hash, and whether there are no others. */
  readonly persistedDocuments: { readonly file: string | null; readonly only: boolean };
  /** What the names of types and of fields at the root begin with. */
  readonly prefixes: NamePrefixes;
  /** Routers the server answers alone; null: it answers everybody. */
  readonly router: RouterSettings | null;
  readonly graphiql: boolean;
  readonly logLevel: LogLevel;
  readonly maxBodyBytes: number;
  /** What one operation may ask for. */
  readonly operationLimits: OperationLimits;
  readonly retention: RetentionSettings;
  /** Days after the deletion of a user until they are erased from the log; null: never. */
  readonly eventErasureDays: number | null;
  /** Private networks that webhooks may be sent to. */
  readonly webhookNetworks: readonly Network[];
  /** How long an operation may take. */
  readonly requestTimeoutSeconds: number;
  /** What one API key may spend. */
  readonly budget: Budget;
  /** How long a stopping server waits for requests under way. */
  readonly drainSeconds: number;
  /** Where figures for Prometheus are served; null: nowhere. */
  readonly metrics: { readonly host: string; readonly port: number } | null;
  /** Where traces are sent; null: nowhere. */
  readonly tracing: TracingSettings | null;
}

/** The environment does not describe a server that can start. Names every wrong setting at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly problems: readonly string[]) {
    super(['The configuration is not usable:', ...problems.map((problem) => `  ${problem}`)].join('\n'));
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the configuration from environment variables. An empty one counts as not set.
 *
 * @throws {ConfigError} naming each wrong setting, what it is and what was wanted
 */
export function loadConfig(environment: Environment): Config {
  return toConfig(loadSettings(environment));
}

/**
 * Every setting as it counts, with defaults filled in and secrets left out, for people to look at. Undefined ones are
 * not set.
 *
 * @throws {ConfigError} as `loadConfig`
 */
export function describeSettings(environment: Environment): Record<string, unknown> {
  const shown = Object.entries(loadSettings(environment)).map(([name, value]) => [
    name,
    isSecret(name) && value !== undefined ? 'set, not shown' : value,
  ]);
  return Object.fromEntries(shown);
}

function loadSettings(environment: Environment): Settings {
  const problems = new Map<string, string>();
  const entries = Object.entries(rules).map(([name, [rule, wanted]]) => {
    const given = givenFor(environment, name);
    if (given instanceof Error) {
      problems.set(name, given.message);
      return [name, undefined];
    }
    const result = rule.safeParse(given);
    if (result.success) return [name, result.data];
    const got = given === undefined ? 'not set' : isSecret(name) ? 'set, not shown' : JSON.stringify(given);
    problems.set(name, `${name} is ${got}; wanted: ${wanted}.`);
    return [name, undefined];
  });
  // Each entry was parsed by the rule of its own name, or a problem was noted and nothing is returned.
  const settings = Object.fromEntries(entries) as Settings;
  for (const [name, danger] of dangersOf(settings)) if (!problems.has(name)) problems.set(name, danger);
  if (problems.size > 0) throw new ConfigError([...problems.values()]);
  return settings;
}

/** What was given for a setting, by itself or in a file; an error says what is wrong with the file. */
function givenFor(environment: Environment, name: string): string | undefined | Error {
  const own = environment[name] || undefined;
  const file = (isSecret(name) && environment[`${name}_FILE`]) || undefined;
  if (file === undefined) return own;
  if (own !== undefined) return new Error(`${name}_FILE is set, and so is ${name}; wanted: one of them.`);
  try {
    return readSecretFile(file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return new Error(`${name}_FILE is ${JSON.stringify(file)}, and ${reason}; wanted: a file that holds ${name}.`);
  }
}

function isSecret(name: string): boolean {
  return SECRETS.some((secret) => secret === name);
}

/** What is well-formed and yet must not run, by the setting to change: each names the way out. */
function dangersOf(settings: Settings): [Setting, string][] {
  const dangers: [Setting, string][] = [];
  if (settings.SMTP_URL !== undefined && settings.MAIL_FROM === undefined) {
    dangers.push(['MAIL_FROM', 'MAIL_FROM is not set; with SMTP_URL mails need a sender.']);
  }
  if (settings.RATE_LIMIT_POINTS > 0 && settings.RATE_LIMIT_POINTS < settings.MAX_COST) {
    dangers.push([
      'RATE_LIMIT_POINTS',
      `RATE_LIMIT_POINTS is ${settings.RATE_LIMIT_POINTS}, less than MAX_COST: an operation that is allowed could never run.`,
    ]);
  }
  if (settings.PERSISTED_DOCUMENTS_ONLY && settings.PERSISTED_DOCUMENTS === undefined) {
    dangers.push([
      'PERSISTED_DOCUMENTS',
      'PERSISTED_DOCUMENTS is not set; with PERSISTED_DOCUMENTS_ONLY nothing could run.',
    ]);
  }
  if (settings.ROUTER_KEYS !== undefined && settings.GRAPHIQL) {
    dangers.push(['GRAPHIQL', 'GRAPHIQL is true; with ROUTER_KEYS its requests would be refused: leave it out.']);
  }
  if (settings.NODE_ENV !== 'production') return dangers;
  if (settings.SECRET_KEY === undefined) {
    dangers.push(['SECRET_KEY', 'SECRET_KEY is not set; production needs one: openssl rand -base64 32 makes it.']);
  }
  if (settings.SMTP_URL === undefined && settings.MAIL_OUTBOX === undefined) {
    dangers.push([
      'SMTP_URL',
      'SMTP_URL is not set; production mails codes, or set MAIL_OUTBOX to collect them in a folder.',
    ]);
  }
  if (settings.CORS_ORIGINS?.includes('*')) {
    dangers.push(['CORS_ORIGINS', 'CORS_ORIGINS is "*"; production names its origins.']);
  }
  if (settings.WEBHOOK_NETWORKS.some((network) => network.endsWith('/0'))) {
    dangers.push(['WEBHOOK_NETWORKS', 'WEBHOOK_NETWORKS has every network; production names its own.']);
  }
  return dangers;
}

/**
 * The prefixes of names, whatever else is set.
 *
 * @throws {ConfigError} when they are none
 */
export function loadPrefixes({ TYPE_PREFIX, FIELD_PREFIX }: Environment): NamePrefixes {
  return loadConfig({ DATABASE_URL: 'file:none', TYPE_PREFIX, FIELD_PREFIX }).prefixes;
}

function toConfig(settings: Settings): Config {
  const production = settings.NODE_ENV === 'production';
  const databaseFile = resolve(settings.DATABASE_URL.slice('file:'.length));
  return {
    production,
    host: settings.HOST,
    port: settings.PORT,
    databaseFile,
    migrateOnStart: settings.MIGRATE,
    secretKey: settings.SECRET_KEY ?? null,
    mail: toMailSettings(settings, join(dirname(databaseFile), 'outbox')),
    tokens: {
      publicUrl: settings.PUBLIC_URL ?? `http://${settings.HOST}:${settings.PORT}`,
      accessTokenTtlSeconds: settings.ACCESS_TOKEN_TTL_SECONDS,
      clockToleranceSeconds: settings.CLOCK_TOLERANCE_SECONDS,
      sessionTtlSeconds: settings.SESSION_TTL_DAYS * 86_400,
    },
    trustedProxies: settings.TRUSTED_PROXIES,
    corsOrigins: settings.CORS_ORIGINS,
    statusForJson: settings.STATUS_FOR_JSON,
    persistedDocuments: {
      file: settings.PERSISTED_DOCUMENTS === undefined ? null : resolve(settings.PERSISTED_DOCUMENTS),
      only: settings.PERSISTED_DOCUMENTS_ONLY,
    },
    prefixes: { type: settings.TYPE_PREFIX, field: settings.FIELD_PREFIX },
    router:
      settings.ROUTER_KEYS === undefined
        ? null
        : { keys: settings.ROUTER_KEYS, windowSeconds: settings.ROUTER_SIGNATURE_SECONDS },
    // Its requests bear no signature.
    graphiql: settings.GRAPHIQL ?? (!production && settings.ROUTER_KEYS === undefined),
    logLevel: settings.LOG_LEVEL,
    maxBodyBytes: settings.MAX_BODY_BYTES,
    operationLimits: {
      tokens: settings.MAX_TOKENS,
      depth: settings.MAX_DEPTH,
      aliases: settings.MAX_ALIASES,
      rootFields: settings.MAX_ROOT_FIELDS,
      directives: settings.MAX_DIRECTIVES,
      fields: settings.MAX_FIELDS,
      cost: settings.MAX_COST,
    },
    retention: { days: settings.EVENT_RETENTION_DAYS, count: settings.EVENT_RETENTION_COUNT },
    eventErasureDays: settings.EVENT_ERASURE_DAYS ?? null,
    webhookNetworks: settings.WEBHOOK_NETWORKS.map(parseNetwork),
    requestTimeoutSeconds: settings.REQUEST_TIMEOUT_SECONDS,
    budget: { points: settings.RATE_LIMIT_POINTS, seconds: settings.RATE_LIMIT_SECONDS },
    drainSeconds: settings.DRAIN_SECONDS,
    metrics: settings.METRICS_PORT === undefined ? null : { host: settings.METRICS_HOST, port: settings.METRICS_PORT },
    tracing: tracingOf(settings),
  };
}

function toMailSettings(settings: Settings, defaultOutbox: string): MailSettings {
  const from = settings.MAIL_FROM ?? 'usergraph <no-reply@localhost>';
  const nameInFrom = /^\s*"?([^"<]*[^"<\s])"?\s*</.exec(from)?.[1];
  const common = {
    from,
    replyTo: settings.MAIL_REPLY_TO ?? null,
    productName: settings.MAIL_PRODUCT_NAME ?? nameInFrom ?? 'usergraph',
    templates: settings.MAIL_TEMPLATES === undefined ? null : resolve(settings.MAIL_TEMPLATES),
    dailyQuota: settings.MAIL_DAILY_QUOTA,
  };
  return settings.SMTP_URL === undefined
    ? { ...common, outbox: resolve(settings.MAIL_OUTBOX ?? defaultOutbox) }
    : { ...common, smtpUrl: settings.SMTP_URL, timeoutSeconds: settings.SMTP_TIMEOUT_SECONDS };
}
