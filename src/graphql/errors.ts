import { GraphQLError } from 'graphql';
import { troubleOf } from '../db/unavailable.js';
import { isRequestErrorCode, RequestError, type RequestErrorCode } from '../errors.js';

/** HTTP status of a request that is refused as a whole; all others keep what GraphQL over HTTP asks for. */
const STATUS: Partial<Record<RequestErrorCode, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  SERVICE_UNAVAILABLE: 503,
  TIMEOUT: 504,
  // Nginx's number; nobody reads the answer, but the log has it.
  CLIENT_CLOSED_REQUEST: 499,
};

/**
 * Decides what a caller sees of an error: a `RequestError` and what graphql-js finds wrong with a request as they
 * are, what the machine does to SQLite as SERVICE_UNAVAILABLE, everything else as a bland INTERNAL_SERVER_ERROR. The
 * last two keep their cause as `originalError`, for the log.
 */
export function presentError(error: unknown): GraphQLError {
  // Yoga asks again about errors it has been told of.
  if (error instanceof GraphQLError && isRequestErrorCode(error.extensions.code)) return error;
  const cause = error instanceof GraphQLError ? (error.originalError ?? null) : error;
  if (cause === null && error instanceof GraphQLError) return error;
  // A scalar refuses a literal or variable by throwing a GraphQLError; graphql-js wraps it in one of its own.
  if (cause instanceof GraphQLError && error instanceof GraphQLError) return withoutValue(error, cause.message);
  if (cause instanceof RequestError) return withCode(error, cause.message, cause.code, null, cause.details);
  const trouble = troubleOf(cause);
  if (trouble !== null) return withCode(error, UNAVAILABLE, 'SERVICE_UNAVAILABLE', asError(cause));
  const message = 'Something went wrong in the server; its log has the requestId.';
  return withCode(error, message, 'INTERNAL_SERVER_ERROR', asError(cause));
}

const UNAVAILABLE =
  'The database cannot be used at the moment, and nothing was changed: try again later. The log of the server says why.';

function asError(cause: unknown): Error {
  return cause instanceof Error ? cause : new Error(String(cause));
}

/**
 * Refuses a request of which something could not be read, e.g. JSON: 400, where what is read and does not fit is 422.
 *
 * @param message holds nothing of what was sent
 */
export function unreadable(message: string): GraphQLError {
  return new GraphQLError(message, {
    extensions: { code: 'BAD_REQUEST', http: { status: 400 }, originalError: { message } },
  });
}

/**
 * graphql-js prints the variable that does not fit, and a whole input object for one missing field: a password or a
 * hash may stand in it. Where it is and why it does not fit is enough.
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
  const status = STATUS[code];
  const extensions = { ...details, code, ...(status === undefined ? {} : { http: httpOf(status, code) }) };
  if (!(error instanceof GraphQLError)) return new GraphQLError(message, { originalError, extensions });
  // exactOptionalPropertyTypes: graphql-js takes null, not undefined.
  const { nodes = null, source = null, positions = null, path = null } = error;
  return new GraphQLError(message, { nodes, source, positions, path, originalError, extensions });
}

function httpOf(status: number, code: RequestErrorCode) {
  const headers: Record<string, string> = code === 'UNAUTHENTICATED' ? { 'WWW-Authenticate': 'Bearer' } : {};
  // `spec`: with application/graphql-response+json the status stands; a JSON-only client gets it too.
  return { status, headers };
}
