import type {
  Application as ApplicationShape,
  RedirectUri as RedirectUriShape,
} from '../../applications/application.js';
import { applicationLoaders } from '../../applications/application.loaders.js';
import { requireViewer } from '../../auth/viewer.js';
import { MAX_ROWS_COUNTED } from '../../db/totals.js';
import { isId } from '../../domain/ids.js';
import { EMPTY_PAGE } from '../../paging/paging.js';
import { examines } from '../bounds/cost.js';
import { builder, requires } from '../builder/builder.js';
import { connect, connectionType, listSize, pageArgs, toPageRequest } from '../builder/connection.js';
import type { GraphQLContext } from '../builder/context.js';
import { Node, registerNode } from '../builder/node.graphql.js';
import { newestFirst, reads } from '../builder/reads.js';
import { registerEntity } from '../federation/entity.js';

/** GraphQL enum of the kinds of applications. */
export const ApplicationKindType = builder.enumType('ApplicationKind', {
  description: 'The ways in which an application can get access.',
  values: {
    OAUTH: { description: 'Users grant it access through OAuth.' },
    M2M: { description: 'It acts on its own behalf, for an organization (machine to machine).' },
  },
});

const RedirectUri = builder.objectRef<RedirectUriShape>('RedirectUri').implement({
  description: 'A URI to which users are redirected after they consent.',
  fields: (t) => ({
    uri: t.expose('uri', { type: 'URL', description: 'The URI.' }),
    isDefault: t.exposeBoolean('isDefault', {
      description: 'Whether it is used when an authorization request names no redirect URI.',
    }),
  }),
});

/** GraphQL type of an application. */
export const Application = builder.objectRef<ApplicationShape>('Application').implement({
  description: 'An OAuth application. Users can grant it access to their data.',
  interfaces: [Node],
  fields: (t) => ({
    clientId: t.exposeString('clientId', { description: 'The OAuth client ID: client_…' }),
    name: t.exposeString('name', { description: 'The name that users see on the consent screen.' }),
    description: t.exposeString('description', { nullable: true, description: 'The description of the application.' }),
    kind: t.expose('kind', { type: ApplicationKindType, description: 'How the application gets access.' }),
    scopes: t.exposeStringList('scopes', { description: 'The scopes that the application can request.' }),
    redirectUris: t.field({
      type: [RedirectUri],
      description: 'The allowed redirect URIs. Empty for M2M applications.',
      resolve: ({ redirectUris }) => redirectUris,
    }),
    usesPkce: t.exposeBoolean('usesPkce', {
      nullable: true,
      description: 'Whether the application uses PKCE. Null for M2M applications.',
    }),
    isFirstParty: t.exposeBoolean('isFirstParty', {
      nullable: true,
      description: 'Whether it is a first-party application. Null for M2M applications.',
    }),
    organizationId: t.exposeID('organizationId', {
      nullable: true,
      description: 'The ID of the organization that owns it. Null for a first-party application.',
    }),
    createdAt: t.expose('createdAt', {
      type: 'DateTime',
      description: 'The date and time when the application was created.',
    }),
    updatedAt: t.expose('updatedAt', {
      type: 'DateTime',
      description: 'The date and time when the application was last updated.',
    }),
  }),
});

registerNode('conn_app', {
  typename: 'Application',
  action: 'applications.read',
  stored: applicationLoaders,
  load: (context, id) => context.loaders.of(applicationLoaders).byId.load(id),
});

function loadById(context: GraphQLContext, id: string) {
  return isId('conn_app', id) ? context.loaders.of(applicationLoaders).byId.load(id) : null;
}

function loadByClientId(context: GraphQLContext, clientId: string) {
  return isId('client', clientId) ? context.loaders.of(applicationLoaders).byClientId.load(clientId) : null;
}

registerEntity(Application, 'applications.read', { id: loadById, clientId: loadByClientId });

builder.queryFields((t) => ({
  application: t.field({
    type: Application,
    nullable: true,
    ...requires('applications.read'),
    extensions: reads({
      kind: 'key',
      loaders: applicationLoaders,
      argument: 'id',
      property: 'id',
      index: null,
      accepts: (id) => isId('conn_app', id),
    }),
    description: 'Look up an application by its ID. Returns null if no application has this ID.',
    args: { id: t.arg.id({ required: true, description: 'The ID of the application: conn_app_…' }) },
    resolve: (_, { id }, context) => loadById(context, id),
  }),
  applicationByClientId: t.field({
    type: Application,
    nullable: true,
    ...requires('applications.read'),
    description: 'Look up an application by its OAuth client ID. Returns null if no application has this client ID.',
    args: { clientId: t.arg.id({ required: true, description: 'The client ID: client_…' }) },
    resolve: (_, { clientId }, context) => loadByClientId(context, clientId),
  }),
}));

const ApplicationConnection = connectionType(Application, 'applications');

const ApplicationFilterInput = builder.inputType('ApplicationFilter', {
  description: 'Filters applications. All given conditions must match. A condition that is null is ignored.',
  fields: (t) => ({
    name: t.string({ description: 'Matches applications with exactly this name.' }),
    organizationId: t.id({ description: 'Matches applications that this organization owns.' }),
  }),
});

const listing = { order: 'applications:CREATED_AT:DESC', position: ({ id }: ApplicationShape) => [id] as const };

builder.queryField('applications', (t) =>
  t.field({
    type: ApplicationConnection,
    ...requires('applications.listApplications'),
    listSize,
    extensions: {
      ...examines({ args: ['filter'], rows: 0, rowsOfTotal: MAX_ROWS_COUNTED }),
      ...reads({
        kind: 'list',
        action: 'applications.listApplications',
        mapping: applicationLoaders.mapping,
        listOf: ({ filter }) => (filter == null ? newestFirst(listing.order) : null),
      }),
    },
    description: 'A list of the applications of the environment, newest first.',
    args: {
      filter: t.arg({ type: ApplicationFilterInput, description: 'Returns only applications that match this filter.' }),
      ...pageArgs,
    },
    resolve: async (_, { filter, ...args }, context) => {
      const request = toPageRequest(args, listing.order);
      const organizationId = filter?.organizationId ?? undefined;
      // A malformed id matches nothing.
      if (organizationId !== undefined && !isId('org', organizationId)) return connect(EMPTY_PAGE, listing);
      const conditions = { name: filter?.name ?? undefined, organizationId };
      const { applications } = context.services;
      const viewer = requireViewer(context.viewer);
      const page = await applications.listApplications(viewer, conditions, request);
      return connect(page, listing, () => applications.countApplications(viewer, conditions));
    },
  }),
);
