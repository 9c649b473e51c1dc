import SchemaBuilder, { type SchemaTypes } from '@pothos/core';
import DirectivesPlugin from '@pothos/plugin-directives';
import FederationPlugin from '@pothos/plugin-federation';
import { type Action, ruleOf } from '../../auth/policy.js';
import type { Scope } from '../../auth/scope.js';
import type { Metadata, MetadataInput } from '../../input/metadata.js';
import type { Instant } from '../../runtime/clock.js';
import type { GraphQLContext } from './context.js';
import { SCOPES_PLUGIN } from './scopes.plugin.js';
import { UNICODE_PLUGIN } from './unicode.plugin.js';

/** The schema builder. The `*.graphql.ts` files add their types to it, and `schema.ts` builds the schema. */
export const builder = new SchemaBuilder<{
  Context: GraphQLContext;
  DefaultFieldNullability: false;
  FederationScopes: Scope;
  Scalars: {
    DateTime: { Input: Instant; Output: Instant };
    ID: { Input: string; Output: string };
    Metadata: { Input: MetadataInput; Output: Metadata };
    URL: { Input: string; Output: string };
  };
}>({
  // The first plugin runs first: an unauthorized caller gets no validation errors about their arguments.
  plugins: [SCOPES_PLUGIN, UNICODE_PLUGIN, DirectivesPlugin, FederationPlugin],
  defaultFieldNullability: false,
});

/** The builder's own types, for helpers that define types. */
export type Types = typeof builder extends PothosSchemaTypes.SchemaBuilder<infer T extends SchemaTypes> ? T : never;

builder.queryType({ description: 'The query root of the schema.' });
builder.mutationType({
  description: [
    'The mutation root of the schema. A payload has a result and `errors`; the result is null if and only if there',
    'are errors.',
  ].join(' '),
});
builder.subscriptionType({ description: 'The subscription root of the schema.' });

/** Returns the options of a field that performs `action`. They print and enforce the scopes of the action. */
export function requires(action: Action) {
  return { action, authenticated: true, requiresScopes: [[...ruleOf(action).scopes]] };
}
