import type { Scope } from '../auth/scope.js';
import type { Clock } from '../clock.js';
import type { Database } from '../db/database.js';
import type { Handle } from '../db/handle.js';
import { type EnvironmentId, isId, type UserId } from '../ids.js';
import type { UserRemoval, UserService } from '../users/user.service.js';
import type { StaffGrant } from './staff-grant.js';
import * as store from './staff-grant.store.js';

/** Who may sign in with scopes; the operator's affair alone. */
export interface StaffGrantService {
  /** Lets a user ask for these scopes, in the place of those before. Null when the environment has no such user. */
  grant(environmentId: EnvironmentId, userId: string, scopes: readonly Scope[]): Promise<StaffGrant | null>;
  list(environmentId: EnvironmentId): Promise<StaffGrant[]>;
  /** Ends a grant: sessions that have its scopes lose them at once. False when there was none. */
  revoke(environmentId: EnvironmentId, userId: string): Promise<boolean>;
  /** What the user may ask for now. */
  scopesOf(db: Handle, environmentId: EnvironmentId, userId: UserId): Promise<readonly Scope[]>;
}

export function createStaffGrantService(deps: {
  db: Database;
  clock: Clock;
  users: Pick<UserService, 'findByKey'>;
}): StaffGrantService {
  const { db, clock, users } = deps;
  return {
    grant: async (environmentId, userId, scopes) =>
      db.transaction(async (trx) => {
        if (!isId('user', userId) || !(await users.findByKey(trx, environmentId, { id: userId }))) return null;
        const grant = { userId, scopes, createdAt: clock.now() };
        await store.put(trx, environmentId, grant);
        return grant;
      }),
    list: (environmentId) => store.list(db.reader, environmentId),
    revoke: async (environmentId, userId) =>
      isId('user', userId) && db.transaction((trx) => store.remove(trx, environmentId, userId)),
    scopesOf: async (handle, environmentId, userId) => (await store.find(handle, environmentId, userId))?.scopes ?? [],
  };
}

/** Ends the grant of a user who is about to be deleted. */
export const removeStaffGrant: UserRemoval = async (trx, viewer, userId) => {
  await store.remove(trx, viewer.environmentId, userId);
};
