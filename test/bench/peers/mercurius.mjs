// Mercurius on Fastify, with its JIT and its own loaders.
import Fastify from 'fastify';
import mercurius from 'mercurius';
import { openStore, rootResolvers, SDL, VALUES } from './schema.mjs';

const store = openStore();
const opts = { cache: false };
const app = Fastify();
app.register(mercurius, {
  schema: SDL,
  jit: 1,
  resolvers: { ...rootResolvers(store), ...VALUES },
  loaders: {
    User: { authorizedApplications: { loader: async (asked) => store.grantsOf(asked.map(({ obj }) => obj.id)), opts } },
    AuthorizedApplication: {
      application: { loader: async (asked) => store.applications(asked.map(({ obj }) => obj.applicationId)), opts },
    },
  },
});
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
