import type { ExecutionResult, GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { RequestErrorCode } from '../errors.js';
import { isExecutionResult } from './execution-result.js';

/** Which status a client gets that takes `application/json` alone. */
export const STATUSES_FOR_JSON = ['released', 'legacy200', 'always200'] as const;
export type StatusForJson = (typeof STATUSES_FOR_JSON)[number];

/**
 * GraphQL over HTTP, September 2026: what is well-formed JSON and a document and still no request that can be executed
 * is 422. What is refused before that, or for a reason of HTTP's own, has another status.
 */
const UNPROCESSABLE: readonly RequestErrorCode[] = [
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_USER_INPUT',
];

/** The same: there is data, and there are errors. */
const PARTIAL_SUCCESS = 294;
const NEW_TYPE = 'application/graphql-response+json';

/** Gives answers the status of the released specification; Yoga's are those of the draft before. */
export function useReleasedStatus(forJson: StatusForJson): Plugin {
  return {
    onResultProcess: ({ request, result }) => {
      if (Array.isArray(result) || !isExecutionResult(result) || !result.errors?.length) return;
      if (getsAlways200(forJson, request)) return setForAll(result, 200);
      const isLegacy = forJson === 'legacy200' && !(request.headers.get('accept') ?? '').includes(NEW_TYPE);
      if (result.data == null) for (const error of result.errors) setStatus(error, isLegacy);
      else setForAll(result, isLegacy ? 200 : PARTIAL_SUCCESS);
    },
  };
}

/**
 * Whether an answer is 200 whatever is wrong, so that a router which drops all other answers passes on what it says: its
 * `Accept` names neither the newer type nor a stream. Apollo Gateway (2.14.4) sends the wildcard of its HTTP client.
 */
export function getsAlways200(forJson: StatusForJson, request: Request): boolean {
  if (forJson !== 'always200') return false;
  const accept = (request.headers.get('accept') ?? '').toLowerCase();
  return ![NEW_TYPE, 'text/event-stream', 'multipart/mixed'].some((type) => accept.includes(type));
}

/** What this server and Yoga put into the extensions of an error. */
interface Extensions {
  readonly code?: RequestErrorCode;
  readonly http?: { readonly status?: number; readonly headers?: Record<string, string> };
  /** What could not be read, e.g. JSON. */
  readonly originalError?: object;
}

function setStatus(error: GraphQLError, isLegacy: boolean): void {
  const { code, http, originalError } = error.extensions as Extensions;
  const isDocuments = code !== undefined && [...UNPROCESSABLE, 'GRAPHQL_PARSE_FAILED'].includes(code);
  const status = isLegacy && isDocuments ? 200 : statusFor(code, http?.status, originalError !== undefined);
  // Yoga's `spec` would have it count for one type of answer alone.
  error.extensions.http = { ...http, spec: false, ...(status === undefined ? {} : { status }) };
}

function statusFor(code: RequestErrorCode | undefined, given: number | undefined, isUnreadable: boolean) {
  const isIllFormed = code === 'BAD_REQUEST' && given === 400 && !isUnreadable;
  const isUnprocessable = isIllFormed || (code !== undefined && UNPROCESSABLE.includes(code));
  return isUnprocessable ? 422 : given;
}

/** One status for the whole answer, whatever its errors would be by themselves; their headers stay. */
function setForAll(result: ExecutionResult, status: number): void {
  for (const error of result.errors ?? []) {
    const { http } = error.extensions as Extensions;
    if (http?.headers) error.extensions.http = { headers: http.headers };
    else delete error.extensions.http;
  }
  // Read by Yoga, and not part of the answer. Results of executions are plain objects of this request.
  Object.assign(result, { extensions: { ...result.extensions, http: { status } } });
}
