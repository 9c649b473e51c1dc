// A subgraph of orders of a shop, as another team would write it. It identifies customers by its own ids only.
// usergraph stores this id as `externalId`, which is a key of User.
//
//   npm install graphql graphql-yoga @apollo/subgraph
//   PORT=4001 node orders.mjs
import { createServer } from 'node:http';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse } from 'graphql';
import { createYoga } from 'graphql-yoga';

const typeDefs = parse(`
  extend schema
    @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@listSize", "@shareable"])

  type Query {
    "The newest orders."
    orders(first: Int = 20): [Order!]! @listSize(assumedSize: 20, slicingArguments: ["first"], requireOneSlicingArgument: false)
    order(id: ID!): Order
  }

  type Mutation {
    placeOrder(customer: String!, item: String!): Order!
  }

  type Order @key(fields: "id") {
    id: ID!
    item: String!
    total: Float!
    "The buyer; null when the account was deleted."
    buyer: User
  }

  type User @key(fields: "externalId") {
    externalId: String
    # Both are nullable: a user without externalId cannot be resolved by this subgraph.
    orders(first: Int = 10): [Order!] @listSize(assumedSize: 10, slicingArguments: ["first"], requireOneSlicingArgument: false)
    orderCount: Int
  }
`);

const ITEMS = ['Lamp', 'Desk', 'Chair', 'Shelf', 'Rug'];
const orders = Array.from({ length: 200 }, (_, index) => ({
  id: `order-${index}`,
  item: ITEMS[index % ITEMS.length],
  total: 20 + (index % 7) * 15,
  customer: `customer-${index % 60}`,
}));

const resolvers = {
  Query: {
    orders: (_, { first }) => orders.slice(0, first),
    order: (_, { id }) => orders.find((order) => order.id === id) ?? null,
  },
  Mutation: {
    placeOrder: (_, { customer, item }) => {
      const order = { id: `order-${orders.length}`, item, total: 50, customer };
      orders.push(order);
      return order;
    },
  },
  Order: {
    __resolveReference: ({ id }) => orders.find((order) => order.id === id) ?? null,
    buyer: ({ customer }) => ({ externalId: customer }),
  },
  User: {
    __resolveReference: ({ externalId }) => ({ externalId }),
    orders: ({ externalId }, { first }) => orders.filter(({ customer }) => customer === externalId).slice(0, first),
    orderCount: ({ externalId }) => orders.filter(({ customer }) => customer === externalId).length,
  },
};

const yoga = createYoga({ schema: buildSubgraphSchema({ typeDefs, resolvers }), graphiql: false, landingPage: false });
const server = createServer(yoga).listen(Number(process.env.PORT ?? 4001), '127.0.0.1', () => {
  console.log(`orders on http://127.0.0.1:${server.address().port}/graphql`);
});
