import { mayFind } from '../../auth/policy.js';
import { isId } from '../../domain/ids.js';
import type { Environment as EnvironmentShape } from '../../environments/environment.js';
import { environmentLoaders } from '../../environments/environment.loaders.js';
import { builder } from '../builder/builder.js';
import { Node, registerNode } from '../builder/node.graphql.js';

const EnvironmentKindType = builder.enumType('EnvironmentKind', {
  description: 'The kinds of environments.',
  values: {
    TEST: { value: 'test', description: 'For development and tests. Its API keys start with sk_test_.' },
    LIVE: { value: 'live', description: 'For production. Its API keys start with sk_live_.' },
  } as const,
});

/** GraphQL type of an environment. */
export const Environment = builder.objectRef<EnvironmentShape>('Environment').implement({
  description: [
    'An isolated set of users, organizations and other objects. Email addresses and external IDs are unique within',
    'an environment. A caller sees the objects of one environment only.',
  ].join(' '),
  interfaces: [Node],
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The name that the operator gave to the environment.' }),
    kind: t.expose('kind', {
      type: EnvironmentKindType,
      description: 'Whether the environment is for tests or for production.',
    }),
    createdAt: t.expose('createdAt', {
      type: 'DateTime',
      description: 'The date and time when the environment was created.',
    }),
  }),
});

registerNode('env', {
  typename: 'Environment',
  action: 'environments.read',
  load: (context, id) => context.loaders.of(environmentLoaders).byId.load(id),
});

builder.asEntity(Environment, {
  key: builder.selection<{ id: string }>('id'),
  resolveReference: async ({ id }, context) =>
    mayFind(context.viewer, 'environments.read') && isId('env', id)
      ? context.loaders.of(environmentLoaders).byId.load(id)
      : null,
});
