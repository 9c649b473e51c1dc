// usergraph in an Express server that has other routes, too.
//
//   npm install ./usergraph-*.tgz express
//   export DATABASE_URL=file:./usergraph.db
//   npx usergraph keys create --environment production --name web
//   node server.mjs
import express from 'express';
import { createApp, loadConfig } from 'usergraph';

const config = loadConfig(process.env);
const usergraph = await createApp(config);
const app = express();

// Mount it before any body parser: usergraph reads bodies itself, with its own size limit. /graphiql serves the assets
// of GraphiQL.
app.use(['/graphql', '/graphiql'], usergraph.listener);

app.use(express.json());
app.post('/greetings', (request, response) => {
  response.json({ greeting: `Hello, ${request.body.name}` });
});

const server = app.listen(config.port, config.host, (error) => {
  if (error) throw error;
  console.log(`listening on http://${config.host}:${server.address().port}`);
});

process.once('SIGTERM', () => {
  usergraph.drain();
  // Stops accepting connections and closes idle ones. Calls back when the last response is sent.
  server.close(() => usergraph.close());
});
