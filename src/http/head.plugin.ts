import type { ServerAdapterPlugin } from '@whatwg-node/server';

/** Answers a HEAD as the GET, without its body (RFC 9110, section 9.3.2). */
export function useHead(): ServerAdapterPlugin {
  return {
    onResponse: ({ request, response, setResponse, fetchAPI }) => {
      if (request.method !== 'HEAD' || response.body === null) return;
      const { status, statusText, headers } = response;
      setResponse(new fetchAPI.Response(null, { status, statusText, headers }));
    },
  };
}
