import { sql } from 'kysely';
import type { Handle, Transaction } from '../db/handle.js';
import * as nested from '../db/nested.js';
import { byIndex } from '../db/syntax.js';
import type { Row } from '../db/tables.js';
import type { EnvironmentId, SessionId, UserId } from '../domain/ids.js';
import type { Page, PageRequest } from '../paging/paging.js';
import type { Instant } from '../runtime/clock.js';
import type { Session } from './session.js';
import { toSession, toSessionRow } from './session.table.js';

/** Finds the environment of a session. Returns null when no session has this ID. */
export async function findEnvironment(db: Handle, id: SessionId): Promise<EnvironmentId | null> {
  const { rows } = await sql<Pick<Row<'sessions'>, 'environment_id'>>`select environment_id
    from sessions ${byIndex('sessions_id_unique')} where id = ${id}`.execute(db);
  return rows[0]?.environment_id ?? null;
}

export async function find(db: Handle, environmentId: EnvironmentId, id: SessionId): Promise<Session | null> {
  const row = await db
    .selectFrom('sessions')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('id', '=', id)
    .executeTakeFirst();
  return row ? toSession(row) : null;
}

/** The list of each user, newest first. */
const BY_USER = {
  table: 'sessions',
  parent: 'user_id',
  index: 'sessions_by_user',
  position: 'id',
  descending: true,
} as const;

/** Reads one page of the sessions of each user. */
export function pageByUsers(
  db: Handle,
  environmentId: EnvironmentId,
  userIds: readonly UserId[],
  request: PageRequest,
): Promise<Map<UserId, Page<Session>>> {
  return nested.pageByParents(db, BY_USER, environmentId, userIds, request, toSession);
}

export async function insert(trx: Transaction, session: Session): Promise<void> {
  await trx.insertInto('sessions').values(toSessionRow(session)).execute();
}

export async function setGeneration(
  trx: Transaction,
  environmentId: EnvironmentId,
  id: SessionId,
  generation: number,
  at: Instant,
): Promise<void> {
  await trx
    .updateTable('sessions')
    .set({ generation, refreshed_at: at })
    .where('environment_id', '=', environmentId)
    .where('id', '=', id)
    .execute();
}

/** Revokes the active sessions of a user except `kept`. @returns the revoked sessions */
export async function revokeByUser(
  trx: Transaction,
  environmentId: EnvironmentId,
  userId: UserId,
  kept: SessionId | null,
  at: Instant,
): Promise<Session[]> {
  const { rows } = await sql<Row<'sessions'>>`
    update sessions ${byIndex('sessions_by_user')} set revoked_at = ${at}
    where environment_id = ${environmentId} and user_id = ${userId} and id is distinct from ${kept}
      and revoked_at is null and expires_at > ${at}
    returning *`.execute(trx);
  return rows.map(toSession);
}

/** Revokes one session. @returns false when it was already revoked */
export async function revoke(
  trx: Transaction,
  environmentId: EnvironmentId,
  id: SessionId,
  at: Instant,
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('sessions')
    .set({ revoked_at: at })
    .where('environment_id', '=', environmentId)
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

export async function removeByUser(trx: Transaction, environmentId: EnvironmentId, userId: UserId): Promise<void> {
  await sql`delete from sessions ${byIndex('sessions_by_user')}
    where environment_id = ${environmentId} and user_id = ${userId}`.execute(trx);
}

/** Deletes the sessions of a user that expired before an instant. */
export async function removeEnded(
  trx: Transaction,
  environmentId: EnvironmentId,
  userId: UserId,
  before: Instant,
): Promise<void> {
  await sql`delete from sessions ${byIndex('sessions_by_user')}
    where environment_id = ${environmentId} and user_id = ${userId} and expires_at < ${before}`.execute(trx);
}
