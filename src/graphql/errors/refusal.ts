import { GraphQLError } from 'graphql';
import type { RequestErrorCode } from '../../domain/errors.js';

/** Creates an error that rejects an operation before it runs. With `spec`, JSON clients would get status 200. */
export function refusal(
  code: RequestErrorCode,
  status: number,
  message: string,
  details: Readonly<Record<string, unknown>> = {},
  headers: Readonly<Record<string, string>> = {},
): GraphQLError {
  return new GraphQLError(message, { extensions: { code, ...details, http: { status, headers: { ...headers } } } });
}
