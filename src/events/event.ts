import type { Actor } from '../auth/viewer.js';
import type { Instant } from '../clock.js';
import type { EventId, OrganizationId, UserId } from '../ids.js';

/**
 * Every event the log can hold, by its dotted name, as webhooks carry it (WorkOS contract, section 4; those WorkOS does
 * not have are ours): which type of the graph shows it, and what it says. A new event is a line here; a new type has
 * its fields in `event-types.graphql.ts`.
 */
export const EVENTS = {
  'api_key.created': { type: 'ApiKeyEvent', description: 'An API key was created.' },
  'api_key.revoked': { type: 'ApiKeyEvent', description: 'An API key was revoked.' },
  'api_key.updated': { type: 'ApiKeyEvent', description: 'Another API key took over from one, which got an end.' },
  'application.created': { type: 'ApplicationEvent', description: 'An application was created.' },
  'application.deleted': { type: 'ApplicationEvent', description: 'An application was deleted.' },
  'application.updated': { type: 'ApplicationEvent', description: 'An application was changed.' },
  'authentication.password_failed': {
    type: 'AuthenticationEvent',
    description: 'A wrong password was given for a user.',
  },
  'authentication.password_succeeded': { type: 'AuthenticationEvent', description: 'A user signed in.' },
  'authorized_application.created': {
    type: 'AuthorizedApplicationEvent',
    description: 'A user granted an application access.',
  },
  'authorized_application.deleted': { type: 'AuthorizedApplicationEvent', description: 'A grant was taken back.' },
  'authorized_application.updated': { type: 'AuthorizedApplicationEvent', description: 'A grant was changed.' },
  'email_verification.created': { type: 'EmailVerificationCreatedEvent', description: 'A code was made for a user.' },
  'environment.updated': { type: 'EnvironmentEvent', description: 'The operator allowed signing in, or no longer.' },
  'issuer.created': { type: 'IssuerEvent', description: 'The operator had the tokens of an issuer believed.' },
  'issuer.deleted': { type: 'IssuerEvent', description: 'The tokens of an issuer are believed no longer.' },
  'organization.created': { type: 'OrganizationEvent', description: 'An organization was created.' },
  'organization.deleted': { type: 'OrganizationEvent', description: 'An organization was deleted.' },
  'organization.updated': { type: 'OrganizationEvent', description: 'An organization was changed.' },
  'organization_membership.created': {
    type: 'OrganizationMembershipEvent',
    description: 'A user became a member of an organization.',
  },
  'organization_membership.deleted': { type: 'OrganizationMembershipEvent', description: 'A membership ended.' },
  'organization_membership.updated': { type: 'OrganizationMembershipEvent', description: 'A membership was changed.' },
  'session.created': { type: 'SessionEvent', description: 'A session began.' },
  'session.revoked': { type: 'SessionEvent', description: 'A session was ended before its time.' },
  'signing_key.created': { type: 'SigningKeyEvent', description: 'Another key signs access tokens from then on.' },
  'staff_grant.created': { type: 'StaffGrantEvent', description: 'The operator let a user sign in with scopes.' },
  'staff_grant.deleted': { type: 'StaffGrantEvent', description: 'A user may sign in with scopes no longer.' },
  'staff_grant.updated': { type: 'StaffGrantEvent', description: 'The scopes of a user were changed.' },
  'user.created': { type: 'UserCreatedEvent', description: 'A user was created.' },
  'user.deleted': { type: 'UserDeletedEvent', description: 'A user was deleted.' },
  'user.updated': { type: 'UserUpdatedEvent', description: 'A user was changed.' },
  'webhook_endpoint.created': { type: 'WebhookEndpointEvent', description: 'A webhook endpoint was created.' },
  'webhook_endpoint.deleted': { type: 'WebhookEndpointEvent', description: 'A webhook endpoint was deleted.' },
  'webhook_endpoint.disabled': {
    type: 'WebhookEndpointEvent',
    description: 'A webhook endpoint took nothing for three days, and is sent nothing any more.',
  },
  'webhook_endpoint.updated': { type: 'WebhookEndpointEvent', description: 'A webhook endpoint was changed.' },
} as const satisfies Record<string, { readonly type: `${string}Event`; readonly description: string }>;

