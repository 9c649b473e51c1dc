import DataLoader from 'dataloader';
import type { Handle } from '../db/handle.js';
import type { EnvironmentId } from '../ids.js';
import type { OneTimeCode, OneTimeCodeId } from './one-time-code.js';
import * as store from './one-time-code.store.js';

export type OneTimeCodeLoaders = ReturnType<typeof createOneTimeCodeLoaders>;

export function createOneTimeCodeLoaders(db: Handle, environmentId: EnvironmentId) {
  return {
    byId: new DataLoader<OneTimeCodeId, OneTimeCode | null>(async (ids) => {
      const codes = await store.findMany(db, environmentId, ids);
      return ids.map((id) => codes.get(id) ?? null);
    }),
  };
}
