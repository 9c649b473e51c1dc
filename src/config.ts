import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import type { Budget } from './auth/rate-limiter.js';
import type { OperationLimits } from './graphql/bounds/operation-limits.js';
import { LOG_LEVELS, type LogLevel } from './logger.js';
import type { MailSettings } from './mail/mailer.js';
import { readSecretFile } from './secret-file.js';
import type { SETTINGS } from './settings.js';
import { type TracingSettings, tracingOf } from './telemetry/tracing-settings.js';

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
  /** Origins a browser may call from; `*` for all. */
  readonly corsOrigins: readonly string[];
  readonly graphiql: boolean;
  readonly logLevel: LogLevel;
  readonly maxBodyBytes: number;
  /** What one operation may ask for. */
  readonly operationLimits: OperationLimits;
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

/** Settings whose value is never shown, and that may come from the file that `<name>_FILE` names. */
const SECRETS = ['SECRET_KEY', 'SMTP_URL', 'OTEL_EXPORTER_OTLP_HEADERS'] as const;

type Setting = Exclude<keyof typeof SETTINGS, `${(typeof SECRETS)[number]}_FILE`>;

/** The environment does not describe a server that can start. Names every wrong setting at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly problems: readonly string[]) {
    super(['The configuration is not usable:', ...problems.map((problem) => `  ${problem}`)].join('\n'));
  }
}

const flag = z.enum(['true', 'false']).transform((text) => text === 'true');
const origin = z.string().refine((text) => text === '*' || isOrigin(text));

function limit(least: number, most: number, standard: number) {
  return z.coerce.number().int().min(least).max(most).default(standard);
}

/** A line break would begin another header of the mail. */
const oneLine = z.string().regex(/^[^\r\n]*$/);

const rules = {
  DATABASE_URL: [z.string().regex(/^file:[^?]+$/), 'file:<path>, e.g. file:./usergraph.db'],
  PORT: [z.coerce.number().int().min(0).max(65_535).default(4000), 'a whole number from 0 to 65535'],
  HOST: [z.string().min(1).default('127.0.0.1'), 'an address of this machine'],
  NODE_ENV: [z.enum(['development', 'test', 'production']).default('development'), 'development, test or production'],
  SECRET_KEY: [z.string().min(32).optional(), '32 characters or more'],
  SMTP_URL: [z.url({ protocol: /^smtps?$/ }).optional(), 'smtp://… or smtps://…'],
  MAIL_FROM: [oneLine.includes('@').optional(), 'an address, e.g. Accounts <accounts@example.com>'],
  MAIL_OUTBOX: [z.string().min(1).optional(), 'a folder'],
  MAIL_REPLY_TO: [oneLine.includes('@').optional(), 'an address, e.g. Support <support@example.com>'],
  MAIL_PRODUCT_NAME: [oneLine.min(1).max(100).optional(), 'a name of at most 100 characters'],
  MAIL_TEMPLATES: [z.string().min(1).optional(), 'a folder'],
  MAIL_DAILY_QUOTA: [z.coerce.number().int().min(1).max(10_000_000).default(10_000), 'from 1 to 10000000'],
  SMTP_TIMEOUT_SECONDS: [z.coerce.number().min(1).max(30).default(10), 'from 1 to 30'],
  CORS_ORIGINS: [
    z
      .string()
      .default('')
      .transform((text) =>
        text
          .split(',')
          .map((part) => part.trim())
          .filter(Boolean),
      )
      .pipe(z.array(origin)),
    'origins like https://app.example.com, separated by commas, or *',
  ],
  GRAPHIQL: [flag.optional(), 'true or false'],
  MIGRATE: [flag.default(true), 'true or false'],
  LOG_LEVEL: [z.enum(LOG_LEVELS).default('info'), LOG_LEVELS.join(', ')],
  MAX_BODY_BYTES: [z.coerce.number().int().min(1024).max(16_777_216).default(262_144), 'from 1024 to 16777216'],
  MAX_TOKENS: [limit(100, 100_000, 2_000), 'from 100 to 100000'],
  MAX_DEPTH: [limit(1, 100, 12), 'from 1 to 100'],
  MAX_ALIASES: [limit(0, 10_000, 100), 'from 0 to 10000'],
  MAX_ROOT_FIELDS: [limit(1, 1_000, 20), 'from 1 to 1000'],
  MAX_DIRECTIVES: [limit(0, 10_000, 50), 'from 0 to 10000'],
  MAX_FIELDS: [limit(10, 100_000, 2_000), 'from 10 to 100000'],
  MAX_COST: [limit(100, 10_000_000, 10_000), 'from 100 to 10000000'],
  RATE_LIMIT_POINTS: [limit(0, 1_000_000_000, 300_000), 'from 0 to 1000000000'],
  RATE_LIMIT_SECONDS: [limit(1, 86_400, 60), 'from 1 to 86400'],
  REQUEST_TIMEOUT_SECONDS: [limit(1, 300, 10), 'from 1 to 300'],
  DRAIN_SECONDS: [z.coerce.number().min(0).max(600).default(10), 'from 0 to 600'],
  METRICS_PORT: [z.coerce.number().int().min(0).max(65_535).optional(), 'a whole number from 0 to 65535'],
  METRICS_HOST: [z.string().min(1).default('127.0.0.1'), 'an address of this machine'],
  OTEL_EXPORTER_OTLP_ENDPOINT: [z.url({ protocol: /^https?$/ }).optional(), 'http://… or https://…'],
  OTEL_EXPORTER_OTLP_HEADERS: [
    z
      .string()
      .regex(/^[^=,]+=[^,]*(,[^=,]+=[^,]*)*$/)
      .optional(),
    'name=value, separated by commas',
  ],
  OTEL_SERVICE_NAME: [z.string().min(1).default('usergraph'), 'a name'],
  OTEL_TRACES_SAMPLER_ARG: [z.coerce.number().min(0).max(1).default(1), 'from 0 to 1'],
} as const satisfies Record<Setting, readonly [z.ZodType, string]>;

type Settings = { [S in Setting]: z.output<(typeof rules)[S][0]> };

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
  return dangers;
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
    corsOrigins: settings.CORS_ORIGINS,
    graphiql: settings.GRAPHIQL ?? !production,
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

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}
