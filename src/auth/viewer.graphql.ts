import { Environment } from '../environments/environment.graphql.js';
import { builder } from '../graphql/builder.js';
import { found } from '../graphql/found.js';
import { isId } from '../ids.js';
import { ApiKey } from './api-key.graphql.js';
import { scopeNames } from './scope.js';
import { requireViewer, type Viewer as ViewerShape } from './viewer.js';

/** Who is calling. Other features add their fields to it. */
export const Viewer = builder.objectRef<ViewerShape>('Viewer').implement({
  description: 'Who is calling.',
  fields: (t) => ({
    environment: t.field({
      type: Environment,
      description: 'The data set they see.',
      resolve: (viewer, _, context) => found(context.loaders.environments.byId.load(viewer.environmentId)),
    }),
    apiKey: t.field({
      type: ApiKey,
      nullable: true,
      description: 'The key that signs the request; null when it is a person who does.',
      resolve: ({ actor: { id } }, _, context) => (isId('api_key', id) ? context.loaders.apiKeys.byId.load(id) : null),
    }),
    scopes: t.stringList({
      description: 'What they may do; `*` is everything.',
      resolve: ({ scopes }) => scopeNames(scopes),
    }),
  }),
});

builder.queryField('viewer', (t) =>
  t.field({
    type: Viewer,
    authenticated: true,
    description: 'Who is asking, in which environment, and what they may do. Needs no scope.',
    resolve: (_, __, context) => requireViewer(context.viewer),
  }),
);
