import { type Action, mayFind } from '../../auth/policy.js';
import { RequestError } from '../../domain/errors.js';
import { type Id, type IdPrefix, isId } from '../../domain/ids.js';
import { builder } from './builder.js';
import { MAX_PAGE_SIZE } from './connection.js';
import type { GraphQLContext } from './context.js';
import { reads, type StoredLoaders } from './reads.js';

interface Identified {
  readonly id: string;
}

/** A type that `node` finds. */
export interface NodeType {
  typenameOf(node: Identified): string;
  readonly action: Action;
  /** Null when its objects are not rows of one table. */
  readonly stored: StoredLoaders | null;
  readonly isId: (id: string) => boolean;
  load(context: GraphQLContext, id: string): Promise<Identified | null>;
}

const types = new Map<string, NodeType>();

/** Interface of all objects with an ID (Relay, "Object Identification"). */
export const Node = builder.interfaceRef<Identified>('Node').implement({
  description:
    'An object with an ID. The ID starts with a type prefix (user_, org_, …) and can be passed to the query `node`.',
  resolveType: (node) => typeOf(node.id)?.typenameOf(node),
  fields: (t) => ({
    id: t.exposeID('id', { description: 'The globally unique ID of the object. It is never reused.' }),
  }),
});

/** Registers a type for `node` and `nodes`: its id prefix, the action that reads it, and its (batching) loader. */
export function registerNode<P extends IdPrefix, T extends Identified>(
  prefix: P,
  type: {
    /** Name of the GraphQL type, or a function that returns it when several types share the prefix. */
    typename: string | ((node: T) => string);
    /** The policy action that reads an object of this type. */
    action: Action;
    /** The loaders, when the type has one name and its objects are rows of one table. */
    stored?: StoredLoaders;
    load(context: GraphQLContext, id: Id<P>): Promise<T | null>;
  },
): void {
  const { typename, action, stored = null } = type;
  types.set(prefix, {
    action,
    stored,
    isId: (id) => isId(prefix, id),
    load: async (context, id) => (isId(prefix, id) ? type.load(context, id) : null),
    // Objects with this prefix come from `load` only.
    typenameOf: (node) => (typeof typename === 'string' ? typename : typename(node as T)),
  });
}

/** The type of an ID, by its prefix. */
export function typeOf(id: string): NodeType | undefined {
  return types.get(id.slice(0, Math.max(0, id.lastIndexOf('_'))));
}

function load(context: GraphQLContext, id: string): Promise<Identified | null> | null {
  const type = typeOf(id);
  return type && mayFind(context.viewer, type.action) ? type.load(context, id) : null;
}

builder.queryField('node', (t) =>
  t.field({
    type: Node,
    nullable: true,
    authenticated: true,
    extensions: reads({ kind: 'nodes', argument: 'id' }),
    description: [
      'Look up an object by its ID. Returns null when no object has this ID, or when the caller lacks the scope to',
      'read its type.',
    ].join(' '),
    args: {
      id: t.arg.id({
        required: true,
        description: 'The ID of an object of any type, e.g. user_01E4ZCR3C56J083X43JQXF3JK5.',
      }),
    },
    resolve: (_, { id }, context) => load(context, id),
  }),
);

builder.queryField('nodes', (t) =>
  t.field({
    type: [Node],
    nullable: { list: false, items: true },
    authenticated: true,
    extensions: reads({ kind: 'nodes', argument: 'ids' }),
    listSize: { assumedSize: MAX_PAGE_SIZE },
    description: [
      `Look up objects by their IDs, at most ${MAX_PAGE_SIZE}. Returns them in the order of the IDs, with null for`,
      'each one not found.',
    ].join(' '),
    args: { ids: t.arg.idList({ required: true, description: 'IDs of objects of any type.' }) },
    resolve: (_, { ids }, context) => {
      if (ids.length > MAX_PAGE_SIZE) {
        throw new RequestError(
          'BAD_USER_INPUT',
          `At most ${MAX_PAGE_SIZE} ids are allowed; ${ids.length} were given. Split them into several requests.`,
        );
      }
      return ids.map((id) => load(context, id));
    },
  }),
);
