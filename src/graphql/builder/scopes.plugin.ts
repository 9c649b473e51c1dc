import SchemaBuilder, { BasePlugin, type PothosOutputFieldConfig, type SchemaTypes } from '@pothos/core';
import type { GraphQLFieldResolver } from 'graphql';
import type { Action } from '../../auth/policy.js';
import { requireViewer } from '../../auth/viewer.js';
import { type GraphQLContext, requireScopesOf } from './context.js';

export const SCOPES_PLUGIN = 'scopes';

declare global {
  export namespace PothosSchemaTypes {
    export interface Plugins<Types extends SchemaTypes> {
      scopes: ScopesPlugin<Types>;
    }
    export interface FieldOptions {
      /** The policy action that the field performs. `requires` sets it. */
      action?: Action;
    }
  }
}

/**
 * Enforces `@authenticated` and `@requiresScopes`: a field with `authenticated` needs a viewer, and a field with an
 * `action` needs the scopes of that action in the policy. The federation plugin prints the directives from the same
 * options, so the schema and the server cannot disagree.
 */
class ScopesPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override onOutputFieldConfig(field: PothosOutputFieldConfig<Types>): PothosOutputFieldConfig<Types> {
    const { action } = field.pothosOptions as Guarded;
    return action === undefined ? field : { ...field, extensions: { ...field.extensions, action } };
  }

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

  /** Checks access before the subscription starts. */
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

/** Returns the access check of a field, or null when everyone may use it. */
function guardOf<Types extends SchemaTypes>(
  field: PothosOutputFieldConfig<Types>,
): ((context: GraphQLContext) => void) | null {
  const { action, authenticated } = field.pothosOptions as Guarded;
  if (action !== undefined) return (context) => requireScopesOf(context, action);
  return authenticated ? (context) => void requireViewer(context.viewer) : null;
}

/** The field options that this plugin reads. Pothos types them for the builder and not for plugins. */
interface Guarded {
  readonly action?: Action;
  readonly authenticated?: boolean;
}

SchemaBuilder.registerPlugin(SCOPES_PLUGIN, ScopesPlugin);
