import { sql } from 'kysely';
import type { Instant } from '../clock.js';
import { findRows, primaryIndex } from '../db/find-rows.js';
import type { Handle, Transaction } from '../db/handle.js';
import type { Row } from '../db/tables.js';
import type { EnvironmentId, MailId, UserId } from '../ids.js';
import type { OneTimeCodeId } from '../one-time-codes/one-time-code.js';
import type { MailState, QueuedMail } from './mail.js';
import { toQueuedMail } from './mail.table.js';

/** What an attempt led to; the columns it changes. */
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

/** Counts one more mail of this day, and forgets the days before. Answers how many the day has now. */
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

/** Whether a mail waits to be sent, in any environment: the worker serves all of them. */
export async function isDue(db: Handle, now: Instant): Promise<boolean> {
  const { rows } = await sql`select 1 from mails indexed by mails_due
    where state = 'PENDING' and next_attempt_at <= ${now} limit 1`.execute(db);
  return rows.length > 0;
}

/**
 * Takes mails that are due, in any environment, longest due first. They are this caller's until the lease ends; one
 * whose holder died is due again then.
 */
export async function claim(
  trx: Transaction,
  now: Instant,
  leasedUntil: Instant,
  limit: number,
): Promise<QueuedMail[]> {
  const { rows } = await sql<Row<'mails'>>`update mails indexed by ${sql.ref(primaryIndex('mails'))}
    set attempts = attempts + 1, next_attempt_at = ${leasedUntil}, leased_until = ${leasedUntil}
    where (environment_id, id) in (
      select due.environment_id, due.id from mails as due indexed by mails_due
      where due.state = 'PENDING' and due.next_attempt_at <= ${now} order by due.next_attempt_at limit ${limit})
    returning *`.execute(trx);
  return rows.map(toQueuedMail);
}

/** Writes what an attempt led to, unless the lease ended meanwhile and somebody else has taken the mail since. */
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

/** The mails that carry these codes. One that is long past is not there any more. */
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

/** Removes rows whose time is over, of any environment; answers how many. */
export async function purge(trx: Transaction, now: Instant, limit: number): Promise<number> {
  const { numAffectedRows = 0n } = await sql`delete from mails indexed by ${sql.ref(primaryIndex('mails'))}
    where (environment_id, id) in (
      select over.environment_id, over.id from mails as over indexed by mails_to_purge
      where over.purge_at <= ${now} order by over.purge_at limit ${limit})`.execute(trx);
  return Number(numAffectedRows);
}

/** Whether a row's time is over, in any environment. */
export async function isPurgeable(db: Handle, now: Instant): Promise<boolean> {
  const { rows } = await sql`select 1 from mails indexed by mails_to_purge where purge_at <= ${now} limit 1`.execute(
    db,
  );
  return rows.length > 0;
}

export async function removeByUser(trx: Transaction, environmentId: EnvironmentId, userId: UserId): Promise<void> {
  await sql`delete from mails indexed by mails_by_user
    where environment_id = ${environmentId} and user_id = ${userId}`.execute(trx);
}

/** Mails in a state, newest first. */
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

/** Makes a failed mail due again, if it can still be of use. False when there is no such mail. */
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

/** Figures over all environments, for those who watch the server. */
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
