import type { Scope } from '../auth/scope.js';
import { systemViewer, type Viewer } from '../auth/viewer.js';
import type { Clock } from '../clock.js';
import type { Database } from '../db/database.js';
import type { Handle, Transaction } from '../db/handle.js';
import type { NewEvent } from '../events/event.js';
import type { EventLog } from '../events/event.service.js';
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
  events: EventLog;
  users: Pick<UserService, 'findByKey'>;
}): StaffGrantService {
  const { db, clock, events, users } = deps;
  return {
    grant: async (environmentId, userId, scopes) =>
      db.transaction(async (trx) => {
        if (!isId('user', userId) || !(await users.findByKey(trx, environmentId, { id: userId }))) return null;
        const before = await store.find(trx, environmentId, userId);
        const grant = { userId, scopes, createdAt: clock.now() };
        await store.put(trx, environmentId, grant);
        const event = before
          ? { ...grantEvent('staff_grant.updated', grant), previous: { scopes: before.scopes } }
          : grantEvent('staff_grant.created', grant);
        await events.append(trx, systemViewer(environmentId, 'staff grant'), event);
        return grant;
      }),
    list: (environmentId) => store.list(db.reader, environmentId),
    revoke: async (environmentId, userId) => {
      if (!isId('user', userId)) return false;
      return db.transaction((trx) => end(trx, events, systemViewer(environmentId, 'staff revoke'), userId));
    },
    scopesOf: async (handle, environmentId, userId) => (await store.find(handle, environmentId, userId))?.scopes ?? [],
  };
}

/** What ends the grant of a user who is about to be deleted. */
export function createStaffGrantRemoval(events: EventLog): UserRemoval {
  return async (trx, viewer, userId) => {
    await end(trx, events, viewer, userId);
  };
}

async function end(trx: Transaction, events: EventLog, viewer: Viewer, userId: UserId): Promise<boolean> {
  const grant = await store.find(trx, viewer.environmentId, userId);
  if (!grant) return false;
  await store.remove(trx, viewer.environmentId, userId);
  await events.append(trx, viewer, grantEvent('staff_grant.deleted', grant));
  return true;
}

function grantEvent(name: `staff_grant.${'created' | 'updated' | 'deleted'}`, grant: StaffGrant) {
  return { name, userId: grant.userId, organizationId: null, data: grant } satisfies NewEvent;
}
