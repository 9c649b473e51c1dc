import { InvalidInputError } from '../errors.js';
import { type PasswordHash, type PasswordHashType, parsePasswordHash } from './password-hash.js';
import type { SaltPosition } from './salt-position.js';

/** What callers give of a password: the password itself, or a hash of it from elsewhere; null is left out. */
export interface PasswordInput {
  readonly password?: string | null | undefined;
  readonly passwordHash?: string | null | undefined;
  readonly passwordHashType?: PasswordHashType | null | undefined;
  /** Only with SSHA256. */
  readonly passwordSaltPosition?: SaltPosition | null | undefined;
}

/**
 * The hash from elsewhere, in the form it is stored in; null when none is given or something is wrong with it (WorkOS
 * contract, section 2.4 and A12: what excludes each other has codes of its own, what is missing has none).
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
      const message = `A password comes without ${field}: give one or the other.`;
      problems.push(new InvalidInputError('PASSWORD_AND_HASH_GIVEN', message, [field]));
    }
  } else if (hash != null && type == null) {
    complain('passwordHashType', 'passwordHashType is missing: it says what passwordHash is.');
  } else if (hash == null && type != null) {
    complain('passwordHash', 'passwordHash is missing: passwordHashType is given.');
  }
  if (position != null && hash == null) {
    complain('passwordSaltPosition', 'passwordSaltPosition is given only with passwordHash.');
  } else if (position != null && type != null && type !== 'SSHA256') {
    complain('passwordSaltPosition', 'passwordSaltPosition is given only with the type SSHA256.');
  }
  // Looked at even when something else is wrong: everything is told at once.
  const parsed = hash == null || type == null ? null : parsePasswordHash(type, hash, position ?? null, problems);
  return problems.length === before ? parsed : null;
}
