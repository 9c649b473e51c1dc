import { statSync } from 'node:fs';

/** Suffixes of the files that SQLite keeps beside a database. */
export const SIDE_FILES = ['-wal', '-shm', '-journal'] as const;

/** Bytes of a file; 0 when it does not exist. */
export function bytesOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** Bytes of the write-ahead log of a database. */
export function logBytesOf(file: string): number {
  return bytesOf(`${file}-wal`);
}
