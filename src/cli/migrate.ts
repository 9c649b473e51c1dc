import type { Command } from 'commander';
import { migrations } from '../../migrations/index.js';
import { systemClock } from '../clock.js';
import { openDatabase } from '../db/database.js';
import { migrate as applyMigrations } from '../db/migrator.js';
import { describeTwins, reportTwins, TWIN_ADVICE } from '../users/user-twins.service.js';
import { action } from './options.js';
import type { Output } from './output.js';
import { readConfig } from './settings.js';

/** `usergraph migrate`: brings the schema up to date, making the database when there is none. */
export function registerMigrate(program: Command): void {
  action(program.command('migrate').description('bring the database schema up to date'), migrate);
}

async function migrate(_options: object, output: Output): Promise<void> {
  const { databaseFile } = readConfig();
  const db = openDatabase(databaseFile);
  try {
    const applied = await applyMigrations(db, migrations, systemClock);
    output.say(applied.length === 0 ? 'The schema is up to date.' : `Applied ${applied.join(', ')}.`);
    const twins = applied.length === 0 ? null : await reportTwins(db.reader);
    if (twins && twins.total > 0) output.say(`Both stay: ${describeTwins(twins)}. ${TWIN_ADVICE}`);
    output.result({ database: databaseFile, applied, ...(twins && twins.total > 0 ? { twins } : {}) });
  } finally {
    await db.close();
  }
}
