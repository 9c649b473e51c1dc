import { sql } from 'kysely';
import { findRows, primaryIndex, primaryKey } from '../db/find-rows.js';
import type { Handle, Transaction } from '../db/handle.js';
import { insertRows } from '../db/insert-rows.js';
import { listOf } from '../db/lists.js';
import * as nested from '../db/nested.js';
import type { Row } from '../db/tables.js';
import type { ApplicationId, AuthorizedApplicationId, EnvironmentId, UserId } from '../ids.js';
import type { Page, PageRequest } from '../paging.js';
import type { AuthorizedApplication } from './authorized-application.js';
import { toAuthorizedApplication, toAuthorizedApplicationRow } from './authorized-application.table.js';

export async function findMany(
  db: Handle,
  environmentId: EnvironmentId,
  ids: readonly AuthorizedApplicationId[],
): Promise<Map<AuthorizedApplicationId, AuthorizedApplication>> {
  const rows = await findRows(db, primaryKey('authorized_applications', 'id'), environmentId, ids);
  return new Map(rows.map((row) => [row.id, toAuthorizedApplication(row)]));
}

/** The grant of a user to an application, or null. */
export async function find(
  db: Handle,
  environmentId: EnvironmentId,
  userId: UserId,
  applicationId: ApplicationId,
): Promise<AuthorizedApplication | null> {
  const row = await db
    .selectFrom('authorized_applications')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('user_id', '=', userId)
    .where('application_id', '=', applicationId)
    .executeTakeFirst();
  return row ? toAuthorizedApplication(row) : null;
}

const BY_USER = {
  table: 'authorized_applications',
  parent: 'user_id',
  index: 'authorized_applications_by_user',
  position: 'id',
  descending: true,
} as const;

/** The same slice of each user's grants, newest first, in one statement. */
export function pageByUsers(
  db: Handle,
  environmentId: EnvironmentId,
  userIds: readonly UserId[],
  request: PageRequest,
): Promise<Map<UserId, Page<AuthorizedApplication>>> {
  return nested.pageByParents(db, BY_USER, environmentId, userIds, request, toAuthorizedApplication);
}

export async function countByUsers(
  db: Handle,
  environmentId: EnvironmentId,
  userIds: readonly UserId[],
): Promise<Map<UserId, number>> {
  const rows = await db
    .selectFrom('authorized_applications')
    .select((eb) => ['user_id', eb.fn.countAll<number>().as('total')])
    .where('environment_id', '=', environmentId)
    .where('user_id', 'in', listOf(userIds))
    .groupBy('user_id')
    .execute();
  return new Map(rows.map((row) => [row.user_id, row.total]));
}

export async function insert(
  trx: Transaction,
  environmentId: EnvironmentId,
  grant: AuthorizedApplication,
): Promise<void> {
  await insertRows(trx, 'authorized_applications', [toAuthorizedApplicationRow(environmentId, grant)]);
}

export async function update(
  trx: Transaction,
  environmentId: EnvironmentId,
  grant: AuthorizedApplication,
): Promise<void> {
  const { environment_id, id, ...columns } = toAuthorizedApplicationRow(environmentId, grant);
  await trx
    .updateTable('authorized_applications')
    .set(columns)
    .where('environment_id', '=', environment_id)
    .where('id', '=', id)
    .execute();
}

export async function remove(
  trx: Transaction,
  environmentId: EnvironmentId,
  id: AuthorizedApplicationId,
): Promise<void> {
  await trx
    .deleteFrom('authorized_applications')
    .where('environment_id', '=', environmentId)
    .where('id', '=', id)
    .execute();
}

/** Removes every grant of a user; answers what was removed. */
export async function removeByUser(
  trx: Transaction,
  environmentId: EnvironmentId,
  userId: UserId,
): Promise<AuthorizedApplication[]> {
  const rows = await trx
    .deleteFrom('authorized_applications')
    .where('environment_id', '=', environmentId)
    .where('user_id', '=', userId)
    .returningAll()
    .execute();
  return rows.map(toAuthorizedApplication);
}

/** Removes up to `limit` grants of an application; answers what was removed, oldest first. */
export async function removeByApplication(
  trx: Transaction,
  environmentId: EnvironmentId,
  applicationId: ApplicationId,
  limit: number,
): Promise<AuthorizedApplication[]> {
  const { rows } = await sql<Row<'authorized_applications'>>`
    delete from authorized_applications indexed by ${sql.ref(primaryIndex('authorized_applications'))}
    where environment_id = ${environmentId} and id in (
      select one.id from authorized_applications as one indexed by authorized_applications_by_application
      where one.environment_id = ${environmentId} and one.application_id = ${applicationId} order by one.id limit ${limit})
    returning *`.execute(trx);
  return rows.map(toAuthorizedApplication).sort((a, b) => (a.id < b.id ? -1 : 1));
}
