// usergraph in a Hono server that has other routes, too.
//
//   npm install ./usergraph-*.tgz hono @hono/node-server
//   export DATABASE_URL=file:./usergraph.db
//   npx usergraph keys create --environment production --name web
//   node server.mjs
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { createApp, loadConfig } from 'usergraph';

const config = loadConfig(process.env);
const usergraph = await createApp(config);
const app = new Hono();

// Pass the raw request: usergraph reads its body itself, with its own size limit. /graphiql serves the assets of
// GraphiQL.
app.on(['GET', 'POST', 'OPTIONS'], ['/graphql', '/graphiql/*'], (context) => usergraph.fetch(context.req.raw));

app.post('/greetings', async (context) => {
  const { name } = await context.req.json();
  return context.json({ greeting: `Hello, ${name}` });
});

const server = serve({ fetch: app.fetch, port: config.port, hostname: config.host }, ({ port }) => {
  console.log(`listening on http://${config.host}:${port}`);
});

process.once('SIGTERM', () => {
  usergraph.drain();
  // Stops accepting connections and closes idle ones. Calls back when the last response is sent.
  server.close(() => usergraph.close());
});
