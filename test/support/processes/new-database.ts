import BetterSqlite3 from 'better-sqlite3';
import pg from 'pg';
import { onTestFinished } from 'vitest';
import type { AnyRow } from '../in-sql.js';
import { copyOfTemplate, isOnPostgres } from '../postgres/database.js';
import { runOnce } from '../postgres/once.js';
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
  return { settings, sql: async (text) => (await runOnce(url, text)).rows };
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

/** Lets every write to a database wait, as another program does that holds it. Returns what ends it. */
export async function holdWrites({ DATABASE_URL = '' }: Settings): Promise<() => Promise<unknown>> {
  if (DATABASE_URL.startsWith('file:')) {
    const sqlite = new BetterSqlite3(DATABASE_URL.slice('file:'.length));
    sqlite.exec('begin immediate');
    return async () => sqlite.close();
  }
  const client = new pg.Client({ connectionString: DATABASE_URL });
  await client.connect();
  await client.query('begin; lock table environment_commits in share mode');
  return () => client.end();
}
