import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { migrations } from '../../../migrations/index.js';
import { migrate } from '../../db/migrator.js';
import { copyDatabase, replaceContent } from '../../db/sqlite/backup.js';
import { openSqlite } from '../../db/sqlite/database.js';
import { appliedMigrations, type Inspection, inspect } from '../../db/sqlite/inspection.js';
import { createEventService } from '../../events/event.service.js';
import { systemClock } from '../../runtime/clock.js';
import { systemRandom } from '../../runtime/random.js';
import { requireDatabaseFile } from '../terminal/database-file.js';
import {
  createTemporaryFile,
  megabytes,
  publish,
  removeTemporaryFile,
  requireFile,
  requireFreeSpace,
} from '../terminal/files.js';
import { action } from '../terminal/options.js';
import { type Output, UsageError } from '../terminal/output.js';
import { createProgress } from '../terminal/progress.js';
import { readConfig } from '../terminal/settings.js';
import { requireIntact, sizeOf } from './backup.js';

interface Options {
  readonly from: string;
  readonly to?: string;
  readonly replace?: boolean;
}

/** `usergraph restore`: copies a backup into a new file, or replaces the content of the database in use. */
export function registerRestore(program: Command): void {
  const command = program
    .command('restore')
    .description('restore a backup; works while a server is running')
    .requiredOption('--from <file>', 'the backup')
    .option('--to <file>', 'the file to create, instead of the database of DATABASE_URL')
    .option('--replace', 'replace the content of an existing database');
  action(command, restore);
}

const RESTORE_ADVICE = 'Restore PostgreSQL with its own tools, e.g. pg_restore; or pass --to to restore a file.';

async function restore(options: Options, output: Output): Promise<void> {
  const from = resolve(options.from);
  const to = options.to === undefined ? requireDatabaseFile(readConfig(), RESTORE_ADVICE) : resolve(options.to);
  const isReplacing = existsSync(to);
  requireFile(from);
  if (appliedMigrations(from).length === 0) throw new UsageError(`${from} is not a usergraph database.`);
  if (isReplacing) requireReplaceable(options, to);
  // A replacement needs twice the space: the temporary file, and the write-ahead log of the same size.
  requireFreeSpace(to, sizeOf(from) * (isReplacing ? 2 : 1));
  const startedAt = performance.now();
  const draft = createTemporaryFile(to, 'restoring');
  const progress = createProgress('pages', output);
  try {
    await copyDatabase(from, draft, isReplacing ? () => {} : progress.update);
    const found = requireIntact(inspect(draft), from);
    await prepare(draft);
    if (isReplacing) await replaceContent(draft, to, 1 + systemRandom.below(0x7fff_fffe), progress.update);
    else publish(draft, to);
    progress.stop();
    tell(found, to, Math.round(performance.now() - startedAt) / 1000, output);
  } finally {
    progress.stop();
    removeTemporaryFile(draft);
  }
}

/** @throws {UsageError} when `to` may not be replaced. A running server requires that the schema stays the same. */
function requireReplaceable({ to: isNewWanted, replace }: Options, to: string): void {
  if (isNewWanted !== undefined) throw new UsageError(`The file ${to} already exists.`);
  if (!replace) {
    throw new UsageError(
      `A database already exists at ${to}: pass --replace to replace it, or --to to name another file.`,
    );
  }
  if (appliedMigrations(to).join() !== migrations.map(({ name }) => name).join()) {
    throw new UsageError(`The schema of ${to} is not that of this version: run "usergraph migrate" first.`);
  }
}

/** Migrates the copy, and starts a new epoch of its event log, so that cursors of the replaced log are detected. */
async function prepare(file: string): Promise<void> {
  const db = openSqlite(file);
  try {
    await migrate(db, migrations, systemClock);
    await createEventService({ db, random: systemRandom }).startEpoch();
  } finally {
    await db.close();
  }
}

function tell({ rows, bytes }: Inspection, to: string, seconds: number, output: Output): void {
  output.say(`Restored ${megabytes(bytes)} with ${rows.users} users into ${to} in ${seconds} s.`);
  output.say('Keys revoked and users deleted after the backup are back: check "keys list".');
  output.result({ file: to, bytes, rows, seconds });
}
