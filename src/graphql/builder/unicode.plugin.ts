import SchemaBuilder, {
  BasePlugin,
  type FieldNullability,
  type InputFieldMap,
  type PothosOutputFieldConfig,
  type SchemaTypes,
  type TypeParam,
} from '@pothos/core';
import { type GraphQLFieldResolver, type GraphQLOutputType, getNamedType, isObjectType } from 'graphql';
import { InvalidInputError, RequestError } from '../../domain/errors.js';
import { type IllFormedText, illFormedTexts } from '../../input/text.js';

export const UNICODE_PLUGIN = 'unicode';

/** Extension of a payload type: its errors can include `InvalidInputError`. */
export const TAKES_INVALID_INPUT = 'usergraph.takesInvalidInput';

declare global {
  export namespace PothosSchemaTypes {
    export interface Plugins<Types extends SchemaTypes> {
      unicode: UnicodePlugin<Types>;
    }

    export interface MutationFieldOptions<
      Types extends SchemaTypes,
      Type extends TypeParam<Types>,
      Nullable extends FieldNullability<Type>,
      Args extends InputFieldMap,
      ResolveReturnShape,
    > {
      /** The list in `input` whose rows have errors of their own. The use case validates the strings in these rows. */
      rows?: string;
    }
  }
}

/**
 * Rejects arguments with strings or keys that are not well-formed Unicode, before the field is resolved. A mutation
 * returns an `InvalidInputError` for each of them, with its path in `input`. A field without such errors fails with
 * BAD_USER_INPUT. The plugin checks arguments after coercion, so it sees literals, variables and defaults alike.
 */
class UnicodePlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override wrapResolve(
    resolve: GraphQLFieldResolver<unknown, Types['Context'], object>,
    field: PothosOutputFieldConfig<Types>,
  ): GraphQLFieldResolver<unknown, Types['Context'], object> {
    if (Object.keys(field.args).length === 0) return resolve;
    const { rows } = field.pothosOptions as { readonly rows?: string };
    return (parent, args, context, info) => {
      const found = illFormedTexts(args).filter(({ path }) => rows === undefined || !isIn(path, rows));
      if (found.length === 0) return resolve(parent, args, context, info);
      if (!takesInvalidInput(info.returnType)) throw refusalOf(found);
      return { result: null, errors: found.map(toInvalidInput) };
    };
  }

  /** Checks the arguments before the subscription starts. */
  override wrapSubscribe(
    subscribe: GraphQLFieldResolver<unknown, Types['Context'], object> | undefined,
    field: PothosOutputFieldConfig<Types>,
  ): GraphQLFieldResolver<unknown, Types['Context'], object> | undefined {
    if (!subscribe || Object.keys(field.args).length === 0) return subscribe;
    return (parent, args, context, info) => {
      const found = illFormedTexts(args);
      if (found.length > 0) throw refusalOf(found);
      return subscribe(parent, args, context, info);
    };
  }
}

function isIn([argument, field]: readonly string[], rows: string): boolean {
  return argument === 'input' && field === rows;
}

function takesInvalidInput(type: GraphQLOutputType): boolean {
  const payload = getNamedType(type);
  return isObjectType(payload) && payload.extensions[TAKES_INVALID_INPUT] === true;
}

function toInvalidInput({ path: [, ...path], message }: IllFormedText): InvalidInputError {
  return new InvalidInputError('INVALID_INPUT', message, path);
}

function refusalOf(found: readonly IllFormedText[]): RequestError {
  const [first] = found;
  return new RequestError('BAD_USER_INPUT', `${first?.path.join('.')}: ${first?.message}`);
}

SchemaBuilder.registerPlugin(UNICODE_PLUGIN, UnicodePlugin);
