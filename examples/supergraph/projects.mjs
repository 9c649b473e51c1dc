// A subgraph of projects, by a team that also uses Relay, with its own `node`, `Node` and `PageInfo`. It identifies
// organizations by their external ids and users by their email address.
//
//   npm install graphql graphql-yoga @apollo/subgraph
//   PORT=4002 node projects.mjs
import { createServer } from 'node:http';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse } from 'graphql';
import { createYoga } from 'graphql-yoga';

const typeDefs = parse(`
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable"])

  type Query {
    node(id: ID!): Node
    projects(first: Int = 10, after: String): ProjectConnection!
  }

  interface Node {
    id: ID!
  }

  type Project implements Node @key(fields: "id") {
    id: ID!
    title: String!
    lead: User!
    organization: Organization!
  }

  type ProjectConnection {
    edges: [ProjectEdge!]!
    pageInfo: PageInfo!
  }

  type ProjectEdge {
    cursor: String!
    node: Project!
  }

  type PageInfo @shareable {
    hasNextPage: Boolean!
    hasPreviousPage: Boolean!
    startCursor: String
    endCursor: String
  }

  type User @key(fields: "email", resolvable: false) {
    email: String!
  }

  type Organization @key(fields: "externalId") {
    externalId: String
    projects(first: Int = 10): ProjectConnection!
  }
`);

const COMPANIES = ['northwind', 'initech', 'umbrella-garden', 'blue-harbor', 'acme'];
const LEADS = ['ada.almeida.0', 'amara.almeida.1', 'bruno.almeida.2', 'chen.almeida.3', 'daria.almeida.4'];
const projects = Array.from({ length: 25 }, (_, index) => ({
  id: `project_${index}`,
  title: `Project ${index + 1}`,
  lead: `${LEADS[index % LEADS.length]}@example.com`,
  organization: COMPANIES[index % COMPANIES.length],
}));

function connect(all, first, after) {
  const start = after ? all.findIndex(({ id }) => id === after) + 1 : 0;
  const page = all.slice(start, start + first);
  return {
    edges: page.map((node) => ({ cursor: node.id, node })),
    pageInfo: {
      hasNextPage: start + first < all.length,
      hasPreviousPage: start > 0,
      startCursor: page[0]?.id ?? null,
      endCursor: page.at(-1)?.id ?? null,
    },
  };
}

const resolvers = {
  Query: {
    node: (_, { id }) => projects.find((project) => project.id === id) ?? null,
    projects: (_, { first, after }) => connect(projects, first, after),
  },
  Node: { __resolveType: () => 'Project' },
  Project: {
    __resolveReference: ({ id }) => projects.find((project) => project.id === id) ?? null,
    lead: ({ lead }) => ({ email: lead }),
    organization: ({ organization }) => ({ externalId: organization }),
  },
  Organization: {
    __resolveReference: ({ externalId }) => ({ externalId }),
    projects: ({ externalId }, { first }) =>
      connect(
        projects.filter(({ organization }) => organization === externalId),
        first,
      ),
  },
};

const yoga = createYoga({ schema: buildSubgraphSchema({ typeDefs, resolvers }), graphiql: false, landingPage: false });
const server = createServer(yoga).listen(Number(process.env.PORT ?? 4002), '127.0.0.1', () => {
  console.log(`projects on http://127.0.0.1:${server.address().port}/graphql`);
});
