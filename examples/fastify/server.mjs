// usergraph inside a Fastify server, beside routes of its own.
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

// In a scope of its own, where Fastify leaves bodies alone: usergraph reads them itself, within a limit of its own.
await server.register(async (scope) => {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', (_request, _body, done) => done(null));
  // /graphiql has the parts of GraphiQL.
  for (const path of ['/graphql', '/graphiql/*']) {
    scope.all(path, (request, reply) => {
      reply.hijack();
      return usergraph.listener(request.raw, reply.raw);
    });
  }
});

server.post('/greetings', async (request) => ({ greeting: `Hello, ${request.body.name}` }));

// Called when the last request is answered.
server.addHook('onClose', () => usergraph.close());

console.log(`listening on ${await server.listen({ port: config.port, host: config.host })}`);

process.once('SIGTERM', () => {
  usergraph.drain();
  server.close();
});
