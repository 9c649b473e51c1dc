import DataLoader from 'dataloader';
import type { Handle } from '../db/handle.js';
import { createNestedLoaders } from '../db/nested-loaders.js';
import type { ApplicationId, AuthorizedApplicationId, ClientId, EnvironmentId } from '../ids.js';
import type { Application } from './application.js';
import * as applicationStore from './application.store.js';
import type { AuthorizedApplication } from './authorized-application.js';
import * as grantStore from './authorized-application.store.js';

export type ApplicationLoaders = ReturnType<typeof createApplicationLoaders>;

export function createApplicationLoaders(db: Handle, environmentId: EnvironmentId) {
  return {
    byId: new DataLoader<ApplicationId, Application | null>(async (ids) => {
      const applications = await applicationStore.findMany(db, environmentId, ids);
      return ids.map((id) => applications.get(id) ?? null);
    }),
    byClientId: new DataLoader<ClientId, Application | null>(async (clientIds) => {
      const applications = await applicationStore.findManyByClientId(db, environmentId, clientIds);
      return clientIds.map((clientId) => applications.get(clientId) ?? null);
    }),
    authorizationById: new DataLoader<AuthorizedApplicationId, AuthorizedApplication | null>(async (ids) => {
      const grants = await grantStore.findMany(db, environmentId, ids);
      return ids.map((id) => grants.get(id) ?? null);
    }),
    /** Grants under their users. */
    authorizationsByUser: createNestedLoaders(db, environmentId, grantStore.pageByUsers, grantStore.countByUsers),
  };
}
