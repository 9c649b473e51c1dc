import { execute, subscribe } from 'graphql';
import type { Plugin } from 'graphql-yoga';

/**
 * Has graphql-js, the reference implementation, execute operations. Yoga's own executor comes in two kinds: the newest
 * asks for a later Node than usergraph does, and the one before puts the fields of an answer in the order in which they
 * are ready, not in that of the query (GraphQL, September 2025, section 7.2.1).
 */
export function useReferenceExecutor(): Plugin {
  return {
    onExecute: ({ setExecuteFn }) => setExecuteFn(execute),
    onSubscribe: ({ setSubscribeFn }) => setSubscribeFn(subscribe),
  };
}
