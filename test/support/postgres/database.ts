import { randomBytes } from 'node:crypto';
import type { PostgresSettings } from '../../../src/db/postgres/database.js';
import { runOnce } from './once.js';

export function settingsFor(url: string): PostgresSettings {
  const limits = { statementTimeoutMs: 60_000, lockTimeoutMs: 60_000, maxReplicaLagMs: 10_000 };
  return { url, replicaUrls: [], poolSize: 6, isPooled: false, ...limits };
}

/** Whether the tests of this process run on PostgreSQL (`npm run test:postgres`). */
export function isOnPostgres(): boolean {
  return process.env.TEST_POSTGRES !== undefined;
}

const SECRET = 'a secret of tests that is long enough';

export interface DatabaseCopy {
  readonly url: string;
  /** What servers need to use it, with its replica when there is one. */
  readonly settings: Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

/** Makes a copy of the migrated database. */
export async function copyOfTemplate(): Promise<DatabaseCopy> {
  const { TEST_POSTGRES = '', TEST_POSTGRES_TEMPLATE = '', TEST_POSTGRES_REPLICA } = process.env;
  const name = `test_${randomBytes(8).toString('hex')}`;
  await runOnce(TEST_POSTGRES, `create database ${name} template ${TEST_POSTGRES_TEMPLATE}`);
  const urlOn = (server: string) => Object.assign(new URL(server), { pathname: `/${name}` }).href;
  const url = urlOn(TEST_POSTGRES);
  const replica: Record<string, string> = TEST_POSTGRES_REPLICA
    ? { DATABASE_REPLICA_URLS: urlOn(TEST_POSTGRES_REPLICA) }
    : {};
  return {
    url,
    settings: { DATABASE_URL: url, ...replica, SECRET_KEY: SECRET, DATABASE_POOL_SIZE: '6' },
    remove: async () => {
      await runOnce(TEST_POSTGRES, `drop database ${name} with (force)`);
    },
  };
}
