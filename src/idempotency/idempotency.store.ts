import type { Selectable } from 'kysely';
import type { Instant } from '../clock.js';
import type { Handle, Transaction } from '../db/handle.js';
import type { EnvironmentId } from '../ids.js';
import type { IdempotencyKeyTable } from './idempotency.table.js';

/** What is kept under the key; null when nothing is, or its time is over. */
export async function find(
  db: Handle,
  environmentId: EnvironmentId,
  key: string,
  now: Instant,
): Promise<Pick<Selectable<IdempotencyKeyTable>, 'fingerprint' | 'outcome'> | null> {
  const row = await db
    .selectFrom('idempotency_keys')
    .select(['fingerprint', 'outcome'])
    .where('environment_id', '=', environmentId)
    .where('key', '=', key)
    .where('expires_at', '>', now)
    .executeTakeFirst();
  return row ?? null;
}

/** Keeps an outcome, in the place of one whose time is over. */
export async function put(trx: Transaction, row: Selectable<IdempotencyKeyTable>): Promise<void> {
  const { environment_id, key, ...columns } = row;
  await trx
    .insertInto('idempotency_keys')
    .values(row)
    .onConflict((conflict) => conflict.columns(['environment_id', 'key']).doUpdateSet(columns))
    .execute();
}

/** Removes the oldest of those whose time is over, `limit` at most. @returns how many */
export async function removeExpired(
  trx: Transaction,
  environmentId: EnvironmentId,
  now: Instant,
  limit: number,
): Promise<number> {
  const { numDeletedRows } = await trx
    .deleteFrom('idempotency_keys')
    .where('environment_id', '=', environmentId)
    .where('key', 'in', (eb) =>
      eb
        .selectFrom('idempotency_keys as expired')
        .select('expired.key')
        .where('expired.environment_id', '=', environmentId)
        .where('expired.expires_at', '<=', now)
        .orderBy('expired.expires_at')
        .limit(limit),
    )
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
