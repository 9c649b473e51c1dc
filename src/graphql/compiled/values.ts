import { type GraphQLOutputType, isEnumType, isLeafType, isListType, isNonNullType } from 'graphql';
import type { Cells } from '../../db/database.js';
import type { Storage } from '../../db/mapping.js';
import { Uncovered } from './uncovered.js';

type Cell = Cells[number];

/** Characters that JSON escapes, and halves of surrogate pairs. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the expression matches control characters.
const ESCAPED = /["\\\u0000-\u001f\ud800-\udfff]/;

/** Writes a text as JSON, as `JSON.stringify` does. */
export function quote(text: string): string {
  return ESCAPED.test(text) ? JSON.stringify(text) : `"${text}"`;
}

/** Writes the JSON text of a value that is not null. */
export function writeValue(storage: Storage, value: Exclude<Cell, null>): string {
  switch (storage) {
    case 'text':
      return typeof value === 'string' ? quote(value) : `"${value}"`;
    case 'flag':
      return value === 1 ? 'true' : 'false';
    // The store wrote JSON with `JSON.stringify`.
    case 'number':
    case 'json':
      return String(value);
  }
}

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
