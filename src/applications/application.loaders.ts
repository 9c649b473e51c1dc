import DataLoader from 'dataloader';
import { defineLoaders } from '../auth/loaders.js';
import type { ApplicationId, ClientId } from '../domain/ids.js';
import type { Application } from './application.js';
import * as store from './application.store.js';
import { APPLICATIONS } from './application.table.js';

/** Loaders of applications. */
export const applicationLoaders = defineLoaders(
  'applications.read',
  ({ db, environmentId, see }) => ({
    byId: new DataLoader<ApplicationId, Application | null>(async (ids) => {
      const applications = await store.findMany(db, environmentId, ids);
      return ids.map((id) => see(applications.get(id)));
    }),
    byClientId: new DataLoader<ClientId, Application | null>(async (clientIds) => {
      const applications = await store.findManyByClientId(db, environmentId, clientIds);
      return clientIds.map((clientId) => see(applications.get(clientId)));
    }),
  }),
  { mapping: APPLICATIONS },
);
