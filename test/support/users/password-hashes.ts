import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { InvalidInputError } from '../../../src/domain/errors.js';
import type { SaltPosition } from '../../../src/passwords/hashes/salt-position.js';
import { PASSWORD_HASH_TYPES, type PasswordHashType, parsePasswordHash } from '../../../src/passwords/password-hash.js';

/** A hash of a known password that another program made. */
interface Vector {
  readonly type: PasswordHashType;
  readonly password: string;
  readonly hash: string;
  readonly saltPosition?: SaltPosition;
  /** How it is stored, where that is not as given. */
  readonly stored?: string;
  /** The program and how it was called. */
  readonly made: string;
}

const fixture = new URL('../../fixtures/password-hashes.json', import.meta.url);
export const vectors = JSON.parse(readFileSync(fixture, 'utf8')) as Vector[];
export const TYPES = Object.keys(PASSWORD_HASH_TYPES) as PasswordHashType[]; // the keys of the closed list

export const FIREBASE_KEY = Buffer.alloc(64, 7).toString('base64').replace(/=+$/, '');
export const b64 = (size: number) => Buffer.alloc(size, 5).toString('base64').replace(/=+$/, '');
export const bcrypt = (cost: string, salt = `${'a'.repeat(21)}e`, hash = `${'b'.repeat(30)}u`) =>
  `$2b$${cost}$${salt}${hash}`;
export const argon2 = (m: number, t: number, p: number, salt = b64(16), hash = b64(32)) =>
  `$argon2id$v=19$m=${m},t=${t},p=${p}$${salt}$${hash}`;
export const scrypt = (ln: number, r: number, p: number, salt = b64(16), hash = b64(32)) =>
  `$scrypt$ln=${ln},r=${r},p=${p}$${salt}$${hash}`;
export const pbkdf2 = (i: number | string, salt = b64(16), hash = b64(32)) => `$pbkdf2-sha256$i=${i}$${salt}$${hash}`;
export const firebase = (r: number, m: number, sk = FIREBASE_KEY, ss = 'Bw', salt = b64(10), hash = b64(64)) =>
  `$firebase-scrypt$r=${r},m=${m},sk=${sk},ss=${ss}$${salt}$${hash}`;
export const ssha = (size: number) => `{SSHA}${Buffer.alloc(20 + size, 5).toString('base64')}`;
export const ssha256 = (size: number) => `{SSHA256}${Buffer.alloc(32 + size, 5).toString('base64')}`;

export function problemsOf(type: PasswordHashType, hash: string): InvalidInputError[] {
  const problems: InvalidInputError[] = [];
  const parsed = parsePasswordHash(type, hash, null, problems);
  expect(parsed === null).toBe(problems.length === 1);
  return problems;
}

/** One of each type, in the spelling it is stored in. */
export const good: Record<PasswordHashType, string> = {
  ARGON2: argon2(19_456, 2, 1),
  BCRYPT: bcrypt('10'),
  SCRYPT: scrypt(15, 8, 1),
  FIREBASE_SCRYPT: firebase(8, 14),
  PBKDF2: pbkdf2(29_000),
  SSHA: ssha(8),
  SSHA256: ssha256(8),
};
