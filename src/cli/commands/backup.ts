import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { copyDatabase } from '../../db/sqlite/backup.js';
import { logBytesOf } from '../../db/sqlite/files.js';
import { type Inspection, inspect } from '../../db/sqlite/inspection.js';
import { requireDatabaseFile } from '../terminal/database-file.js';
import {
  createTemporaryFile,
  megabytes,
  publish,
  removeTemporaryFile,
  requireFreeSpace,
  requireNew,
} from '../terminal/files.js';
import { action } from '../terminal/options.js';
import { type Output, UsageError } from '../terminal/output.js';
import { createProgress } from '../terminal/progress.js';
import { readConfig } from '../terminal/settings.js';

/** `usergraph backup`: copies the database, also while a server uses it. */
export function registerBackup(program: Command): void {
  const command = program
    .command('backup')
    .description('copy the database to a new file; works while a server is running')
    .requiredOption('--out <file>', 'the file to create; it must not exist');
  action(command, backup);
}

async function backup(options: { out: string }, output: Output): Promise<void> {
  const databaseFile = requireDatabaseFile(
    readConfig(),
    'Back up PostgreSQL with its own tools, e.g. pg_dump or pg_basebackup.',
  );
  const out = resolve(options.out);
  if (!existsSync(databaseFile)) throw new UsageError(`No database exists at ${databaseFile} yet.`);
  requireNew(out);
  requireFreeSpace(out, sizeOf(databaseFile));
  const startedAt = performance.now();
  const draft = createTemporaryFile(out, 'writing');
  const progress = createProgress('pages', output);
  try {
    await copyDatabase(databaseFile, draft, progress.update);
    progress.stop();
    const inspection = requireIntact(inspect(draft), databaseFile);
    publish(draft, out);
    const seconds = Math.round(performance.now() - startedAt) / 1000;
    const { bytes, rows, migrations } = inspection;
    output.say(`Backed up ${megabytes(bytes)} with ${rows.users} users into ${out} in ${seconds} s.`);
    output.result({ file: out, bytes, schema: migrations.at(-1), rows, seconds });
  } finally {
    progress.stop();
    removeTemporaryFile(draft);
  }
}

/** Size of a database and its write-ahead log, in bytes. */
export function sizeOf(file: string): number {
  return statSync(file).size + logBytesOf(file);
}

/** @throws {UsageError} when the copy is corrupt, or is not a usergraph database */
export function requireIntact(found: Inspection, origin: string): Inspection {
  if (found.problems.length > 0) {
    throw new UsageError([`${origin} is damaged:`, ...found.problems.map((problem) => `  ${problem}`)].join('\n'));
  }
  if (found.migrations.length === 0) throw new UsageError(`${origin} is not a usergraph database.`);
  return found;
}
