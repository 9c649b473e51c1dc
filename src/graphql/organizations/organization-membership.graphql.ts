import { isId } from '../../domain/ids.js';
import { organizationLoaders } from '../../organizations/organization.loaders.js';
import type { OrganizationMembership as OrganizationMembershipShape } from '../../organizations/organization-membership.js';
import { memberLoaders, membershipLoaders } from '../../organizations/organization-membership.loaders.js';
import { userLoaders } from '../../users/user.loaders.js';
import { builder, requires } from '../builder/builder.js';
import { connect, connectionType, listSize, pageArgs, toPageRequest } from '../builder/connection.js';
import { requireLoaded } from '../builder/found.js';
import { Node, registerNode } from '../builder/node.graphql.js';
import { reads } from '../builder/reads.js';
import { registerEntity } from '../federation/entity.js';
import { User } from '../users/user.graphql.js';
import { Organization } from './organization.graphql.js';

/** GraphQL enum of the statuses of a membership. */
export const MembershipStatusType = builder.enumType('MembershipStatus', {
  description: 'The statuses of an organization membership.',
  values: {
    ACTIVE: { description: 'The user is an active member of the organization.' },
    INACTIVE: { description: 'The membership was deactivated.' },
    PENDING: { description: 'The user was invited and has not accepted yet.' },
  },
});

/** GraphQL type of an organization membership. */
export const OrganizationMembership = builder
  .objectRef<OrganizationMembershipShape>('OrganizationMembership')
  .implement({
    description: 'The membership of a user in an organization.',
    interfaces: [Node],
    fields: (t) => ({
      user: t.field({
        type: User,
        extensions: reads({ kind: 'link', loaders: userLoaders, property: 'userId' }),
        description: 'The user who is the member.',
        resolve: ({ userId }, _, context) => requireLoaded(context.loaders.linked(userLoaders).byId.load(userId)),
      }),
      organization: t.field({
        type: Organization,
        extensions: reads({ kind: 'link', loaders: organizationLoaders, property: 'organizationId' }),
        description: 'The organization.',
        resolve: ({ organizationId }, _, context) =>
          requireLoaded(context.loaders.linked(organizationLoaders).byId.load(organizationId)),
      }),
      status: t.expose('status', { type: MembershipStatusType, description: 'The status of the membership.' }),
      roles: t.exposeStringList('roles', { description: 'The slugs of the roles, e.g. member.' }),
      createdAt: t.expose('createdAt', {
        type: 'DateTime',
        description: 'The date and time when the membership was created.',
      }),
      updatedAt: t.expose('updatedAt', {
        type: 'DateTime',
        description: 'The date and time when the membership was last updated.',
      }),
    }),
  });

registerNode('om', {
  typename: 'OrganizationMembership',
  action: 'memberships.read',
  stored: membershipLoaders,
  load: (context, id) => context.loaders.of(membershipLoaders).byId.load(id),
});

registerEntity(OrganizationMembership, 'memberships.read', {
  id: (context, id) => (isId('om', id) ? context.loaders.of(membershipLoaders).byId.load(id) : null),
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
    extensions: reads({
      kind: 'nested',
      loaders: membershipLoaders,
      list: membershipLoaders.lists.byUser,
      name: listing.order,
    }),
    description: 'A list of the organization memberships of the user, newest first. Includes every status.',
    args: pageArgs,
    resolve: async ({ id }, args, context) => {
      const loader = context.loaders.linked(membershipLoaders).byUser;
      return connect(await loader.page(id, toPageRequest(args, listing.order)), listing, () => loader.count(id));
    },
  }),
);

builder.objectField(Organization, 'memberships', (t) =>
  t.field({
    type: OrganizationMembershipConnection,
    ...requires('members.read'),
    listSize,
    extensions: reads({
      kind: 'nested',
      loaders: memberLoaders,
      list: memberLoaders.lists.byOrganization,
      name: listing.order,
    }),
    description: 'A list of the memberships of the organization, newest first. Includes every status.',
    args: pageArgs,
    resolve: async ({ id }, args, context) => {
      const loader = context.loaders.of(memberLoaders);
      return connect(await loader.page(id, toPageRequest(args, listing.order)), listing, () => loader.count(id));
    },
  }),
);
