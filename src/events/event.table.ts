import type { Actor } from '../auth/viewer.js';
import type { Instant } from '../clock.js';
import type { EnvironmentId, EventId, OrganizationId, UserId } from '../ids.js';
import type { EventName } from './event.js';

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
  created_at: Instant;
}

/** The last number given out in an environment. */
export interface EventSequenceTable {
  environment_id: EnvironmentId;
  last: number;
}
