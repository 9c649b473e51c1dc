import type { ServerAdapterPlugin } from '@whatwg-node/server';

/**
 * Keeps browsers and proxies from storing answers: an answer belongs to one caller, and may hold tokens (RFC 6749, section
 * 5.1). What is the same for everybody, e.g. the assets of GraphiQL and public keys, sets its own `Cache-Control`.
 */
export function useNoStore(): ServerAdapterPlugin {
  return {
    onResponse: ({ response }) => {
      if (!response.headers.has('cache-control')) response.headers.set('cache-control', 'no-store');
    },
  };
}
