import { decodeTime, encodeTime, monotonicFactory } from 'ulid';
import { type Clock, type Instant, toInstant, toMilliseconds } from './clock.js';
import type { Random } from './random.js';

/** Prefixes in use. One names one kind of object for ever: it is never given to another kind. */
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

/** A prefixed ULID, e.g. `user_01E4ZCR3C56J083X43JQXF3JK5`; used as it is in GraphQL, in logs and as federation key. */
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
 * Makes ids. Inside one process they strictly grow, also within a millisecond and when the clock steps back, so the
 * order of ids is the order of creation: lists "by creation" page by id alone (see `createdAtOf`).
 */
export interface Ids {
  next<P extends IdPrefix>(prefix: P): Id<P>;
}

export function createIds(clock: Clock, random: Random): Ids {
  // ulid draws one of 32 symbols from each number; thirty-seconds map onto them exactly.
  const ulid = monotonicFactory(() => random.below(32) / 32);
  return { next: (prefix) => `${prefix}_${ulid(toMilliseconds(clock.now()))}` };
}

const ULID = '[0-7][0-9A-HJKMNP-TV-Z]{25}';

/** Whether `text` is an id of this kind: prefix, underscore and 26 characters of Crockford base32 in upper case. */
export function isId<P extends IdPrefix>(prefix: P, text: string): text is Id<P> {
  return text.startsWith(`${prefix}_`) && new RegExp(`^${ULID}$`).test(text.slice(prefix.length + 1));
}

/** The instant in an id. Rows take their `createdAt` from it, which is what makes id order and creation order one. */
export function createdAtOf(id: Id<IdPrefix>): Instant {
  return toInstant(decodeTime(id.slice(-26)));
}

/** The smallest id of an instant: what was created from then on has this id or a larger one. */
export function firstIdAt<P extends IdPrefix>(prefix: P, instant: Instant): Id<P> {
  // A ULID has 10 signs of time and 16 of chance; none is older than the Unix epoch.
  return `${prefix}_${encodeTime(Math.max(0, toMilliseconds(instant)), 10)}${'0'.repeat(16)}`;
}
