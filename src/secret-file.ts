import { closeSync, openSync, readSync } from 'node:fs';

/** Largest file a secret is read from: one that is larger, or has no end, is something else. */
export const MAX_SECRET_FILE_BYTES = 65_536;

/**
 * The secret in a file, e.g. one that a container platform mounts, without the white space around it.
 *
 * @throws {Error} whose message says why there is none, and holds nothing of the content
 */
export function readSecretFile(file: string): string {
  const secret = readUpTo(file, MAX_SECRET_FILE_BYTES).trim();
  if (secret === '') throw new Error('the file is empty');
  return secret;
}

function readUpTo(file: string, limit: number): string {
  const buffer = Buffer.alloc(limit + 1);
  let length = 0;
  const handle = open(file);
  try {
    for (;;) {
      const read = readSync(handle, buffer, length, buffer.length - length, null);
      length += read;
      if (read === 0) return buffer.toString('utf8', 0, length);
      if (length > limit) throw new Error(`the file has more than ${limit} bytes`);
    }
  } catch (error) {
    throw plain(error);
  } finally {
    closeSync(handle);
  }
}

function open(file: string): number {
  try {
    return openSync(file, 'r');
  } catch (error) {
    throw plain(error);
  }
}

/** The driver's message names the path once more; its code says enough. */
function plain(error: unknown): Error {
  if (error instanceof Error && 'code' in error) return new Error(`the file cannot be read (${String(error.code)})`);
  return error instanceof Error ? error : new Error(String(error));
}
