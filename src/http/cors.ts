import { type ServerAdapterPlugin, useCORS } from '@whatwg-node/server';

/** Lets pages of the configured origins call the server; `*` stands for every origin. */
export function useOrigins(origins: readonly string[]): ServerAdapterPlugin {
  const options = {
    origin: [...origins],
    // Pages send API keys in a header that they set themselves; cookies are not used.
    credentials: false,
    methods: ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS'],
    allowedHeaders: ['authorization', 'content-type', 'idempotency-key', 'x-request-id'],
    exposedHeaders: ['x-request-id', 'ratelimit', 'ratelimit-policy', 'retry-after'],
    maxAge: 86_400,
  };
  // To an origin that is not in its list the library answers `null`, which is how a sandboxed frame names itself.
  return useCORS(({ headers }) => origins.some((one) => one === '*' || one === headers.get('origin')) && options);
}
