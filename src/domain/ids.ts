import { decodeTime, encodeTime, monotonicFactory } from 'ulid';
import { type Clock, type Instant, toInstant, toMilliseconds } from '../runtime/clock.js';
import type { Random } from '../runtime/random.js';

/** The prefixes of ids. A prefix identifies one kind of object and is never reused for another kind. */
export type IdPrefix =
  | 'api_key'
  | 'authorized_connect_app'
  | 'client'
  | 'conn_app'
  | 'email_change'
  | 'email_verification'
  | 'env'
  | 'event'
  | 'issuer'
  | 'mail'
  | 'om'
  | 'org'
  | 'req'
  | 'session'
  | 'signing_key'
  | 'user'
  | 'we'
  | 'webhook_delivery';

/** A prefixed ULID, e.g. `user_01E4ZCR3C56J083X43JQXF3JK5`. GraphQL, logs and federation keys all use this form. */
export type Id<P extends IdPrefix> = `${P}_${string}`;

export type ApiKeyId = Id<'api_key'>;
export type ApplicationId = Id<'conn_app'>;
export type AuthorizedApplicationId = Id<'authorized_connect_app'>;
export type ClientId = Id<'client'>;
export type EnvironmentId = Id<'env'>;
export type EventId = Id<'event'>;
export type IssuerId = Id<'issuer'>;
export type MailId = Id<'mail'>;
export type OrganizationId = Id<'org'>;
export type OrganizationMembershipId = Id<'om'>;
export type SessionId = Id<'session'>;
export type SigningKeyId = Id<'signing_key'>;
export type UserId = Id<'user'>;
export type WebhookDeliveryId = Id<'webhook_delivery'>;
export type WebhookEndpointId = Id<'we'>;

/**
 * Generates ids. Within one process each id is greater than the one before, even within a millisecond and when the
 * clock steps back. Id order is therefore creation order, and lists ordered by creation page by id alone (see
 * `createdAtOf`).
 */
export interface Ids {
  next<P extends IdPrefix>(prefix: P): Id<P>;
}

export function createIds(clock: Clock, random: Random): Ids {
  // ulid picks one of 32 symbols for each number in [0, 1); multiples of 1/32 map to the symbols exactly.
  const ulid = monotonicFactory(() => random.below(32) / 32);
  return { next: (prefix) => `${prefix}_${ulid(clock.millis())}` };
}

const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

/** Whether `text` is an id of this kind: the prefix, `_` and 26 characters of upper-case Crockford base32. */
export function isId<P extends IdPrefix>(prefix: P, text: string): text is Id<P> {
  return text.startsWith(`${prefix}_`) && ULID.test(text.slice(prefix.length + 1));
}

/** The instant encoded in an id. `createdAt` is set to it, so that id order and creation order agree. */
export function createdAtOf(id: Id<IdPrefix>): Instant {
  return toInstant(decodeTime(id.slice(-26)));
}

/** The smallest id of an instant. Every object created at that instant or later has this id or a greater one. */
export function firstIdAt<P extends IdPrefix>(prefix: P, instant: Instant): Id<P> {
  // A ULID has 10 characters of time and 16 random ones. It cannot encode an instant before the Unix epoch.
  return `${prefix}_${encodeTime(Math.max(0, toMilliseconds(instant)), 10)}${'0'.repeat(16)}`;
}
