import { sql } from 'kysely';
import type { Instant } from '../clock.js';
import { findRows, primaryKey } from '../db/find-rows.js';
import type { Handle, Transaction } from '../db/handle.js';
import type { EnvironmentId, UserId } from '../ids.js';
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

/** When the last codes of a user, or for an address, were made: newest first, as many as a day may have. */
export async function lastMade(
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

/** Makes this the newest code of its user and purpose; the one before is worth nothing from now on. */
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

/** Spends one guess, if one is left, in the statement that looks: no two requests can spend the same one. */
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

/** Uses the code up. False when somebody was faster, or it was ended meanwhile. */
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

/** Ends the codes of a user that wait, whatever for. A used one stays the newest, so that it can be named as used. */
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
  await sql`delete from one_time_codes indexed by one_time_codes_by_user
    where environment_id = ${environmentId} and user_id = ${userId}`.execute(trx);
}
