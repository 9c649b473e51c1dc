import type { DomainError } from '../domain/errors.js';
import type { PasswordHash } from '../passwords/password-hash.js';
import type { Parsed } from './user.input.js';
import type { NewUser } from './user.js';

/** What an import does with a row whose email or external id belongs to an existing user. */
export const CONFLICT_POLICIES = ['reject', 'skip', 'update'] as const;
export type ConflictPolicy = (typeof CONFLICT_POLICIES)[number];

/** A row of an import. It can have a password hash but no password: hashing a million passwords would take hours. */
export type ImportedUser = Omit<NewUser, 'password'>;

/** A row of an import after the validation that needs no database. */
export interface JudgedUser {
  readonly input: ImportedUser;
  readonly parsed: Parsed;
  readonly hash: PasswordHash | null;
  /** Problems that apply both to creating and to updating a user. */
  readonly problems: readonly DomainError[];
}

/** The outcome of a row; a list of errors when it was rejected. */
export type ImportOutcome = 'created' | 'updated' | 'skipped' | readonly DomainError[];
