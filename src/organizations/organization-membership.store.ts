import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { findRows, primaryKey } from '../db/find-rows.js';
import type { Handle, Transaction } from '../db/handle.js';
import { type ComputedColumn, insertRows } from '../db/insert-rows.js';
import { keyset } from '../db/keyset.js';
import * as nested from '../db/nested.js';
import { byIndex, isOneOf } from '../db/syntax.js';
import type { Row } from '../db/tables.js';
import type { EnvironmentId, OrganizationId, OrganizationMembershipId, UserId } from '../domain/ids.js';
import { cutPage, type Page, type PageRequest } from '../paging/paging.js';
import type { MembershipFilter, OrganizationMembership } from './organization-membership.js';
import { toMembership, toMembershipRow } from './organization-membership.table.js';

export async function findMany(
  db: Handle,
  environmentId: EnvironmentId,
  ids: readonly OrganizationMembershipId[],
): Promise<Map<OrganizationMembershipId, OrganizationMembership>> {
  const rows = await findRows(db, primaryKey('organization_memberships', 'id'), environmentId, ids);
  return new Map(rows.map((row) => [row.id, toMembership(row)]));
}

/** The list of each user. */
export const BY_USER = {
  table: 'organization_memberships',
  parent: 'user_id',
  index: 'organization_memberships_by_user',
  position: 'id',
  descending: true,
} as const;

/** Reads one page of memberships of each user, newest first, in one statement. */
export function pageByUsers(
  db: Handle,
  environmentId: EnvironmentId,
  userIds: readonly UserId[],
  request: PageRequest,
): Promise<Map<UserId, Page<OrganizationMembership>>> {
  return nested.pageByParents(db, BY_USER, environmentId, userIds, request, toMembership);
}

export function countByUsers(
  db: Handle,
  environmentId: EnvironmentId,
  userIds: readonly UserId[],
): Promise<Map<UserId, number>> {
  return nested.countByParents(db, BY_USER, environmentId, userIds);
}

/** Inserts memberships in one statement. @throws {UniqueViolationError} when a user is already a member */
export async function insertMany(
  trx: Transaction,
  environmentId: EnvironmentId,
  memberships: readonly OrganizationMembership[],
): Promise<void> {
  const rows = memberships.map((membership) => toMembershipRow(environmentId, membership));
  await insertRows(trx, 'organization_memberships', rows, [EMAIL_OF_USER]);
}

/** Copied from the user's row: if two users share a mailbox, one of them has a different stored form. */
const EMAIL_OF_USER: ComputedColumn = {
  name: 'user_email_normal',
  from: (given) =>
    sql`(select email_normal from users where environment_id = ${given('environment_id')} and id = ${given('user_id')})`,
};

/** Updates the mutable fields of a membership. */
export async function update(
  trx: Transaction,
  environmentId: EnvironmentId,
  { id, status, roles, updatedAt }: OrganizationMembership,
): Promise<void> {
  await trx
    .updateTable('organization_memberships')
    .set({ status, roles: JSON.stringify(roles), updated_at: updatedAt })
    .where('environment_id', '=', environmentId)
    .where('id', '=', id)
    .execute();
}

export async function remove(
  trx: Transaction,
  environmentId: EnvironmentId,
  id: OrganizationMembershipId,
): Promise<void> {
  await trx
    .deleteFrom('organization_memberships')
    .where('environment_id', '=', environmentId)
    .where('id', '=', id)
    .execute();
}

/** The list of each organization. */
export const BY_ORGANIZATION = {
  ...BY_USER,
  parent: 'organization_id',
  index: 'organization_memberships_by_organization',
} as const;

/** Deletes up to `limit` memberships of an organization, oldest first. Returns the deleted memberships. */
export function removeByOrganization(
  trx: Transaction,
  environmentId: EnvironmentId,
  organizationId: OrganizationId,
  limit: number,
): Promise<OrganizationMembership[]> {
  return nested.removeFirstByParent(trx, BY_ORGANIZATION, environmentId, organizationId, limit, toMembership);
}

/** Reads one page of memberships of each organization, newest first, in one statement. */
export function pageByOrganizations(
  db: Handle,
  environmentId: EnvironmentId,
  organizationIds: readonly OrganizationId[],
  request: PageRequest,
): Promise<Map<OrganizationId, Page<OrganizationMembership>>> {
  return nested.pageByParents(db, BY_ORGANIZATION, environmentId, organizationIds, request, toMembership);
}

/**
 * Reads a page of the memberships of a user or of an organization, newest first. A list of an organization by status
 * reads one slice of the index for each status, so that it does not examine the members with another one.
 */
export async function page(
  db: Handle,
  environmentId: EnvironmentId,
  { userId, organizationId, statuses }: MembershipFilter,
  request: PageRequest,
): Promise<Page<OrganizationMembership>> {
  const { bounds, orderBy, limit } = keyset({ columns: ['id'], descending: true }, request);
  const read = async (index: string, ...conditions: RawBuilder<SqlBool>[]) => {
    const all = [sql`environment_id = ${environmentId}`, ...conditions, ...bounds];
    const { rows } = await sql<Row<'organization_memberships'>>`
      select * from organization_memberships ${byIndex(index)}
      where ${sql.join(all, sql` and `)} order by ${orderBy} limit ${limit}`.execute(db);
    return rows;
  };
  const ofUser = sql<SqlBool>`user_id = ${userId}`;
  const ofOrganization = sql<SqlBool>`organization_id = ${organizationId}`;
  if (userId !== undefined) {
    const others = [
      ...(organizationId === undefined ? [] : [ofOrganization]),
      ...(statuses === undefined ? [] : [isOneOf(sql.ref('status'), statuses)]),
    ];
    return cutPage((await read(BY_USER.index, ofUser, ...others)).map(toMembership), request);
  }
  const slices =
    statuses === undefined
      ? [await read(BY_ORGANIZATION.index, ofOrganization)]
      : await Promise.all(
          [...new Set(statuses)].map((status) => read(BY_STATUS, ofOrganization, sql<SqlBool>`status = ${status}`)),
        );
  const ascends = request.direction === 'backward';
  const rows = slices.flat().sort((a, b) => (a.id < b.id === ascends ? -1 : 1));
  return cutPage(rows.slice(0, limit).map(toMembership), request);
}

const BY_STATUS = 'organization_memberships_by_status';

/** Reads the counters that triggers maintain. */
export async function countByOrganizations(
  db: Handle,
  environmentId: EnvironmentId,
  organizationIds: readonly OrganizationId[],
): Promise<Map<OrganizationId, number>> {
  const rows = await db
    .selectFrom('organization_totals')
    .select(['organization_id', 'users'])
    .where('environment_id', '=', environmentId)
    .where(isOneOf(sql.ref('organization_id'), organizationIds))
    .execute();
  return new Map(rows.map((row) => [row.organization_id, row.users]));
}

/** Deletes every membership of a user. Returns the deleted memberships. */
export function removeByUser(
  trx: Transaction,
  environmentId: EnvironmentId,
  userId: UserId,
): Promise<OrganizationMembership[]> {
  return nested.removeByParent(trx, BY_USER, environmentId, userId, toMembership);
}
