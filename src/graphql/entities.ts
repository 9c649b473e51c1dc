import { type GraphQLFieldResolver, type GraphQLSchema, isUnionType } from 'graphql';
import { RequestError } from '../errors.js';
import type { GraphQLContext } from './context.js';

type Resolve = GraphQLFieldResolver<unknown, GraphQLContext, { readonly representations: readonly unknown[] }>;

/**
 * Guards `_entities` against representations that name no entity. The subgraph library throws for one of them, which
 * fails the whole list as a fault of the server, and answers a type that is no entity with what it was sent. Here each
 * such representation is an error of its own, and the others are answered. An answer is as large as the list of them,
 * which its cost has to know.
 *
 * @returns the same schema, changed
 */
export function guardEntities(schema: GraphQLSchema): GraphQLSchema {
  const field = schema.getQueryType()?.getFields()._entities;
  const resolve: Resolve | undefined = field?.resolve;
  const union = schema.getType('_Entity');
  if (!field || !resolve || !isUnionType(union)) throw new Error('The schema is no subgraph with entities.');
  const entities = new Set(union.getTypes().map(({ name }) => name));
  const guarded: Resolve = (source, { representations }, context, info) =>
    representations.map((representation) => {
      if (!isOf(entities, representation)) {
        return new RequestError(
          'BAD_USER_INPUT',
          `A representation names its __typename: ${[...entities].join(' or ')}.`,
        );
      }
      // One at a time, in the same tick: the loaders still see them together. The library answers a list.
      return (resolve(source, { representations: [representation] }, context, info) as unknown[])[0];
    });
  field.resolve = guarded;
  // The library makes the field without options; the printer leaves it out. Routers send as many as their page had.
  field.extensions = { directives: [{ name: 'listSize', args: { slicingArguments: ['representations'] } }] };
  return schema;
}

function isOf(names: ReadonlySet<string>, representation: unknown): boolean {
  if (typeof representation !== 'object' || representation === null) return false;
  return (
    '__typename' in representation &&
    typeof representation.__typename === 'string' &&
    names.has(representation.__typename)
  );
}
