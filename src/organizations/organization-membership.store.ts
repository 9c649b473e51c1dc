import { sql } from 'kysely';
import { violationOf } from '../db/constraint.js';
import { findRows, primaryIndex, primaryKey } from '../db/find-rows.js';
import type { Handle, Transaction } from '../db/handle.js';
import { listOf } from '../db/lists.js';
import * as nested from '../db/nested.js';
import type { Row } from '../db/tables.js';
import type { EnvironmentId, OrganizationId, OrganizationMembershipId, UserId } from '../ids.js';
import type { Page, PageRequest } from '../paging.js';
import type { OrganizationMembership } from './organization-membership.js';
import { toMembership, toMembershipRow } from './organization-membership.table.js';

export async function findMany(
  db: Handle,
  environmentId: EnvironmentId,
  ids: readonly OrganizationMembershipId[],
): Promise<Map<OrganizationMembershipId, OrganizationMembership>> {
  const rows = await findRows(db, primaryKey('organization_memberships', 'id'), environmentId, ids);
  return new Map(rows.map((row) => [row.id, toMembership(row)]));
}

const BY_USER = {
  table: 'organization_memberships',
  parent: 'user_id',
  index: 'organization_memberships_by_user',
  position: 'id',
  descending: true,
} as const;

/** The same slice of each user's memberships, newest first, in one statement. */
export function pageByUsers(
  db: Handle,
  environmentId: EnvironmentId,
  userIds: readonly UserId[],
  request: PageRequest,
): Promise<Map<UserId, Page<OrganizationMembership>>> {
  return nested.pageByParents(db, BY_USER, environmentId, userIds, request, toMembership);
}

export async function countByUsers(
  db: Handle,
  environmentId: EnvironmentId,
  userIds: readonly UserId[],
): Promise<Map<UserId, number>> {
  const rows = await db
    .selectFrom('organization_memberships')
    .select((eb) => ['user_id', eb.fn.countAll<number>().as('total')])
    .where('environment_id', '=', environmentId)
    .where('user_id', 'in', listOf(userIds))
    .groupBy('user_id')
    .execute();
  return new Map(rows.map((row) => [row.user_id, row.total]));
}

/** @throws the driver's error when the user is a member already; `isMember` knows it */
export async function insert(
  trx: Transaction,
  environmentId: EnvironmentId,
  membership: OrganizationMembership,
): Promise<void> {
  await trx
    .insertInto('organization_memberships')
    .values({
      ...toMembershipRow(environmentId, membership),
      // As it is stored: of two users with one mailbox, one has it in another form than the normal one.
      user_email_normal: sql<string>`(
        select email_normal from users where environment_id = ${environmentId} and id = ${membership.userId})`,
    })
    .execute();
}

export function isMember(error: unknown): boolean {
  const violation = violationOf(error);
  return violation?.kind === 'unique' && violation.columns.startsWith('organization_memberships.organization_id');
}

/** Writes what can change of a membership. */
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

/** Removes up to `limit` memberships of an organization; answers what was removed, oldest first. */
export async function removeByOrganization(
  trx: Transaction,
  environmentId: EnvironmentId,
  organizationId: OrganizationId,
  limit: number,
): Promise<OrganizationMembership[]> {
  const { rows } = await sql<Row<'organization_memberships'>>`
    delete from organization_memberships indexed by ${sql.ref(primaryIndex('organization_memberships'))}
    where environment_id = ${environmentId} and id in (
      select one.id from organization_memberships as one indexed by organization_memberships_by_organization
      where one.environment_id = ${environmentId} and one.organization_id = ${organizationId} order by one.id limit ${limit})
    returning *`.execute(trx);
  return rows.map(toMembership).sort((a, b) => (a.id < b.id ? -1 : 1));
}

const BY_ORGANIZATION = {
  ...BY_USER,
  parent: 'organization_id',
  index: 'organization_memberships_by_organization',
} as const;

/** The same slice of each organization's memberships, newest first, in one statement. */
export function pageByOrganizations(
  db: Handle,
  environmentId: EnvironmentId,
  organizationIds: readonly OrganizationId[],
  request: PageRequest,
): Promise<Map<OrganizationId, Page<OrganizationMembership>>> {
  return nested.pageByParents(db, BY_ORGANIZATION, environmentId, organizationIds, request, toMembership);
}

/** From the counter that triggers keep. */
export async function countByOrganizations(
  db: Handle,
  environmentId: EnvironmentId,
  organizationIds: readonly OrganizationId[],
): Promise<Map<OrganizationId, number>> {
  const rows = await db
    .selectFrom('organization_totals')
    .select(['organization_id', 'users'])
    .where('environment_id', '=', environmentId)
    .where('organization_id', 'in', listOf(organizationIds))
    .execute();
  return new Map(rows.map((row) => [row.organization_id, row.users]));
}

/** Removes every membership of a user; answers what was removed. */
export async function removeByUser(
  trx: Transaction,
  environmentId: EnvironmentId,
  userId: UserId,
): Promise<OrganizationMembership[]> {
  const rows = await trx
    .deleteFrom('organization_memberships')
    .where('environment_id', '=', environmentId)
    .where('user_id', '=', userId)
    .returningAll()
    .execute();
  return rows.map(toMembership);
}
