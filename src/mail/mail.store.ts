import { sql } from 'kysely';
import { findRows } from '../db/find-rows.js';
import type { Handle, Transaction } from '../db/handle.js';
import { byIndex, byPrimaryKey, lockedUnlessTaken } from '../db/syntax.js';
import type { Row } from '../db/tables.js';
import type { EnvironmentId, MailId, UserId } from '../domain/ids.js';
import type { OneTimeCodeId } from '../one-time-codes/one-time-code.js';
import type { Instant } from '../runtime/clock.js';
import type { MailState, QueuedMail } from './mail.js';
import { toQueuedMail } from './mail.table.js';

/** The columns that the outcome of an attempt sets. */
export interface Outcome {
  readonly state: MailState;
  readonly nextAttemptAt: Instant;
  readonly error: string | null;
  readonly sentAt: Instant | null;
  readonly purgeAt: Instant | null;
}

export async function insert(trx: Transaction, mail: QueuedMail): Promise<void> {
  await trx
    .insertInto('mails')
    .values({
      environment_id: mail.environmentId,
      id: mail.id,
      template: mail.template,
      user_id: mail.userId,
      code_id: mail.codeId,
      recipient: mail.recipient,
      state: mail.state,
      attempts: mail.attempts,
      next_attempt_at: mail.createdAt,
      leased_until: null,
      expires_at: mail.expiresAt,
      last_error: mail.error,
      created_at: mail.createdAt,
      sent_at: mail.sentAt,
      purge_at: null,
    })
    .execute();
}

/** Increments the counter of a day and deletes the counters of earlier days. Returns the new count. */
export async function countOne(trx: Transaction, environmentId: EnvironmentId, day: string): Promise<number> {
  const { queued } = await trx
    .insertInto('mail_days')
    .values({ environment_id: environmentId, day, queued: 1 })
    .onConflict((conflict) =>
      conflict.columns(['environment_id', 'day']).doUpdateSet((eb) => ({ queued: eb('mail_days.queued', '+', 1) })),
    )
    .returning('queued')
    .executeTakeFirstOrThrow();
  if (queued === 1) {
    await trx.deleteFrom('mail_days').where('environment_id', '=', environmentId).where('day', '<', day).execute();
  }
  return queued;
}

/** Returns whether an email of any environment is due. */
export async function isDue(db: Handle, now: Instant): Promise<boolean> {
  const { rows } = await sql`select 1 from mails ${byIndex('mails_due')}
    where state = 'PENDING' and next_attempt_at <= ${now} limit 1`.execute(db);
  return rows.length > 0;
}

/**
 * Claims due emails of any environment, longest due first. The caller owns them until the lease ends. If the process
 * dies, they are due again when the lease ends.
 */
export async function claim(
  trx: Transaction,
  now: Instant,
  leasedUntil: Instant,
  limit: number,
): Promise<QueuedMail[]> {
  const { rows } = await sql<Row<'mails'>>`
    with claimed as materialized (
      select due.environment_id, due.id from mails as due ${byIndex('mails_due')}
      where due.state = 'PENDING' and due.next_attempt_at <= ${now} order by due.next_attempt_at limit ${limit}
      ${lockedUnlessTaken('due')})
    update mails ${byPrimaryKey('mails')}
    set attempts = attempts + 1, next_attempt_at = ${leasedUntil}, leased_until = ${leasedUntil}
    where (environment_id, id) in (select claimed.environment_id, claimed.id from claimed)
    returning *`.execute(trx);
  return rows.map(toQueuedMail);
}

/** Stores the outcome of an attempt. Returns false when another process has claimed the email since. */
export async function settle(trx: Transaction, mail: QueuedMail, outcome: Outcome): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('mails')
    .set({
      state: outcome.state,
      next_attempt_at: outcome.nextAttemptAt,
      leased_until: null,
      last_error: outcome.error,
      sent_at: outcome.sentAt,
      purge_at: outcome.purgeAt,
    })
    .where('environment_id', '=', mail.environmentId)
    .where('id', '=', mail.id)
    .where('state', '=', 'PENDING')
    .where('attempts', '=', mail.attempts)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/** Finds the emails that contain these codes. An email is deleted some time after it was sent or has failed. */
export async function findManyByCode(
  db: Handle,
  environmentId: EnvironmentId,
  codeIds: readonly OneTimeCodeId[],
): Promise<Map<OneTimeCodeId, QueuedMail>> {
  const rows = await findRows(
    db,
    { table: 'mails', column: 'code_id', index: 'mails_code_unique' },
    environmentId,
    codeIds,
  );
  return new Map(rows.flatMap((row) => (row.code_id === null ? [] : [[row.code_id, toQueuedMail(row)] as const])));
}

/** Deletes rows of any environment whose retention has ended. Returns the number of deleted rows. */
export async function purge(trx: Transaction, now: Instant, limit: number): Promise<number> {
  const { numAffectedRows = 0n } = await sql`delete from mails ${byPrimaryKey('mails')}
    where (environment_id, id) in (
      select over.environment_id, over.id from mails as over ${byIndex('mails_to_purge')}
      where over.purge_at <= ${now} order by over.purge_at limit ${limit})`.execute(trx);
  return Number(numAffectedRows);
}

/** Returns whether the retention of any row has ended, in any environment. */
export async function isPurgeable(db: Handle, now: Instant): Promise<boolean> {
  const { rows } = await sql`select 1 from mails ${byIndex('mails_to_purge')} where purge_at <= ${now} limit 1`.execute(
    db,
  );
  return rows.length > 0;
}

export async function removeByUser(trx: Transaction, environmentId: EnvironmentId, userId: UserId): Promise<void> {
  await sql`delete from mails ${byIndex('mails_by_user')}
    where environment_id = ${environmentId} and user_id = ${userId}`.execute(trx);
}

/** Lists the emails that have the given state, newest first. */
export async function list(
  db: Handle,
  environmentId: EnvironmentId,
  state: MailState,
  limit: number,
): Promise<QueuedMail[]> {
  const rows = await db
    .selectFrom('mails')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('state', '=', state)
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map(toQueuedMail);
}

/** Makes a failed email due again unless it has expired. Returns false when there is no such email. */
export async function retry(
  trx: Transaction,
  environmentId: EnvironmentId,
  id: MailId,
  now: Instant,
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('mails')
    .set({ state: 'PENDING', next_attempt_at: now, purge_at: null })
    .where('environment_id', '=', environmentId)
    .where('id', '=', id)
    .where('state', '=', 'FAILED')
    .where('expires_at', '>', now)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/** Returns statistics over all environments, for monitoring. */
export async function stats(db: Handle): Promise<{ pending: number; failed: number; oldestDueAt: Instant | null }> {
  const count = (state: MailState) =>
    db
      .selectFrom('mails')
      .select((eb) => eb.fn.countAll<number>().as('total'))
      .where('state', '=', state)
      .executeTakeFirstOrThrow();
  const oldest = await db
    .selectFrom('mails')
    .select('next_attempt_at')
    .where('state', '=', 'PENDING')
    .orderBy('next_attempt_at')
    .limit(1)
    .executeTakeFirst();
  const [pending, failed] = [await count('PENDING'), await count('FAILED')];
  return { pending: pending.total, failed: failed.total, oldestDueAt: oldest?.next_attempt_at ?? null };
}
