import { type GraphQLFieldResolver, type GraphQLSchema, isUnionType } from 'graphql';
import { RequestError } from '../../domain/errors.js';
import { illFormedTexts } from '../../input/text.js';
import type { GraphQLContext } from '../builder/context.js';

type Resolve = GraphQLFieldResolver<unknown, GraphQLContext, { readonly representations: readonly unknown[] }>;

/** Maximum number of representations in one `_entities`. A router can send one for each item of twenty full pages. */
export const MAX_REPRESENTATIONS = 2_000;

/**
 * Replaces the resolver of `_entities` with one that validates the representations. The subgraph library throws for a
 * malformed representation, which fails the whole list as an internal error, and it returns a representation of a type
 * that is not an entity as it is. Here each invalid representation is an error of its own. The function also adds
 * `@listSize`, so that the cost of the field depends on the number of representations.
 *
 * @returns the same schema object
 * @throws {Error} when the schema has no entities
 */
export function guardEntities(schema: GraphQLSchema): GraphQLSchema {
  const field = schema.getQueryType()?.getFields()._entities;
  const resolve: Resolve | undefined = field?.resolve;
  if (!field || !resolve) throw new Error('The schema is not a subgraph with entities.');
  const guarded: Resolve = (source, { representations }, context, info) => {
    if (representations.length > MAX_REPRESENTATIONS) {
      const excess = `${representations.length} were given. Split them into several requests.`;
      const message = `At most ${MAX_REPRESENTATIONS} representations are allowed; ${excess}`;
      throw new RequestError('BAD_USER_INPUT', message);
    }
    const entities = entitiesOf(info.schema);
    return representations.map((representation) => {
      if (!isOf(entities, representation)) {
        return new RequestError('BAD_USER_INPUT', `A representation must have a __typename: ${entities.join(' or ')}.`);
      }
      const [illFormed] = illFormedTexts(representation);
      if (illFormed) return new RequestError('BAD_USER_INPUT', `${illFormed.path.join('.')}: ${illFormed.message}`);
      // Each call has one representation and returns a list of one. All run in the same tick, so loaders batch them.
      return (resolve(source, { representations: [representation] }, context, info) as unknown[])[0];
    });
  };
  field.resolve = guarded;
  // The library defines the field without Pothos options. The schema printer omits it.
  field.extensions = { directives: [{ name: 'listSize', args: { slicingArguments: ['representations'] } }] };
  return schema;
}

/** Returns the names of the entities in the executed schema, which can have a prefix. */
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
