import type { Viewer } from '../auth/viewer.js';
import type { Transaction } from '../db/handle.js';
import { createdAtOf, type Ids } from '../ids.js';
import type { NewEvent } from './event.js';
import * as store from './event.store.js';

/** The event log. It is the outbox too: what is in it happened, and what happened is in it. */
export interface EventLog {
  /** Appends, in the transaction that makes the change. The only way into the log. */
  append(trx: Transaction, viewer: Viewer, ...events: NewEvent[]): Promise<void>;
}

export function createEventLog(ids: Ids): EventLog {
  return {
    async append(trx, viewer, ...events) {
      if (events.length === 0) return;
      const first = await store.takeSequence(trx, viewer.environmentId, events.length);
      const rows = events.map((event, index) => {
        const id = ids.next('event');
        return {
          environment_id: viewer.environmentId,
          sequence: first + index,
          id,
          name: event.name,
          user_id: event.userId,
          organization_id: event.organizationId,
          actor_source: viewer.actor.source,
          actor_id: viewer.actor.id,
          actor_name: viewer.actor.name,
          request_id: viewer.requestId,
          data: JSON.stringify(event.data),
          previous: event.previous ? JSON.stringify(event.previous) : null,
          created_at: createdAtOf(id),
        };
      });
      await store.insert(trx, rows);
    },
  };
}
