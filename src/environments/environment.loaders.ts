import DataLoader from 'dataloader';
import { defineLoaders } from '../auth/loaders.js';
import type { EnvironmentId } from '../domain/ids.js';
import type { Environment } from './environment.js';
import * as store from './environment.store.js';

/** Loaders of environments. A request can read only its own environment. */
export const environmentLoaders = defineLoaders('environments.read', ({ db, environmentId, see }) => ({
  byId: new DataLoader<EnvironmentId, Environment | null>(async (ids) => {
    const own = ids.includes(environmentId) ? await store.find(db, environmentId) : null;
    return ids.map((id) => see(id === own?.id ? own : undefined));
  }),
}));
