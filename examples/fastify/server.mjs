// usergraph in a Fastify server that has other routes, too.
//
//   npm install ./usergraph-*.tgz fastify
//   export DATABASE_URL=file:./usergraph.db
//   npx usergraph keys create --environment production --name web
//   node server.mjs
import Fastify from 'fastify';
import { createApp, loadConfig } from 'usergraph';

const config = loadConfig(process.env);
const usergraph = await createApp(config);
const server = Fastify({ forceCloseConnections: 'idle' });

// This scope has no body parsers: usergraph reads bodies itself, with its own size limit.
await server.register(async (scope) => {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', (_request, _body, done) => done(null));
  // /graphiql serves the assets of GraphiQL.
  for (const path of ['/graphql', '/graphiql/*']) {
    scope.all(path, (request, reply) => {
      reply.hijack();
      return usergraph.listener(request.raw, reply.raw);
    });
  }
});

server.post('/greetings', async (request) => ({ greeting: `Hello, ${request.body.name}` }));

// Runs when the last response is sent.
server.addHook('onClose', () => usergraph.close());

console.log(`listening on ${await server.listen({ port: config.port, host: config.host })}`);

process.once('SIGTERM', () => {
  usergraph.drain();
  server.close();
});
