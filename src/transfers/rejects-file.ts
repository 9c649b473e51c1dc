import { type FileHandle, open, rm } from 'node:fs/promises';
import { OperatorError } from '../domain/operator-error.js';
import { codeOf } from '../runtime/system-error.js';
import type { ImportRun } from './import-run.js';

/** Readable by the owner only, because it can contain password hashes. */
const MODE = 0o600;

/** The rejects file does not belong to this import. */
export class RejectsFileError extends OperatorError {
  override readonly name = 'RejectsFileError';
}

/** The file of rejected rows. Its content is kept consistent with the progress in the database. */
export interface RejectsFile {
  /** Brings the file to the state of `run`: truncates surplus bytes and appends pending rejects. */
  keep(run: ImportRun): Promise<void>;
  /** Deletes the file when it is empty. */
  remove(): Promise<void>;
  close(): Promise<void>;
}

/** Opens or creates the file. @throws {RejectsFileError} when it is shorter than `run` has written */
export async function openRejects(run: ImportRun): Promise<RejectsFile> {
  const { rejectsFile: path, rejectsBytes } = run;
  const file = await openOrMake(path);
  const { size } = await file.stat();
  if (size < rejectsBytes) {
    await file.close();
    throw new RejectsFileError(
      `${path} lacks rows that this import has rejected before. Restore the file, or start again with --restart.`,
    );
  }
  return {
    async keep({ rejectsBytes: length, pendingRejects }) {
      await file.truncate(length);
      if (pendingRejects === '') return;
      const bytes = Buffer.from(pendingRejects);
      await writeAll(file, bytes, length);
      await file.datasync();
    },
    remove: () => rm(path, { force: true }),
    close: () => file.close(),
  };
}

async function openOrMake(path: string): Promise<FileHandle> {
  try {
    const file = await open(path, 'r+');
    // An existing file may be readable by others.
    await file.chmod(MODE);
    return file;
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    return open(path, 'wx+', MODE);
  }
}

/** Writes all bytes. A single write can be partial, e.g. when the disk is nearly full. */
async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
