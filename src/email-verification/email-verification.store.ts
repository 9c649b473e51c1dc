import type { Instant } from '../clock.js';
import type { Handle, Transaction } from '../db/handle.js';
import { listOf } from '../db/lists.js';
import type { EmailVerificationId, EnvironmentId, UserId } from '../ids.js';
import { type EmailVerification, MAX_CODE_ATTEMPTS } from './email-verification.js';
import { type EmailVerificationRow, toEmailVerification } from './email-verification.table.js';

export async function findMany(
  db: Handle,
  environmentId: EnvironmentId,
  ids: readonly EmailVerificationId[],
): Promise<Map<EmailVerificationId, EmailVerification>> {
  const rows = await db
    .selectFrom('email_verifications')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('id', 'in', listOf(ids))
    .execute();
  return new Map(rows.map((row) => [row.id, toEmailVerification(row)]));
}

/** When the user's mails since `since` were sent, oldest first; no more than `limit` of them, the newest. */
export async function sentSince(
  db: Handle,
  environmentId: EnvironmentId,
  userId: UserId,
  since: Instant,
  limit: number,
): Promise<Instant[]> {
  const rows = await db
    .selectFrom('email_verifications')
    .select('created_at')
    .where('environment_id', '=', environmentId)
    .where('user_id', '=', userId)
    .where('created_at', '>', since)
    .orderBy('created_at', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => row.created_at).reverse();
}

/** Makes this the user's newest code; the one before is worth nothing from now on. */
export async function insertNewest(
  trx: Transaction,
  environmentId: EnvironmentId,
  verification: EmailVerification,
  codeHash: string,
): Promise<void> {
  await trx
    .updateTable('email_verifications')
    .set({ is_newest: 0 })
    .where('environment_id', '=', environmentId)
    .where('user_id', '=', verification.userId)
    .where('is_newest', '=', 1)
    .execute();
  await trx
    .insertInto('email_verifications')
    .values({
      environment_id: environmentId,
      id: verification.id,
      user_id: verification.userId,
      email: verification.email,
      code_hash: codeHash,
      attempts: 0,
      expires_at: verification.expiresAt,
      consumed_at: null,
      is_newest: 1,
      created_at: verification.createdAt,
    })
    .execute();
}

export async function findNewest(
  db: Handle,
  environmentId: EnvironmentId,
  userId: UserId,
): Promise<EmailVerificationRow | null> {
  const row = await db
    .selectFrom('email_verifications')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('user_id', '=', userId)
    .where('is_newest', '=', 1)
    .executeTakeFirst();
  return row ?? null;
}

/** Spends one guess, if one is left, in the statement that looks: no two requests can spend the same one. */
export async function spendAttempt(
  trx: Transaction,
  environmentId: EnvironmentId,
  userId: UserId,
): Promise<EmailVerificationRow | null> {
  const row = await trx
    .updateTable('email_verifications')
    .set((eb) => ({ attempts: eb('attempts', '+', 1) }))
    .where('environment_id', '=', environmentId)
    .where('user_id', '=', userId)
    .where('is_newest', '=', 1)
    .where('attempts', '<', MAX_CODE_ATTEMPTS)
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

/** Uses the code up. False when somebody was faster. */
export async function consume(
  trx: Transaction,
  environmentId: EnvironmentId,
  id: EmailVerificationId,
  at: Instant,
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('email_verifications')
    .set({ consumed_at: at })
    .where('environment_id', '=', environmentId)
    .where('id', '=', id)
    .where('is_newest', '=', 1)
    .where('consumed_at', 'is', null)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

export async function removeByUser(trx: Transaction, environmentId: EnvironmentId, userId: UserId): Promise<void> {
  await trx
    .deleteFrom('email_verifications')
    .where('environment_id', '=', environmentId)
    .where('user_id', '=', userId)
    .execute();
}
