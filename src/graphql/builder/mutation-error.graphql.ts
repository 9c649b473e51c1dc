import type { FieldMap } from '@pothos/core';
import { requireViewer, type Viewer } from '../../auth/viewer.js';
import {
  type DomainError,
  ERROR_CODES,
  type ErrorCode,
  ExternalIdTakenError,
  InUseError,
  InvalidInputError,
  MAX_USES_NAMED,
  MutationFailure,
  NotFoundError,
  RateLimitedError,
} from '../../domain/errors.js';
import { assertWanted } from '../../scheduling/request-life.js';
import { builder, type Types } from './builder.js';
import type { GraphQLContext } from './context.js';
import { TAKES_INVALID_INPUT } from './unicode.plugin.js';

const ErrorCodeType = builder.enumType('ErrorCode', {
  description: 'A stable, machine-readable error code. Compare the code and not the message. New values may be added.',
  values: Object.fromEntries(
    Object.entries(ERROR_CODES).map(([code, description]) => [code, { description }]),
  ) as Record<ErrorCode, { description: string }>, // fromEntries loses the type of the keys
});

/** Interface of the expected errors of mutations. */
export const MutationError = builder.interfaceRef<DomainError>('MutationError').implement({
  description: 'An expected error of a mutation.',
  resolveType: (error) => error.constructor.name,
  fields: (t) => ({
    code: t.field({
      type: ErrorCodeType,
      description: 'The machine-readable error code.',
      resolve: ({ code }) => code,
    }),
    message: t.exposeString('message', { description: 'A human-readable message. Its wording may change.' }),
    path: t.field({
      type: ['String'],
      nullable: true,
      description: [
        'The path to the input field that caused the error, e.g. ["metadata", "plan"]. Null when the error',
        'concerns the whole input.',
      ].join(' '),
      resolve: ({ path }) => path,
    }),
  }),
});

builder.objectType(InvalidInputError, {
  name: 'InvalidInputError',
  description: 'A value is not valid for its input field.',
  interfaces: [MutationError],
});

builder.objectType(NotFoundError, {
  name: 'NotFoundError',
  description: 'An object that the input refers to does not exist.',
  interfaces: [MutationError],
  fields: (t) => ({ id: t.exposeID('id', { description: 'The ID that was given.' }) }),
});

builder.objectType(InUseError, {
  name: 'InUseError',
  description: 'The object cannot be deleted, because other objects depend on it.',
  interfaces: [MutationError],
  fields: (t) => ({
    usedBy: t.field({
      type: ['ID'],
      description: `IDs of the objects that depend on it, at most ${MAX_USES_NAMED}.`,
      resolve: ({ usedBy }) => usedBy,
    }),
  }),
});

builder.objectType(ExternalIdTakenError, {
  name: 'ExternalIdTakenError',
  description: 'Another object of the same type already has this external ID.',
  interfaces: [MutationError],
  fields: (t) => ({
    externalId: t.exposeString('externalId', { description: 'The external ID that is already in use.' }),
  }),
});

builder.objectType(RateLimitedError, {
  name: 'RateLimitedError',
  description: 'The action was attempted too many times.',
  interfaces: [MutationError],
  fields: (t) => ({
    retryAfterSeconds: t.exposeInt('retryAfterSeconds', {
      description: 'The number of seconds to wait before the next attempt.',
    }),
  }),
});

/** Payload of a mutation: its result, or its errors. */
export type Payload<T> = { readonly result: T; readonly errors: readonly [] } | Refusal;

interface Refusal {
  readonly result: null;
  readonly errors: readonly DomainError[];
}

type ErrorClass = abstract new (...args: never[]) => DomainError;

/**
 * Defines `XPayload`, with the given fields and `errors`, and `XError`, the union of the errors that the mutation can
 * return. Each member of the union has the name of its class.
 */
export function payloadType<T>(
  mutation: string,
  errors: readonly ErrorClass[],
  fields: (t: PothosSchemaTypes.ObjectFieldBuilder<Types, Payload<T>>) => FieldMap,
) {
  const union = builder.unionType(`${mutation}Error`, {
    description: `An error of ${mutation}. New members may be added: handle unknown ones through MutationError.`,
    types: errors as never[], // every class is registered as a type, but which ones are given is known only at run time
    resolveType: (error) => (error as DomainError).constructor.name,
  });
  return builder.objectRef<Payload<T>>(`${mutation}Payload`).implement({
    description: `The return type of ${mutation}.`,
    extensions: { [TAKES_INVALID_INPUT]: errors.includes(InvalidInputError) },
    fields: (t) => ({
      ...fields(t),
      errors: t.field({
        type: [union],
        description: 'The errors that prevented the mutation. Empty when the mutation succeeded.',
        resolve: (payload) => payload.errors as readonly never[],
      }),
    }),
  });
}

/**
 * Runs a use case and returns its expected errors as data.
 *
 * @throws {RequestError} UNAUTHENTICATED when the request has no viewer; unexpected errors are rethrown
 */
export function answer<T>(context: GraphQLContext, useCase: (viewer: Viewer) => Promise<T>): Promise<Payload<T>> {
  return answerWithoutViewer(context, async () => useCase(requireViewer(context.viewer)));
}

/** Like `answer`, for a use case that needs no viewer. */
export async function answerWithoutViewer<T>(context: GraphQLContext, useCase: () => Promise<T>): Promise<Payload<T>> {
  assertWanted();
  try {
    return { result: await useCase(), errors: [] };
  } catch (error) {
    if (error instanceof MutationFailure) return { result: null, errors: error.errors };
    throw error;
  } finally {
    context.loaders.clear();
  }
}
