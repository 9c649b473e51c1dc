import { printSubgraphSchema } from '@apollo/subgraph';
import { type GraphQLSchema, parse, print } from 'graphql';
import './scalars.graphql.js';
import './node.graphql.js';
import '../environments/environment.graphql.js';
import '../auth/api-key.graphql.js';
import '../auth/rate-limit.graphql.js';
import '../auth/viewer.graphql.js';
import '../users/user.graphql.js';
import '../users/user-list.graphql.js';
import '../users/user-mutations.graphql.js';
import '../users/user-bulk.graphql.js';
import '../applications/application.graphql.js';
import '../applications/application-mutations.graphql.js';
import '../applications/authorized-application.graphql.js';
import '../organizations/organization.graphql.js';
import '../organizations/organization-mutations.graphql.js';
import '../organizations/organization-membership.graphql.js';
import '../organizations/organization-membership-mutations.graphql.js';
import '../one-time-codes/one-time-code.graphql.js';
import '../email-verification/email-verification.graphql.js';
import '../events/event.graphql.js';
import '../events/event-types.graphql.js';
import '../email-change/email-change.graphql.js';
import '../sessions/password-change.graphql.js';
import '../sessions/session.graphql.js';
import '../webhooks/webhook-endpoint.graphql.js';
import '../webhooks/webhook-endpoint-mutations.graphql.js';
import { builder } from './builder.js';
import type { GraphQLContext } from './context.js';
import { FEDERATION_DIRECTIVES, isOptionalDirective, LINK, type OptionalDirective } from './federation/directives.js';
import { guardEntities } from './federation/entities.js';
import { documentWithPrefixes, type NamePrefixes, NO_PREFIXES, withPrefixes } from './federation/names.js';
import { toSubgraph } from './federation/subgraph.js';
import { withoutDirectives } from './federation/without-directives.js';
import { memoized } from './memoized.js';

/** The schema, which is a Federation 2 subgraph as it stands. Built once in a process: it holds no state of an app. */
export function createSchema(prefixes: NamePrefixes = NO_PREFIXES): GraphQLSchema {
  return schemas(prefixes);
}

const schemas = memoized((prefixes: NamePrefixes) => withPrefixes(buildSchema(), prefixes));

/** A schema that nobody else has, for those who change it. Its names are those of `schema.graphql`. */
export function buildSchema(): GraphQLSchema {
  const schema = guardEntities(builder.toSubGraphSchema(LINK));
  const service = schema.getQueryType()?.getFields()._service;
  // The text of the library is that of this schema; what a composer gets depends on settings.
  if (service) service.resolve = (_, __, { subgraphSdl }: GraphQLContext) => ({ sdl: subgraphSdl() });
  return schema;
}

/**
 * The subgraph as text, as `_service` and `subgraph.graphql` have it: for composers, see `toSubgraph` for how it
 * differs from `schema.graphql`.
 *
 * @param without directives that this text lacks
 */
export function printSubgraph(
  prefixes: NamePrefixes = NO_PREFIXES,
  without: readonly OptionalDirective[] = [],
): string {
  return subgraphs({ ...prefixes, without: without.toSorted().join() });
}

const subgraphs = memoized(({ without, ...prefixes }: NamePrefixes & { readonly without: string }) => {
  const schema = createSchema();
  const subgraph = toSubgraph(parse(printSubgraphSchema(schema)), schema);
  const names = without.split(',').filter(isOptionalDirective);
  return `${print(documentWithPrefixes(withoutDirectives(subgraph, names), prefixes))}\n`;
});

/**
 * The schema as text with its directives: the contract in `schema.graphql`.
 *
 * It defines the schema instead of extending it, and the directives too: the same to a composer, and complete for
 * tools that know nothing of federation, such as relay-compiler.
 */
export function printSchema(schema: GraphQLSchema): string {
  const [link = '', ...types] = printSubgraphSchema(schema).trim().split('\n\n');
  const definition = `${link.replace('extend schema', 'schema')}\n{\n  query: Query\n  mutation: Mutation\n}`;
  return `${[definition, FEDERATION_DIRECTIVES, ...types].join('\n\n')}\n`;
}
