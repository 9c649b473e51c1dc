import { type DomainError, ExternalIdTakenError, InvalidInputError } from '../domain/errors.js';
import { PasswordError } from '../passwords/password.js';
import { type CreateUser, EmailNotAvailableError, type User } from './user.js';

/** What happens to the valid rows of a call that also has invalid rows. */
export const BULK_POLICIES = {
  PER_ROW: 'Create the users of valid rows, and report errors for the other rows.',
  ALL_OR_NOTHING: 'Create all users, or none when a row is invalid.',
} as const;

export type BulkPolicy = keyof typeof BULK_POLICIES;

/** The maximum number of rows per call. 100 rows fit into a request body, and writing them takes a few milliseconds. */
export const MAX_BULK_USERS = 100;

/** Input of `createUsers`. */
export interface CreateUsers {
  readonly users: readonly CreateUser[];
  readonly policy: BulkPolicy;
  readonly idempotencyKey?: string | null | undefined;
}

/** The outcome of a row: the created user, or errors. Neither when the row is valid but the call was rejected. */
export interface RowOutcome {
  readonly user: User | null;
  readonly errors: readonly DomainError[];
}

/** The error classes of a new user, by name. */
export const NEW_USER_ERRORS = { EmailNotAvailableError, ExternalIdTakenError, InvalidInputError, PasswordError };

/** An outcome as plain JSON, in the form stored for an idempotency key. */
export interface KeptOutcome {
  readonly user: User | null;
  readonly errors: readonly { readonly type: keyof typeof NEW_USER_ERRORS; readonly fields: object }[];
}

export function toKept({ user, errors }: RowOutcome): KeptOutcome {
  return { user, errors: errors.map((error) => ({ type: typeOf(error), fields: { ...error } })) };
}

export function fromKept({ user, errors }: KeptOutcome): RowOutcome {
  // `toKept` wrote the fields from an instance of the class.
  return {
    user,
    errors: errors.map(
      ({ type, fields }) => Object.assign(Object.create(NEW_USER_ERRORS[type].prototype), fields) as DomainError,
    ),
  };
}

function typeOf(error: DomainError): keyof typeof NEW_USER_ERRORS {
  for (const type of Object.keys(NEW_USER_ERRORS) as (keyof typeof NEW_USER_ERRORS)[]) {
    // `Object.keys` returns string[]
    if (error instanceof NEW_USER_ERRORS[type]) return type;
  }
  throw new Error(`Unexpected error code of a row: ${error.code}.`);
}

/** Adds a problem when a call has no rows or too many. */
export function checkBulkSize(users: readonly unknown[], problems: DomainError[]): void {
  if (users.length >= 1 && users.length <= MAX_BULK_USERS) return;
  const message = `A call can create 1 to ${MAX_BULK_USERS} users; this one has ${users.length}.`;
  problems.push(new InvalidInputError('INVALID_INPUT', message, ['users']));
}

/** Adds a problem when a row has an idempotency key, because only the call as a whole can be repeated. */
export function checkRow(row: CreateUser, problems: DomainError[]): void {
  if (row.idempotencyKey == null) return;
  const message = 'A row cannot have an idempotency key: set idempotencyKey of the call.';
  problems.push(new InvalidInputError('INVALID_INPUT', message, ['idempotencyKey']));
}
