import { subscribe } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { executeOperation } from './execute.js';

/**
 * Executes operations with graphql-js, the reference implementation. The newest version of Yoga's executor requires a
 * later version of Node than usergraph does. The version before it orders the fields of a response by completion, and
 * not as in the document (GraphQL, September 2025, section 7.2.1).
 */
export function useReferenceExecutor(): Plugin {
  return {
    onExecute: ({ setExecuteFn }) => setExecuteFn(executeOperation),
    onSubscribe: ({ setSubscribeFn }) => setSubscribeFn(subscribe),
  };
}
