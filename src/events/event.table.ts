import type { Generated, Selectable } from 'kysely';
import type { Actor, Api } from '../auth/viewer.js';
import type { EnvironmentId, EventId, OrganizationId, UserId } from '../domain/ids.js';
import type { Instant } from '../runtime/clock.js';
import type { LoggedEvent } from './event.js';
import type { EventName } from './event-data.js';

declare module '../db/tables.js' {
  interface Tables {
    event_sequences: EventSequenceTable;
    events: EventTable;
  }
}

export interface EventTable {
  environment_id: EnvironmentId;
  /** 1, 2, 3 … in commit order within the environment. Cursors use it because ids are not in commit order. */
  sequence: number;
  id: EventId;
  name: EventName;
  user_id: UserId | null;
  organization_id: OrganizationId | null;
  actor_source: Actor['source'];
  actor_id: string;
  actor_name: string;
  request_id: string;
  api: Api | null;
  /** JSON object. */
  data: string;
  /** JSON object with the old values of an update; null for other events. */
  previous: string | null;
  /** Never earlier than that of the previous event. */
  created_at: Instant;
}

export type EventRow = Selectable<EventTable>;

/** The state of the log of an environment. */
export interface EventSequenceTable {
  environment_id: EnvironmentId;
  /** The last assigned sequence number. */
  last: number;
  /** The time of the last event; empty when there is none. */
  last_at: Instant | '';
  /** The sequence number of the last removed event; 0 when none was removed. */
  removed: Generated<number>;
  /** The sequence number of the last user deletion that was erased; 0 when none was. */
  erased: Generated<number>;
  /** Changes when the log is restored to an earlier state. */
  epoch: string;
}

export function toEvent(row: EventRow): LoggedEvent {
  const event = {
    id: row.id,
    sequence: row.sequence,
    name: row.name,
    userId: row.user_id,
    organizationId: row.organization_id,
    actor: { source: row.actor_source, id: row.actor_id, name: row.actor_name },
    requestId: row.request_id,
    api: row.api,
    data: JSON.parse(row.data),
    previous: row.previous === null ? null : JSON.parse(row.previous),
    createdAt: row.created_at,
  };
  return event as LoggedEvent; // only the event log writes rows, with the data type of the name
}
