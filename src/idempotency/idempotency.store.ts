import { type Selectable, sql } from 'kysely';
import type { Instant } from '../clock.js';
import { primaryIndex } from '../db/find-rows.js';
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
  const { numAffectedRows = 0n } = await sql`
    delete from idempotency_keys indexed by ${sql.ref(primaryIndex('idempotency_keys'))}
    where environment_id = ${environmentId} and key in (
      select expired.key from idempotency_keys as expired indexed by idempotency_keys_by_expiry
      where expired.environment_id = ${environmentId} and expired.expires_at <= ${now}
      order by expired.expires_at limit ${limit})`.execute(trx);
  return Number(numAffectedRows);
}
