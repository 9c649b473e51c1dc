import type { Command } from 'commander';
import { placeOf } from '../../config/database-settings.js';
import { migrate as applyMigrations } from '../../db/migrator.js';
import { describeTwins, reportTwins, TWIN_ADVICE } from '../../mailboxes/shared-mailbox.service.js';
import { systemClock } from '../../runtime/clock.js';
import { migrationsOf, openDatabase } from '../../storage.js';
import { action } from '../terminal/options.js';
import type { Output } from '../terminal/output.js';
import { readConfig } from '../terminal/settings.js';

/** `usergraph migrate`: applies pending migrations, and creates the database when it does not exist. */
export function registerMigrate(program: Command): void {
  action(program.command('migrate').description('migrate the database schema to this version'), migrate);
}

async function migrate(_options: object, output: Output): Promise<void> {
  const { database } = readConfig();
  const db = openDatabase(database);
  try {
    const applied = await applyMigrations(db, migrationsOf(database), systemClock);
    output.say(applied.length === 0 ? 'The schema is up to date.' : `Applied ${applied.join(', ')}.`);
    const twins = applied.length === 0 ? null : await reportTwins(db.reader);
    if (twins && twins.total > 0) output.say(`Both stay: ${describeTwins(twins)}. ${TWIN_ADVICE}`);
    output.result({ database: placeOf(database), applied, ...(twins && twins.total > 0 ? { twins } : {}) });
  } finally {
    await db.close();
  }
}
