import { apiKeyLoaders } from '../../api-keys/api-key.loaders.js';
import { scopeNames } from '../../auth/scope.js';
import { requireViewer, type Viewer as ViewerShape } from '../../auth/viewer.js';
import { isId } from '../../domain/ids.js';
import { environmentLoaders } from '../../environments/environment.loaders.js';
import { ApiKey } from '../api-keys/api-key.graphql.js';
import { builder } from '../builder/builder.js';
import { requireLoaded } from '../builder/found.js';
import { Environment } from '../environments/environment.graphql.js';

/** GraphQL type of the authenticated caller. Other modules add fields to it. */
export const Viewer = builder.objectRef<ViewerShape>('Viewer').implement({
  description: 'The authenticated caller.',
  fields: (t) => ({
    environment: t.field({
      type: Environment,
      description: 'The environment of the caller.',
      resolve: (viewer, _, context) =>
        requireLoaded(context.loaders.linked(environmentLoaders).byId.load(viewer.environmentId)),
    }),
    apiKey: t.field({
      type: ApiKey,
      nullable: true,
      description: 'The API key that authenticates the request. Null if a user is signed in.',
      resolve: ({ actor: { id } }, _, context) =>
        isId('api_key', id) ? context.loaders.linked(apiKeyLoaders).byId.load(id) : null,
    }),
    scopes: t.stringList({
      description: 'The scopes of the caller. `*` grants all scopes.',
      resolve: ({ scopes }) => scopeNames(scopes),
    }),
  }),
});

builder.queryField('viewer', (t) =>
  t.field({
    type: Viewer,
    authenticated: true,
    description: 'The authenticated caller, with their environment and scopes. Requires no scope.',
    resolve: (_, __, context) => requireViewer(context.viewer),
  }),
);
