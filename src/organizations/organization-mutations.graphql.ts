import { ExternalIdTakenError, InUseError, InvalidInputError, NotFoundError } from '../errors.js';
import { builder, requires } from '../graphql/builder.js';
import { answer, payloadType } from '../graphql/mutation-error.graphql.js';
import { IDEMPOTENCY_KEY_DESCRIPTION } from '../idempotency/idempotency.graphql.js';
import { IdempotencyError } from '../idempotency/idempotency.js';
import type { OrganizationId } from '../ids.js';
import { Organization } from './organization.graphql.js';
import { MAX_MEMBERSHIPS_DELETED, type Organization as OrganizationShape } from './organization.js';

const CreateOrganizationInput = builder.inputType('CreateOrganizationInput', {
  description: 'A new organization.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'Its name; not unique.' }),
    externalId: t.string({ description: 'Id in your own system.' }),
    metadata: t.field({ type: 'Metadata', description: 'Your own texts about the organization.' }),
    idempotencyKey: t.string({ description: IDEMPOTENCY_KEY_DESCRIPTION }),
  }),
});

const CreateOrganizationPayload = payloadType<OrganizationShape>(
  'CreateOrganization',
  [InvalidInputError, ExternalIdTakenError, IdempotencyError],
  (t) => ({
    organization: t.field({
      type: Organization,
      nullable: true,
      description: 'The new organization.',
      resolve: ({ result }) => result,
    }),
  }),
);

const UpdateOrganizationInput = builder.inputType('UpdateOrganizationInput', {
  description: 'A change of an organization. What is left out stays; null clears what can be empty.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'Id of the organization.' }),
    name: t.string({ description: 'Its name; not unique.' }),
    externalId: t.string({ description: 'Id in your own system; null gives it free.' }),
    metadata: t.field({
      type: 'Metadata',
      description: 'Merged into what is there: a key set to null goes, others stay; {} or null clears all.',
    }),
  }),
});

const UpdateOrganizationPayload = payloadType<OrganizationShape>(
  'UpdateOrganization',
  [NotFoundError, InvalidInputError, ExternalIdTakenError],
  (t) => ({
    organization: t.field({
      type: Organization,
      nullable: true,
      description: 'The organization after the change.',
      resolve: ({ result }) => result,
    }),
  }),
);

const DeleteOrganizationInput = builder.inputType('DeleteOrganizationInput', {
  description: 'Which organization to delete.',
  fields: (t) => ({ id: t.id({ required: true, description: 'Id of the organization.' }) }),
});

const DeleteOrganizationPayload = payloadType<OrganizationId>(
  'DeleteOrganization',
  [NotFoundError, InUseError],
  (t) => ({
    deletedOrganizationId: t.id({
      nullable: true,
      description: 'Id of the organization that is gone; null when nothing was deleted.',
      resolve: ({ result }) => result,
    }),
  }),
);

builder.mutationFields((t) => ({
  createOrganization: t.field({
    type: CreateOrganizationPayload,
    ...requires('organizations:write'),
    description: 'Creates an organization that users can be members of.',
    args: { input: t.arg({ type: CreateOrganizationInput, required: true, description: 'The new organization.' }) },
    resolve: (_, { input }, context) =>
      answer(context, (viewer) => context.services.organizations.createOrganization(viewer, input)),
  }),
  updateOrganization: t.field({
    type: UpdateOrganizationPayload,
    ...requires('organizations:write'),
    description: 'Changes an organization: a field left out stays, a field set to null is cleared.',
    args: { input: t.arg({ type: UpdateOrganizationInput, required: true, description: 'The change.' }) },
    resolve: (_, { input: { id, ...patch } }, context) =>
      answer(context, (viewer) => context.services.organizations.updateOrganization(viewer, id, patch)),
  }),
  deleteOrganization: t.field({
    type: DeleteOrganizationPayload,
    ...requires('organizations:write'),
    description: [
      `Deletes an organization and ends its memberships, ${MAX_MEMBERSHIPS_DELETED} at most. Cannot be undone.`,
      'One that applications belong to stays.',
    ].join(' '),
    args: { input: t.arg({ type: DeleteOrganizationInput, required: true, description: 'Which organization.' }) },
    resolve: (_, { input }, context) =>
      answer(context, (viewer) => context.services.organizations.deleteOrganization(viewer, input.id)),
  }),
}));
