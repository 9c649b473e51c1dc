import type { Scope } from '../auth/scope.js';
import { systemViewer, type Viewer } from '../auth/viewer.js';
import type { Database } from '../db/database.js';
import type { Handle, Transaction } from '../db/handle.js';
import { type EnvironmentId, isId, type UserId } from '../domain/ids.js';
import type { EventLog } from '../events/event.service.js';
import type { Clock } from '../runtime/clock.js';
import type { UserRemoval, UserUnits } from '../users/user.service.js';
import type { StaffGrant } from './staff-grant.js';
import * as store from './staff-grant.store.js';

/** Manages the scopes that users can request at sign-in. Only the operator changes them, from the command line. */
export interface StaffGrantService {
  /** Grants scopes to a user, replacing earlier ones. Returns null when the environment does not have the user. */
  grant(environmentId: EnvironmentId, userId: string, scopes: readonly Scope[]): Promise<StaffGrant | null>;
  list(environmentId: EnvironmentId): Promise<StaffGrant[]>;
  /** Revokes a grant. Sessions lose its scopes immediately. Returns false when the user has no grant. */
  revoke(environmentId: EnvironmentId, userId: string): Promise<boolean>;
  /** Returns the scopes that are granted to a user. */
  scopesOf(db: Handle, environmentId: EnvironmentId, userId: UserId): Promise<readonly Scope[]>;
}

export function createStaffGrantService(deps: {
  db: Database;
  clock: Clock;
  events: EventLog;
  users: Pick<UserUnits, 'findByKey'>;
}): StaffGrantService {
  const { db, clock, events, users } = deps;
  return {
    grant: async (environmentId, userId, scopes) =>
      db.transaction(environmentId, async (trx) => {
        if (!isId('user', userId) || !(await users.findByKey(trx, environmentId, { id: userId }))) return null;
        const before = await store.find(trx, environmentId, userId);
        const grant = { userId, scopes, createdAt: clock.now() };
        await store.put(trx, environmentId, grant);
        const viewer = systemViewer(environmentId, 'staff grant');
        await (before
          ? events.append(trx, viewer, {
              name: 'staff_grant.updated',
              data: grant,
              previous: { scopes: before.scopes },
            })
          : events.append(trx, viewer, { name: 'staff_grant.created', data: grant }));
        return grant;
      }),
    list: (environmentId) => store.list(db.reader, environmentId),
    revoke: async (environmentId, userId) => {
      if (!isId('user', userId)) return false;
      return db.transaction(environmentId, (trx) =>
        end(trx, events, systemViewer(environmentId, 'staff revoke'), userId),
      );
    },
    scopesOf: async (handle, environmentId, userId) => (await store.find(handle, environmentId, userId))?.scopes ?? [],
  };
}

/** Creates the hook that revokes the grant of a user before the user is deleted. */
export function createStaffGrantRemoval(events: EventLog): UserRemoval {
  return async (trx, viewer, userId) => {
    await end(trx, events, viewer, userId);
  };
}

async function end(trx: Transaction, events: EventLog, viewer: Viewer, userId: UserId): Promise<boolean> {
  const grant = await store.find(trx, viewer.environmentId, userId);
  if (!grant) return false;
  await store.remove(trx, viewer.environmentId, userId);
  await events.append(trx, viewer, { name: 'staff_grant.deleted', data: grant });
  return true;
}
