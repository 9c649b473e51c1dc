// GraphQL Yoga as most servers are written.
import { createServer } from 'node:http';
import { createSchema, createYoga } from 'graphql-yoga';
import { loadersOf, resolversOf } from './loaders.mjs';
import { openStore, SDL } from './schema.mjs';

const store = openStore();
const schema = createSchema({ typeDefs: SDL, resolvers: resolversOf(store) });
const yoga = createYoga({ schema, logging: false, graphiql: false, context: () => loadersOf(store) });
createServer(yoga).listen(Number(process.env.PORT), '127.0.0.1');
