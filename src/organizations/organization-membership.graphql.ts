import { builder, requires } from '../graphql/builder.js';
import { connect, connectionType, listSize, pageArgs, toPageRequest } from '../graphql/connection.js';
import { registerEntity } from '../graphql/federation/entity.js';
import { found } from '../graphql/found.js';
import { Node, registerNode } from '../graphql/node.graphql.js';
import { isId } from '../ids.js';
import { User } from '../users/user.graphql.js';
import { Organization } from './organization.graphql.js';
import type { OrganizationMembership as OrganizationMembershipShape } from './organization-membership.js';

/** The statuses of a membership. */
export const MembershipStatusType = builder.enumType('MembershipStatus', {
  description: 'Whether a member takes part.',
  values: {
    ACTIVE: { description: 'Takes part.' },
    INACTIVE: { description: 'Was shut out.' },
    PENDING: { description: 'Was invited and has not answered.' },
  },
});

/** A user's place in an organization. */
export const OrganizationMembership = builder
  .objectRef<OrganizationMembershipShape>('OrganizationMembership')
  .implement({
    description: "A user's place in an organization.",
    interfaces: [Node],
    fields: (t) => ({
      user: t.field({
        type: User,
        description: 'The member.',
        resolve: ({ userId }, _, context) => found(context.loaders.users.byId.load(userId)),
      }),
      organization: t.field({
        type: Organization,
        description: 'What they are a member of.',
        resolve: ({ organizationId }, _, context) => found(context.loaders.organizations.byId.load(organizationId)),
      }),
      status: t.expose('status', { type: MembershipStatusType, description: 'Whether they take part.' }),
      roles: t.stringList({ description: 'Slugs of their roles, e.g. member.', resolve: ({ roles }) => roles }),
      createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When they joined or were invited.' }),
      updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When the membership last changed.' }),
    }),
  });

registerNode('om', {
  typename: 'OrganizationMembership',
  scope: 'users:read',
  load: (context, id) => context.loaders.organizations.membershipById.load(id),
});

registerEntity(OrganizationMembership, 'users:read', {
  id: (context, id) => (isId('om', id) ? context.loaders.organizations.membershipById.load(id) : null),
});

const OrganizationMembershipConnection = connectionType(OrganizationMembership, 'memberships');

const listing = {
  order: 'organizationMemberships:CREATED_AT:DESC',
  position: (membership: OrganizationMembershipShape) => [membership.id] as const,
};

builder.objectField(User, 'organizationMemberships', (t) =>
  t.field({
    type: OrganizationMembershipConnection,
    listSize,
    description: 'Organizations the user belongs to, newest membership first.',
    args: pageArgs,
    resolve: async ({ id }, args, context) => {
      const loader = context.loaders.organizations.membershipsByUser;
      return connect(await loader.page(id, toPageRequest(args, listing.order)), listing, () => loader.count(id));
    },
  }),
);

builder.objectField(Organization, 'memberships', (t) =>
  t.field({
    type: OrganizationMembershipConnection,
    // Members are users: who may not read them sees no memberships either.
    ...requires('users:read'),
    listSize,
    description: 'Who belongs to the organization, newest membership first, whatever its status.',
    args: pageArgs,
    resolve: async ({ id }, args, context) => {
      const loader = context.loaders.organizations.membershipsByOrganization;
      return connect(await loader.page(id, toPageRequest(args, listing.order)), listing, () => loader.count(id));
    },
  }),
);
