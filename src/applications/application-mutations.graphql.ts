import { InUseError, InvalidInputError, NotFoundError } from '../errors.js';
import { builder, requires } from '../graphql/builder.js';
import { answer, payloadType } from '../graphql/mutation-error.graphql.js';
import { IDEMPOTENCY_KEY_DESCRIPTION } from '../idempotency/idempotency.graphql.js';
import { IdempotencyError } from '../idempotency/idempotency.js';
import type { ApplicationId } from '../ids.js';
import { Application, ApplicationKindType } from './application.graphql.js';
import { type Application as ApplicationShape, MAX_GRANTS_DELETED } from './application.js';

const CreateApplicationInput = builder.inputType('CreateApplicationInput', {
  description: 'A new application.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'Name that users see when they are asked.' }),
    kind: t.field({
      type: ApplicationKindType,
      required: true,
      defaultValue: 'OAUTH',
      description: 'How it gets access.',
    }),
    description: t.string({ description: 'What the application does.' }),
    scopes: t.stringList({ required: true, defaultValue: [], description: 'Scopes it may ask for.' }),
    redirectUris: t.field({
      type: ['URL'],
      required: true,
      defaultValue: [],
      description: 'Where users may be sent back to; the first is the default.',
    }),
    usesPkce: t.boolean({ defaultValue: true, description: 'Whether it uses PKCE. OAUTH only.' }),
    isFirstParty: t.boolean({ defaultValue: true, description: 'Whether it is yours. OAUTH only.' }),
    organizationId: t.id({ description: 'The organization it belongs to; needed for M2M and third-party ones.' }),
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
  description:
    'A change of an application. What is left out stays; null clears what can be empty. Its kind is for ever.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'Application id or client id.' }),
    name: t.string({ description: 'Name that users see when they are asked.' }),
    description: t.string({ description: 'What the application does.' }),
    scopes: t.stringList({ description: 'Scopes it may ask for. What users have granted already stays granted.' }),
    redirectUris: t.field({
      type: ['URL'],
      description: 'Where users may be sent back to, all of them; the first is the default.',
    }),
    usesPkce: t.boolean({ description: 'Whether it uses PKCE. OAUTH only.' }),
    isFirstParty: t.boolean({ description: 'Whether it is yours. OAUTH only.' }),
    organizationId: t.id({ description: 'The organization it belongs to; null only for a first-party one.' }),
  }),
});

const UpdateApplicationPayload = payloadType<ApplicationShape>(
  'UpdateApplication',
  [NotFoundError, InvalidInputError],
  (t) => ({
    application: t.field({
      type: Application,
      nullable: true,
      description: 'The application after the change.',
      resolve: ({ result }) => result,
    }),
  }),
);

const DeleteApplicationInput = builder.inputType('DeleteApplicationInput', {
  description: 'Which application to delete.',
  fields: (t) => ({ id: t.id({ required: true, description: 'Application id or client id.' }) }),
});

const DeleteApplicationPayload = payloadType<ApplicationId>('DeleteApplication', [NotFoundError, InUseError], (t) => ({
  deletedApplicationId: t.id({
    nullable: true,
    description: 'Id of the application that is gone; null when nothing was deleted.',
    resolve: ({ result }) => result,
  }),
}));

builder.mutationFields((t) => ({
  createApplication: t.field({
    type: CreateApplicationPayload,
    ...requires('applications:write'),
    description: 'Creates an application that users can authorize.',
    args: { input: t.arg({ type: CreateApplicationInput, required: true, description: 'The new application.' }) },
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
    ...requires('applications:write'),
    description: 'Changes an application: a field left out stays, a field set to null is cleared.',
    args: { input: t.arg({ type: UpdateApplicationInput, required: true, description: 'The change.' }) },
    resolve: (_, { input: { id, ...patch } }, context) =>
      answer(context, (viewer) => context.services.applications.updateApplication(viewer, id, patch)),
  }),
  deleteApplication: t.field({
    type: DeleteApplicationPayload,
    ...requires('applications:write'),
    description: `Deletes an application and takes back its grants, ${MAX_GRANTS_DELETED} at most. Cannot be undone.`,
    args: { input: t.arg({ type: DeleteApplicationInput, required: true, description: 'Which application.' }) },
    resolve: (_, { input }, context) =>
      answer(context, (viewer) => context.services.applications.deleteApplication(viewer, input.id)),
  }),
}));
