import type { Handle, Transaction } from '../db/handle.js';
import type { EnvironmentId, UserId } from '../domain/ids.js';
import { MAX_STAFF_LISTED, type StaffGrant } from './staff-grant.js';
import { toStaffGrant } from './staff-grant.table.js';

export async function find(db: Handle, environmentId: EnvironmentId, userId: UserId): Promise<StaffGrant | null> {
  const row = await db
    .selectFrom('staff_grants')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  return row ? toStaffGrant(row) : null;
}

/** Lists the grants of an environment, ordered by user id. */
export async function list(db: Handle, environmentId: EnvironmentId): Promise<StaffGrant[]> {
  const rows = await db
    .selectFrom('staff_grants')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .orderBy('user_id')
    .limit(MAX_STAFF_LISTED)
    .execute();
  return rows.map(toStaffGrant);
}

/** Inserts or replaces the grant of a user. */
export async function put(trx: Transaction, environmentId: EnvironmentId, grant: StaffGrant): Promise<void> {
  const columns = { scopes: JSON.stringify(grant.scopes), created_at: grant.createdAt };
  await trx
    .insertInto('staff_grants')
    .values({ environment_id: environmentId, user_id: grant.userId, ...columns })
    .onConflict((conflict) => conflict.columns(['environment_id', 'user_id']).doUpdateSet(columns))
    .execute();
}

/** Deletes the grant of a user. */
export async function remove(trx: Transaction, environmentId: EnvironmentId, userId: UserId): Promise<void> {
  await trx
    .deleteFrom('staff_grants')
    .where('environment_id', '=', environmentId)
    .where('user_id', '=', userId)
    .execute();
}
