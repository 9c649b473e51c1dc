import { ExternalIdTakenError, InvalidInputError } from '../errors.js';
import { builder, requires } from '../graphql/builder.js';
import { answer, payloadType } from '../graphql/mutation-error.graphql.js';
import { Node, registerNode } from '../graphql/node.graphql.js';
import { IDEMPOTENCY_KEY_DESCRIPTION } from '../idempotency/idempotency.graphql.js';
import { IdempotencyError } from '../idempotency/idempotency.js';
import { isId } from '../ids.js';
import type { Organization as OrganizationShape } from './organization.js';

/** A company or team that users belong to. */
export const Organization = builder.objectRef<OrganizationShape>('Organization').implement({
  description: 'A company or team that users belong to.',
  interfaces: [Node],
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name; not unique.' }),
    externalId: t.exposeString('externalId', {
      nullable: true,
      description: 'Id in your own system; unique among the organizations of the environment.',
    }),
    metadata: t.expose('metadata', { type: 'Metadata', description: 'Your own texts about the organization.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was created.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it last changed.' }),
  }),
});

registerNode('org', {
  typename: 'Organization',
  scope: 'organizations:read',
  load: (context, id) => context.loaders.organizations.byId.load(id),
});

builder.queryField('organization', (t) =>
  t.field({
    type: Organization,
    nullable: true,
    ...requires('organizations:read'),
    description: 'One organization by id; null when there is none.',
    args: { id: t.arg.id({ required: true, description: 'Id of the organization: org_…' }) },
    resolve: (_, { id }, context) => (isId('org', id) ? context.loaders.organizations.byId.load(id) : null),
  }),
);

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

builder.mutationField('createOrganization', (t) =>
  t.field({
    type: CreateOrganizationPayload,
    ...requires('organizations:write'),
    description: 'Creates an organization that users can be members of.',
    args: { input: t.arg({ type: CreateOrganizationInput, required: true, description: 'The new organization.' }) },
    resolve: (_, { input }, context) =>
      answer(context, (viewer) => context.services.organizations.createOrganization(viewer, input)),
  }),
);
