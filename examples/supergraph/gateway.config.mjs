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
  // A subgraph that restarts is asked again, for ten seconds; what changes something is not, for it may have been done.
  // A refusal is the answer: Hive would ask again after a budget is spent (429) or the time is over (504), and its
  // client would wait for minutes.
  upstreamRetry: ({ executionRequest }) => ({
    maxRetries: executionRequest.operationType === 'query' ? 8 : 0,
    retryDelay: 200,
    retryDelayFactor: 1.5,
    shouldRetry: ({ response, executionResult }) => isDown(response, executionResult?.errors ?? []),
  }),
  // By the sizes of lists that the subgraphs declare; what costs more is refused before any of them is asked.
  demandControl: { maxCost: 20_000, listSize: 10 },
  // A subgraph's own code tells more than that something failed downstream.
  subgraphErrors: { errorCode: false },
  // With its parts inside: the page needs no other host.
  renderGraphiQL,
  graphiql: {
    title: 'Supergraph',
    ...(GRAPHIQL_QUERY ? { defaultQuery: GRAPHIQL_QUERY } : {}),
    ...(GRAPHIQL_HEADERS ? { headers: GRAPHIQL_HEADERS } : {}),
  },
});

/**
 * Passes on who asks: usergraph judges every field by it. Others get it too; leave them out where they are not yours.
 * `propagateHeaders` would do the same, but (2.15.1) forgets it when a request is sent again.
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
 * Signs what goes to a usergraph that answers its router only (ROUTER_KEYS).
 *
 * @param key `<key id>:<secret>`, one of usergraph's
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

/** Whether nobody answered: no connection, an answer that broke off, or one that says to try again in a moment. */
function isDown(response, errors) {
  const codes = errors.map(({ extensions }) => extensions?.code);
  return [502, 503].includes(response?.status) || codes.includes('SUBREQUEST_HTTP_ERROR');
}
