import type { DomainError } from '../errors.js';
import type { PasswordHash } from '../passwords/password-hash.js';
import type { Parsed } from './user.input.js';
import type { NewUser } from './user.js';

/** What becomes of a row whose address or external id somebody has already. */
export const CONFLICT_POLICIES = ['reject', 'skip', 'update'] as const;
export type ConflictPolicy = (typeof CONFLICT_POLICIES)[number];

/** A user of an import. Hashes only: hashing a million passwords would take hours. */
export type ImportedUser = Omit<NewUser, 'password'>;

/** A user of an import, looked at as far as that goes without the database. */
export interface JudgedUser {
  readonly input: ImportedUser;
  readonly parsed: Parsed;
  readonly hash: PasswordHash | null;
  /** What is wrong with it whether it makes a user or changes one. */
  readonly problems: readonly DomainError[];
}

/** What became of one: refused with everything that is wrong, or written. */
export type ImportOutcome = 'created' | 'updated' | 'skipped' | readonly DomainError[];
