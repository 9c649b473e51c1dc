import BetterSqlite3 from 'better-sqlite3';
import pg from 'pg';
import { onTestFinished } from 'vitest';
import type { AnyRow } from '../in-sql.js';
import { copyOfTemplate, isOnPostgres } from '../postgres/database.js';
import { database, type Settings } from './process.js';

/** A database for processes, on the engine of these tests. */
export interface NewDatabase {
  readonly settings: Settings;
  /** Runs a statement behind their backs. Returns its rows. */
  sql(text: string): Promise<AnyRow[]>;
}

/** Makes an empty database that goes with the test. */
export async function newDatabase(): Promise<NewDatabase> {
  if (!isOnPostgres()) {
    const { file, settings } = database();
    return { settings, sql: async (text) => inFile(file, text) };
  }
  const { url, settings, remove } = await copyOfTemplate();
  onTestFinished(remove);
  return {
    settings: { ...settings, SECRET_KEY: 'a secret of tests that is long enough', DATABASE_POOL_SIZE: '6' },
    sql: (text) => inPostgres(url, text),
  };
}

function inFile(file: string, text: string): AnyRow[] {
  const sqlite = new BetterSqlite3(file);
  try {
    const statement = sqlite.prepare<[], AnyRow>(text);
    if (statement.reader) return statement.all();
    statement.run();
    return [];
  } finally {
    sqlite.close();
  }
}

async function inPostgres(url: string, text: string): Promise<AnyRow[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<AnyRow>(text)).rows;
  } finally {
    await client.end();
  }
}
