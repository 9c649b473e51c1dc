import {
  closeSync,
  existsSync,
  linkSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { sync } from '../db/backup.js';
import { type Random, systemRandom } from '../random.js';
import { codeOf } from '../system-error.js';
import { UsageError } from './output.js';
import { atExit } from './stopping.js';

/** Free bytes a copy leaves on the disk: a full disk stops the server. */
const MIN_FREE_BYTES = 64 * 1024 * 1024;

/**
 * A new file beside `file`, readable by its owner only, to be written in peace and given the name at the end: whoever
 * sees `file` sees it whole. It goes with the process, when a signal ends that before.
 */
export function createDraft(file: string, purpose: string, random: Random = systemRandom): string {
  const draft = `${file}.${purpose}-${random.bytes(4).toString('hex')}`;
  closeSync(openSync(draft, 'wx', 0o600));
  atExit(() => removeDraft(draft));
  return draft;
}

/** Removes a draft, and what SQLite may have left beside it. */
export function removeDraft(draft: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(draft + suffix, { force: true });
}

/** What a file system says that knows no second name of a file. */
const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'];

/** Gives a draft its name, durably, and never in the place of another file. */
export function publish(draft: string, file: string): void {
  try {
    linkSync(draft, file);
    rmSync(draft);
  } catch (error) {
    if (existsSync(file)) throw new UsageError(`There is a file ${file} already.`);
    if (!NO_LINKS.includes(codeOf(error) ?? '')) throw error;
    // This file system knows no second name of a file.
    renameSync(draft, file);
  }
  sync(dirname(file));
}

/** A folder for temporary files, which only its owner can read, and which goes with the process at the latest. */
export function temporaryFolder(purpose: string): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), `usergraph-${purpose}-`));
  const remove = () => rmSync(path, { recursive: true, force: true });
  const forget = atExit(remove);
  return {
    path,
    remove() {
      forget();
      remove();
    },
  };
}

/** @throws {UsageError} when `file` is not there, or no file */
export function requireFile(file: string): void {
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found) throw new UsageError(`There is no file ${file}.`);
  if (found.isDirectory()) throw new UsageError(`${file} is a folder, and a file is wanted.`);
}

/** @throws {UsageError} when `file` is there already, or the folder for it is not */
export function requireNew(file: string): void {
  if (existsSync(file)) throw new UsageError(`There is a file ${file} already.`);
  requireFolderOf(file);
}

/** @throws {UsageError} when a file of this path can be no file: its folder is not there, or it is one itself */
export function requireFolderOf(file: string): void {
  const folder = dirname(file);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UsageError(`There is no folder ${folder}: make it first.`);
  }
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory())
    throw new UsageError(`${file} is a folder, and a file is wanted.`);
}

/** @throws {UsageError} when the folder of `file` is not there, or lacks room for `bytes` */
export function requireRoom(file: string, bytes: number): void {
  const folder = dirname(file);
  requireFolderOf(file);
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  if (free < bytes + MIN_FREE_BYTES) {
    throw new UsageError(`${folder} has ${megabytes(free)} free; ${megabytes(bytes + MIN_FREE_BYTES)} are needed.`);
  }
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
