import type { Selectable } from 'kysely';
import { json, mappingOf, text } from '../db/mapping.js';
import type { EnvironmentId, OrganizationId, OrganizationMembershipId, UserId } from '../domain/ids.js';
import type { Instant } from '../runtime/clock.js';
import type { MembershipStatus, OrganizationMembership } from './organization-membership.js';

declare module '../db/tables.js' {
  interface Tables {
    organization_memberships: OrganizationMembershipTable;
  }
}

export interface OrganizationMembershipTable {
  environment_id: EnvironmentId;
  id: OrganizationMembershipId;
  user_id: UserId;
  /** Copy of the user's column, kept up to date by the foreign key. It orders an organization's users by address. */
  user_email_normal: string;
  organization_id: OrganizationId;
  status: MembershipStatus;
  /** JSON array of strings. */
  roles: string;
  created_at: Instant;
  updated_at: Instant;
}

/** The columns of the properties of a membership. */
export const MEMBERSHIPS = mappingOf<OrganizationMembership, 'organization_memberships'>('organization_memberships')({
  id: text('id'),
  userId: text('user_id'),
  organizationId: text('organization_id'),
  status: text('status'),
  roles: json('roles'),
  createdAt: text('created_at'),
  updatedAt: text('updated_at'),
});

export const toMembership = MEMBERSHIPS.toItem;

export function toMembershipRow(
  environmentId: EnvironmentId,
  membership: OrganizationMembership,
): Omit<Selectable<OrganizationMembershipTable>, 'user_email_normal'> {
  return { environment_id: environmentId, ...MEMBERSHIPS.toColumns(membership) };
}
