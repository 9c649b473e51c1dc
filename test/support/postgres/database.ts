import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { PostgresSettings } from '../../../src/db/postgres/database.js';

export function settingsFor(url: string): PostgresSettings {
  return { url, poolSize: 6, isPooled: false, statementTimeoutMs: 60_000, lockTimeoutMs: 60_000 };
}

/** Whether the tests of this process run on PostgreSQL (`npm run test:postgres`). */
export function isOnPostgres(): boolean {
  return process.env.TEST_POSTGRES !== undefined;
}

/** A copy of the migrated database. Returns its URL, and a function that removes it. */
export async function copyOfTemplate(): Promise<{ url: string; remove(): Promise<void> }> {
  const { TEST_POSTGRES = '', TEST_POSTGRES_TEMPLATE = '' } = process.env;
  const name = `test_${randomBytes(8).toString('hex')}`;
  await administer(TEST_POSTGRES, `create database ${name} template ${TEST_POSTGRES_TEMPLATE}`);
  const url = new URL(TEST_POSTGRES);
  url.pathname = `/${name}`;
  return { url: url.href, remove: () => administer(TEST_POSTGRES, `drop database ${name} with (force)`) };
}

async function administer(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
