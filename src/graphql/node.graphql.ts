import type { Scope } from '../auth/scope.js';
import { requireViewer } from '../auth/viewer.js';
import { RequestError } from '../errors.js';
import { type Id, type IdPrefix, isId } from '../ids.js';
import { builder } from './builder.js';
import { MAX_PAGE_SIZE } from './connection.js';
import { type GraphQLContext, requireScopeIn } from './context.js';

interface Identified {
  readonly id: string;
}

interface NodeType {
  typenameOf(node: Identified): string;
  readonly scope: Scope | null;
  load(context: GraphQLContext, id: string): Promise<Identified | null>;
}

const types = new Map<string, NodeType>();

/** Anything with a globally unique id. */
export const Node = builder.interfaceRef<Identified>('Node').implement({
  description:
    'Anything with a globally unique id. The id starts with a type prefix (user_, org_, …) and can be handed to node.',
  resolveType: (node) => typeOf(node.id)?.typenameOf(node),
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Globally unique and never reused.' }),
  }),
});

/** Tells `node` and `nodes` which type an id prefix means, who may read it, and how it is loaded (batched). */
export function registerNode<P extends IdPrefix, T extends Identified>(
  prefix: P,
  type: {
    /** The type of the graph, or what tells it where one prefix has several. */
    typename: string | ((node: T) => string);
    /** Null where every viewer may. */
    scope: Scope | null;
    load(context: GraphQLContext, id: Id<P>): Promise<T | null>;
  },
): void {
  const { typename, scope } = type;
  types.set(prefix, {
    scope,
    load: async (context, id) => (isId(prefix, id) ? type.load(context, id) : null),
    // Objects with this prefix come from `load` only.
    typenameOf: (node) => (typeof typename === 'string' ? typename : typename(node as T)),
  });
}

function typeOf(id: string): NodeType | undefined {
  return types.get(id.slice(0, Math.max(0, id.lastIndexOf('_'))));
}

function load(context: GraphQLContext, id: string): Promise<Identified | null> | null {
  const type = typeOf(id);
  if (!type) return null;
  if (type.scope === null) requireViewer(context.viewer);
  else requireScopeIn(context, type.scope);
  return type.load(context, id);
}

builder.queryField('node', (t) =>
  t.field({
    type: Node,
    nullable: true,
    authenticated: true,
    description: 'Any object by its id; null when there is none. Needs the scope to read its type.',
    args: { id: t.arg.id({ required: true, description: 'Id of any type, e.g. user_01E4ZCR3C56J083X43JQXF3JK5.' }) },
    resolve: (_, { id }, context) => load(context, id),
  }),
);

builder.queryField('nodes', (t) =>
  t.field({
    type: [Node],
    nullable: { list: false, items: true },
    authenticated: true,
    listSize: { assumedSize: MAX_PAGE_SIZE },
    description: `Several objects in the order asked, null in the place of each one not found. At most ${MAX_PAGE_SIZE} ids.`,
    args: { ids: t.arg.idList({ required: true, description: 'Ids of any types.' }) },
    resolve: (_, { ids }, context) => {
      if (ids.length > MAX_PAGE_SIZE) {
        throw new RequestError('BAD_USER_INPUT', `At most ${MAX_PAGE_SIZE} ids; ${ids.length} were given.`);
      }
      return ids.map((id) => load(context, id));
    },
  }),
);
