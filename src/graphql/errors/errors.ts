import { GraphQLError } from 'graphql';
import { DatabaseTroubleError } from '../../db/unavailable.js';
import { isRequestErrorCode, RequestError, type RequestErrorCode } from '../../domain/errors.js';
import { INTERNAL, STATUS_OF, UNAVAILABLE } from '../../http/status.js';

/**
 * Converts an error to the one that the caller sees. A `RequestError` and the errors of graphql-js keep their messages.
 * A failure of the database becomes SERVICE_UNAVAILABLE. Every other error becomes INTERNAL_SERVER_ERROR with a generic
 * message. The last two keep their cause as `originalError`, for the log.
 */
export function presentError(error: unknown): GraphQLError {
  // Yoga also passes errors that were already converted.
  if (error instanceof GraphQLError && isRequestErrorCode(error.extensions.code)) return error;
  const cause = error instanceof GraphQLError ? (error.originalError ?? null) : error;
  if (cause === null && error instanceof GraphQLError) return error;
  // A scalar throws a GraphQLError for an invalid value, which graphql-js wraps in another one.
  if (cause instanceof GraphQLError && error instanceof GraphQLError) return withoutValue(error, cause.message);
  if (cause instanceof RequestError) return withCode(error, cause.message, cause.code, null, cause.details);
  if (cause instanceof DatabaseTroubleError) return withCode(error, UNAVAILABLE, 'SERVICE_UNAVAILABLE', cause);
  return withCode(error, INTERNAL, 'INTERNAL_SERVER_ERROR', asError(cause));
}

function asError(cause: unknown): Error {
  return cause instanceof Error ? cause : new Error(String(cause));
}

/**
 * Creates an error for a request that could not be parsed, e.g. as JSON. Its status is 400. A request that was parsed
 * but is not valid has 422.
 *
 * @param message must not quote the request
 */
export function unreadable(message: string): GraphQLError {
  return new GraphQLError(message, {
    extensions: { code: 'BAD_REQUEST', http: { status: 400 }, originalError: { message } },
  });
}

/**
 * Removes the value from an error about a variable. graphql-js prints the value, or the whole input object for one
 * missing field, and it can contain a password or a hash. The path and the reason remain.
 */
function withoutValue(error: GraphQLError, reason: string): GraphQLError {
  const before = error.message.slice(0, -`; ${reason}`.length);
  const [, variable] = /^Variable "(\$\w+)" got invalid value /.exec(before) ?? [];
  if (variable === undefined) return error;
  const [place = ''] = / at "[\w.[\]]+"$/.exec(before) ?? [];
  const why = reason
    .replace(/(cannot represent [^:]*): .*$/s, '$1.')
    .replace(/^Value ".*" does not exist/s, 'The value does not exist');
  const { nodes = null, originalError = null } = error;
  return new GraphQLError(`Variable "${variable}" got an invalid value${place}; ${why}`, { nodes, originalError });
}

function withCode(
  error: unknown,
  message: string,
  code: RequestErrorCode,
  originalError: Error | null = null,
  details: RequestError['details'] = {},
): GraphQLError {
  const status = STATUS_OF[code];
  const extensions = { ...details, code, ...(status === undefined ? {} : { http: httpOf(status, code) }) };
  if (!(error instanceof GraphQLError)) return new GraphQLError(message, { originalError, extensions });
  // exactOptionalPropertyTypes: graphql-js accepts null, but not undefined.
  const { nodes = null, source = null, positions = null, path = null } = error;
  return new GraphQLError(message, { nodes, source, positions, path, originalError, extensions });
}

/** Headers of an answer with this code. */
const HEADERS: Partial<Record<RequestErrorCode, Record<string, string>>> = {
  UNAUTHENTICATED: { 'WWW-Authenticate': 'Bearer' },
  SERVICE_UNAVAILABLE: { 'Retry-After': '1' },
};

function httpOf(status: number, code: RequestErrorCode) {
  const headers: Record<string, string> = { ...HEADERS[code] };
  // Without `spec`, the status applies to application/json too.
  return { status, headers };
}
