import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';

/**
 * Takes operations from JSON bodies only. A form or plain text body is what a browser sends to other sites without
 * asking them first, so executing one would let any page write on behalf of its visitor.
 */
export function useJsonOnly(): Plugin {
  return {
    onRequestParse: ({ request, setRequestParser }) => {
      if (request.method !== 'POST') return;
      const mediaType = request.headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase();
      if (mediaType === 'application/json') return;
      setRequestParser(() => {
        throw new GraphQLError('Send the operation as application/json.', {
          extensions: { code: 'BAD_REQUEST', http: { status: 415, headers: { Accept: 'application/json' } } },
        });
      });
    },
  };
}
