import { closeSync, openSync, readSync } from 'node:fs';

/** The maximum size of a secret file. A larger file, or an endless device, is a mistake. */
export const MAX_SECRET_FILE_BYTES = 65_536;

/**
 * Reads a secret from a file, e.g. one that a container platform mounts. Surrounding white space is removed.
 *
 * @throws {Error} when the file cannot be read, is empty or is too large; the message contains none of its content
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
      if (length > limit) throw new Error(`the file is larger than ${limit} bytes`);
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

/** Node's message repeats the path, which the caller reports already. */
function plain(error: unknown): Error {
  if (error instanceof Error && 'code' in error) return new Error(`the file cannot be read (${String(error.code)})`);
  return error instanceof Error ? error : new Error(String(error));
}
