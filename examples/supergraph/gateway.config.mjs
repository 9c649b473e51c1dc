// Hive Gateway in front of usergraph and two other subgraphs.
//
//   npm install @graphql-hive/gateway @graphql-yoga/render-graphiql ./usergraph-*.tgz
//   npx hive-gateway supergraph supergraph.graphql -c gateway.config.mjs --port 4100 --host 127.0.0.1
import { defineConfig } from '@graphql-hive/gateway';
import { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import { createRequestSigner } from 'usergraph/router';

const { USERGRAPH_ROUTER_KEY, GRAPHIQL_HEADERS, GRAPHIQL_QUERY } = process.env;

export const gatewayConfig = defineConfig({
  plugins: () => [
    forwardCredential(),
    ...(USERGRAPH_ROUTER_KEY ? [signRequestsTo('users', USERGRAPH_ROUTER_KEY)] : []),
  ],
  // Retries queries for ten seconds while a subgraph restarts. Mutations are not retried, because they may already have
  // been executed. Hive by default also retries 429 and 504 responses, which would make clients wait for minutes.
  upstreamRetry: ({ executionRequest }) => ({
    maxRetries: executionRequest.operationType === 'query' ? 8 : 0,
    retryDelay: 200,
    retryDelayFactor: 1.5,
    shouldRetry: ({ response, executionResult }) => isDown(response, executionResult?.errors ?? []),
  }),
  // Rejects expensive operations before any subgraph is called. The cost uses the list sizes that subgraphs declare.
  demandControl: { maxCost: 20_000, listSize: 10 },
  // Keeps the error codes of the subgraphs, which are more specific than DOWNSTREAM_SERVICE_ERROR.
  subgraphErrors: { errorCode: false },
  // Bundles the assets of GraphiQL, so that the page loads nothing from another host.
  renderGraphiQL,
  graphiql: {
    title: 'Supergraph',
    ...(GRAPHIQL_QUERY ? { defaultQuery: GRAPHIQL_QUERY } : {}),
    ...(GRAPHIQL_HEADERS ? { headers: GRAPHIQL_HEADERS } : {}),
  },
});

/**
 * Forwards the Authorization header, by which usergraph authorizes every field, to all subgraphs. Exclude subgraphs
 * that you do not trust with it. `propagateHeaders` (2.15.1) loses the header when a request is retried.
 */
function forwardCredential() {
  return {
    onFetch: ({ options, setOptions, context }) => {
      const authorization = context?.request?.headers.get('authorization');
      if (authorization) setOptions({ ...options, headers: { ...options.headers, authorization } });
    },
  };
}

/**
 * Signs requests to a usergraph that accepts requests only from its router (ROUTER_KEYS).
 *
 * @param key `<key id>:<secret>`, one of the keys in ROUTER_KEYS
 */
function signRequestsTo(subgraph, key) {
  const sign = createRequestSigner(key);
  return {
    onFetch: async ({ url, options, setOptions, executionRequest }) => {
      if (executionRequest?.subgraphName !== subgraph) return;
      const headers = await sign({ method: options.method, url, headers: options.headers, body: options.body });
      setOptions({ ...options, headers });
    },
  };
}

/** Returns whether the subgraph is unavailable: no connection, an incomplete response, or status 502 or 503. */
function isDown(response, errors) {
  const codes = errors.map(({ extensions }) => extensions?.code);
  return [502, 503].includes(response?.status) || codes.includes('SUBREQUEST_HTTP_ERROR');
}
