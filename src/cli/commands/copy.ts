import type { Command } from 'commander';
import { type DatabaseConfig, placeOf } from '../../config/database-settings.js';
import type { Database } from '../../db/database.js';
import { migrate, pendingMigrations } from '../../db/migrator.js';
import { copyDatabase } from '../../moving/copy-database.js';
import { systemClock } from '../../runtime/clock.js';
import { migrationsOf, openDatabase } from '../../storage.js';
import { action } from '../terminal/options.js';
import { type Output, UsageError } from '../terminal/output.js';
import { createProgress } from '../terminal/progress.js';
import { readDatabase } from '../terminal/settings.js';

interface Options {
  readonly from: string;
  readonly to: string;
}

/** `usergraph copy`: copies a database into a new one, also of the other engine. */
export function registerCopy(program: Command): void {
  const command = program
    .command('copy')
    .description('copy a database into a new one, e.g. from SQLite to PostgreSQL; stop all servers first')
    .requiredOption('--from <url>', 'the database, as DATABASE_URL names it')
    .requiredOption('--to <url>', 'the new database, as DATABASE_URL names it');
  action(command, copy);
}

async function copy(options: Options, output: Output): Promise<void> {
  const [source, target] = [readDatabase(options.from), readDatabase(options.to)];
  if (placeOf(source) === placeOf(target)) throw new UsageError('--from and --to are the same database.');
  const startedAt = performance.now();
  const progress = createProgress('rows', output);
  const opened: Database[] = [];
  try {
    const from = open(source, opened);
    if ((await pendingMigrations(from, migrationsOf(source))).length > 0) {
      throw new UsageError('The schema of the source is not that of this version: run "usergraph migrate" first.');
    }
    const to = open(target, opened);
    await migrate(to, migrationsOf(target), systemClock);
    const { rows } = await copyDatabase(from, to, progress.update);
    progress.stop();
    const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
    output.say(`Copied ${rows.users} users and ${rows.events} events into ${placeOf(target)} in ${seconds} s.`);
    output.say('All rows are equal. Servers of the copy need the SECRET_KEY of those of the source.');
    if (source.engine === 'sqlite') output.say(`Without a setting, it is the content of ${source.file}.secret.`);
    output.result({ from: placeOf(source), to: placeOf(target), rows, seconds });
  } finally {
    progress.stop();
    for (const db of opened) await db.close();
  }
}

function open(config: DatabaseConfig, opened: Database[]): Database {
  const db = openDatabase(config);
  opened.push(db);
  return db;
}
