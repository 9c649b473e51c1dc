import SchemaBuilder, {
  BasePlugin,
  type FieldNullability,
  type InputFieldMap,
  type PothosOutputFieldConfig,
  type SchemaTypes,
  type TypeParam,
} from '@pothos/core';
import { type GraphQLFieldResolver, type GraphQLOutputType, getNamedType, isObjectType } from 'graphql';
import { InvalidInputError, RequestError } from '../errors.js';
import { type IllFormedText, illFormedTexts } from '../text.js';

export const UNICODE_PLUGIN = 'unicode';

/** Extension of a payload: among its errors may be an `InvalidInputError`. */
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
      /** The list in `input` whose rows are answered each with errors of its own: the use case judges their texts. */
      rows?: string;
    }
  }
}

/**
 * Refuses arguments that hold a text or a key that is no Unicode, before the field does anything: a mutation answers an
 * `InvalidInputError` for each of them, with its path in `input`; a field, or mutation, without such errors is refused
 * with BAD_USER_INPUT. It looks at arguments after variables, defaults and literals were put together, so nothing that
 * a resolver is handed has passed it by.
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

  /** A stream is refused before it begins. */
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
