import DataLoader from 'dataloader';
import type { Handle } from '../db/handle.js';
import type { EnvironmentId, UserId } from '../ids.js';
import { formerEmailOf, type User } from './user.js';
import * as store from './user.store.js';

export type UserLoaders = ReturnType<typeof createUserLoaders>;

/** Loaders of one request: everything asked for in one tick is one statement for each kind of key. */
export function createUserLoaders(db: Handle, environmentId: EnvironmentId) {
  return {
    byId: new DataLoader<UserId, User | null>(async (ids) => {
      const users = await store.findMany(db, environmentId, ids);
      return ids.map((id) => users.get(id) ?? null);
    }),
    byExternalId: new DataLoader<string, User | null>(async (externalIds) => {
      const users = await store.findManyByExternalId(db, environmentId, externalIds);
      return externalIds.map((externalId) => users.get(externalId) ?? null);
    }),
    byEmail: new DataLoader<string, User | null>(
      async (emails) => {
        const users = await store.findManyByEmail(db, environmentId, emails);
        return emails.map((email) => users.get(email) ?? null);
      },
      // Not by the normal form: where two users have one mailbox, each is found by their own spelling.
      { cacheKeyFn: formerEmailOf },
    ),
  };
}
