import type { Plugin } from 'graphql-yoga';
import type { RouterOnly } from '../../http/router-only.js';
import { refusal } from '../errors/refusal.js';

/**
 * Accepts operations only from the router. Rejects a request without its valid signature before authentication and
 * before parsing the body, always with the same message.
 */
export function useRouterOnly(routerOnly: RouterOnly): Plugin {
  return {
    onRequestParse: ({ request, requestParser, setRequestParser, fetchAPI }) => {
      const { method, url } = request;
      setRequestParser(async (given) => {
        const signed = await routerOnly.read(given);
        if (!signed) {
          const message =
            'This server accepts requests only from its router: the request has no valid router signature.';
          throw refusal('UNSIGNED_REQUEST', 401, message);
        }
        if (!requestParser) throw new Error('No request parser is available for this request.');
        if (method === 'GET') return requestParser(given);
        const { head, body } = signed;
        return requestParser(new fetchAPI.Request(url, { method, headers: head.headers, body }));
      });
    },
  };
}
