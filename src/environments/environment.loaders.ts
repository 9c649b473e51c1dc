import DataLoader from 'dataloader';
import type { Handle } from '../db/handle.js';
import type { EnvironmentId } from '../ids.js';
import type { Environment } from './environment.js';
import * as store from './environment.store.js';

export type EnvironmentLoaders = ReturnType<typeof createEnvironmentLoaders>;

/** Of all environments a request knows its own. */
export function createEnvironmentLoaders(db: Handle, environmentId: EnvironmentId) {
  return {
    byId: new DataLoader<EnvironmentId, Environment | null>(async (ids) => {
      const own = ids.includes(environmentId) ? await store.find(db, environmentId) : null;
      return ids.map((id) => (id === own?.id ? own : null));
    }),
  };
}
