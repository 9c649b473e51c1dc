import { requireViewer } from '../auth/viewer.js';
import { MAX_ROWS_COUNTED } from '../db/totals.js';
import { examines } from '../graphql/bounds/cost.js';
import { builder, requires } from '../graphql/builder.js';
import { connect, connectionType, listSize, pageArgs, toPageRequest } from '../graphql/connection.js';
import type { GraphQLContext } from '../graphql/context.js';
import { registerEntity } from '../graphql/federation/entity.js';
import { Node, registerNode } from '../graphql/node.graphql.js';
import { isId } from '../ids.js';
import { EMPTY_PAGE } from '../paging.js';
import type { Application as ApplicationShape, RedirectUri as RedirectUriShape } from './application.js';

/** The kinds of applications. */
export const ApplicationKindType = builder.enumType('ApplicationKind', {
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

function loadById(context: GraphQLContext, id: string) {
  return isId('conn_app', id) ? context.loaders.applications.byId.load(id) : null;
}

function loadByClientId(context: GraphQLContext, clientId: string) {
  return isId('client', clientId) ? context.loaders.applications.byClientId.load(clientId) : null;
}

registerEntity(Application, 'applications:read', { id: loadById, clientId: loadByClientId });

builder.queryFields((t) => ({
  application: t.field({
    type: Application,
    nullable: true,
    ...requires('applications:read'),
    description: 'One application by id; null when there is none.',
    args: { id: t.arg.id({ required: true, description: 'Id of the application: conn_app_…' }) },
    resolve: (_, { id }, context) => loadById(context, id),
  }),
  applicationByClientId: t.field({
    type: Application,
    nullable: true,
    ...requires('applications:read'),
    description: 'One application by its OAuth client id; null when there is none.',
    args: { clientId: t.arg.id({ required: true, description: 'Client id: client_…' }) },
    resolve: (_, { clientId }, context) => loadByClientId(context, clientId),
  }),
}));

const ApplicationConnection = connectionType(Application, 'applications');

const ApplicationFilterInput = builder.inputType('ApplicationFilter', {
  description: 'Conditions on applications. All given ones must hold; one that is null or left out does not count.',
  fields: (t) => ({
    name: t.string({ description: 'Exactly this name.' }),
    organizationId: t.id({ description: 'The organization it belongs to.' }),
  }),
});

const listing = { order: 'applications:CREATED_AT:DESC', position: ({ id }: ApplicationShape) => [id] as const };

builder.queryField('applications', (t) =>
  t.field({
    type: ApplicationConnection,
    ...requires('applications:read'),
    listSize,
    extensions: examines({ args: ['filter'], rows: 0, rowsOfTotal: MAX_ROWS_COUNTED }),
    description: 'Applications of the environment, newest first.',
    args: {
      filter: t.arg({ type: ApplicationFilterInput, description: 'Only applications for which all of this holds.' }),
      ...pageArgs,
    },
    resolve: async (_, { filter, ...args }, context) => {
      const request = toPageRequest(args, listing.order);
      const organizationId = filter?.organizationId ?? undefined;
      // An id that is none is nobody's.
      if (organizationId !== undefined && !isId('org', organizationId)) return connect(EMPTY_PAGE, listing);
      const conditions = { name: filter?.name ?? undefined, organizationId };
      const { applications } = context.services;
      const viewer = requireViewer(context.viewer);
      const page = await applications.listApplications(viewer, conditions, request);
      return connect(page, listing, () => applications.countApplications(viewer, conditions));
    },
  }),
);
