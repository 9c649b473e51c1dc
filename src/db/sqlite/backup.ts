import { setTimeout as wait } from 'node:timers/promises';
import type BetterSqlite3 from 'better-sqlite3';
import { sync } from '../../runtime/sync.js';
import { DatabaseUnavailableError } from '../unavailable.js';
import { openReader, openWriter } from './connection.js';
import { explained } from './unavailable.js';

/** Pages copied between two turns of the event loop: 4 MiB, so that a signal and a progress bar get their turn. */
const PAGES_A_STEP = 1_024;
/** How long a restore waits for the writers of other processes. */
const LOCK_DEADLINE_MS = 10_000;
const LOCK_RETRY_MS = 15;

/** Told how far a copy is, in pages. */
export type CopyProgress = (done: number, total: number) => void;

/**
 * Copies the database `from`, which other processes may be writing to, into the empty file `to`: all that was committed
 * before the call, and nothing later. The copy is one file, without `-wal`.
 *
 * SQLite's backup interface rather than VACUUM INTO: it keeps row ids, which a search index points at, and goes in
 * steps. The open read transaction holds it to one state; without it every commit of another process starts it over.
 */
export async function copyDatabase(from: string, to: string, onProgress: CopyProgress): Promise<void> {
  const source = beginReading(from);
  try {
    await transfer(source, to, onProgress);
  } catch (error) {
    throw explained(error, to);
  } finally {
    source.close();
  }
  const copy = openWriter(to);
  try {
    copy.pragma('journal_mode = DELETE');
  } finally {
    copy.close();
  }
  sync(to);
}

/** A connection that sees what is committed now, and nothing later. */
function beginReading(file: string): BetterSqlite3.Database {
  let source: BetterSqlite3.Database | undefined;
  try {
    source = openReader(file);
    source.exec('begin');
    source.prepare('select 1 from sqlite_schema').get();
    return source;
  } catch (error) {
    source?.close();
    throw explained(error, file);
  }
}

/**
 * Puts the content of `from`, which nobody else has open, in the place of the content of `to`, which a server may be
 * serving. It is one transaction: each statement of every process sees the state before it or the state after it.
 *
 * @param mark a number that tells this restore from all others, 1 to 2147483647
 * @throws {DatabaseUnavailableError} when another process does not let go of the write lock; nothing has changed then
 */
export async function replaceContent(from: string, to: string, mark: number, onProgress: CopyProgress): Promise<void> {
  const writer = openWriter(from);
  // A number that SQLite keeps for applications; it travels with the content.
  writer.pragma(`user_version = ${mark}`);
  writer.close();
  const source = openReader(from);
  try {
    for (let attempt = 1; !(await isReplaced(source, to, mark, onProgress)); attempt++) {
      if (attempt >= LOCK_DEADLINE_MS / LOCK_RETRY_MS) {
        throw new DatabaseUnavailableError('Another process holds the write lock of the database: try again later.');
      }
      await wait(LOCK_RETRY_MS);
    }
  } finally {
    source.close();
  }
  // The last one to close a database moves its log into it.
  openWriter(to).close();
}

async function isReplaced(
  source: BetterSqlite3.Database,
  to: string,
  mark: number,
  onProgress: CopyProgress,
): Promise<boolean> {
  const target = openReader(to);
  try {
    await transfer(source, to, onProgress);
    // When another process holds the lock the driver tells of a transfer that is complete: look, do not believe.
    if (target.pragma('user_version', { simple: true }) !== mark) return false;
    // The driver's connection to the target commits at `synchronous = NORMAL`: this is what makes it durable.
    sync(`${to}-wal`);
    return true;
  } finally {
    target.close();
  }
}

async function transfer(source: BetterSqlite3.Database, to: string, onProgress: CopyProgress): Promise<void> {
  await source.backup(to, {
    progress({ totalPages, remainingPages }) {
      if (totalPages > 0) onProgress(totalPages - remainingPages, totalPages);
      return PAGES_A_STEP;
    },
  });
}