export type EventName = keyof typeof EVENTS;

/** Types of the graph that show events. */
export type EventTypename = (typeof EVENTS)[EventName]['type'];

/** What happened, to be appended in the transaction that made it happen. Never holds a code, a password or a hash. */
export interface NewEvent {
  readonly name: EventName;
  readonly userId: UserId | null;
  readonly organizationId: OrganizationId | null;
  /** The object as it is after the change; of a deletion, as it was before. */
  readonly data: object;
  /** The changed fields as they were before; only for updates. */
  readonly previous?: object;
}

/** An event as it stands in the log. */
export interface LoggedEvent {
  readonly id: EventId;
  /** 1, 2, 3 … in commit order within the environment. */
  readonly sequence: number;
  readonly name: EventName;
  readonly userId: UserId | null;
  readonly organizationId: OrganizationId | null;
  readonly actor: { readonly source: Actor['source']; readonly id: string; readonly name: string };
  /** Id of the request that caused it; of a command its name. */
  readonly requestId: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly previous: Readonly<Record<string, unknown>> | null;
  /** Never before that of the event with the number before. */
  readonly createdAt: Instant;
}

/** Where the log of an environment stands. */
export interface EventLogState {
  /** Another one after the log was put back to an earlier state. */
  readonly epoch: string;
  /** The last number given out; 0 when there is no event. */
  readonly last: number;
  /** The last number whose event was removed; 0 when none was. */
  readonly removed: number;
}

/** Conditions on events; all given ones hold. */
export interface EventFilter {
  /** One of these; none is one of an empty list. */
  readonly names?: readonly EventName[] | undefined;
  readonly userId?: UserId | undefined;
  readonly organizationId?: OrganizationId | undefined;
  readonly createdAt?: InstantRange | undefined;
}

/** Whether all conditions hold for an event. */
export function isEventOf({ names, userId, organizationId, createdAt = {} }: EventFilter, event: LoggedEvent): boolean {
  const { gte, gt, lte, lt } = createdAt;
  const at = event.createdAt;
  return (
    (names === undefined || names.includes(event.name)) &&
    (userId === undefined || event.userId === userId) &&
    (organizationId === undefined || event.organizationId === organizationId) &&
    (gte === undefined || at >= gte) &&
    (gt === undefined || at > gt) &&
    (lte === undefined || at <= lte) &&
    (lt === undefined || at < lt)
  );
}

/** A span of time; bounds that are not given do not count. */
export interface InstantRange {
  readonly gte?: Instant | undefined;
  readonly gt?: Instant | undefined;
  readonly lte?: Instant | undefined;
  readonly lt?: Instant | undefined;
}

/**
 * Rows of the log that one page examines at most. Reached only where a condition has no index of its own, e.g. one type
 * of the events of a user; the page is then cut short, and its cursor goes on behind them.
 */
export const MAX_EVENTS_EXAMINED = 10_000;

/** A field before the change, as text; null when it was null or not there. */
export interface FieldChange {
  readonly field: string;
  readonly previous: string | null;
}

/**
 * What an update changed, with the values from before. A map is told key by key (`metadata.plan`), a list as JSON. Of a
 * password only that it changed.
 */
export function changesOf({ data, previous }: LoggedEvent): FieldChange[] {
  return Object.entries(previous ?? {}).flatMap(([field, before]) => {
    if (!isMap(before)) return [{ field, previous: toText(before) }];
    const after = isMap(data[field]) ? data[field] : {};
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
      (key) => before[key] !== after[key],
    );
    return keys.map((key) => ({ field: `${field}.${key}`, previous: toText(before[key]) }));
  });
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function toText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
