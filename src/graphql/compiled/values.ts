import { type GraphQLOutputType, isEnumType, isLeafType, isListType, isNonNullType } from 'graphql';
import { Uncovered } from './uncovered.js';

/**
 * Checks that a field of this type can be written as it is stored. All scalars of the schema are serialized as they are,
 * and so are enums whose values are their names.
 *
 * @throws {Uncovered} for objects, and for enums with other values
 */
export function requireStoredAsIs(type: GraphQLOutputType): void {
  const nullable = isNonNullType(type) ? type.ofType : type;
  const item = isListType(nullable) ? nullable.ofType : nullable;
  const leaf = isNonNullType(item) ? item.ofType : item;
  if (!isLeafType(leaf)) throw new Uncovered('a stored object');
  if (isEnumType(leaf) && leaf.getValues().some(({ name, value }) => name !== value)) throw new Uncovered(leaf.name);
}
