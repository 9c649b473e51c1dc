import { hkdfSync } from 'node:crypto';
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { ConfigError } from '../domain/operator-error.js';
import type { Random } from '../runtime/random.js';
import { codeOf, fileReasonOf } from '../runtime/system-error.js';

const KEY_BYTES = 32;

/**
 * Reads the key in `file`, which is used when SECRET_KEY is not set. Creates the file when it does not exist, readable
 * by its owner only. Processes that start at the same time get the same key, because creating a hard link is atomic.
 *
 * @throws {ConfigError} when the file cannot be read
 */
export function readOrCreateSecretKey(file: string, random: Random): string {
  const existing = read(file);
  if (existing !== null) return existing;
  const draft = `${file}.${random.bytes(6).toString('hex')}`;
  writeFileSync(draft, `${random.bytes(KEY_BYTES).toString('base64')}\n`, { mode: 0o600, flag: 'wx' });
  try {
    linkSync(draft, file);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  } finally {
    rmSync(draft);
  }
  return readFileSync(file, 'utf8').trim();
}

/** Derives a key for one purpose from the secret key (HKDF, RFC 5869). A leaked key does not reveal the others. */
export function deriveKey(secretKey: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secretKey, '', `usergraph ${purpose}`, KEY_BYTES));
}

function read(file: string): string | null {
  try {
    const key = readFileSync(file, 'utf8').trim();
    if (key === '') throw unusable(file, 'it is empty');
    return key;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    const reason = fileReasonOf(error);
    throw reason === null ? error : unusable(file, reason);
  }
}

function unusable(file: string, reason: string): ConfigError {
  return new ConfigError([
    `SECRET_KEY is not set, and its file ${file} cannot be used: ${reason}. Set SECRET_KEY or fix the file.`,
  ]);
}
