import { isIP } from 'node:net';
import { z } from 'zod';
import { databaseFileOf } from './database-url.js';
import { OPTIONAL_DIRECTIVES } from './graphql/federation/directives.js';
import { STATUSES_FOR_JSON } from './graphql/http-status.plugin.js';
import { LOG_LEVELS } from './logger.js';
import type { SETTINGS } from './settings.js';
import { toWebOrigin } from './web-origin.js';
import { isNetwork } from './webhooks/webhook-address.js';

/** Settings whose value is never shown, and that may come from the file that `<name>_FILE` names. */
export const SECRETS = ['SECRET_KEY', 'SMTP_URL', 'ROUTER_KEYS', 'OTEL_EXPORTER_OTLP_HEADERS'] as const;

export type Setting = Exclude<keyof typeof SETTINGS, `${(typeof SECRETS)[number]}_FILE`>;

const flag = z.enum(['true', 'false']).transform((text) => text === 'true');
const origin = z
  .string()
  .transform((text) => (text === '*' ? text : toWebOrigin(text)))
  .pipe(z.string());

/** Digits alone: `Number` makes numbers of much else, 0 of a blank among it. */
function whole(least: number, most: number) {
  return z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .pipe(z.number().min(least).max(most));
}

function limit(least: number, most: number, standard: number) {
  return whole(least, most).default(standard);
}

function fraction(least: number, most: number, standard: number) {
  return z
    .string()
    .regex(/^\d{1,15}(\.\d{1,15})?$/)
    .transform(Number)
    .pipe(z.number().min(least).max(most))
    .default(standard);
}

/** What an address to listen on may be; an IPv6 one in brackets too, as it stands in a URL. */
const host = z
  .string()
  .transform((text) => (/^\[.*\]$/.test(text) ? text.slice(1, -1) : text))
  .refine((text) => isIP(text) !== 0 || /^[a-z\d]([a-z\d-]*[a-z\d])?(\.[a-z\d]([a-z\d-]*[a-z\d])?)*$/i.test(text))
  .default('127.0.0.1');

/** A file or folder, taken to the letter: a shell makes something of `~`, and nobody here does. */
const path = z.string().regex(/^(?!~)/);

/** Each key is `<key id>:<secret>`; no two have the same id. */
const routerKeys = z
  .string()
  .regex(/^[\w.-]{1,64}:[^\s,]{32,}(,[\w.-]{1,64}:[^\s,]{32,})*$/)
  .transform((text) =>
    text.split(',').map((key) => ({ id: key.slice(0, key.indexOf(':')), secret: key.slice(key.indexOf(':') + 1) })),
  )
  .refine((keys) => new Set(keys.map(({ id }) => id)).size === keys.length);

const networks = z
  .string()
  .default('')
  .transform(listIn)
  .pipe(z.array(z.string().refine(isNetwork)));

/**
 * U+FFFD is what Node reads bytes as that are not UTF-8. No line break can be in it, which would begin another header: no
 * setting has control characters.
 */
const header = z.string().regex(/^[^\ufffd]*$/);

const HOST_WANTED = 'an address of this machine, e.g. 127.0.0.1, ::1 or localhost';

