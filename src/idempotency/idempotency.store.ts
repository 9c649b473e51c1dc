import { type Selectable, sql } from 'kysely';
import type { Handle, Transaction } from '../db/handle.js';
import { byIndex, byPrimaryKey } from '../db/syntax.js';
import type { EnvironmentId } from '../domain/ids.js';
import type { Instant } from '../runtime/clock.js';
import type { IdempotencyKeyTable } from './idempotency.table.js';

/** The stored result for a key; null when there is none, or it has expired. */
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

/** Stores a result and replaces an expired one. */
export async function put(trx: Transaction, row: Selectable<IdempotencyKeyTable>): Promise<void> {
  const { environment_id, key, ...columns } = row;
  await trx
    .insertInto('idempotency_keys')
    .values(row)
    .onConflict((conflict) => conflict.columns(['environment_id', 'key']).doUpdateSet(columns))
    .execute();
}

/** Removes up to `limit` expired results, oldest first. @returns the number of removed results */
export async function removeExpired(
  trx: Transaction,
  environmentId: EnvironmentId,
  now: Instant,
  limit: number,
): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    delete from idempotency_keys ${byPrimaryKey('idempotency_keys')}
    where environment_id = ${environmentId} and key in (
      select expired.key from idempotency_keys as expired ${byIndex('idempotency_keys_by_expiry')}
      where expired.environment_id = ${environmentId} and expired.expires_at <= ${now}
      order by expired.expires_at limit ${limit})`.execute(trx);
  return Number(numAffectedRows);
}
