import { findRows, primaryKey } from '../db/find-rows.js';
import type { Handle, Transaction } from '../db/handle.js';
import { insertRows } from '../db/insert-rows.js';
import * as nested from '../db/nested.js';
import type { ApplicationId, AuthorizedApplicationId, EnvironmentId, UserId } from '../domain/ids.js';
import type { Page, PageRequest } from '../paging/paging.js';
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

/** Finds the grant of a user to an application. Returns null when there is none. */
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

/** The list of each user. */
export const BY_USER = {
  table: 'authorized_applications',
  parent: 'user_id',
  index: 'authorized_applications_by_user',
  position: 'id',
  descending: true,
} as const;

/** Reads one page of grants of each user, newest first, in one statement. */
export function pageByUsers(
  db: Handle,
  environmentId: EnvironmentId,
  userIds: readonly UserId[],
  request: PageRequest,
): Promise<Map<UserId, Page<AuthorizedApplication>>> {
  return nested.pageByParents(db, BY_USER, environmentId, userIds, request, toAuthorizedApplication);
}

export function countByUsers(
  db: Handle,
  environmentId: EnvironmentId,
  userIds: readonly UserId[],
): Promise<Map<UserId, number>> {
  return nested.countByParents(db, BY_USER, environmentId, userIds);
}

export async function insertMany(
  trx: Transaction,
  environmentId: EnvironmentId,
  grants: readonly AuthorizedApplication[],
): Promise<void> {
  const rows = grants.map((grant) => toAuthorizedApplicationRow(environmentId, grant));
  await insertRows(trx, 'authorized_applications', rows);
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

/** Deletes every grant of a user. Returns the deleted grants. */
export function removeByUser(
  trx: Transaction,
  environmentId: EnvironmentId,
  userId: UserId,
): Promise<AuthorizedApplication[]> {
  return nested.removeByParent(trx, BY_USER, environmentId, userId, toAuthorizedApplication);
}

const BY_APPLICATION = {
  ...BY_USER,
  parent: 'application_id',
  index: 'authorized_applications_by_application',
} as const;

/** Deletes up to `limit` grants of an application, oldest first. Returns the deleted grants. */
export function removeByApplication(
  trx: Transaction,
  environmentId: EnvironmentId,
  applicationId: ApplicationId,
  limit: number,
): Promise<AuthorizedApplication[]> {
  return nested.removeFirstByParent(trx, BY_APPLICATION, environmentId, applicationId, limit, toAuthorizedApplication);
}
