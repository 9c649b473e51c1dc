import { requireViewer } from '../auth/viewer.js';
import { builder } from '../graphql/builder.js';
import { Node, registerNode } from '../graphql/node.graphql.js';
import { isId } from '../ids.js';
import type { Environment as EnvironmentShape } from './environment.js';

const EnvironmentKindType = builder.enumType('EnvironmentKind', {
  description: 'What an environment is for.',
  values: {
    TEST: { value: 'test', description: 'To try things; its keys begin with sk_test_.' },
    LIVE: { value: 'live', description: 'The real thing; its keys begin with sk_live_.' },
  } as const,
});

/** An isolated data set. */
export const Environment = builder.objectRef<EnvironmentShape>('Environment').implement({
  description:
    'An isolated data set. Ids, addresses and external ids are unique within one, and nothing is seen across.',
  interfaces: [Node],
  fields: (t) => ({
    name: t.exposeString('name', { description: 'What the operator called it.' }),
    kind: t.expose('kind', { type: EnvironmentKindType, description: 'What it is for.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was created.' }),
  }),
});

registerNode('env', {
  typename: 'Environment',
  scope: null,
  load: (context, id) => context.loaders.environments.byId.load(id),
});

builder.asEntity(Environment, {
  key: builder.selection<{ id: string }>('id'),
  resolveReference: async ({ id }, context) => {
    requireViewer(context.viewer);
    return isId('env', id) ? context.loaders.environments.byId.load(id) : null;
  },
});
