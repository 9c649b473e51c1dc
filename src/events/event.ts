import type { Actor, Api } from '../auth/viewer.js';
import type { EventId, OrganizationId, UserId } from '../domain/ids.js';
import type { Instant } from '../runtime/clock.js';
import type { EventData, EventName, Previous } from './event-data.js';

/** An event to append. An update has the old values of the fields it changed. */
export type NewEvent<Name extends EventName = EventName> = {
  [One in Name]: { readonly name: One; readonly data: EventData[One] } & (One extends `${string}.updated`
    ? { readonly previous: Previous<One> }
    : { readonly previous?: never });
}[Name];

/** An event in the log. */
export type LoggedEvent<Name extends EventName = EventName> = { [One in Name]: LogEntry<One> }[Name];

interface LogEntry<Name extends EventName> {
  readonly id: EventId;
  /** 1, 2, 3 … in commit order within the environment. */
  readonly sequence: number;
  readonly name: Name;
  readonly userId: UserId | null;
  readonly organizationId: OrganizationId | null;
  readonly actor: { readonly source: Actor['source']; readonly id: string; readonly name: string };
  /** The id of the request that caused the event, or the name of the command. */
  readonly requestId: string;
  /** The API of the request; null for a command, and for what the server does by itself. */
  readonly api: Api | null;
  readonly data: EventData[Name];
  readonly previous: Readonly<Record<string, unknown>> | null;
  /** Never earlier than that of the previous event. */
  readonly createdAt: Instant;
}

/** The state of the log of an environment. */
export interface EventLogState {
  /** Changes when the log is restored to an earlier state. */
  readonly epoch: string;
  /** The last assigned sequence number; 0 when there is no event. */
  readonly last: number;
  /** The sequence number of the last removed event; 0 when none was removed. */
  readonly removed: number;
}

/** A filter for events. All given conditions must hold. */
export interface EventFilter {
  /** The event has one of these names. An empty list matches no event. */
  readonly names?: readonly EventName[] | undefined;
  readonly userId?: UserId | undefined;
  readonly organizationId?: OrganizationId | undefined;
  readonly createdAt?: InstantRange | undefined;
}

/** Whether the filter matches an event. */
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

/** A time range; undefined bounds are open. */
export interface InstantRange {
  readonly gte?: Instant | undefined;
  readonly gt?: Instant | undefined;
  readonly lte?: Instant | undefined;
  readonly lt?: Instant | undefined;
}

/**
 * The maximum number of log rows that a page examines. Only combined conditions, e.g. a user and an event name, can
 * reach it; the page is then incomplete and its cursor continues after the examined rows.
 */
export const MAX_EVENTS_EXAMINED = 10_000;

/** The old value of a changed field as text; null when it was null or missing. */
export interface FieldChange {
  readonly field: string;
  readonly previous: string | null;
}

/**
 * The changed fields of an update with their old values. Maps are split by key (`metadata.plan`); lists are JSON. A
 * changed password is listed without a value.
 */
export function changesOf({ data, previous }: LoggedEvent): FieldChange[] {
  const values = new Map<string, unknown>(Object.entries(data));
  return Object.entries(previous ?? {}).flatMap(([field, before]) => {
    if (!isMap(before)) return [{ field, previous: toText(before) }];
    const value = values.get(field);
    const after = isMap(value) ? value : {};
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
