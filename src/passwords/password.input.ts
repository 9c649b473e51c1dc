import { InvalidInputError } from '../domain/errors.js';
import type { SaltPosition } from './hashes/salt-position.js';
import { type PasswordHash, type PasswordHashType, parsePasswordHash } from './password-hash.js';

/**
 * The password fields of an input: a password, or a hash created by another system. Null and undefined are equivalent.
 */
export interface PasswordInput {
  readonly password?: string | null | undefined;
  readonly passwordHash?: string | null | undefined;
  readonly passwordHashType?: PasswordHashType | null | undefined;
  /** Only for SSHA256. */
  readonly passwordSaltPosition?: SaltPosition | null | undefined;
}

/**
 * Validates an imported hash and returns it in its canonical form; null when there is none or it is invalid. Exclusive
 * fields have their own error code, missing fields do not (WorkOS contract, section 2.4 and A12).
 */
export function parseGivenHash(input: PasswordInput, problems: InvalidInputError[]): PasswordHash | null {
  const { password, passwordHash: hash, passwordHashType: type, passwordSaltPosition: position } = input;
  const before = problems.length;
  const complain = (field: keyof PasswordInput, message: string) => {
    problems.push(new InvalidInputError('INVALID_INPUT', message, [field]));
  };
  if (password != null) {
    for (const field of ['passwordHash', 'passwordHashType'] as const) {
      if (input[field] == null) continue;
      const message = `${field} cannot be combined with password: set one of them.`;
      problems.push(new InvalidInputError('PASSWORD_AND_HASH_GIVEN', message, [field]));
    }
  } else if (hash != null && type == null) {
    complain('passwordHashType', 'passwordHashType is required when passwordHash is set.');
  } else if (hash == null && type != null) {
    complain('passwordHash', 'passwordHash is required when passwordHashType is set.');
  }
  if (position != null && hash == null) {
    complain('passwordSaltPosition', 'passwordSaltPosition requires passwordHash.');
  } else if (position != null && type != null && type !== 'SSHA256') {
    complain('passwordSaltPosition', 'passwordSaltPosition requires the hash type SSHA256.');
  }
  // Validated even when there are other problems, to report all of them at once.
  const parsed = hash == null || type == null ? null : parsePasswordHash(type, hash, position ?? null, problems);
  return problems.length === before ? parsed : null;
}
