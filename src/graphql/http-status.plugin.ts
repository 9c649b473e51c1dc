import type { ExecutionResult, GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { RequestErrorCode } from '../errors.js';
import { answerTypeOf } from './answer-type.plugin.js';
import { isExecutionResult } from './execution-result.js';
import { EVENT_STREAM_TYPE, JSON_TYPE, namedTypes, RESPONSE_TYPE } from './media-types.js';

/** Which status an answer of the type `application/json` has. */
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

/**
 * What a client that wants 200 is told by the status all the same: the request is not well-formed, or clients and proxies
 * act on the status before anybody reads the body: they sign in again, or wait.
 */
const TOLD_BY_STATUS: readonly RequestErrorCode[] = [
  'BAD_REQUEST',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'UNSIGNED_REQUEST',
  'RATE_LIMITED',
  'SERVICE_UNAVAILABLE',
  'TIMEOUT',
];

/** The same: there is data, and there are errors. */
const PARTIAL_SUCCESS = 294;

/** Gives answers the status of the released specification; Yoga's are those of the draft before. */
export function useReleasedStatus(forJson: StatusForJson): Plugin {
  return {
    onResultProcess: ({ request, result }) => {
      if (Array.isArray(result) || !isExecutionResult(result) || !result.errors?.length) return;
      if (forJson === 'always200' && namesNoOther(request)) return setForAll(result, 200);
      const isLegacy = forJson === 'legacy200' && answerTypeOf(request) === JSON_TYPE;
      if (result.data == null) for (const error of result.errors) setStatus(error, isLegacy);
      else setForAll(result, isLegacy ? 200 : PARTIAL_SUCCESS);
    },
  };
}

/**
 * Whether an answer may be 200 whatever is wrong, for a router that drops all other answers: its `Accept` names neither
 * the newer type nor a stream. Apollo Gateway (2.14.4) sends the wildcard of its HTTP client.
 */
function namesNoOther({ headers }: Request): boolean {
  const named = namedTypes(headers);
  return ![RESPONSE_TYPE, EVENT_STREAM_TYPE, 'multipart/mixed'].some((type) => named.includes(type));
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
  const is200 = isLegacy && code !== undefined && !TOLD_BY_STATUS.includes(code);
  const status = is200 ? 200 : statusFor(code, http?.status, originalError !== undefined);
  // It may quote what was sent.
  delete error.extensions.originalError;
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
