import { printSubgraphSchema } from '@apollo/subgraph';
import { type GraphQLSchema, parse, print } from 'graphql';
import {
  isOptionalDirective,
  type NamePrefixes,
  NO_PREFIXES,
  type OptionalDirective,
} from '../config/graph-settings.js';
import './builder/scalars.graphql.js';
import './builder/node.graphql.js';
import './environments/environment.graphql.js';
import './api-keys/api-key.graphql.js';
import './viewer/rate-limit.graphql.js';
import './viewer/viewer.graphql.js';
import './users/user.graphql.js';
import './users/user-list.graphql.js';
import './users/user-mutations.graphql.js';
import './users/user-bulk.graphql.js';
import './applications/application.graphql.js';
import './applications/application-mutations.graphql.js';
import './applications/authorized-application.graphql.js';
import './organizations/organization.graphql.js';
import './organizations/organization-mutations.graphql.js';
import './organizations/organization-membership.graphql.js';
import './organizations/organization-membership-mutations.graphql.js';
import './one-time-codes/one-time-code.graphql.js';
import './email-verification/email-verification.graphql.js';
import './events/event.graphql.js';
import './events/event-types.graphql.js';
import './email-change/email-change.graphql.js';
import './sessions/password-change.graphql.js';
import './sessions/session.graphql.js';
import './webhooks/webhook-endpoint.graphql.js';
import './webhooks/webhook-endpoint-mutations.graphql.js';
import { builder } from './builder/builder.js';
import type { GraphQLContext } from './builder/context.js';
import { memoized } from './builder/memoized.js';
import { FEDERATION_DIRECTIVES, LINK } from './federation/directives.js';
import { guardEntities } from './federation/entities.js';
import { documentWithPrefixes, withPrefixes } from './federation/names.js';
import { toSubgraph } from './federation/subgraph.js';
import { withoutDirectives } from './federation/without-directives.js';

/** Returns the executable schema, a Federation 2 subgraph. Memoized: it has no state of an app. */
export function createSchema(prefixes: NamePrefixes = NO_PREFIXES): GraphQLSchema {
  return schemas(prefixes);
}

const schemas = memoized((prefixes: NamePrefixes) => withPrefixes(buildSchema(), prefixes));

/** Builds a new schema, which the caller may modify. It has the names of `schema.graphql`, without prefixes. */
export function buildSchema(): GraphQLSchema {
  const schema = guardEntities(builder.toSubGraphSchema(LINK));
  const service = schema.getQueryType()?.getFields()._service;
  // The library would return the SDL of this schema, but the SDL for a composer depends on settings.
  if (service) service.resolve = (_, __, { subgraphSdl }: GraphQLContext) => ({ sdl: subgraphSdl() });
  return schema;
}

/**
 * Returns the SDL of the subgraph for composers, as in `_service` and `subgraph.graphql`. `toSubgraph` documents how it
 * differs from `schema.graphql`.
 *
 * @param without directives to omit
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
 * Returns the SDL of `schema.graphql`, with directives.
 *
 * It has `schema` instead of `extend schema`, and definitions of the federation directives. Composers treat both alike,
 * and the document is complete for tools that do not support federation, such as relay-compiler.
 */
export function printSchema(schema: GraphQLSchema): string {
  const [link = '', ...types] = printSubgraphSchema(schema).trim().split('\n\n');
  const definition = `${link.replace('extend schema', 'schema')}\n{\n  query: Query\n  mutation: Mutation\n}`;
  return `${[definition, FEDERATION_DIRECTIVES, ...types].join('\n\n')}\n`;
}
