import { violationOf } from '../db/constraint.js';
import type { Handle, Transaction } from '../db/handle.js';
import { listOf } from '../db/lists.js';
import * as nested from '../db/nested.js';
import type { EnvironmentId, OrganizationMembershipId, UserId } from '../ids.js';
import type { Page, PageRequest } from '../paging.js';
import type { OrganizationMembership } from './organization-membership.js';
import { toMembership, toMembershipRow } from './organization-membership.table.js';

export async function findMany(
  db: Handle,
  environmentId: EnvironmentId,
  ids: readonly OrganizationMembershipId[],
): Promise<Map<OrganizationMembershipId, OrganizationMembership>> {
  const rows = await db
    .selectFrom('organization_memberships')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('id', 'in', listOf(ids))
    .execute();
  return new Map(rows.map((row) => [row.id, toMembership(row)]));
}

const BY_USER = { table: 'organization_memberships', parent: 'user_id', position: 'id', descending: true } as const;

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
  userEmailNormal: string,
): Promise<void> {
  await trx
    .insertInto('organization_memberships')
    .values(toMembershipRow(environmentId, membership, userEmailNormal))
    .execute();
}

export function isMember(error: unknown): boolean {
  const violation = violationOf(error);
  return violation?.kind === 'unique' && violation.columns.startsWith('organization_memberships.organization_id');
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
