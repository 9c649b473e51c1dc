import SchemaBuilder, { type SchemaTypes } from '@pothos/core';
import DirectivesPlugin from '@pothos/plugin-directives';
import FederationPlugin from '@pothos/plugin-federation';
import type { Scope } from '../auth/scope.js';
import type { Instant } from '../clock.js';
import type { Metadata, MetadataInput } from '../metadata.js';
import type { GraphQLContext } from './context.js';
import { SCOPES_PLUGIN } from './scopes.plugin.js';
import { UNICODE_PLUGIN } from './unicode.plugin.js';

/** The one builder. `*.graphql.ts` files add their types to it; `schema.ts` makes the schema of all of them. */
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
  // The first one is asked first: who may not ask learns nothing about what they sent.
  plugins: [SCOPES_PLUGIN, UNICODE_PLUGIN, DirectivesPlugin, FederationPlugin],
  defaultFieldNullability: false,
});

/** The builder's own types, for helpers that define types. */
export type Types = typeof builder extends PothosSchemaTypes.SchemaBuilder<infer T extends SchemaTypes> ? T : never;

builder.queryType({ description: 'What can be read.' });
builder.mutationType({
  description:
    'What can be changed. A mutation answers its object and `errors`: the object is null exactly when there are errors.',
});
builder.subscriptionType({ description: 'What can be followed.' });

/** Options of a field that needs these scopes, all of them: printed for the router and enforced here. */
export function requires(...scopes: Scope[]) {
  return { authenticated: true, requiresScopes: [scopes] };
}
