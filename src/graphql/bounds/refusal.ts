import { GraphQLError } from 'graphql';
import type { RequestErrorCode } from '../../errors.js';

/** A refusal of a whole operation before it runs. `spec: true` would turn the status into 200 for JSON-only clients. */
export function refusal(
  code: RequestErrorCode,
  status: number,
  message: string,
  details: Readonly<Record<string, unknown>> = {},
  headers: Readonly<Record<string, string>> = {},
): GraphQLError {
  return new GraphQLError(message, { extensions: { code, ...details, http: { status, headers: { ...headers } } } });
}
