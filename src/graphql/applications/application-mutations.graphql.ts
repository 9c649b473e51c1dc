import { type Application as ApplicationShape, MAX_GRANTS_DELETED } from '../../applications/application.js';
import { InUseError, InvalidInputError, NotFoundError } from '../../domain/errors.js';
import type { ApplicationId } from '../../domain/ids.js';
import { IdempotencyError } from '../../idempotency/idempotency.js';
import { builder, requires } from '../builder/builder.js';
import { answer, payloadType } from '../builder/mutation-error.graphql.js';
import { IDEMPOTENCY_KEY_DESCRIPTION } from '../idempotency/idempotency.graphql.js';
import { Application, ApplicationKindType } from './application.graphql.js';

const CreateApplicationInput = builder.inputType('CreateApplicationInput', {
  description: 'Input for createApplication.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'The name that users see on the consent screen.' }),
    kind: t.field({
      type: ApplicationKindType,
      required: true,
      defaultValue: 'OAUTH',
      description: 'How the application gets access.',
    }),
    description: t.string({ description: 'The description of the application.' }),
    scopes: t.stringList({
      required: true,
      defaultValue: [],
      description: 'The scopes that the application can request.',
    }),
    redirectUris: t.field({
      type: ['URL'],
      required: true,
      defaultValue: [],
      description: 'The allowed redirect URIs. The first one is the default.',
    }),
    usesPkce: t.boolean({
      defaultValue: true,
      description: 'Whether the application uses PKCE. For OAUTH applications only.',
    }),
    isFirstParty: t.boolean({
      defaultValue: true,
      description: 'Whether it is a first-party application. For OAUTH applications only.',
    }),
    organizationId: t.id({
      description: 'The ID of the organization that owns it. Required for M2M and third-party applications.',
    }),
    idempotencyKey: t.string({ description: IDEMPOTENCY_KEY_DESCRIPTION }),
  }),
});

const CreateApplicationPayload = payloadType<ApplicationShape>(
  'CreateApplication',
  [InvalidInputError, NotFoundError, IdempotencyError],
  (t) => ({
    application: t.field({
      type: Application,
      nullable: true,
      description: 'The new application.',
      resolve: ({ result }) => result,
    }),
  }),
);

const UpdateApplicationInput = builder.inputType('UpdateApplicationInput', {
  description: [
    'Input for updateApplication. Omitted fields keep their values, and null clears optional fields. The kind',
    'cannot change.',
  ].join(' '),
  fields: (t) => ({
    id: t.id({ required: true, description: 'The ID or the client ID of the application.' }),
    name: t.string({ description: 'The name that users see on the consent screen.' }),
    description: t.string({ description: 'The description of the application.' }),
    scopes: t.stringList({
      description: 'The scopes that the application can request. Existing grants keep their scopes.',
    }),
    redirectUris: t.field({
      type: ['URL'],
      description: 'The complete list of allowed redirect URIs. The first one is the default.',
    }),
    usesPkce: t.boolean({ description: 'Whether the application uses PKCE. For OAUTH applications only.' }),
    isFirstParty: t.boolean({ description: 'Whether it is a first-party application. For OAUTH applications only.' }),
    organizationId: t.id({
      description: 'The ID of the organization that owns it. Only a first-party application can have null.',
    }),
  }),
});

const UpdateApplicationPayload = payloadType<ApplicationShape>(
  'UpdateApplication',
  [NotFoundError, InvalidInputError],
  (t) => ({
    application: t.field({
      type: Application,
      nullable: true,
      description: 'The updated application.',
      resolve: ({ result }) => result,
    }),
  }),
);

const DeleteApplicationInput = builder.inputType('DeleteApplicationInput', {
  description: 'Input for deleteApplication.',
  fields: (t) => ({ id: t.id({ required: true, description: 'The ID or the client ID of the application.' }) }),
});

const DeleteApplicationPayload = payloadType<ApplicationId>('DeleteApplication', [NotFoundError, InUseError], (t) => ({
  deletedApplicationId: t.id({
    nullable: true,
    description: 'The ID of the deleted application. Null if nothing was deleted.',
    resolve: ({ result }) => result,
  }),
}));

builder.mutationFields((t) => ({
  createApplication: t.field({
    type: CreateApplicationPayload,
    ...requires('applications.createApplication'),
    description: 'Creates an application that users can authorize.',
    args: {
      input: t.arg({ type: CreateApplicationInput, required: true, description: 'Parameters for createApplication.' }),
    },
    resolve: (_, { input }, context) =>
      answer(context, (viewer) =>
        context.services.applications.createApplication(viewer, {
          ...input,
          usesPkce: input.usesPkce ?? true,
          isFirstParty: input.isFirstParty ?? true,
        }),
      ),
  }),
  updateApplication: t.field({
    type: UpdateApplicationPayload,
    ...requires('applications.updateApplication'),
    description: 'Updates an application. Omitted fields keep their values, and null clears a field.',
    args: {
      input: t.arg({ type: UpdateApplicationInput, required: true, description: 'Parameters for updateApplication.' }),
    },
    resolve: (_, { input: { id, ...patch } }, context) =>
      answer(context, (viewer) => context.services.applications.updateApplication(viewer, id, patch)),
  }),
  deleteApplication: t.field({
    type: DeleteApplicationPayload,
    ...requires('applications.deleteApplication'),
    description: [
      `Deletes an application and revokes its grants. Fails if it has more than ${MAX_GRANTS_DELETED} grants. Cannot`,
      'be undone.',
    ].join(' '),
    args: {
      input: t.arg({ type: DeleteApplicationInput, required: true, description: 'Parameters for deleteApplication.' }),
    },
    resolve: (_, { input }, context) =>
      answer(context, (viewer) => context.services.applications.deleteApplication(viewer, input.id)),
  }),
}));
