import DataLoader from 'dataloader';
import { defineLoaders } from '../auth/loaders.js';
import type { OneTimeCode, OneTimeCodeId } from './one-time-code.js';
import * as store from './one-time-code.store.js';

/** Loaders of one-time codes, without their digits. */
export const oneTimeCodeLoaders = defineLoaders('emailVerifications.read', ({ db, environmentId, see }) => ({
  byId: new DataLoader<OneTimeCodeId, OneTimeCode | null>(async (ids) => {
    const codes = await store.findMany(db, environmentId, ids);
    return ids.map((id) => see(codes.get(id)));
  }),
}));
