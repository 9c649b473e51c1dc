import SchemaBuilder, { BasePlugin, type PothosOutputFieldConfig, type SchemaTypes } from '@pothos/core';
import type { GraphQLFieldResolver } from 'graphql';
import type { Scope } from '../auth/scope.js';
import { requireViewer } from '../auth/viewer.js';
import { type GraphQLContext, requireScopeIn } from './context.js';

export const SCOPES_PLUGIN = 'scopes';

declare global {
  export namespace PothosSchemaTypes {
    export interface Plugins<Types extends SchemaTypes> {
      scopes: ScopesPlugin<Types>;
    }
  }
}

/**
 * Enforces what the federation plugin prints: a field with `authenticated` asks for a viewer, one with
 * `requiresScopes` for every scope of its first alternative. One source, so the schema and the server cannot disagree.
 */
class ScopesPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override wrapResolve(
    resolve: GraphQLFieldResolver<unknown, Types['Context'], object>,
    field: PothosOutputFieldConfig<Types>,
  ): GraphQLFieldResolver<unknown, Types['Context'], object> {
    const assertAllowed = guardOf(field);
    if (!assertAllowed) return resolve;
    return (parent, args, context, info) => {
      assertAllowed(context as GraphQLContext);
      return resolve(parent, args, context, info);
    };
  }

  /** A stream is refused before it begins. */
  override wrapSubscribe(
    subscribe: GraphQLFieldResolver<unknown, Types['Context'], object> | undefined,
    field: PothosOutputFieldConfig<Types>,
  ): GraphQLFieldResolver<unknown, Types['Context'], object> | undefined {
    const assertAllowed = guardOf(field);
    if (!assertAllowed || !subscribe) return subscribe;
    return (parent, args, context, info) => {
      assertAllowed(context as GraphQLContext);
      return subscribe(parent, args, context, info);
    };
  }
}

/** What a field asks of who asks for it; null when nothing. */
function guardOf<Types extends SchemaTypes>(
  field: PothosOutputFieldConfig<Types>,
): ((context: GraphQLContext) => void) | null {
  const { authenticated, requiresScopes } = field.pothosOptions as Guarded;
  if (!authenticated && !requiresScopes) return null;
  const [scopes = [], ...alternatives] = requiresScopes ?? [];
  if (alternatives.length > 0) throw new Error(`${field.parentType}.${field.name}: alternatives are not supported.`);
  return (context) => {
    requireViewer(context.viewer);
    for (const scope of scopes) requireScopeIn(context, scope);
  };
}

/** The options of the federation plugin this one reads; Pothos types them for the builder, not for plugins. */
interface Guarded {
  readonly authenticated?: boolean;
  readonly requiresScopes?: readonly (readonly Scope[])[];
}

SchemaBuilder.registerPlugin(SCOPES_PLUGIN, ScopesPlugin);
