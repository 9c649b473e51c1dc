// Apollo Gateway in front of usergraph and two other subgraphs. Apollo Gateway runs in Node and has the Elastic License
// 2.0, so it is not a dependency of usergraph.
//
//   npm install @apollo/gateway@2.14.4 @apollo/server graphql usergraph
//   PORT=4100 node apollo-gateway.mjs supergraph.graphql
//
// usergraph needs two settings: SUBGRAPH_WITHOUT=authenticated,requiresScopes, because Apollo Gateway rejects a
// supergraph with directives that it does not enforce; and STATUS_FOR_JSON=always200, because it discards the body of a
// response with another status.
import { readFileSync } from 'node:fs';
import { ApolloGateway, RemoteGraphQLDataSource } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { createRequestSigner } from 'usergraph/router';

const { PORT = '4100', USERGRAPH_ROUTER_KEY } = process.env;

const gateway = new ApolloGateway({
  supergraphSdl: readFileSync(process.argv[2], 'utf8'),
  buildService: ({ name, url }) =>
    new RemoteGraphQLDataSource({
      url,
      willSendRequest: forwardHeaders,
      ...(name === 'users' && USERGRAPH_ROUTER_KEY ? { fetcher: signedFetch(USERGRAPH_ROUTER_KEY) } : {}),
    }),
});

/** Headers of the client's request that are forwarded to each subgraph: the credential and the request id. */
const FORWARDED_HEADERS = ['authorization', 'x-request-id'];

function forwardHeaders({ request, context }) {
  for (const name of FORWARDED_HEADERS) {
    const value = context.headers?.[name];
    if (value) request.http.headers.set(name, value);
  }
}

/**
 * Returns a `fetch` that signs requests to a usergraph that accepts requests only from its router (ROUTER_KEYS).
 *
 * @param key `<key id>:<secret>`, one of the keys in ROUTER_KEYS
 */
function signedFetch(key) {
  const sign = createRequestSigner(key);
  return async (url, { method, headers, body }) =>
    fetch(url, { method, body, headers: await sign({ method, url, headers, body }) });
}

const server = new ApolloServer({ gateway, includeStacktraceInErrorResponses: false });
const { url } = await startStandaloneServer(server, {
  listen: { port: Number(PORT), host: '127.0.0.1' },
  context: async ({ req }) => ({ headers: req.headers }),
});
console.log(`Apollo Gateway on ${url}`);
