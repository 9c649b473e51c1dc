import DataLoader from 'dataloader';
import { defineLoaders } from '../auth/loaders.js';
import type { ApiKeyId } from '../domain/ids.js';
import type { ApiKey } from './api-key.js';
import * as store from './api-key.store.js';

/** Loaders of API keys. */
export const apiKeyLoaders = defineLoaders('apiKeys.read', ({ db, environmentId, see }) => ({
  byId: new DataLoader<ApiKeyId, ApiKey | null>(async (ids) => {
    const keys = await store.findMany(db, environmentId, ids);
    return ids.map((id) => see(keys.get(id)));
  }),
}));
