import { sql } from 'kysely';
import { findRows, primaryKey } from '../db/find-rows.js';
import type { Handle, Transaction } from '../db/handle.js';
import { byIndex } from '../db/syntax.js';
import type { EnvironmentId, UserId } from '../domain/ids.js';
import type { Instant } from '../runtime/clock.js';
import { normalizeEmail } from '../users/user.js';
import {
  type CodePurpose,
  MAX_CODE_ATTEMPTS,
  MAX_CODES_PER_DAY,
  type OneTimeCode,
  type OneTimeCodeId,
} from './one-time-code.js';
import { toOneTimeCode, toOneTimeCodeRow } from './one-time-code.table.js';

export async function findMany(
  db: Handle,
  environmentId: EnvironmentId,
  ids: readonly OneTimeCodeId[],
): Promise<Map<OneTimeCodeId, OneTimeCode>> {
  const rows = await findRows(db, primaryKey('one_time_codes', 'id'), environmentId, ids);
  return new Map(rows.map((row) => [row.id, toOneTimeCode(row)]));
}

/** Returns when the last codes of a user or for an address were issued: newest first, at most `MAX_CODES_PER_DAY`. */
export async function lastIssuedAt(
  db: Handle,
  environmentId: EnvironmentId,
  whose: { readonly userId: UserId } | { readonly email: string },
): Promise<Instant[]> {
  const codes = db.selectFrom('one_time_codes').select('created_at').where('environment_id', '=', environmentId);
  const theirs =
    'userId' in whose
      ? codes.where('user_id', '=', whose.userId)
      : codes.where('email_normal', '=', normalizeEmail(whose.email));
  const rows = await theirs.orderBy('created_at', 'desc').limit(MAX_CODES_PER_DAY).execute();
  return rows.map((row) => row.created_at);
}

/** Inserts a code as the newest of its user and purpose. The previous code becomes invalid. */
export async function insertNewest(trx: Transaction, environmentId: EnvironmentId, code: OneTimeCode): Promise<void> {
  await trx
    .updateTable('one_time_codes')
    .set({ is_newest: 0 })
    .where('environment_id', '=', environmentId)
    .where('user_id', '=', code.userId)
    .where('purpose', '=', code.purpose)
    .where('is_newest', '=', 1)
    .execute();
  await trx
    .insertInto('one_time_codes')
    .values(toOneTimeCodeRow(environmentId, code, normalizeEmail(code.email)))
    .execute();
}

export async function findNewest(
  db: Handle,
  environmentId: EnvironmentId,
  userId: UserId,
  purpose: CodePurpose,
): Promise<OneTimeCode | null> {
  const row = await db
    .selectFrom('one_time_codes')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('user_id', '=', userId)
    .where('purpose', '=', purpose)
    .where('is_newest', '=', 1)
    .executeTakeFirst();
  return row ? toOneTimeCode(row) : null;
}

/**
 * Uses up one guess of the newest code if one is left. Check and update are one statement, so that concurrent requests
 * cannot use the same guess. Returns null when there is no code or no guess left.
 */
export async function spendAttempt(
  trx: Transaction,
  environmentId: EnvironmentId,
  userId: UserId,
  purpose: CodePurpose,
): Promise<OneTimeCode | null> {
  const row = await trx
    .updateTable('one_time_codes')
    .set((eb) => ({ attempts: eb('attempts', '+', 1) }))
    .where('environment_id', '=', environmentId)
    .where('user_id', '=', userId)
    .where('purpose', '=', purpose)
    .where('is_newest', '=', 1)
    .where('attempts', '<', MAX_CODE_ATTEMPTS)
    .returningAll()
    .executeTakeFirst();
  return row ? toOneTimeCode(row) : null;
}

/** Marks a code as used. Returns false when it was used or invalidated meanwhile. */
export async function consume(
  trx: Transaction,
  environmentId: EnvironmentId,
  id: OneTimeCodeId,
  at: Instant,
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('one_time_codes')
    .set({ consumed_at: at })
    .where('environment_id', '=', environmentId)
    .where('id', '=', id)
    .where('is_newest', '=', 1)
    .where('consumed_at', 'is', null)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/** Invalidates the unused codes of a user, of every purpose. Used codes are kept, to be reported as used. */
export async function endByUser(trx: Transaction, environmentId: EnvironmentId, userId: UserId): Promise<void> {
  await trx
    .updateTable('one_time_codes')
    .set({ is_newest: 0 })
    .where('environment_id', '=', environmentId)
    .where('user_id', '=', userId)
    .where('is_newest', '=', 1)
    .where('consumed_at', 'is', null)
    .execute();
}

export async function removeByUser(trx: Transaction, environmentId: EnvironmentId, userId: UserId): Promise<void> {
  await sql`delete from one_time_codes ${byIndex('one_time_codes_by_user')}
    where environment_id = ${environmentId} and user_id = ${userId}`.execute(trx);
}
