import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { toWebOrigin } from '../input/web-origin.js';
import { LOG_LEVELS } from '../runtime/logger.js';
import { secret, setting } from './setting.js';
import { decimal, flag, host, list, oneOf, text, wholeNumber } from './setting-kinds.js';

const origin = z
  .string()
  .transform((given) => (given === '*' ? given : toWebOrigin(given)))
  .pipe(z.string());

/** More processes than cores gain nothing, and each needs the memory of a server. */
export const MAX_WORKERS = 64;

const workers = z
  .string()
  .transform((given) => (given === 'auto' ? availableParallelism() : Number(given)))
  .pipe(z.int().min(1).max(MAX_WORKERS));

/** Settings of the process and its listener. */
export const serverSettings = {
  WORKERS: setting(text(workers, `auto, or a whole number from 1 to ${MAX_WORKERS}`), {
    meaning: `Number of processes that serve requests, up to ${MAX_WORKERS}; \`auto\` starts one for each core. See [Operations](operations.md#several-cores).`,
    default: 1,
  }),
  MIGRATE: setting(flag, {
    meaning: '`true` or `false`: whether `serve` applies pending migrations.',
    default: true,
  }),
  PORT: setting(wholeNumber(0, 65_535), { meaning: 'Port to listen on; 0 picks a free port.', default: 4_000 }),
  HOST: setting(host, {
    meaning: 'Address to listen on. An IPv6 address may have brackets.',
    default: '127.0.0.1',
    note: '; 0.0.0.0 in a container',
  }),
  NODE_ENV: setting(oneOf(['development', 'test', 'production']), {
    meaning: '`production` refuses unsafe settings.',
    default: 'development',
  }),
  SECRET_KEY: secret(
    setting(text(z.string().min(32), '32 characters or more'), {
      meaning:
        'Key for one-time codes, refresh tokens, signing keys and fingerprints of idempotent requests; at least 32 characters. Required in production and with PostgreSQL. Otherwise a key is generated and kept in a file beside the database.',
    }),
  ),
  TRUSTED_PROXIES: setting(wholeNumber(0, 10), {
    meaning: 'Number of proxies in front of the server that append to `x-forwarded-for`.',
    default: 0,
    note: ': the address of the connection counts',
  }),
  REST: setting(flag, {
    meaning:
      '`true` or `false`: whether the [REST API](from-the-workos-sdk.md) is served. `true` is not allowed with ROUTER_KEYS.',
    unset: 'true; false with ROUTER_KEYS and with PERSISTED_DOCUMENTS_ONLY',
  }),
  CORS_ORIGINS: setting(list(origin, 'origins like https://app.example.com, separated by commas, or *'), {
    meaning: 'Origins that browsers may send requests from, separated by commas; `*` allows every origin.',
    default: [],
  }),
  REQUEST_TIMEOUT_SECONDS: setting(wholeNumber(1, 300), {
    meaning: 'Time limit of a request, counted from its arrival.',
    default: 10,
  }),
  DRAIN_SECONDS: setting(decimal(0, 600), {
    meaning: 'How long a stopping server waits for requests in progress.',
    default: 10,
  }),
  LOG_LEVEL: setting(oneOf(LOG_LEVELS), { meaning: `One of ${LOG_LEVELS.join(', ')}.`, default: 'info' }),
};
