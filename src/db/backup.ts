import { closeSync, fsyncSync, openSync } from 'node:fs';
import type BetterSqlite3 from 'better-sqlite3';
import { openReader, openWriter } from './sqlite.js';

/** Pages copied between two turns of the event loop: 4 MiB, so that a signal and a progress bar get their turn. */
const PAGES_A_STEP = 1_024;

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
  const source = openReader(from);
  try {
    source.exec('begin');
    source.prepare('select 1 from sqlite_schema').get();
    await transfer(source, to, onProgress);
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

async function transfer(source: BetterSqlite3.Database, to: string, onProgress: CopyProgress): Promise<void> {
  await source.backup(to, {
    progress({ totalPages, remainingPages }) {
      if (totalPages > 0) onProgress(totalPages - remainingPages, totalPages);
      return PAGES_A_STEP;
    },
  });
}

/** Waits until a file is on the disk. */
function sync(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
