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
import { SIDE_FILES } from '../../db/sqlite/files.js';
import { type Random, systemRandom } from '../../runtime/random.js';
import { sync } from '../../runtime/sync.js';
import { codeOf } from '../../runtime/system-error.js';
import { atExit } from '../server/stopping.js';
import { UsageError } from './output.js';

/** Bytes that must stay free on the disk, because a full disk stops the server. */
const MIN_FREE_BYTES = 64 * 1024 * 1024;

/**
 * Creates a temporary file in the folder of `file`, with mode 0600. `publish` renames it when it is complete, so that
 * `file` is never incomplete. The temporary file is removed when the process exits.
 */
export function createTemporaryFile(file: string, purpose: string, random: Random = systemRandom): string {
  const draft = `${file}.${purpose}-${random.bytes(4).toString('hex')}`;
  closeSync(openSync(draft, 'wx', 0o600));
  atExit(() => removeTemporaryFile(draft));
  return draft;
}

/** Removes a temporary file, and the journal files that SQLite may have created for it. */
export function removeTemporaryFile(draft: string): void {
  for (const suffix of ['', ...SIDE_FILES]) rmSync(draft + suffix, { force: true });
}

/** Error codes of file systems that do not support hard links. */
const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'];

/**
 * Renames a temporary file to its final name, durably and without replacing an existing file.
 *
 * @throws {UsageError} when `file` exists
 */
export function publish(draft: string, file: string): void {
  try {
    linkSync(draft, file);
    rmSync(draft);
  } catch (error) {
    if (existsSync(file)) throw new UsageError(`There is a file ${file} already.`);
    if (!NO_LINKS.includes(codeOf(error) ?? '')) throw error;
    // Without hard links, the check for an existing file and the rename are not atomic.
    renameSync(draft, file);
  }
  sync(dirname(file));
}

/** Creates a temporary folder with mode 0700. It is removed when the process exits, or earlier by `remove`. */
export function temporaryFolder(purpose: string): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), `usergraph-${purpose}-`));
  const remove = () => rmSync(path, { recursive: true, force: true });
  const unregister = atExit(remove);
  return {
    path,
    remove() {
      unregister();
      remove();
    },
  };
}

/** @throws {UsageError} when `file` does not exist, or is a folder */
export function requireFile(file: string): void {
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found) throw new UsageError(`There is no file ${file}.`);
  if (found.isDirectory()) throw new UsageError(`${file} is a folder, and a file is wanted.`);
}

/** @throws {UsageError} when `file` exists, or its folder does not */
export function requireNew(file: string): void {
  if (existsSync(file)) throw new UsageError(`There is a file ${file} already.`);
  requireFolderOf(file);
}

/** @throws {UsageError} when the folder of `file` does not exist, or `file` is a folder */
export function requireFolderOf(file: string): void {
  const folder = dirname(file);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UsageError(`There is no folder ${folder}: make it first.`);
  }
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory())
    throw new UsageError(`${file} is a folder, and a file is wanted.`);
}

/** @throws {UsageError} when the folder of `file` does not exist, or has less free space than `bytes` needs */
export function requireFreeSpace(file: string, bytes: number): void {
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
