import { closeSync, existsSync, linkSync, openSync, renameSync, rmSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { sync } from '../db/backup.js';
import { type Random, systemRandom } from '../random.js';
import { UsageError } from './output.js';

/** Free bytes a copy leaves on the disk: a full disk stops the server. */
const MIN_FREE_BYTES = 64 * 1024 * 1024;

/**
 * A new file beside `file`, readable by its owner only, to be written in peace and given the name at the end: whoever
 * sees `file` sees it whole.
 */
export function createDraft(file: string, purpose: string, random: Random = systemRandom): string {
  const draft = `${file}.${purpose}-${random.bytes(4).toString('hex')}`;
  closeSync(openSync(draft, 'wx', 0o600));
  return draft;
}

/** Removes a draft, and what SQLite may have left beside it. */
export function removeDraft(draft: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(draft + suffix, { force: true });
}

/** Gives a draft its name, durably, and never in the place of another file. */
export function publish(draft: string, file: string): void {
  try {
    linkSync(draft, file);
    rmSync(draft);
  } catch (error) {
    if (existsSync(file)) throw new UsageError(`There is a file ${file} already.`);
    if (!isCode(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS')) throw error;
    // This file system knows no second name of a file.
    renameSync(draft, file);
  }
  sync(dirname(file));
}

/** @throws {UsageError} when the folder of `file` is not there, or lacks room for `bytes` */
export function requireRoom(file: string, bytes: number): void {
  const folder = dirname(file);
  if (!existsSync(folder)) throw new UsageError(`There is no folder ${folder}: make it first.`);
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  if (free < bytes + MIN_FREE_BYTES) {
    throw new UsageError(`${folder} has ${megabytes(free)} free; ${megabytes(bytes + MIN_FREE_BYTES)} are needed.`);
  }
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

function isCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
