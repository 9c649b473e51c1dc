import type { Instant } from '../clock.js';
import { DomainError, type InputPath, InvalidInputError } from '../errors.js';
import type { UserId } from '../ids.js';
import type { Metadata, MetadataInput } from '../metadata.js';
import type { PasswordInput } from '../passwords/password.input.js';
import { normalizeLocale, normalizeText } from '../text.js';
import { isPublicDomain, normalizeDomain, normalizeDomainPart, parseEmailDomain } from './email-domain.js';

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

/** RFC 5321, 4.5.3.1.3: a path has at most 256 octets, two of them its angle brackets. The domain is counted in ASCII. */
export const MAX_EMAIL_LENGTH = 254;

/** RFC 5321, 4.5.3.1.1, in octets. */
const MAX_LOCAL_PART_LENGTH = 64;

/**
 * What may stand before the @: HTML's rule of `<input type=email>`, with letters of every script (RFC 6531). It has dots
 * anywhere, for there are mailboxes with two in a row or one at the end; in SMTP such a name is quoted.
 */
const LOCAL_PART = /^[\p{L}\p{M}\p{N}.!#$%&'*+/=?^_`{|}~-]+$/u;

/** The two sides of the last @ of an address; null for a text that has none. */
function sidesOf(email: string): { local: string; domain: string } | null {
  const at = email.lastIndexOf('@');
  return at < 0 ? null : { local: email.slice(0, at), domain: email.slice(at + 1) };
}

/**
 * The form addresses are compared in: unique within an environment, looked up and ordered by it (contract A22). Letter
 * case is ignored, and the domain is the same one in both of its spellings.
 */
export function normalizeEmail(email: string): string {
  const trimmed = email.trim();
  const sides = sidesOf(trimmed);
  return sides ? `${normalizeText(sides.local)}@${normalizeDomain(sides.domain)}` : normalizeText(trimmed);
}

/** A part of an address in the form addresses are compared in. */
export function normalizeEmailPart(part: string): string {
  const sides = sidesOf(part);
  return sides ? `${normalizeText(sides.local)}@${normalizeDomainPart(sides.domain)}` : normalizeText(part);
}

/**
 * The form in which release 0.1.0 compared addresses, which knew one spelling of a domain. A user of that time whose
 * mailbox another user has in the other spelling is still kept under it: see migration `0014-email-domains`.
 */
export function formerEmailOf(email: string): string {
  return email.trim().normalize('NFC').toLowerCase();
}

/**
 * The normal forms a user with this address can be found under, the nearest first: the very spelling, where two users
 * have one mailbox, and else the normal form.
 */
export function lookupFormsOf(email: string): readonly [string, ...string[]] {
  const [normal, former] = [normalizeEmail(email), formerEmailOf(email)];
  return former !== normal && normalizeEmail(former) === normal ? [former, normal] : [normal];
}

/** The form that a second user of this mailbox is kept under as a rule; null where the domain has one spelling. */
export function secondFormOf(emailNormal: string): string | null {
  const ascii = deliverableEmail(emailNormal);
  return ascii === emailNormal ? null : ascii;
}

/** What follows the last @ of an address in its normal form. */
export function domainOf(emailNormal: string): string {
  return emailNormal.slice(emailNormal.lastIndexOf('@') + 1);
}

/** The address as given, and with its domain in its other spelling, if it has one: a search finds it by each. */
export function emailSpellingsOf(email: string): readonly string[] {
  const sides = sidesOf(email);
  const domain = sides && parseEmailDomain(sides.domain);
  return domain && domain.ascii !== domain.unicode ? [email, domain.unicode, domain.ascii] : [email];
}

/** The address as SMTP and DNS take it: its domain in ASCII. */
export function deliverableEmail(email: string): string {
  const sides = sidesOf(email);
  const domain = sides && parseEmailDomain(sides.domain);
  return sides && domain ? `${sides.local}@${domain.ascii}` : email;
}

/**
 * The address as it is stored: as given, without the blanks around it. Complains when it is none, or no mail could
 * arrive there: the rule is in the README under "Addresses".
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
    return 'This is not an email address: after the @ stands a domain with a dot in it, e.g. example.com.';
  }
  const local = Buffer.byteLength(sides.local);
  if (local > MAX_LOCAL_PART_LENGTH) {
    return `Before the @ of an email address stand at most ${MAX_LOCAL_PART_LENGTH} bytes; here are ${local}.`;
  }
  // As given as well: signs that the mapping takes out of a domain would be stored without end.
  if (local + 1 + domain.ascii.length <= MAX_EMAIL_LENGTH && email.length <= MAX_EMAIL_LENGTH) return null;
  return `An email address has at most ${MAX_EMAIL_LENGTH} bytes.`;
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
