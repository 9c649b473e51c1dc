import { type FileHandle, open, rm } from 'node:fs/promises';
import { codeOf } from '../system-error.js';
import type { ImportRun } from './import-run.js';

/** Hashes stand in it: it is its owner's only. */
const MODE = 0o600;

/** The rejects are not those of this import. */
export class RejectsFileError extends Error {
  override readonly name = 'RejectsFileError';
}

/** The file of refused rows, kept at exactly what the database says is in it. */
export interface RejectsFile {
  /** Brings the file to the state of `run`: what it has too much is cut off, what is pending is added. */
  keep(run: ImportRun): Promise<void>;
  /** Takes the file away: there is nothing in it. */
  remove(): Promise<void>;
  close(): Promise<void>;
}

/** Opens the file, making it when there is none. @throws {RejectsFileError} when it lacks what `run` has written */
export async function openRejects(run: ImportRun): Promise<RejectsFile> {
  const { rejectsFile: path, rejectsBytes } = run;
  const file = await openOrMake(path);
  const { size } = await file.stat();
  if (size < rejectsBytes) {
    await file.close();
    throw new RejectsFileError(
      `${path} lacks rows that this import has refused before: put it back, or begin again with --restart.`,
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
    // One that somebody has made before may be open to others.
    await file.chmod(MODE);
    return file;
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    return open(path, 'wx+', MODE);
  }
}

/** A write may take only a part, e.g. when the disk is nearly full. */
async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
