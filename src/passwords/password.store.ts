import { findRows, primaryKey } from '../db/find-rows.js';
import type { Handle, Transaction } from '../db/handle.js';
import { insertRows } from '../db/insert-rows.js';
import type { EnvironmentId, UserId } from '../domain/ids.js';
import type { Instant } from '../runtime/clock.js';
import { toPasswordColumns, toPasswordHash } from './password.table.js';
import type { PasswordHash } from './password-hash.js';

/** Stores the hash of a user and replaces an older one. */
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

/** The hash of a new user. */
export interface NewPassword {
  readonly userId: UserId;
  readonly hash: PasswordHash;
  readonly at: Instant;
}

/** Stores the hashes of users who have none, in one statement. */
export async function insertMany(
  trx: Transaction,
  environmentId: EnvironmentId,
  passwords: readonly NewPassword[],
): Promise<void> {
  const rows = passwords.map(({ userId, hash, at }) => {
    return { environment_id: environmentId, user_id: userId, ...toPasswordColumns(hash), updated_at: at };
  });
  await insertRows(trx, 'passwords', rows);
}

/** The hashes of the users who have one. */
export async function findMany(
  db: Handle,
  environmentId: EnvironmentId,
  userIds: readonly UserId[],
): Promise<Map<UserId, PasswordHash>> {
  const rows = await findRows(db, primaryKey('passwords', 'user_id'), environmentId, userIds);
  return new Map(rows.map((row) => [row.user_id, toPasswordHash(row)]));
}

export async function remove(trx: Transaction, environmentId: EnvironmentId, userId: UserId): Promise<void> {
  await trx.deleteFrom('passwords').where('environment_id', '=', environmentId).where('user_id', '=', userId).execute();
}
