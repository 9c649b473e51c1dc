import { InvalidInputError } from '../domain/errors.js';
import { formatArgon2, parseArgon2, verifyArgon2 } from './hashes/argon2.js';
import { formatBcrypt, parseBcrypt, verifyBcrypt } from './hashes/bcrypt.js';
import { MalformedHashError } from './hashes/encoding.js';
import { formatFirebaseScrypt, parseFirebaseScrypt, verifyFirebaseScrypt } from './hashes/firebase-scrypt.js';
import { formatPbkdf2, parsePbkdf2, verifyPbkdf2 } from './hashes/pbkdf2.js';
import type { SaltPosition } from './hashes/salt-position.js';
import { formatScrypt, parseScrypt, verifyScrypt } from './hashes/scrypt.js';
import { formatSsha, parseSsha, verifySsha } from './hashes/ssha.js';

/** The types of password hashes that can be imported, with their formats (WorkOS contract, section 2.4). */
export const PASSWORD_HASH_TYPES = {
  ARGON2: 'Argon2id, argon2i or argon2d as a PHC string: $argon2id$v=19$m=19456,t=2,p=1$salt$hash.',
  BCRYPT: 'bcrypt: $2a$, $2b$ or $2y$, cost, salt and hash.',
  SCRYPT: 'scrypt as a PHC string: $scrypt$ln=15,r=8,p=1$salt$hash.',
  FIREBASE_SCRYPT: "Firebase's scrypt, with the project's parameters: $firebase-scrypt$r=8,m=14,sk=…,ss=…$salt$hash.",
  PBKDF2: 'PBKDF2 as a PHC string or in the format of passlib: $pbkdf2-sha256$i=29000$salt$hash; also sha1 and sha512.',
  SSHA: 'Salted SHA-1 of an LDAP directory: {SSHA} and base64 of hash and salt.',
  SSHA256: 'Salted SHA-256 of an LDAP directory: {SSHA256} and base64 of hash and salt.',
} as const;

export type PasswordHashType = keyof typeof PASSWORD_HASH_TYPES;

/** A password hash in the canonical form of its type. */
export interface PasswordHash {
  readonly type: PasswordHashType;
  readonly hash: string;
  /** Only for SSHA256; null for every other type. */
  readonly saltPosition: SaltPosition | null;
}

/** The maximum length of a hash. The longest valid hash, Firebase's with its keys, is shorter. */
export const MAX_PASSWORD_HASH_LENGTH = 512;

/**
 * Converts a hash of each type to its canonical form. Expensive parameters are rejected, so that an imported hash
 * cannot slow down the server at every sign-in.
 */
const canonical: Record<PasswordHashType, (text: string) => string> = {
  ARGON2: (text) => formatArgon2(parseArgon2(text)),
  BCRYPT: (text) => formatBcrypt(parseBcrypt(text)),
  SCRYPT: (text) => formatScrypt(parseScrypt(text)),
  FIREBASE_SCRYPT: (text) => formatFirebaseScrypt(parseFirebaseScrypt(text)),
  PBKDF2: (text) => formatPbkdf2(parsePbkdf2(text)),
  SSHA: (text) => formatSsha(parseSsha('SSHA', text)),
  SSHA256: (text) => formatSsha(parseSsha('SSHA256', text)),
};

/** Parses a hash. Adds a problem and returns null when it does not have the format of its type. */
export function parsePasswordHash(
  type: PasswordHashType,
  text: string,
  saltPosition: SaltPosition | null,
  problems: InvalidInputError[],
): PasswordHash | null {
  try {
    if (text.length > MAX_PASSWORD_HASH_LENGTH) {
      throw new MalformedHashError(`A hash can have at most ${MAX_PASSWORD_HASH_LENGTH} characters.`);
    }
    const hash = canonical[type](text);
    return { type, hash, saltPosition: type === 'SSHA256' ? (saltPosition ?? 'SUFFIX') : null };
  } catch (error) {
    if (!(error instanceof MalformedHashError)) throw error;
    const message = `This is not a valid ${type} hash. ${error.message}`;
    problems.push(new InvalidInputError('INVALID_PASSWORD_HASH', message, ['passwordHash']));
    return null;
  }
}

/** Verifies a stored hash of each type. */
const verifiers: Record<PasswordHashType, (hash: PasswordHash, password: string) => boolean | Promise<boolean>> = {
  ARGON2: ({ hash }, password) => verifyArgon2(parseArgon2(hash), password),
  BCRYPT: ({ hash }, password) => verifyBcrypt(parseBcrypt(hash), password),
  SCRYPT: ({ hash }, password) => verifyScrypt(parseScrypt(hash), password),
  FIREBASE_SCRYPT: ({ hash }, password) => verifyFirebaseScrypt(parseFirebaseScrypt(hash), password),
  PBKDF2: ({ hash }, password) => verifyPbkdf2(parsePbkdf2(hash), password),
  SSHA: ({ hash }, password) => verifySsha(parseSsha('SSHA', hash), password, 'SUFFIX'),
  SSHA256: ({ hash, saltPosition }, password) =>
    verifySsha(parseSsha('SSHA256', hash), password, saltPosition ?? 'SUFFIX'),
};

/** Whether the password matches the hash, without normalization. Slow by design; runs off the event loop. */
export async function verifyPasswordHash(hash: PasswordHash, password: string): Promise<boolean> {
  return verifiers[hash.type](hash, password);
}
