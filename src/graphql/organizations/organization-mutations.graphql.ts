import { ExternalIdTakenError, InUseError, InvalidInputError, NotFoundError } from '../../domain/errors.js';
import type { OrganizationId } from '../../domain/ids.js';
import { IdempotencyError } from '../../idempotency/idempotency.js';
import { MAX_MEMBERSHIPS_DELETED, type Organization as OrganizationShape } from '../../organizations/organization.js';
import { builder, requires } from '../builder/builder.js';
import { answer, payloadType } from '../builder/mutation-error.graphql.js';
import { IDEMPOTENCY_KEY_DESCRIPTION } from '../idempotency/idempotency.graphql.js';
import { Organization } from './organization.graphql.js';

const CreateOrganizationInput = builder.inputType('CreateOrganizationInput', {
  description: 'Input for createOrganization.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'The name of the organization. It need not be unique.' }),
    externalId: t.string({
      description:
        'The ID of the organization in your own system. It must be unique among the organizations of the environment.',
    }),
    metadata: t.field({ type: 'Metadata', description: 'Arbitrary strings that you store with the organization.' }),
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
  description: 'Input for updateOrganization. Omitted fields keep their values, and null clears optional fields.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'The ID of the organization.' }),
    name: t.string({ description: 'The name of the organization. It need not be unique.' }),
    externalId: t.string({ description: 'The ID of the organization in your own system. Null removes it.' }),
    metadata: t.field({
      type: 'Metadata',
      description:
        'Metadata to merge into the existing metadata. A null value removes its key; {} or null removes all keys.',
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
      description: 'The updated organization.',
      resolve: ({ result }) => result,
    }),
  }),
);

const DeleteOrganizationInput = builder.inputType('DeleteOrganizationInput', {
  description: 'Input for deleteOrganization.',
  fields: (t) => ({ id: t.id({ required: true, description: 'The ID of the organization.' }) }),
});

const DeleteOrganizationPayload = payloadType<OrganizationId>(
  'DeleteOrganization',
  [NotFoundError, InUseError],
  (t) => ({
    deletedOrganizationId: t.id({
      nullable: true,
      description: 'The ID of the deleted organization. Null if nothing was deleted.',
      resolve: ({ result }) => result,
    }),
  }),
);

builder.mutationFields((t) => ({
  createOrganization: t.field({
    type: CreateOrganizationPayload,
    ...requires('organizations.createOrganization'),
    description: 'Creates an organization.',
    args: {
      input: t.arg({
        type: CreateOrganizationInput,
        required: true,
        description: 'Parameters for createOrganization.',
      }),
    },
    resolve: (_, { input }, context) =>
      answer(context, (viewer) => context.services.organizations.createOrganization(viewer, input)),
  }),
  updateOrganization: t.field({
    type: UpdateOrganizationPayload,
    ...requires('organizations.updateOrganization'),
    description: 'Updates an organization. Omitted fields keep their values, and null clears a field.',
    args: {
      input: t.arg({
        type: UpdateOrganizationInput,
        required: true,
        description: 'Parameters for updateOrganization.',
      }),
    },
    resolve: (_, { input: { id, ...patch } }, context) =>
      answer(context, (viewer) => context.services.organizations.updateOrganization(viewer, id, patch)),
  }),
  deleteOrganization: t.field({
    type: DeleteOrganizationPayload,
    ...requires('organizations.deleteOrganization'),
    description: [
      'Deletes an organization and its memberships. Cannot be undone.',
      `Fails if it has more than ${MAX_MEMBERSHIPS_DELETED} memberships, or if it owns applications.`,
    ].join(' '),
    args: {
      input: t.arg({
        type: DeleteOrganizationInput,
        required: true,
        description: 'Parameters for deleteOrganization.',
      }),
    },
    resolve: (_, { input }, context) =>
      answer(context, (viewer) => context.services.organizations.deleteOrganization(viewer, input.id)),
  }),
}));
