import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';

/**
 * Refuses a GET whose variables or extensions are not JSON: Yoga leaves what its parser throws to be a fault of the
 * server.
 */
export function useReadableQueryString(): Plugin {
  return {
    onRequestParse: ({ request, setRequestParser }) => {
      if (request.method !== 'GET') return;
      const given = new URL(request.url, 'http://localhost').searchParams;
      const unreadable = ['variables', 'extensions'].find((name) => !isJson(given.get(name) || 'null'));
      if (unreadable === undefined) return;
      setRequestParser(() => {
        const message = `The ${unreadable} of the address are not JSON.`;
        const extensions = { code: 'BAD_REQUEST', http: { status: 400 }, originalError: { message } };
        throw new GraphQLError(message, { extensions });
      });
    },
  };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
