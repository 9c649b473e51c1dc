import { InvalidInputError, NotFoundError } from '../errors.js';
import { builder, requires } from '../graphql/builder.js';
import { answer, payloadType } from '../graphql/mutation-error.graphql.js';
import { Node, registerNode } from '../graphql/node.graphql.js';
import { IDEMPOTENCY_KEY_DESCRIPTION } from '../idempotency/idempotency.graphql.js';
import { IdempotencyError } from '../idempotency/idempotency.js';
import { isId } from '../ids.js';
import type { Application as ApplicationShape, RedirectUri as RedirectUriShape } from './application.js';

const ApplicationKindType = builder.enumType('ApplicationKind', {
  description: 'How an application gets access.',
  values: {
    OAUTH: { description: 'Asks users for access.' },
    M2M: { description: 'Acts for itself, in the name of an organization.' },
  },
});

const RedirectUri = builder.objectRef<RedirectUriShape>('RedirectUri').implement({
  description: 'Where users may be sent back to after they consented.',
  fields: (t) => ({
    uri: t.expose('uri', { type: 'URL', description: 'The address.' }),
    isDefault: t.exposeBoolean('isDefault', { description: 'Whether it is used when a request names none.' }),
  }),
});

/** An application that can ask users for access. */
export const Application = builder.objectRef<ApplicationShape>('Application').implement({
  description: 'An application that can ask users for access.',
  interfaces: [Node],
  fields: (t) => ({
    clientId: t.exposeString('clientId', { description: 'OAuth client id: client_…' }),
    name: t.exposeString('name', { description: 'Name that users see when they are asked.' }),
    description: t.exposeString('description', { nullable: true, description: 'What the application does.' }),
    kind: t.expose('kind', { type: ApplicationKindType, description: 'How it gets access.' }),
    scopes: t.stringList({ description: 'Scopes it may ask for.', resolve: ({ scopes }) => scopes }),
    redirectUris: t.field({
      type: [RedirectUri],
      description: 'Where users may be sent back to; empty for M2M.',
      resolve: ({ redirectUris }) => redirectUris,
    }),
    usesPkce: t.exposeBoolean('usesPkce', { nullable: true, description: 'Whether it uses PKCE; null for M2M.' }),
    isFirstParty: t.exposeBoolean('isFirstParty', {
      nullable: true,
      description: 'Whether it is yours; null for M2M.',
    }),
    organizationId: t.exposeID('organizationId', {
      nullable: true,
      description: 'The organization it belongs to; null for a first-party application.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was created.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it last changed.' }),
  }),
});

registerNode('conn_app', {
  typename: 'Application',
  scope: 'applications:read',
  load: (context, id) => context.loaders.applications.byId.load(id),
});

builder.queryField('application', (t) =>
  t.field({
    type: Application,
    nullable: true,
    ...requires('applications:read'),
    description: 'One application by id; null when there is none.',
    args: { id: t.arg.id({ required: true, description: 'Id of the application: conn_app_…' }) },
    resolve: (_, { id }, context) => (isId('conn_app', id) ? context.loaders.applications.byId.load(id) : null),
  }),
);

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

builder.mutationField('createApplication', (t) =>
  t.field({
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
);
