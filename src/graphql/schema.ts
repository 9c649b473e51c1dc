import { printSubgraphSchema } from '@apollo/subgraph';
import type { GraphQLSchema } from 'graphql';
import './scalars.graphql.js';
import './node.graphql.js';
import '../users/user.graphql.js';
import '../users/user-mutations.graphql.js';
import '../applications/application.graphql.js';
import '../applications/authorized-application.graphql.js';
import '../organizations/organization.graphql.js';
import '../organizations/organization-membership.graphql.js';
import '../email-verification/email-verification.graphql.js';
import { builder } from './builder.js';

/** The newest version every composer knows (Guild's stops here), and the first with `@cost` and `@listSize`. */
const FEDERATION = 'https://specs.apollo.dev/federation/v2.9';

/** Makes the schema, which is a Federation 2 subgraph as it stands. */
export function createSchema(): GraphQLSchema {
  return builder.toSubGraphSchema({ linkUrl: FEDERATION });
}

/** The schema as text with its directives: the contract in `schema.graphql`. */
export function printSchema(schema: GraphQLSchema): string {
  return `${printSubgraphSchema(schema).trim()}\n`;
}
