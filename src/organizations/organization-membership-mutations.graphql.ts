import { InvalidInputError, NotFoundError } from '../errors.js';
import { builder, requires } from '../graphql/builder.js';
import { answer, MutationError, payloadType } from '../graphql/mutation-error.graphql.js';
import { User } from '../users/user.graphql.js';
import { UserNotFoundError } from '../users/user.js';
import { OrganizationMembership } from './organization-membership.graphql.js';
import {
  AlreadyMemberError,
  MembershipPendingError,
  type OrganizationMembership as OrganizationMembershipShape,
} from './organization-membership.js';

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

builder.objectType(MembershipPendingError, {
  name: 'MembershipPendingError',
  description: 'The user was invited and has not answered: the membership can only be deleted.',
  interfaces: [MutationError],
  fields: (t) => ({ membershipId: t.exposeID('membershipId', { description: 'The membership.' }) }),
});

const UpdateOrganizationMembershipInput = builder.inputType('UpdateOrganizationMembershipInput', {
  description: 'A change of a membership. What is left out stays.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'Id of the membership.' }),
    roles: t.stringList({ description: 'Slugs of their roles, all of them.' }),
  }),
});

const changedMembership = (t: Parameters<Parameters<typeof payloadType<OrganizationMembershipShape>>[2]>[0]) => ({
  membership: t.field({
    type: OrganizationMembership,
    nullable: true,
    description: 'The membership after the change.',
    resolve: ({ result }) => result,
  }),
});

const UpdateOrganizationMembershipPayload = payloadType<OrganizationMembershipShape>(
  'UpdateOrganizationMembership',
  [NotFoundError, InvalidInputError],
  changedMembership,
);

const DeactivateOrganizationMembershipInput = builder.inputType('DeactivateOrganizationMembershipInput', {
  description: 'Whom to shut out.',
  fields: (t) => ({ id: t.id({ required: true, description: 'Id of the membership.' }) }),
});

const DeactivateOrganizationMembershipPayload = payloadType<OrganizationMembershipShape>(
  'DeactivateOrganizationMembership',
  [NotFoundError, MembershipPendingError],
  changedMembership,
);

const ReactivateOrganizationMembershipInput = builder.inputType('ReactivateOrganizationMembershipInput', {
  description: 'Whom to let in again.',
  fields: (t) => ({ id: t.id({ required: true, description: 'Id of the membership.' }) }),
});

const ReactivateOrganizationMembershipPayload = payloadType<OrganizationMembershipShape>(
  'ReactivateOrganizationMembership',
  [NotFoundError, MembershipPendingError],
  changedMembership,
);

const DeleteOrganizationMembershipInput = builder.inputType('DeleteOrganizationMembershipInput', {
  description: 'Which membership to end.',
  fields: (t) => ({ id: t.id({ required: true, description: 'Id of the membership.' }) }),
});

const DeleteOrganizationMembershipPayload = payloadType<OrganizationMembershipShape>(
  'DeleteOrganizationMembership',
  [NotFoundError],
  (t) => ({
    deletedMembershipId: t.id({
      nullable: true,
      description: 'Id of the membership that is gone; null when nothing was deleted.',
      resolve: ({ result }) => result?.id,
    }),
    user: t.field({
      type: User,
      nullable: true,
      description: 'The user, without the membership.',
      resolve: ({ result }, _, context) => result && context.loaders.users.byId.load(result.userId),
    }),
  }),
);

builder.mutationFields((t) => ({
  createOrganizationMembership: t.field({
    type: CreateOrganizationMembershipPayload,
    ...requires('organizations:write'),
    description: 'Makes a user a member of an organization.',
    args: {
      input: t.arg({ type: CreateOrganizationMembershipInput, required: true, description: 'Who joins what.' }),
    },
    resolve: (_, { input }, context) =>
      answer(context, (viewer) => context.services.memberships.createMembership(viewer, input)),
  }),
  updateOrganizationMembership: t.field({
    type: UpdateOrganizationMembershipPayload,
    ...requires('organizations:write'),
    description: 'Changes the roles of a member.',
    args: { input: t.arg({ type: UpdateOrganizationMembershipInput, required: true, description: 'The change.' }) },
    resolve: (_, { input: { id, ...patch } }, context) =>
      answer(context, (viewer) => context.services.memberships.updateMembership(viewer, id, patch)),
  }),
  deactivateOrganizationMembership: t.field({
    type: DeactivateOrganizationMembershipPayload,
    ...requires('organizations:write'),
    description: 'Shuts a member out; one who is out already stays so.',
    args: {
      input: t.arg({ type: DeactivateOrganizationMembershipInput, required: true, description: 'Which membership.' }),
    },
    resolve: (_, { input }, context) =>
      answer(context, (viewer) => context.services.memberships.deactivateMembership(viewer, input.id)),
  }),
  reactivateOrganizationMembership: t.field({
    type: ReactivateOrganizationMembershipPayload,
    ...requires('organizations:write'),
    description: 'Lets a member take part again; one who does already stays so.',
    args: {
      input: t.arg({ type: ReactivateOrganizationMembershipInput, required: true, description: 'Which membership.' }),
    },
    resolve: (_, { input }, context) =>
      answer(context, (viewer) => context.services.memberships.reactivateMembership(viewer, input.id)),
  }),
  deleteOrganizationMembership: t.field({
    type: DeleteOrganizationMembershipPayload,
    ...requires('organizations:write'),
    description: 'Ends a membership, whatever its status.',
    args: { input: t.arg({ type: DeleteOrganizationMembershipInput, required: true, description: 'Which one.' }) },
    resolve: (_, { input }, context) =>
      answer(context, (viewer) => context.services.memberships.deleteMembership(viewer, input.id)),
  }),
}));
