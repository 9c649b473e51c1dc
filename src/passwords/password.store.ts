import type { Instant } from '../clock.js';
import type { Transaction } from '../db/handle.js';
import type { EnvironmentId, UserId } from '../ids.js';
import { toPasswordColumns } from './password.table.js';
import type { PasswordHash } from './password-hash.js';

/** Stores the hash, in the place of an older one. */
export async function put(
  trx: Transaction,
  environmentId: EnvironmentId,
  userId: UserId,
  hash: PasswordHash,
  at: Instant,
): Promise<void> {
  const columns = { ...toPasswordColumns(hash), updated_at: at };
  await trx
    .insertInto('passwords')
    .values({ environment_id: environmentId, user_id: userId, ...columns })
    .onConflict((conflict) => conflict.columns(['environment_id', 'user_id']).doUpdateSet(columns))
    .execute();
}

export async function remove(trx: Transaction, environmentId: EnvironmentId, userId: UserId): Promise<void> {
  await trx.deleteFrom('passwords').where('environment_id', '=', environmentId).where('user_id', '=', userId).execute();
}
