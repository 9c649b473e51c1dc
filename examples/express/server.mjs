// usergraph inside an Express server, beside routes of its own.
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

// Before any body parser: usergraph reads bodies itself, within a limit of its own. /graphiql has the parts of GraphiQL.
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
  // Takes no new connections and ends idle ones; called back when the last request is answered.
  server.close(() => usergraph.close());
});
