// Apollo Server as most servers are written.
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { loadersOf, resolversOf } from './loaders.mjs';
import { openStore, SDL } from './schema.mjs';

const store = openStore();
const server = new ApolloServer({ typeDefs: SDL, resolvers: resolversOf(store) });
const listen = { port: Number(process.env.PORT), host: '127.0.0.1' };
await startStandaloneServer(server, { listen, context: async () => loadersOf(store) });
