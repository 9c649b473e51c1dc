import { parse } from 'graphql';
import { printSubgraph } from '../../../src/graphql/schema.js';

export const users = { url: 'http://localhost:4000/graphql', typeDefs: parse(printSubgraph()) };
