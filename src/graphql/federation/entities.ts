import { type GraphQLFieldResolver, type GraphQLSchema, isUnionType } from 'graphql';
import { RequestError } from '../../errors.js';
import { illFormedTexts } from '../../text.js';
import type { GraphQLContext } from '../context.js';

type Resolve = GraphQLFieldResolver<unknown, GraphQLContext, { readonly representations: readonly unknown[] }>;

/** Most representations of one `_entities`: more objects than twenty pages, and fewer than fill a body. */
export const MAX_REPRESENTATIONS = 2_000;

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
  if (!field || !resolve) throw new Error('The schema is no subgraph with entities.');
  const guarded: Resolve = (source, { representations }, context, info) => {
    if (representations.length > MAX_REPRESENTATIONS) {
      const message = `At most ${MAX_REPRESENTATIONS} representations; ${representations.length} were given. Ask in parts.`;
      throw new RequestError('BAD_USER_INPUT', message);
    }
    const entities = entitiesOf(info.schema);
    return representations.map((representation) => {
      if (!isOf(entities, representation)) {
        return new RequestError('BAD_USER_INPUT', `A representation names its __typename: ${entities.join(' or ')}.`);
      }
      const [illFormed] = illFormedTexts(representation);
      if (illFormed) return new RequestError('BAD_USER_INPUT', `${illFormed.path.join('.')}: ${illFormed.message}`);
      // One at a time, in the same tick: the loaders still see them together. The library answers a list.
      return (resolve(source, { representations: [representation] }, context, info) as unknown[])[0];
    });
  };
  field.resolve = guarded;
  // The library makes the field without options; the printer leaves it out. Routers send as many as their page had.
  field.extensions = { directives: [{ name: 'listSize', args: { slicingArguments: ['representations'] } }] };
  return schema;
}

/** Names of the entities, as the schema that is executed has them. */
function entitiesOf(schema: GraphQLSchema): readonly string[] {
  const union = schema.getType('_Entity');
  return isUnionType(union) ? union.getTypes().map(({ name }) => name) : [];
}

function isOf(names: readonly string[], representation: unknown): boolean {
  if (typeof representation !== 'object' || representation === null) return false;
  return (
    '__typename' in representation &&
    typeof representation.__typename === 'string' &&
    names.includes(representation.__typename)
  );
}
