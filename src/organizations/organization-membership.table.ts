import type { Selectable } from 'kysely';
import type { Instant } from '../clock.js';
import type { EnvironmentId, OrganizationId, OrganizationMembershipId, UserId } from '../ids.js';
import type { MembershipStatus, OrganizationMembership } from './organization-membership.js';

export interface OrganizationMembershipTable {
  environment_id: EnvironmentId;
  id: OrganizationMembershipId;
  user_id: UserId;
  /** Copy of the user's, kept in step by the foreign key: orders an organization's users by address. */
  user_email_normal: string;
  organization_id: OrganizationId;
  status: MembershipStatus;
  /** JSON list of texts. */
  roles: string;
  created_at: Instant;
  updated_at: Instant;
}

export function toMembership(row: Selectable<OrganizationMembershipTable>): OrganizationMembership {
  return {
    id: row.id,
    userId: row.user_id,
    organizationId: row.organization_id,
    status: row.status,
    // Written by toMembershipRow only.
    roles: JSON.parse(row.roles) as string[],
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

export function toMembershipRow(
  environmentId: EnvironmentId,
  membership: OrganizationMembership,
): Omit<Selectable<OrganizationMembershipTable>, 'user_email_normal'> {
  return {
    environment_id: environmentId,
    id: membership.id,
    user_id: membership.userId,
    organization_id: membership.organizationId,
    status: membership.status,
    roles: JSON.stringify(membership.roles),
    created_at: membership.createdAt,
    updated_at: membership.updatedAt,
  };
}
