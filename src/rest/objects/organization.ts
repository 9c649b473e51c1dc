import { z } from 'zod';
import type { Organization } from '../../organizations/organization.js';
import type { OrganizationMembership } from '../../organizations/organization-membership.js';
import type { User } from '../../users/user.js';
import { dateTime, metadataObject } from './common.js';
import { toUserObject, UserObject } from './user.js';

/** An organization (WorkOS contract, section 6). It has no domains here. */
export const OrganizationObject = z
  .object({
    object: z.literal('organization'),
    id: z.string(),
    name: z.string(),
    domains: z.array(z.never()).meta({ description: 'Always empty: usergraph has no domains of organizations.' }),
    metadata: metadataObject(),
    external_id: z.string().nullable(),
    created_at: dateTime(),
    updated_at: dateTime(),
  })
  .meta({ id: 'Organization', description: 'A company or team that users belong to.' });

export function toOrganizationObject(organization: Organization): z.output<typeof OrganizationObject> {
  return {
    object: 'organization',
    id: organization.id,
    name: organization.name,
    domains: [],
    metadata: organization.metadata,
    external_id: organization.externalId,
    created_at: organization.createdAt,
    updated_at: organization.updatedAt,
  };
}

const Role = z.object({ slug: z.string() });

/** A membership (WorkOS contract, section 6). */
export const MembershipObject = z
  .object({
    object: z.literal('organization_membership'),
    id: z.string(),
    user_id: z.string(),
    organization_id: z.string(),
    organization_name: z.string().optional(),
    status: z.enum(['active', 'inactive', 'pending']),
    directory_managed: z.boolean(),
    role: Role,
    roles: z.array(Role),
    custom_attributes: z.record(z.string(), z.unknown()),
    user: UserObject,
    created_at: dateTime(),
    updated_at: dateTime(),
  })
  .meta({ id: 'OrganizationMembership', description: "A user's place in an organization." });

type Status = z.output<typeof MembershipObject>['status'];

export function toMembershipObject(
  membership: OrganizationMembership,
  user: User,
  organization: Organization | null,
): z.output<typeof MembershipObject> {
  const roles = membership.roles.map((slug) => ({ slug }));
  return {
    object: 'organization_membership',
    id: membership.id,
    user_id: membership.userId,
    organization_id: membership.organizationId,
    ...(organization ? { organization_name: organization.name } : {}),
    status: membership.status.toLowerCase() as Status, // the names are the same but for their case
    directory_managed: false,
    role: roles[0] ?? { slug: '' }, // a membership has a role
    roles,
    custom_attributes: {},
    user: toUserObject(user),
    created_at: membership.createdAt,
    updated_at: membership.updatedAt,
  };
}
