import { DomainError, type InputPath, InvalidInputError } from '../domain/errors.js';
import type { UserId } from '../domain/ids.js';
import type { Profile, ProfileInput } from '../domain/profile-fields.js';
import { isPublicDomain, normalizeDomain, normalizeDomainPart, parseEmailDomain } from '../input/email-domain.js';
import type { Metadata, MetadataInput } from '../input/metadata.js';
import { normalizeLocale, normalizeText } from '../input/text.js';
import type { PasswordInput } from '../passwords/password.input.js';
import type { Instant } from '../runtime/clock.js';

/** A person known to the application (WorkOS contract, section 1). */
export interface User extends Profile {
  readonly id: UserId;
  /** The address as given, without surrounding white space. */
  readonly email: string;
  readonly emailVerified: boolean;
  readonly profilePictureUrl: string | null;
  readonly locale: string | null;
  readonly lastSignInAt: Instant | null;
  readonly externalId: string | null;
  readonly metadata: Metadata;
  /** Starts at 1 and increases by 1 with each change. */
  readonly version: number;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

/** Input of `createUser` and of an import; null and left out mean the same. */
export interface NewUser extends PasswordInput, ProfileInput {
  readonly email: string;
  readonly emailVerified?: boolean | null | undefined;
  readonly externalId?: string | null | undefined;
  readonly metadata?: MetadataInput | null | undefined;
  /** Only for imports: GraphQL accepts it on update only, like the contract (section 2.4). */
  readonly locale?: string | null | undefined;
}

/** Input of `createUser`, with the idempotency key. */
export interface CreateUser extends NewUser {
  readonly idempotencyKey?: string | null | undefined;
}

/** Input of `updateUser`. Undefined keeps a field, null clears it. */
export interface UserPatch extends Partial<Omit<NewUser, 'email'>> {
  readonly email?: string | null | undefined;
}

/** The order of a list of users. Ties are broken by id. Users without a name or sign-in sort first. */
export type UserOrderField = 'CREATED_AT' | 'UPDATED_AT' | 'LAST_SIGN_IN_AT' | 'EMAIL' | 'NAME';

export interface UserOrder {
  readonly field: UserOrderField;
  readonly direction: 'ASC' | 'DESC';
}

/** RFC 5321, section 4.5.3.1.3: 256 octets including the angle brackets. The domain counts in its ASCII spelling. */
export const MAX_EMAIL_LENGTH = 254;

/** RFC 5321, section 4.5.3.1.1, in octets. */
const MAX_LOCAL_PART_LENGTH = 64;

/**
 * The local part: the rule of HTML's `<input type=email>`, extended to letters of every script (RFC 6531). Dots can be
 * anywhere, because mailboxes with consecutive or trailing dots exist; SMTP quotes them.
 */
const LOCAL_PART = /^[\p{L}\p{M}\p{N}.!#$%&'*+/=?^_`{|}~-]+$/u;

/** Splits an address at the last @; null when there is none. */
function sidesOf(email: string): { local: string; domain: string } | null {
  const at = email.lastIndexOf('@');
  return at < 0 ? null : { local: email.slice(0, at), domain: email.slice(at + 1) };
}

/**
 * The normal form of an address, by which addresses are compared, looked up, ordered and unique within an environment
 * (contract A22). It ignores letter case and the spelling of the domain.
 */
export function normalizeEmail(email: string): string {
  const trimmed = email.trim();
  const sides = sidesOf(trimmed);
  return sides ? `${normalizeText(sides.local)}@${normalizeDomain(sides.domain)}` : normalizeText(trimmed);
}

/** The normal form of a part of an address, e.g. of a prefix. */
export function normalizeEmailPart(part: string): string {
  const sides = sidesOf(part);
  return sides ? `${normalizeText(sides.local)}@${normalizeDomainPart(sides.domain)}` : normalizeText(part);
}

/**
 * The normal form of release 0.1.0, which distinguished the spellings of a domain. A user of that release who shares a
 * mailbox with another user is still stored under this form; see migration `0014-email-domains`.
 */
export function formerEmailOf(email: string): string {
  return email.trim().normalize('NFC').toLowerCase();
}

/**
 * The forms under which a user with this address can be stored, in the order of preference: the former form, which is
 * used when two users share a mailbox, then the normal form.
 */
export function lookupFormsOf(email: string): readonly [string, ...string[]] {
  const [normal, former] = [normalizeEmail(email), formerEmailOf(email)];
  return former !== normal && normalizeEmail(former) === normal ? [former, normal] : [normal];
}

/** The form under which a second user of this mailbox is usually stored; null when the domain has only one spelling. */
export function secondFormOf(emailNormal: string): string | null {
  const ascii = deliverableEmail(emailNormal);
  return ascii === emailNormal ? null : ascii;
}

/** The domain of an address in normal form. */
export function domainOf(emailNormal: string): string {
  return emailNormal.slice(emailNormal.lastIndexOf('@') + 1);
}

/** The address as given, and both spellings of its domain when they differ. A search finds the user by each. */
export function emailSpellingsOf(email: string): readonly string[] {
  const sides = sidesOf(email);
  const domain = sides && parseEmailDomain(sides.domain);
  return domain && domain.ascii !== domain.unicode ? [email, domain.unicode, domain.ascii] : [email];
}

/** The address with its domain in the ASCII spelling, for SMTP and DNS. */
export function deliverableEmail(email: string): string {
  const sides = sidesOf(email);
  const domain = sides && parseEmailDomain(sides.domain);
  return sides && domain ? `${sides.local}@${domain.ascii}` : email;
}

/**
 * Removes surrounding white space from an address. Adds a problem when the address cannot receive mail;
 * docs/email-addresses.md describes the rules.
 */
export function parseEmail(email: string, problems: InvalidInputError[], field = 'email'): string {
  const trimmed = email.trim();
  const complaint = complaintAbout(trimmed);
  if (complaint !== null) problems.push(new InvalidInputError('INVALID_EMAIL', complaint, [field]));
  return trimmed;
}

function complaintAbout(email: string): string | null {
  const sides = sidesOf(email);
  if (!sides || !LOCAL_PART.test(sides.local)) return 'This is not an email address.';
  const domain = parseEmailDomain(sides.domain);
  if (!domain || !isPublicDomain(domain)) {
    return 'This is not an email address: the part after the @ must be a domain with a dot, e.g. example.com.';
  }
  const local = Buffer.byteLength(sides.local);
  if (local > MAX_LOCAL_PART_LENGTH) {
    return `The part before the @ can have at most ${MAX_LOCAL_PART_LENGTH} bytes; this one has ${local}.`;
  }
  // Check the given spelling too: the mapping removes some characters, which would otherwise be stored without limit.
  if (local + 1 + domain.ascii.length <= MAX_EMAIL_LENGTH && email.length <= MAX_EMAIL_LENGTH) return null;
  return `An email address can have at most ${MAX_EMAIL_LENGTH} bytes.`;
}

/** The locale in its canonical form, see `normalizeLocale`. Adds a problem when it is invalid. */
export function parseLocale(locale: string, problems: InvalidInputError[]): string {
  const normal = normalizeLocale(locale);
  if (normal !== null) return normal;
  problems.push(
    new InvalidInputError('INVALID_LOCALE', 'A locale must be a BCP 47 language tag, e.g. en-US.', ['locale']),
  );
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

/** The email address belongs to another user. */
export class EmailNotAvailableError extends DomainError {
  constructor(
    readonly email: string,
    path: InputPath = ['email'],
  ) {
    super('EMAIL_NOT_AVAILABLE', 'This email is not available.', path);
  }
}

/** The current version of the user is not the one the caller expected. */
export class VersionConflictError extends DomainError {
  readonly currentVersion: number;

  /** @param user the current state */
  constructor(readonly user: User) {
    super('VERSION_CONFLICT', `The user is at version ${user.version} now: read it and try again.`, [
      'expectedVersion',
    ]);
    this.currentVersion = user.version;
  }
}

/** Adds a problem when the version of the user is not the expected one. Null and undefined match every version. */
export function checkVersion(user: User, expected: number | null | undefined, problems: DomainError[]): void {
  if (expected != null && user.version !== expected) problems.push(new VersionConflictError(user));
}
