// Apollo Gateway in front of usergraph and two other subgraphs. It is a gateway in Node under the Elastic License 2.0,
// which is why usergraph does not bring it along.
//
//   npm install @apollo/gateway@2.14.4 @apollo/server graphql usergraph
//   PORT=4100 node apollo-gateway.mjs supergraph.graphql
//
// It needs two settings of usergraph: SUBGRAPH_WITHOUT=authenticated,requiresScopes, for it refuses a supergraph with
// directives that it does not enforce; and STATUS_FOR_JSON=always200, for it drops what an answer of another status says.
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
      willSendRequest: passOn,
      ...(name === 'users' && USERGRAPH_ROUTER_KEY ? { fetcher: signedFetch(USERGRAPH_ROUTER_KEY) } : {}),
    }),
});

/** What each subgraph gets of the client's request: who asks, and the id of the request for the logs. */
const PASSED_ON = ['authorization', 'x-request-id'];

function passOn({ request, context }) {
  for (const name of PASSED_ON) {
    const value = context.headers?.[name];
    if (value) request.http.headers.set(name, value);
  }
}

/**
 * Signs what goes to a usergraph that answers its router only (ROUTER_KEYS), and sends it.
 *
 * @param key `<key id>:<secret>`, one of usergraph's
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
