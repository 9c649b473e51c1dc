import type { Plugin } from 'graphql-yoga';
import { KEY_SET_PATH } from './key-set.plugin.js';
import { refusedResponse } from './refused-response.js';
import type { Requests } from './request-log.plugin.js';

/** What is matched against a path by Yoga: operations, behind a prefix that a proxy or a framework leaves too. */
export const GRAPHQL_PATTERN = '*/graphql{/}?';

/** Never the end of an address: Yoga compares that with the path of its health check, which is one of ours. */
export const NO_ENDPOINT = ' ';

const READ = ['GET', 'HEAD', 'OPTIONS'];

/** Whether operations are taken at the path. */
export const isOperations = (pathname: string): boolean => /\/graphql\/?$/.test(pathname);

/** The addresses of this server by how their path ends: a proxy may leave a prefix before it, or take it away. */
const ROUTES: readonly { readonly path: RegExp; readonly methods: readonly string[] | null }[] = [
  // Other methods of it are refused as operations are.
  { path: /\/graphql\/?$/, methods: null },
  { path: /\/livez$/, methods: READ },
  { path: /\/readyz$/, methods: READ },
  { path: new RegExp(`${KEY_SET_PATH.replaceAll('.', '\\.')}$`), methods: READ },
];

/**
 * Answers what is at none of the addresses, or takes another method, as other refusals are answered, and asks after the
 * health of the process. A HEAD is answered as the GET, without its body (RFC 9110, 9.3.2); operations take none.
 */
export function useRoutes(requests: Requests, isReady: () => Promise<boolean>): Plugin {
  return {
    onRequest: async ({ request, url, fetchAPI, endResponse }) => {
      const { pathname } = url;
      const route = ROUTES.find(({ path }) => path.test(pathname));
      const { id } = requests.of(request);
      if (!route) {
        const message = 'There is nothing at this address: operations are taken at /graphql.';
        endResponse(refusedResponse(fetchAPI, 404, message, id));
      } else if (route.methods !== null && !route.methods.includes(request.method)) {
        const allowed = route.methods.join(', ');
        endResponse(
          refusedResponse(fetchAPI, 405, `This address takes ${allowed}: send one of them.`, id, { Allow: allowed }),
        );
      } else if (pathname.endsWith('/livez')) {
        endResponse(new fetchAPI.Response(null, { status: 200 }));
      } else if (pathname.endsWith('/readyz')) {
        endResponse(new fetchAPI.Response(null, { status: (await isReady()) ? 200 : 503 }));
      }
    },
    onResponse: ({ request, response, setResponse, fetchAPI }) => {
      if (request.method !== 'HEAD' || response.body === null) return;
      const { status, statusText, headers } = response;
      setResponse(new fetchAPI.Response(null, { status, statusText, headers }));
    },
  };
}
