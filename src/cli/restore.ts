import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { migrations } from '../../migrations/index.js';
import { systemClock } from '../clock.js';
import { copyDatabase, replaceContent } from '../db/backup.js';
import { openDatabase } from '../db/database.js';
import { appliedMigrations, type Inspection, inspect } from '../db/inspection.js';
import { migrate } from '../db/migrator.js';
import { createEventService } from '../events/event.service.js';
import { systemRandom } from '../random.js';
import { requireSound, sizeOf } from './backup.js';
import { createDraft, megabytes, publish, removeDraft, requireFile, requireRoom } from './files.js';
import { action } from './options.js';
import { type Output, UsageError } from './output.js';
import { createProgress } from './progress.js';
import { readConfig } from './settings.js';

interface Options {
  readonly from: string;
  readonly to?: string;
  readonly replace?: boolean;
}

/** `usergraph restore`: a backup into a new file, or in the place of the database that is being served. */
export function registerRestore(program: Command): void {
  const command = program
    .command('restore')
    .description('bring a backup back; a server may be running')
    .requiredOption('--from <file>', 'the backup')
    .option('--to <file>', 'a new file to restore into, instead of the database of DATABASE_URL')
    .option('--replace', 'the database is there, and the backup takes its place');
  action(command, restore);
}

async function restore(options: Options, output: Output): Promise<void> {
  const from = resolve(options.from);
  const to = options.to === undefined ? readConfig().databaseFile : resolve(options.to);
  const isReplacing = existsSync(to);
  requireFile(from);
  if (appliedMigrations(from).length === 0) throw new UsageError(`${from} is no usergraph database.`);
  if (isReplacing) requireReplaceable(options, to);
  // In place there are two copies for a moment: the draft, and the log that takes it into the database.
  requireRoom(to, sizeOf(from) * (isReplacing ? 2 : 1));
  const startedAt = performance.now();
  const draft = createDraft(to, 'restoring');
  const progress = createProgress('pages', output);
  try {
    await copyDatabase(from, draft, isReplacing ? () => {} : progress.update);
    const found = requireSound(inspect(draft), from);
    await prepare(draft);
    if (isReplacing) await replaceContent(draft, to, 1 + systemRandom.below(0x7fff_fffe), progress.update);
    else publish(draft, to);
    progress.stop();
    tell(found, to, Math.round(performance.now() - startedAt) / 1000, output);
  } finally {
    progress.stop();
    removeDraft(draft);
  }
}

/** In place only what a running server can go on serving: the schema stays the one it started with. */
function requireReplaceable({ to: isNewWanted, replace }: Options, to: string): void {
  if (isNewWanted !== undefined) throw new UsageError(`There is a file ${to} already.`);
  if (!replace) {
    throw new UsageError(
      `There is a database ${to} already: --replace puts the backup in its place, --to names another file.`,
    );
  }
  if (appliedMigrations(to).join() !== migrations.map(({ name }) => name).join()) {
    throw new UsageError(`The schema of ${to} is not the one of this version: run "usergraph migrate" first.`);
  }
}

/** Makes a copy fit to be served: the schema of this version, and an event log that knows it was put back. */
async function prepare(file: string): Promise<void> {
  const db = openDatabase(file);
  try {
    await migrate(db, migrations, systemClock);
    await createEventService({ db, random: systemRandom }).startEpoch();
  } finally {
    await db.close();
  }
}

function tell({ rows, bytes }: Inspection, to: string, seconds: number, output: Output): void {
  output.say(`Restored ${megabytes(bytes)} with ${rows.users} users into ${to} in ${seconds} s.`);
  output.say('Keys that were revoked and people who were deleted after the backup are back: look at "keys list".');
  output.result({ file: to, bytes, rows, seconds });
}
