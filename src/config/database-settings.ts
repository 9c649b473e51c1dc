import { z } from 'zod';
import type { PostgresSettings } from '../db/postgres/database.js';
import { databaseFileOf, isPostgresUrl, withoutPasswords } from './database-url.js';
import { secret, setting, type ValuesOf } from './setting.js';
import { flag, list, text, wholeNumber } from './setting-kinds.js';

const databaseUrl = z.string().refine((given) => databaseFileOf(given) !== null || isPostgresUrl(given));

const replicaUrl = z.string().refine(isPostgresUrl);

/** Settings of the database. */
export const databaseSettings = {
  DATABASE_URL: setting(
    text(databaseUrl, 'file:<path>, e.g. file:./usergraph.db, or postgres://<user>@<host>:<port>/<database>'),
    {
      meaning:
        '`file:` and a path, absolute or relative to the working directory: `file:./usergraph.db`. The path is used literally: `%20` and `~` have no special meaning. Or a PostgreSQL database: `postgres://user@host:5432/usergraph`, with the parameters of libpq, e.g. `?sslmode=verify-full`. See [PostgreSQL](several-machines.md).',
      isRequired: true,
    },
  ),
  DATABASE_PASSWORD: secret(
    setting(text(z.string(), 'a password'), {
      meaning: 'Password of the user in a `postgres:` DATABASE_URL, instead of one in the URL.',
    }),
  ),
  DATABASE_REPLICA_URLS: setting(
    list(replicaUrl, 'URLs like postgres://<user>@<host>:<port>/<database>, separated by commas'),
    {
      meaning:
        'Streaming replicas of a `postgres:` DATABASE_URL, which serve reads. Separate their URLs by commas. DATABASE_PASSWORD is for them, too. See [PostgreSQL](several-machines.md#replicas).',
      unset: 'none',
    },
  ),
  DATABASE_REPLICA_MAX_LAG_SECONDS: setting(wholeNumber(1, 3_600), {
    meaning: 'How far a replica may be behind. One that is further behind is left out until it has caught up.',
    default: 10,
  }),
  DATABASE_POOL_SIZE: setting(wholeNumber(2, 1_000), {
    meaning:
      'Number of connections that each process opens at most to PostgreSQL, and to each replica; a third of those to the primary write.',
    default: 12,
  }),
  DATABASE_POOLER: setting(flag, {
    meaning:
      '`true` or `false`: whether a pooler in transaction mode, such as PgBouncer, stands in front of PostgreSQL. The server then uses nothing that belongs to a session: no prepared statements, no notifications, and no limit on reads but that of the role.',
    default: false,
  }),
  DATABASE_STATEMENT_TIMEOUT_SECONDS: setting(wholeNumber(1, 3_600), {
    meaning: 'Time limit of one statement in PostgreSQL.',
    default: 10,
  }),
  DATABASE_LOCK_TIMEOUT_SECONDS: setting(wholeNumber(1, 3_600), {
    meaning: 'How long a write waits in PostgreSQL for the writes of other processes.',
    default: 10,
  }),
};

/** Where the data is. */
export type DatabaseConfig =
  | { readonly engine: 'sqlite'; readonly file: string }
  | ({ readonly engine: 'postgres' } & PostgresSettings);

export function databaseOf(settings: ValuesOf<typeof databaseSettings>): DatabaseConfig {
  const file = databaseFileOf(settings.DATABASE_URL);
  if (file !== null) return { engine: 'sqlite', file };
  return {
    engine: 'postgres',
    url: withPassword(settings.DATABASE_URL, settings.DATABASE_PASSWORD),
    replicaUrls: (settings.DATABASE_REPLICA_URLS ?? []).map((url) => withPassword(url, settings.DATABASE_PASSWORD)),
    maxReplicaLagMs: settings.DATABASE_REPLICA_MAX_LAG_SECONDS * 1000,
    poolSize: settings.DATABASE_POOL_SIZE,
    isPooled: settings.DATABASE_POOLER,
    statementTimeoutMs: settings.DATABASE_STATEMENT_TIMEOUT_SECONDS * 1000,
    lockTimeoutMs: settings.DATABASE_LOCK_TIMEOUT_SECONDS * 1000,
  };
}

/** Where the data is, for messages and logs. */
export function placeOf(database: DatabaseConfig): string {
  return database.engine === 'sqlite' ? database.file : withoutPasswords(database.url);
}

function withPassword(given: string, password: string | undefined): string {
  if (password === undefined) return given;
  const url = new URL(given);
  url.password = encodeURIComponent(password);
  return url.href;
}
