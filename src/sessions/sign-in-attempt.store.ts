import { sql } from 'kysely';
import type { Transaction } from '../db/handle.js';
import { byIndex, byPrimaryKey } from '../db/syntax.js';
import type { EnvironmentId } from '../domain/ids.js';
import type { Instant } from '../runtime/clock.js';

/** The number of expired windows that one attempt deletes. */
const MAX_WINDOWS_REMOVED = 10;

/**
 * Counts an attempt and returns the new count. Both are one statement, so that concurrent requests are counted
 * separately. A window that began before `since` has expired and is replaced by a new one.
 */
export async function spend(
  trx: Transaction,
  environmentId: EnvironmentId,
  bucket: string,
  now: Instant,
  since: Instant,
): Promise<{ attempts: number; startedAt: Instant }> {
  const isOver = sql<boolean>`sign_in_attempts.started_at <= ${since}`;
  const row = await trx
    .insertInto('sign_in_attempts')
    .values({ environment_id: environmentId, bucket, started_at: now, attempts: 1 })
    .onConflict((conflict) =>
      conflict.columns(['environment_id', 'bucket']).doUpdateSet({
        attempts: sql<number>`case when ${isOver} then 1 else sign_in_attempts.attempts + 1 end`,
        started_at: sql<Instant>`case when ${isOver} then excluded.started_at else sign_in_attempts.started_at end`,
      }),
    )
    .returning(['attempts', 'started_at'])
    .executeTakeFirstOrThrow();
  return { attempts: row.attempts, startedAt: row.started_at };
}

/** Deletes up to `MAX_WINDOWS_REMOVED` windows that began before an instant. */
export async function removeBefore(trx: Transaction, environmentId: EnvironmentId, before: Instant): Promise<void> {
  await sql`delete from sign_in_attempts ${byPrimaryKey('sign_in_attempts')}
    where environment_id = ${environmentId} and bucket in (
      select old.bucket from sign_in_attempts as old ${byIndex('sign_in_attempts_by_time')}
      where old.environment_id = ${environmentId} and old.started_at < ${before}
      order by old.started_at limit ${MAX_WINDOWS_REMOVED})`.execute(trx);
}
