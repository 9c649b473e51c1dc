import type { ObjectRef } from '@pothos/core';
import type { Scope } from '../../auth/scope.js';
import { RequestError } from '../../errors.js';
import { builder, type Types } from '../builder.js';
import { type GraphQLContext, requireScopeIn } from '../context.js';

/** Finds an object by one of its keys, batched. */
type LoadByKey<T> = (context: GraphQLContext, key: string) => Promise<T | null> | null;

/** Lets other subgraphs refer to a type by any of these keys, each a text. */
export function registerEntity<T extends object>(
  ref: ObjectRef<Types, T>,
  scope: Scope,
  keys: Readonly<Record<string, LoadByKey<T>>>,
): void {
  const names = Object.keys(keys);
  const find = async (reference: object, context: GraphQLContext): Promise<T | null> => {
    requireScopeIn(context, scope);
    // What another server sent: the types of the keys are what it should have been.
    const given = new Map<string, unknown>(Object.entries(reference));
    for (const [name, load] of Object.entries(keys)) {
      const key = given.get(name);
      if (typeof key === 'string') return load(context, key);
    }
    // An object without this key is nobody's: other subgraphs send null for "none".
    if (names.some((name) => given.get(name) === null)) return null;
    throw new RequestError('BAD_USER_INPUT', `A representation of ${ref.name} has ${names.join(' or ')}, as text.`);
  };
  builder.asEntity(ref, {
    // Pothos derives the text from a type of literals, and these names are known at run time only.
    key: names.map((name) => builder.selection<Record<string, string>>(name as never)),
    // Async, so that what is thrown is the error of this representation and not of all.
    resolveReference: async (reference, context) => find(reference, context) as never, // T is what the ref shows
  });
}
