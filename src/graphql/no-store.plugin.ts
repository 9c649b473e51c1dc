import type { Plugin } from 'graphql-yoga';

/**
 * No answer is kept by a browser or a proxy: it is of one caller, and may hold tokens (RFC 6749, 5.1). What is the same
 * for everybody, e.g. GraphiQL's parts and published keys, says so itself.
 */
export function useNoStore(): Plugin {
  return {
    onResponse: ({ response }) => {
      if (!response.headers.has('cache-control')) response.headers.set('cache-control', 'no-store');
    },
  };
}
