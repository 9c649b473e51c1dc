import { migrations } from '../../migrations/index.js';
import { systemClock } from '../clock.js';
import { loadConfig } from '../config.js';
import { openDatabase } from '../db/database.js';
import { migrate as applyMigrations } from '../db/migrator.js';
import type { Output } from './output.js';

/** `usergraph migrate`: brings the schema up to date, making the database when there is none. */
export async function migrate(output: Output): Promise<void> {
  const { databaseFile } = loadConfig(process.env);
  const db = openDatabase(databaseFile);
  try {
    const applied = await applyMigrations(db, migrations, systemClock);
    output.say(applied.length === 0 ? 'The schema is up to date.' : `Applied ${applied.join(', ')}.`);
    output.result({ database: databaseFile, applied });
  } finally {
    await db.close();
  }
}
