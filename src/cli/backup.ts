import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { copyDatabase } from '../db/backup.js';
import { type Inspection, inspect } from '../db/inspection.js';
import { createDraft, megabytes, publish, removeDraft, requireNew, requireRoom } from './files.js';
import { action } from './options.js';
import { type Output, UsageError } from './output.js';
import { createProgress } from './progress.js';
import { readConfig } from './settings.js';

/** `usergraph backup`: a copy of the database while it is being served. */
export function registerBackup(program: Command): void {
  const command = program
    .command('backup')
    .description('copy the database into a new file; a server may be running')
    .requiredOption('--out <file>', 'where to; it must not be there yet');
  action(command, backup);
}

async function backup(options: { out: string }, output: Output): Promise<void> {
  const { databaseFile } = readConfig();
  const out = resolve(options.out);
  if (!existsSync(databaseFile)) throw new UsageError(`There is no database ${databaseFile} yet.`);
  requireNew(out);
  requireRoom(out, sizeOf(databaseFile));
  const startedAt = performance.now();
  const draft = createDraft(out, 'writing');
  const progress = createProgress('pages', output);
  try {
    await copyDatabase(databaseFile, draft, progress.update);
    progress.stop();
    const found = requireSound(inspect(draft), databaseFile);
    publish(draft, out);
    const seconds = Math.round(performance.now() - startedAt) / 1000;
    const { bytes, rows, migrations } = found;
    output.say(`Backed up ${megabytes(bytes)} with ${rows.users} users into ${out} in ${seconds} s.`);
    output.result({ file: out, bytes, schema: migrations.at(-1), rows, seconds });
  } finally {
    progress.stop();
    removeDraft(draft);
  }
}

/** Bytes of a database with its write-ahead log. */
export function sizeOf(file: string): number {
  const log = statSync(`${file}-wal`, { throwIfNoEntry: false });
  return statSync(file).size + (log?.size ?? 0);
}

/** @throws {UsageError} when the copy is broken, or no database of ours */
export function requireSound(found: Inspection, origin: string): Inspection {
  if (found.problems.length > 0) {
    throw new UsageError([`${origin} is broken:`, ...found.problems.map((problem) => `  ${problem}`)].join('\n'));
  }
  if (found.migrations.length === 0) throw new UsageError(`${origin} is no usergraph database.`);
  return found;
}
