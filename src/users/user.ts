import type { Instant } from '../clock.js';
import { DomainError, type InputPath, InvalidInputError } from '../errors.js';
import type { UserId } from '../ids.js';
import type { Metadata, MetadataInput } from '../metadata.js';
import type { PasswordInput } from '../passwords/password.input.js';
import { normalizeLocale } from '../text.js';

/** A person known to the application (WorkOS contract, section 1). */
export interface User {
  readonly id: UserId;
  /** As given, trimmed. */
  readonly email: string;
  readonly emailVerified: boolean;
  readonly firstName: string | null;
  readonly lastName: string | null;
  /** Kept apart from first and last name (contract A29). */
  readonly name: string | null;
  readonly profilePictureUrl: string | null;
  readonly locale: string | null;
  readonly lastSignInAt: Instant | null;
  readonly externalId: string | null;
  readonly metadata: Metadata;
  /** 1 when created; one more with each change. */
  readonly version: number;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

/** Input of `createUser` and of an import; null and left out mean the same. */
export interface NewUser extends PasswordInput {
  readonly email: string;
  readonly emailVerified?: boolean | null | undefined;
  readonly firstName?: string | null | undefined;
  readonly lastName?: string | null | undefined;
  readonly name?: string | null | undefined;
  readonly externalId?: string | null | undefined;
  readonly metadata?: MetadataInput | null | undefined;
  /** Of an import: the graph takes it on update only, as the contract does (section 2.4). */
  readonly locale?: string | null | undefined;
}

/** Input of `createUser` as a whole. */
export interface CreateUser extends NewUser {
  readonly idempotencyKey?: string | null | undefined;
}

/** Input of `updateUser`: what is left out (undefined) stays, null clears. */
export interface UserPatch extends Partial<Omit<NewUser, 'email'>> {
  readonly email?: string | null | undefined;
}

/** What lists of users are ordered by; the id decides between equals, and who has no name or sign-in comes first. */
export type UserOrderField = 'CREATED_AT' | 'UPDATED_AT' | 'LAST_SIGN_IN_AT' | 'EMAIL' | 'NAME';

export interface UserOrder {
  readonly field: UserOrderField;
  readonly direction: 'ASC' | 'DESC';
}

/** RFC 5321, 4.5.3.1.3: a path has at most 256 octets, two of them its angle brackets. */
export const MAX_EMAIL_LENGTH = 254;

/**
 * HTML's pattern of an address, with letters of every script (RFC 6531), no dots at the ends or in a row, and a dot
 * in the domain: an address nothing can be delivered to is refused at the door.
 */
const EMAIL =
  /^(?!\.)(?!.*\.\.)[\p{L}\p{M}\p{N}.!#$%&'*+/=?^_`{|}~-]{1,64}(?<!\.)@(?:[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]{0,61}[\p{L}\p{M}\p{N}])?\.)+[\p{L}\p{M}\p{N}-]{2,63}$/u;

/** The form texts are compared and ordered in: letter case is ignored, and how accents are put together. */
export function normalizeText(text: string): string {
  return text.normalize('NFC').toLowerCase();
}

/**
 * The form addresses are compared in: unique within an environment, looked up and ordered by it (contract A22).
 */
export function normalizeEmail(email: string): string {
  return normalizeText(email.trim());
}

/** What follows the last @ of an address in its normal form. */
export function domainOf(emailNormal: string): string {
  return emailNormal.slice(emailNormal.lastIndexOf('@') + 1);
}

/** The address as it is stored: as given, without the blanks around it. Complains when it is none. */
export function parseEmail(email: string, problems: InvalidInputError[], field = 'email'): string {
  const trimmed = email.trim();
  if (Buffer.byteLength(trimmed) > MAX_EMAIL_LENGTH || !EMAIL.test(trimmed)) {
    problems.push(new InvalidInputError('INVALID_EMAIL', 'This is not an email address.', [field]));
  }
  return trimmed;
}

/** The locale in its normal form, see `normalizeLocale`. Complains when it is none. */
export function parseLocale(locale: string, problems: InvalidInputError[]): string {
  const normal = normalizeLocale(locale);
  if (normal !== null) return normal;
  problems.push(new InvalidInputError('INVALID_LOCALE', 'A locale is a BCP 47 tag, e.g. en-US.', ['locale']));
  return locale;
}

/** No user has this id in the environment. */
export class UserNotFoundError extends DomainError {
  constructor(
    readonly userId: string,
    path: string = 'userId',
  ) {
    super('USER_NOT_FOUND', `User not found: '${userId}'.`, [path]);
  }
}

/** The address belongs to another user. */
export class EmailNotAvailableError extends DomainError {
  constructor(
    readonly email: string,
    path: InputPath = ['email'],
  ) {
    super('EMAIL_NOT_AVAILABLE', 'This email is not available.', path);
  }
}

/** The user has moved on from the version the caller expected. */
export class VersionConflictError extends DomainError {
  readonly currentVersion: number;

  /** @param user as they are now */
  constructor(readonly user: User) {
    super('VERSION_CONFLICT', `The user is at version ${user.version} now.`, ['expectedVersion']);
    this.currentVersion = user.version;
  }
}

/** Complains when the user is not at the version the caller expects; null and left out expect none. */
export function checkVersion(user: User, expected: number | null | undefined, problems: DomainError[]): void {
  if (expected != null && user.version !== expected) problems.push(new VersionConflictError(user));
}
