import type { FieldMap } from '@pothos/core';
import { requireViewer, type Viewer } from '../auth/viewer.js';
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
} from '../errors.js';
import { assertWanted } from '../scheduling/request-life.js';
import { builder, type Types } from './builder.js';
import type { GraphQLContext } from './context.js';
import { TAKES_INVALID_INPUT } from './unicode.plugin.js';

const ErrorCodeType = builder.enumType('ErrorCode', {
  description: 'Stable machine code of an expected failure. Compare this, not the message. More may come.',
  values: Object.fromEntries(
    Object.entries(ERROR_CODES).map(([code, description]) => [code, { description }]),
  ) as Record<ErrorCode, { description: string }>, // fromEntries forgets the keys it was given
});

/** What every expected failure has. */
export const MutationError = builder.interfaceRef<DomainError>('MutationError').implement({
  description: 'What every expected failure of a mutation has.',
  resolveType: (error) => error.constructor.name,
  fields: (t) => ({
    code: t.field({ type: ErrorCodeType, description: 'What went wrong, to switch on.', resolve: ({ code }) => code }),
    message: t.exposeString('message', { description: 'For people; wording may change.' }),
    path: t.field({
      type: ['String'],
      nullable: true,
      description: 'Where in input, e.g. ["metadata", "plan"]; null when it is about the whole input.',
      resolve: ({ path }) => path,
    }),
  }),
});

builder.objectType(InvalidInputError, {
  name: 'InvalidInputError',
  description: 'A value that broke a rule of its field.',
  interfaces: [MutationError],
});

builder.objectType(NotFoundError, {
  name: 'NotFoundError',
  description: 'Something named in the input does not exist.',
  interfaces: [MutationError],
  fields: (t) => ({ id: t.exposeID('id', { description: 'The id that was given.' }) }),
});

builder.objectType(InUseError, {
  name: 'InUseError',
  description: 'Something stands in the way of a deletion.',
  interfaces: [MutationError],
  fields: (t) => ({
    usedBy: t.field({
      type: ['ID'],
      description: `Ids of what stands in the way, ${MAX_USES_NAMED} at most.`,
      resolve: ({ usedBy }) => usedBy,
    }),
  }),
});

builder.objectType(ExternalIdTakenError, {
  name: 'ExternalIdTakenError',
  description: 'The external id belongs to another object of the same kind.',
  interfaces: [MutationError],
  fields: (t) => ({ externalId: t.exposeString('externalId', { description: 'The external id that is taken.' }) }),
});

builder.objectType(RateLimitedError, {
  name: 'RateLimitedError',
  description: 'The same thing was tried too often.',
  interfaces: [MutationError],
  fields: (t) => ({
    retryAfterSeconds: t.exposeInt('retryAfterSeconds', { description: 'Seconds until it may be tried again.' }),
  }),
});

/** A mutation's answer: its result, or what is wrong. */
export type Payload<T> = { readonly result: T; readonly errors: readonly [] } | Refusal;

interface Refusal {
  readonly result: null;
  readonly errors: readonly DomainError[];
}

type ErrorClass = abstract new (...args: never[]) => DomainError;

/**
 * Defines `XPayload` with the fields of its result and `errors`, and `XError`, the union of the failures it can
 * answer. The members' names are the names of their classes.
 */
export function payloadType<T>(
  mutation: string,
  errors: readonly ErrorClass[],
  fields: (t: PothosSchemaTypes.ObjectFieldBuilder<Types, Payload<T>>) => FieldMap,
) {
  const union = builder.unionType(`${mutation}Error`, {
    description: `What ${mutation} can be refused for. More may come: fall back on MutationError.`,
    types: errors as never[], // all registered as types; which ones is known at run time only
    resolveType: (error) => (error as DomainError).constructor.name,
  });
  return builder.objectRef<Payload<T>>(`${mutation}Payload`).implement({
    description: `Answer of ${mutation}: what it made or changed, or everything that is wrong.`,
    extensions: { [TAKES_INVALID_INPUT]: errors.includes(InvalidInputError) },
    fields: (t) => ({
      ...fields(t),
      errors: t.field({
        type: [union],
        description: 'Everything that is wrong with the input; empty when the mutation was done.',
        resolve: (payload) => payload.errors as readonly never[],
      }),
    }),
  });
}

/** Calls a use case and turns its expected failure into data; everything else goes on being thrown. */
export function answer<T>(context: GraphQLContext, useCase: (viewer: Viewer) => Promise<T>): Promise<Payload<T>> {
  return answerAnybody(context, async () => useCase(requireViewer(context.viewer)));
}

/** The same for a use case of those who have no credentials yet. */
export async function answerAnybody<T>(context: GraphQLContext, useCase: () => Promise<T>): Promise<Payload<T>> {
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
