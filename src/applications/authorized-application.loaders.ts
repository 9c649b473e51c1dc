import DataLoader from 'dataloader';
import { createListsOfUsers, defineLoaders } from '../auth/loaders.js';
import type { AuthorizedApplicationId } from '../domain/ids.js';
import type { AuthorizedApplication } from './authorized-application.js';
import * as store from './authorized-application.store.js';
import { AUTHORIZED_APPLICATIONS } from './authorized-application.table.js';

/** Loaders of grants. */
export const authorizedApplicationLoaders = defineLoaders(
  'authorizedApplications.read',
  (reading) => ({
    byId: new DataLoader<AuthorizedApplicationId, AuthorizedApplication | null>(async (ids) => {
      const grants = await store.findMany(reading.db, reading.environmentId, ids);
      return ids.map((id) => reading.see(grants.get(id)));
    }),
    /** Grants by user. */
    byUser: createListsOfUsers(reading, store.pageByUsers, store.countByUsers),
  }),
  { mapping: AUTHORIZED_APPLICATIONS, lists: { byUser: store.BY_USER } },
);
