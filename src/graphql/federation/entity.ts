import type { ObjectRef } from '@pothos/core';
import { type Action, mayFind } from '../../auth/policy.js';
import { RequestError } from '../../domain/errors.js';
import { builder, type Types } from '../builder/builder.js';
import type { GraphQLContext } from '../builder/context.js';

/** Loads an object by one of its keys, in batches. Returns null when no object has this key. */
type LoadByKey<T> = (context: GraphQLContext, key: string) => Promise<T | null> | null;

/** Registers a type as an entity with these `@key` fields, all of them strings. `action` is the one that reads it. */
export function registerEntity<T extends object>(
  ref: ObjectRef<Types, T>,
  action: Action,
  keys: Readonly<Record<string, LoadByKey<T>>>,
): void {
  const names = Object.keys(keys);
  const find = async (reference: object, context: GraphQLContext): Promise<T | null> => {
    const isOpen = mayFind(context.viewer, action);
    // Another server sent the representation, so the types of its values are not known.
    const given = new Map<string, unknown>(Object.entries(reference));
    for (const [name, load] of Object.entries(keys)) {
      const key = given.get(name);
      if (typeof key === 'string') return isOpen ? load(context, key) : null;
    }
    // A null key refers to no object. Other subgraphs send it for an empty reference.
    if (names.some((name) => given.get(name) === null)) return null;
    throw new RequestError(
      'BAD_USER_INPUT',
      `A representation of ${ref.name} must have ${names.join(' or ')}, as a string.`,
    );
  };
  builder.asEntity(ref, {
    // Pothos derives the selection from literal types, but these names are known only at run time.
    key: names.map((name) => builder.selection<Record<string, string>>(name as never)),
    // Async, so that an exception is the error of this representation only.
    resolveReference: async (reference, context) => find(reference, context) as never, // T is the shape of the ref
  });
}
