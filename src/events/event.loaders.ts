import DataLoader from 'dataloader';
import { defineLoaders } from '../auth/loaders.js';
import { createSliceLoader } from '../db/nested-loaders.js';
import type { EventId, UserId } from '../domain/ids.js';
import type { PageRequest } from '../paging/paging.js';
import type { EventLogState, LoggedEvent } from './event.js';
import type { EventPage } from './event.service.js';
import * as store from './event.store.js';
import { withinLog } from './event-position.js';

/** Loads events of the log. */
export const eventLoaders = defineLoaders('events.read', ({ db, environmentId, see, seeList }) => {
  const slices = createSliceLoader(db, environmentId, store.pageByUsers);
  let log: Promise<EventLogState> | undefined;
  return {
    byId: new DataLoader<EventId, LoggedEvent | null>(async (ids) => {
      const events = await store.findMany(db, environmentId, ids);
      return ids.map((id) => see(events.get(id)));
    }),
    /** Events under their users, newest first. @throws {RequestError} as `EventService.listEvents` */
    async byUser(userId: UserId, request: PageRequest): Promise<EventPage> {
      log ??= store.findLog(db, environmentId);
      const current = await log;
      const asked = withinLog(request, current, true);
      return { page: await seeList(userId, () => slices(userId, asked)), epoch: current.epoch };
    },
  };
});
