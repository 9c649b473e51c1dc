import { sql } from 'kysely';
import type { Instant } from '../clock.js';
import { primaryIndex } from '../db/find-rows.js';
import type { Transaction } from '../db/handle.js';
import type { EnvironmentId } from '../ids.js';

/** How many windows that are over one attempt removes. */
const MAX_WINDOWS_REMOVED = 10;

/**
 * Counts an attempt, in the statement that looks: no two requests can be the same one. A window that began before
 * `since` is over, and a new one begins.
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

/** Removes some windows that began before an instant. */
export async function removeBefore(trx: Transaction, environmentId: EnvironmentId, before: Instant): Promise<void> {
  await sql`delete from sign_in_attempts indexed by ${sql.ref(primaryIndex('sign_in_attempts'))}
    where environment_id = ${environmentId} and bucket in (
      select old.bucket from sign_in_attempts as old indexed by sign_in_attempts_by_time
      where old.environment_id = ${environmentId} and old.started_at < ${before}
      order by old.started_at limit ${MAX_WINDOWS_REMOVED})`.execute(trx);
}
