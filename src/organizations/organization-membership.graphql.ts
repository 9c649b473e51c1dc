import { InvalidInputError, NotFoundError } from '../errors.js';
import { builder, requires } from '../graphql/builder.js';
import { connect, connectionType, listSize, pageArgs, toPageRequest } from '../graphql/connection.js';
import { found } from '../graphql/found.js';
import { answer, MutationError, payloadType } from '../graphql/mutation-error.graphql.js';
import { Node, registerNode } from '../graphql/node.graphql.js';
import { User } from '../users/user.graphql.js';
import { UserNotFoundError } from '../users/user.js';
import { Organization } from './organization.graphql.js';
import {
  AlreadyMemberError,
  type OrganizationMembership as OrganizationMembershipShape,
} from './organization-membership.js';

/** The statuses of a membership. */
export const MembershipStatusType = builder.enumType('MembershipStatus', {
  description: 'Whether a member takes part.',
  values: {
    ACTIVE: { description: 'Takes part.' },
    INACTIVE: { description: 'Was shut out.' },
    PENDING: { description: 'Was invited and has not answered.' },
  },
});

const OrganizationMembership = builder.objectRef<OrganizationMembershipShape>('OrganizationMembership').implement({
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

builder.objectType(AlreadyMemberError, {
  name: 'AlreadyMemberError',
  description: 'The user is a member of the organization already.',
  interfaces: [MutationError],
  fields: (t) => ({
    organizationId: t.exposeID('organizationId', { description: 'The organization.' }),
  }),
});

const CreateOrganizationMembershipInput = builder.inputType('CreateOrganizationMembershipInput', {
  description: 'A new member of an organization.',
  fields: (t) => ({
    userId: t.id({ required: true, description: 'Who joins.' }),
    organizationId: t.id({ required: true, description: 'What they join.' }),
    roles: t.stringList({ required: true, defaultValue: ['member'], description: 'Slugs of their roles.' }),
  }),
});

const CreateOrganizationMembershipPayload = payloadType<OrganizationMembershipShape>(
  'CreateOrganizationMembership',
  [UserNotFoundError, NotFoundError, InvalidInputError, AlreadyMemberError],
  (t) => ({
    membership: t.field({
      type: OrganizationMembership,
      nullable: true,
      description: 'The new membership; it is active at once.',
      resolve: ({ result }) => result,
    }),
  }),
);

builder.mutationField('createOrganizationMembership', (t) =>
  t.field({
    type: CreateOrganizationMembershipPayload,
    ...requires('organizations:write'),
    description: 'Makes a user a member of an organization.',
    args: {
      input: t.arg({ type: CreateOrganizationMembershipInput, required: true, description: 'Who joins what.' }),
    },
    resolve: (_, { input }, context) =>
      answer(context, (viewer) => context.services.memberships.createMembership(viewer, input)),
  }),
);
