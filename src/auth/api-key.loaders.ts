import DataLoader from 'dataloader';
import type { Handle } from '../db/handle.js';
import type { ApiKeyId, EnvironmentId } from '../ids.js';
import type { ApiKey } from './api-key.js';
import * as store from './api-key.store.js';

export type ApiKeyLoaders = ReturnType<typeof createApiKeyLoaders>;

export function createApiKeyLoaders(db: Handle, environmentId: EnvironmentId) {
  return {
    byId: new DataLoader<ApiKeyId, ApiKey | null>(async (ids) => {
      const keys = await store.findMany(db, environmentId, ids);
      return ids.map((id) => keys.get(id) ?? null);
    }),
  };
}
