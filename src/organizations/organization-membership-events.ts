import { type EventKind, type EventsOf, KEPT, snakeCase } from '../events/event-descriptor.js';
import type { OrganizationMembership } from './organization-membership.js';

declare module '../events/event-data.js' {
  interface EventData {
    'organization_membership.created': OrganizationMembership;
    'organization_membership.deleted': OrganizationMembership;
    'organization_membership.updated': OrganizationMembership;
  }
}

const kind = {
  type: 'OrganizationMembershipEvent',
  user: {
    idOf: ({ userId }) => userId,
    erasure: {
      id: KEPT,
      userId: KEPT,
      organizationId: KEPT,
      status: KEPT,
      roles: KEPT,
      createdAt: KEPT,
      updatedAt: KEPT,
    },
  },
  organizationId: ({ organizationId }) => organizationId,
  endsAccess: false,
  webhookData: ({ status, roles, ...rest }) => {
    const slugs = roles.map((slug) => ({ slug }));
    return {
      object: 'organization_membership',
      ...snakeCase(rest),
      status: status.toLowerCase(),
      role: slugs[0],
      roles: slugs,
      directory_managed: false,
      custom_attributes: {},
    };
  },
} as const satisfies EventKind<OrganizationMembership>;

export const organizationMembershipEvents = {
  'organization_membership.created': { ...kind, description: 'A user became a member of an organization.' },
  'organization_membership.deleted': { ...kind, description: 'A membership ended.' },
  'organization_membership.updated': { ...kind, description: 'A membership was changed.' },
} as const satisfies EventsOf<'organization_membership'>;
