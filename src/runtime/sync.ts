import { closeSync, fsyncSync, openSync } from 'node:fs';

/** Flushes a file, or the entries of a directory, to disk (fsync). Blocks until it is done. */
export function sync(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
