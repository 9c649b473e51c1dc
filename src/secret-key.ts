import { hkdfSync } from 'node:crypto';
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { ConfigError } from './config.js';
import type { Random } from './random.js';
import { codeOf, fileReasonOf } from './system-error.js';

const KEY_BYTES = 32;

/**
 * The key kept in `file`, for those who set none; made at the first start, readable by its owner only. Several
 * processes that start at once end up with the same one: a link is made by one of them and whole.
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

/** A key for one purpose, from the server's one (RFC 5869): what leaks of it tells nothing of the others. */
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
  return new ConfigError([`SECRET_KEY is not set, and ${file}, which keeps it, cannot be used: ${reason}.`]);
}
