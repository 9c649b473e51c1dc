import DataLoader from 'dataloader';
import type { Handle } from '../db/handle.js';
import { createSliceLoader } from '../db/nested-loaders.js';
import type { EnvironmentId, EventId, UserId } from '../ids.js';
import type { PageRequest } from '../paging.js';
import type { EventLogState, LoggedEvent } from './event.js';
import type { EventPage } from './event.service.js';
import * as store from './event.store.js';
import { withinLog } from './event-position.js';

export type EventLoaders = ReturnType<typeof createEventLoaders>;

export function createEventLoaders(db: Handle, environmentId: EnvironmentId) {
  const slices = createSliceLoader(db, environmentId, store.pageByUsers);
  let log: Promise<EventLogState> | undefined;
  return {
    byId: new DataLoader<EventId, LoggedEvent | null>(async (ids) => {
      const events = await store.findMany(db, environmentId, ids);
      return ids.map((id) => events.get(id) ?? null);
    }),
    /** Events under their users, newest first. @throws {RequestError} as `EventService.listEvents` */
    async byUser(userId: UserId, request: PageRequest): Promise<EventPage> {
      log ??= store.findLog(db, environmentId);
      const current = await log;
      return { page: await slices(userId, withinLog(request, current, true)), epoch: current.epoch };
    },
  };
}
