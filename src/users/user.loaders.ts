import DataLoader from 'dataloader';
import { defineLoaders } from '../auth/loaders.js';
import type { UserId } from '../domain/ids.js';
import { formerEmailOf, type User } from './user.js';
import * as store from './user.store.js';
import { USERS } from './user.table.js';

/** Loads users. The keys of one tick are batched into one statement per kind of key. */
export const userLoaders = defineLoaders(
  'users.read',
  ({ db, environmentId, see }) => ({
    byId: new DataLoader<UserId, User | null>(async (ids) => {
      const users = await store.findMany(db, environmentId, ids);
      return ids.map((id) => see(users.get(id)));
    }),
    byExternalId: new DataLoader<string, User | null>(async (externalIds) => {
      const users = await store.findManyByExternalId(db, environmentId, externalIds);
      return externalIds.map((externalId) => see(users.get(externalId)));
    }),
    byEmail: new DataLoader<string, User | null>(
      async (emails) => {
        const users = await store.findManyByEmail(db, environmentId, emails);
        return emails.map((email) => see(users.get(email)));
      },
      // Not the normal form: users who share a mailbox are found by the spelling of their own address.
      { cacheKeyFn: formerEmailOf },
    ),
  }),
  { mapping: USERS },
);
