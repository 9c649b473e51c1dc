import type { Generated, Selectable } from 'kysely';
import type { Actor } from '../auth/viewer.js';
import type { Instant } from '../clock.js';
import type { EnvironmentId, EventId, OrganizationId, UserId } from '../ids.js';
import type { EventName, LoggedEvent } from './event.js';

export interface EventTable {
  environment_id: EnvironmentId;
  /** 1, 2, 3 … in commit order within the environment: what cursors hold. Ids are not in commit order. */
  sequence: number;
  id: EventId;
  name: EventName;
  user_id: UserId | null;
  organization_id: OrganizationId | null;
  actor_source: Actor['source'];
  actor_id: string;
  actor_name: string;
  request_id: string;
  /** JSON object. */
  data: string;
  /** JSON object; of an update. */
  previous: string | null;
  /** Never before that of the number before. */
  created_at: Instant;
}

export type EventRow = Selectable<EventTable>;

/** Where the log of an environment stands. */
export interface EventSequenceTable {
  environment_id: EnvironmentId;
  /** The last number given out. */
  last: number;
  /** The time of the last event; empty when there is none. */
  last_at: Instant | '';
  /** The last number whose event was removed; 0 when none was. */
  removed: Generated<number>;
  /** The last deletion of a user whose data was erased; 0 when none was. */
  erased: Generated<number>;
  /** Another one after the log was put back to an earlier state. */
  epoch: string;
}

export function toEvent(row: EventRow): LoggedEvent {
  return {
    id: row.id,
    sequence: row.sequence,
    name: row.name,
    userId: row.user_id,
    organizationId: row.organization_id,
    actor: { source: row.actor_source, id: row.actor_id, name: row.actor_name },
    requestId: row.request_id,
    // Both written by the log only, from objects.
    data: JSON.parse(row.data) as LoggedEvent['data'],
    previous: row.previous === null ? null : (JSON.parse(row.previous) as LoggedEvent['data']),
    createdAt: row.created_at,
  };
}
