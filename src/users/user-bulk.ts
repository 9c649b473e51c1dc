import { type DomainError, ExternalIdTakenError, InvalidInputError } from '../errors.js';
import { PasswordError } from '../passwords/password.js';
import { type CreateUser, EmailNotAvailableError, type User } from './user.js';

/** What happens to the good rows of a call that has bad ones too. */
export const BULK_POLICIES = {
  PER_ROW: 'Write the good rows, report the others.',
  ALL_OR_NOTHING: 'Write all rows or none.',
} as const;

export type BulkPolicy = keyof typeof BULK_POLICIES;

/** A request of 100 rows fits into its body, and their unit holds the writer up for a few milliseconds. */
export const MAX_BULK_USERS = 100;

/** Input of `createUsers`. */
export interface CreateUsers {
  readonly users: readonly CreateUser[];
  readonly policy: BulkPolicy;
  readonly idempotencyKey?: string | null | undefined;
}

/** What became of a row: a user, or what is wrong with it; neither when it was good and fell with the others. */
export interface RowOutcome {
  readonly user: User | null;
  readonly errors: readonly DomainError[];
}

/** Everything that can be wrong with a new user, by the name of its class. */
export const NEW_USER_ERRORS = { EmailNotAvailableError, ExternalIdTakenError, InvalidInputError, PasswordError };

/** An outcome as plain JSON, as it is kept under an idempotency key. */
export interface KeptOutcome {
  readonly user: User | null;
  readonly errors: readonly { readonly type: keyof typeof NEW_USER_ERRORS; readonly fields: object }[];
}

export function toKept({ user, errors }: RowOutcome): KeptOutcome {
  return { user, errors: errors.map((error) => ({ type: typeOf(error), fields: { ...error } })) };
}

export function fromKept({ user, errors }: KeptOutcome): RowOutcome {
  // Made by toKept, so the fields are those of the class.
  return {
    user,
    errors: errors.map(
      ({ type, fields }) => Object.assign(Object.create(NEW_USER_ERRORS[type].prototype), fields) as DomainError,
    ),
  };
}

function typeOf(error: DomainError): keyof typeof NEW_USER_ERRORS {
  for (const type of Object.keys(NEW_USER_ERRORS) as (keyof typeof NEW_USER_ERRORS)[]) {
    // keys gives any text
    if (error instanceof NEW_USER_ERRORS[type]) return type;
  }
  throw new Error(`A row cannot be refused for ${error.code}.`);
}

/** Complains of a call without rows, or with too many. */
export function checkBulkSize(users: readonly unknown[], problems: DomainError[]): void {
  if (users.length >= 1 && users.length <= MAX_BULK_USERS) return;
  const message = `A call makes 1 to ${MAX_BULK_USERS} users; this one has ${users.length}.`;
  problems.push(new InvalidInputError('INVALID_INPUT', message, ['users']));
}

/** Complains of a key of its own: a row is repeated with its call, under the key of the call. */
export function checkRow(row: CreateUser, problems: DomainError[]): void {
  if (row.idempotencyKey == null) return;
  const message = 'A row has no idempotency key of its own: give one to the call.';
  problems.push(new InvalidInputError('INVALID_INPUT', message, ['idempotencyKey']));
}