/** Each setting's rule, and what was wanted when it is broken. */
export const rules = {
  DATABASE_URL: [z.string().refine((text) => databaseFileOf(text) !== null), 'file:<path>, e.g. file:./usergraph.db'],
  PORT: [limit(0, 65_535, 4_000), 'a whole number from 0 to 65535'],
  HOST: [host, HOST_WANTED],
  NODE_ENV: [z.enum(['development', 'test', 'production']).default('development'), 'development, test or production'],
  SECRET_KEY: [z.string().min(32).optional(), '32 characters or more'],
  SMTP_URL: [z.url({ protocol: /^smtps?$/, hostname: /./ }).optional(), 'smtp://… or smtps://…'],
  MAIL_FROM: [header.includes('@').optional(), 'an address in UTF-8, e.g. Accounts <accounts@example.com>'],
  MAIL_OUTBOX: [path.optional(), 'a folder, its path without ~'],
  MAIL_REPLY_TO: [header.includes('@').optional(), 'an address in UTF-8, e.g. Support <support@example.com>'],
  MAIL_PRODUCT_NAME: [header.max(100).optional(), 'a name of at most 100 characters in UTF-8'],
  MAIL_TEMPLATES: [path.optional(), 'a folder, its path without ~'],
  MAIL_DAILY_QUOTA: [limit(1, 10_000_000, 10_000), 'from 1 to 10000000'],
  SMTP_TIMEOUT_SECONDS: [fraction(1, 30, 10), 'from 1 to 30'],
  CORS_ORIGINS: [
    z.string().default('').transform(listIn).pipe(z.array(origin)),
    'origins like https://app.example.com, separated by commas, or *',
  ],
  PUBLIC_URL: [
    z
      .url({ protocol: /^https?$/ })
      .refine((text) => !text.endsWith('/'))
      .optional(),
    'http://… or https://… without a slash at the end',
  ],
  ACCESS_TOKEN_TTL_SECONDS: [limit(30, 3_600, 300), 'from 30 to 3600'],
  SESSION_TTL_DAYS: [limit(1, 365, 30), 'from 1 to 365'],
  CLOCK_TOLERANCE_SECONDS: [limit(0, 60, 5), 'from 0 to 60'],
  TRUSTED_PROXIES: [limit(0, 10, 0), 'from 0 to 10'],
  STATUS_FOR_JSON: [z.enum(STATUSES_FOR_JSON).default('released'), 'released, legacy200 or always200'],
  PERSISTED_DOCUMENTS: [path.optional(), 'a file, its path without ~'],
  PERSISTED_DOCUMENTS_ONLY: [flag.default(false), 'true or false'],
  ROUTER_KEYS: [routerKeys.optional(), '<key id>:<secret of 32 characters or more>, separated by commas'],
  ROUTER_SIGNATURE_SECONDS: [limit(1, 300, 30), 'from 1 to 300'],
  TYPE_PREFIX: [
    z
      .string()
      .regex(/^([A-Z][A-Za-z0-9]{0,31})?$/)
      .default(''),
    'a name in PascalCase, e.g. Accounts',
  ],
  FIELD_PREFIX: [
    z
      .string()
      .regex(/^([a-z][A-Za-z0-9]{0,31})?$/)
      .default(''),
    'a name in camelCase, e.g. accounts',
  ],
  SUBGRAPH_WITHOUT: [
    z
      .string()
      .default('')
      .transform(listIn)
      .pipe(z.array(z.enum(OPTIONAL_DIRECTIVES))),
    `names out of ${OPTIONAL_DIRECTIVES.join(', ')}, separated by commas`,
  ],
  GRAPHIQL: [flag.optional(), 'true or false'],
  MIGRATE: [flag.default(true), 'true or false'],
  LOG_LEVEL: [z.enum(LOG_LEVELS).default('info'), LOG_LEVELS.join(', ')],
  MAX_BODY_BYTES: [limit(1024, 16_777_216, 262_144), 'from 1024 to 16777216'],
  MAX_TOKENS: [limit(100, 100_000, 2_000), 'from 100 to 100000'],
  MAX_DEPTH: [limit(1, 100, 12), 'from 1 to 100'],
  MAX_ALIASES: [limit(0, 10_000, 100), 'from 0 to 10000'],
  MAX_ROOT_FIELDS: [limit(1, 1_000, 20), 'from 1 to 1000'],
  MAX_DIRECTIVES: [limit(0, 10_000, 50), 'from 0 to 10000'],
  MAX_FIELDS: [limit(10, 100_000, 2_000), 'from 10 to 100000'],
  MAX_COST: [limit(100, 10_000_000, 10_000), 'from 100 to 10000000'],
  RATE_LIMIT_POINTS: [limit(0, 1_000_000_000, 300_000), 'from 0 to 1000000000'],
  RATE_LIMIT_SECONDS: [limit(1, 86_400, 60), 'from 1 to 86400'],
  EVENT_RETENTION_DAYS: [limit(0, 36_500, 0), 'from 0 to 36500'],
  EVENT_RETENTION_COUNT: [limit(0, 1_000_000_000, 0), 'from 0 to 1000000000'],
  EVENT_ERASURE_DAYS: [whole(1, 36_500).optional(), 'from 1 to 36500'],
  WEBHOOK_NETWORKS: [networks, 'networks like 10.1.0.0/16, separated by commas'],
  REQUEST_TIMEOUT_SECONDS: [limit(1, 300, 10), 'from 1 to 300'],
  DRAIN_SECONDS: [fraction(0, 600, 10), 'from 0 to 600'],
  METRICS_PORT: [whole(0, 65_535).optional(), 'a whole number from 0 to 65535'],
  METRICS_HOST: [host, HOST_WANTED],
  OTEL_EXPORTER_OTLP_ENDPOINT: [z.url({ protocol: /^https?$/ }).optional(), 'http://… or https://…'],
  OTEL_EXPORTER_OTLP_HEADERS: [
    z
      .string()
      .regex(/^[^=,]+=[^,]*(,[^=,]+=[^,]*)*$/)
      .optional(),
    'name=value, separated by commas',
  ],
  OTEL_SERVICE_NAME: [z.string().default('usergraph'), 'a name'],
  OTEL_TRACES_SAMPLER_ARG: [fraction(0, 1, 1), 'from 0 to 1'],
} as const satisfies Record<Setting, readonly [z.ZodType, string]>;

/** Every setting, parsed. */
export type Settings = { [S in Setting]: z.output<(typeof rules)[S][0]> };

function listIn(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);
}
