import { InvalidInputError, NotFoundError } from '../../domain/errors.js';
import {
  AlreadyMemberError,
  MembershipPendingError,
  type OrganizationMembership as OrganizationMembershipShape,
} from '../../organizations/organization-membership.js';
import { UserNotFoundError } from '../../users/user.js';
import { userLoaders } from '../../users/user.loaders.js';
import { builder, requires } from '../builder/builder.js';
import { answer, MutationError, payloadType } from '../builder/mutation-error.graphql.js';
import { User } from '../users/user.graphql.js';
import { OrganizationMembership } from './organization-membership.graphql.js';

builder.objectType(AlreadyMemberError, {
  name: 'AlreadyMemberError',
  description: 'The user is already a member of the organization.',
  interfaces: [MutationError],
  fields: (t) => ({
    organizationId: t.exposeID('organizationId', { description: 'The ID of the organization.' }),
  }),
});

const CreateOrganizationMembershipInput = builder.inputType('CreateOrganizationMembershipInput', {
  description: 'Input for createOrganizationMembership.',
  fields: (t) => ({
    userId: t.id({ required: true, description: 'The ID of the user.' }),
    organizationId: t.id({ required: true, description: 'The ID of the organization.' }),
    roles: t.stringList({ required: true, defaultValue: ['member'], description: 'The slugs of the roles.' }),
  }),
});

const CreateOrganizationMembershipPayload = payloadType<OrganizationMembershipShape>(
  'CreateOrganizationMembership',
  [UserNotFoundError, NotFoundError, InvalidInputError, AlreadyMemberError],
  (t) => ({
    membership: t.field({
      type: OrganizationMembership,
      nullable: true,
      description: 'The new membership. Its status is ACTIVE.',
      resolve: ({ result }) => result,
    }),
  }),
);

builder.objectType(MembershipPendingError, {
  name: 'MembershipPendingError',
  description:
    'The membership is pending: the user has not accepted the invitation. A pending membership can only be deleted.',
  interfaces: [MutationError],
  fields: (t) => ({ membershipId: t.exposeID('membershipId', { description: 'The ID of the membership.' }) }),
});

const UpdateOrganizationMembershipInput = builder.inputType('UpdateOrganizationMembershipInput', {
  description: 'Input for updateOrganizationMembership. Omitted fields keep their values.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'The ID of the membership.' }),
    roles: t.stringList({ description: 'The complete list of the slugs of the roles.' }),
  }),
});

const updatedMembership = (t: Parameters<Parameters<typeof payloadType<OrganizationMembershipShape>>[2]>[0]) => ({
  membership: t.field({
    type: OrganizationMembership,
    nullable: true,
    description: 'The updated membership.',
    resolve: ({ result }) => result,
  }),
});

const UpdateOrganizationMembershipPayload = payloadType<OrganizationMembershipShape>(
  'UpdateOrganizationMembership',
  [NotFoundError, InvalidInputError],
  updatedMembership,
);

const DeactivateOrganizationMembershipInput = builder.inputType('DeactivateOrganizationMembershipInput', {
  description: 'Input for deactivateOrganizationMembership.',
  fields: (t) => ({ id: t.id({ required: true, description: 'The ID of the membership.' }) }),
});

const DeactivateOrganizationMembershipPayload = payloadType<OrganizationMembershipShape>(
  'DeactivateOrganizationMembership',
  [NotFoundError, MembershipPendingError],
  updatedMembership,
);

const ReactivateOrganizationMembershipInput = builder.inputType('ReactivateOrganizationMembershipInput', {
  description: 'Input for reactivateOrganizationMembership.',
  fields: (t) => ({ id: t.id({ required: true, description: 'The ID of the membership.' }) }),
});

const ReactivateOrganizationMembershipPayload = payloadType<OrganizationMembershipShape>(
  'ReactivateOrganizationMembership',
  [NotFoundError, MembershipPendingError],
  updatedMembership,
);

const DeleteOrganizationMembershipInput = builder.inputType('DeleteOrganizationMembershipInput', {
  description: 'Input for deleteOrganizationMembership.',
  fields: (t) => ({ id: t.id({ required: true, description: 'The ID of the membership.' }) }),
});

const DeleteOrganizationMembershipPayload = payloadType<OrganizationMembershipShape>(
  'DeleteOrganizationMembership',
  [NotFoundError],
  (t) => ({
    deletedMembershipId: t.id({
      nullable: true,
      description: 'The ID of the deleted membership. Null if nothing was deleted.',
      resolve: ({ result }) => result?.id,
    }),
    user: t.field({
      type: User,
      nullable: true,
      description: 'The user whose membership was deleted.',
      resolve: ({ result }, _, context) => result && context.loaders.linked(userLoaders).byId.load(result.userId),
    }),
  }),
);

builder.mutationFields((t) => ({
  createOrganizationMembership: t.field({
    type: CreateOrganizationMembershipPayload,
    ...requires('memberships.createMembership'),
    description: 'Adds a user to an organization.',
    args: {
      input: t.arg({
        type: CreateOrganizationMembershipInput,
        required: true,
        description: 'Parameters for createOrganizationMembership.',
      }),
    },
    resolve: (_, { input }, context) =>
      answer(context, (viewer) => context.services.memberships.createMembership(viewer, input)),
  }),
  updateOrganizationMembership: t.field({
    type: UpdateOrganizationMembershipPayload,
    ...requires('memberships.updateMembership'),
    description: 'Updates the roles of an organization membership.',
    args: {
      input: t.arg({
        type: UpdateOrganizationMembershipInput,
        required: true,
        description: 'Parameters for updateOrganizationMembership.',
      }),
    },
    resolve: (_, { input: { id, ...patch } }, context) =>
      answer(context, (viewer) => context.services.memberships.updateMembership(viewer, id, patch)),
  }),
  deactivateOrganizationMembership: t.field({
    type: DeactivateOrganizationMembershipPayload,
    ...requires('memberships.deactivateMembership'),
    description: 'Deactivates an organization membership. Has no effect if it is already inactive.',
    args: {
      input: t.arg({
        type: DeactivateOrganizationMembershipInput,
        required: true,
        description: 'Parameters for deactivateOrganizationMembership.',
      }),
    },
    resolve: (_, { input }, context) =>
      answer(context, (viewer) => context.services.memberships.deactivateMembership(viewer, input.id)),
  }),
  reactivateOrganizationMembership: t.field({
    type: ReactivateOrganizationMembershipPayload,
    ...requires('memberships.reactivateMembership'),
    description: 'Reactivates an inactive organization membership. Has no effect if it is already active.',
    args: {
      input: t.arg({
        type: ReactivateOrganizationMembershipInput,
        required: true,
        description: 'Parameters for reactivateOrganizationMembership.',
      }),
    },
    resolve: (_, { input }, context) =>
      answer(context, (viewer) => context.services.memberships.reactivateMembership(viewer, input.id)),
  }),
  deleteOrganizationMembership: t.field({
    type: DeleteOrganizationMembershipPayload,
    ...requires('memberships.deleteMembership'),
    description: 'Deletes an organization membership of any status.',
    args: {
      input: t.arg({
        type: DeleteOrganizationMembershipInput,
        required: true,
        description: 'Parameters for deleteOrganizationMembership.',
      }),
    },
    resolve: (_, { input }, context) =>
      answer(context, (viewer) => context.services.memberships.deleteMembership(viewer, input.id)),
  }),
}));
