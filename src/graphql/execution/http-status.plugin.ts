import type { ExecutionResult, GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { StatusForJson } from '../../config/graph-settings.js';
import type { RequestErrorCode } from '../../domain/errors.js';
import { EVENT_STREAM_TYPE, JSON_TYPE, namedTypes, RESPONSE_TYPE } from '../../http/media-types.js';
import { isExecutionResult } from '../errors/execution-result.js';
import { answerTypeOf } from './answer-type.plugin.js';

/**
 * Codes with status 422 (GraphQL over HTTP, September 2026): the request is well-formed and its document parses, but it
 * cannot be executed. Requests that are rejected earlier, or for reasons of HTTP, have other statuses.
 */
const UNPROCESSABLE: readonly RequestErrorCode[] = [
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_USER_INPUT',
];

/**
 * Codes that keep their status even with `legacy200`. Either the request is not well-formed, or clients and proxies act
 * on the status without reading the body, for example by authenticating again or by waiting.
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

/** Status of a response with both data and errors (GraphQL over HTTP, September 2026). */
const PARTIAL_SUCCESS = 294;

/** Sets the status of responses as in the released specification. Yoga implements an earlier draft. */
export function useReleasedStatus(forJson: StatusForJson): Plugin {
  return {
    onResultProcess: ({ request, result }) => {
      if (Array.isArray(result) || !isExecutionResult(result) || !result.errors?.length) return;
      if (forJson === 'always200' && acceptsOnlyJson(request)) return setForAll(result, 200);
      const isLegacy = forJson === 'legacy200' && answerTypeOf(request) === JSON_TYPE;
      if (result.data == null) for (const error of result.errors) setStatus(error, isLegacy);
      else setForAll(result, isLegacy ? 200 : PARTIAL_SUCCESS);
    },
  };
}

/**
 * Whether `Accept` names neither the newer response type nor a stream. With `always200` such a client always gets 200,
 * because some routers discard responses with other statuses. Apollo Gateway (2.14.4) sends the wildcard of its HTTP
 * client.
 */
function acceptsOnlyJson({ headers }: Request): boolean {
  const named = namedTypes(headers);
  return ![RESPONSE_TYPE, EVENT_STREAM_TYPE, 'multipart/mixed'].some((type) => named.includes(type));
}

/** Error extensions that this server and Yoga set. */
interface Extensions {
  readonly code?: RequestErrorCode;
  readonly http?: { readonly status?: number; readonly headers?: Record<string, string> };
  /** The parse error of the request, e.g. of its JSON. */
  readonly originalError?: object;
}

function setStatus(error: GraphQLError, isLegacy: boolean): void {
  const { code, http, originalError } = error.extensions as Extensions;
  const is200 = isLegacy && code !== undefined && !TOLD_BY_STATUS.includes(code);
  const status = is200 ? 200 : statusFor(code, http?.status, originalError !== undefined);
  // It can quote the request.
  delete error.extensions.originalError;
  // With `spec`, Yoga would apply the status to only one media type.
  error.extensions.http = { ...http, spec: false, ...(status === undefined ? {} : { status }) };
}

function statusFor(code: RequestErrorCode | undefined, given: number | undefined, isUnreadable: boolean) {
  const isIllFormed = code === 'BAD_REQUEST' && given === 400 && !isUnreadable;
  const isUnprocessable = isIllFormed || (code !== undefined && UNPROCESSABLE.includes(code));
  return isUnprocessable ? 422 : given;
}

/** Sets one status for the whole response and removes those of its errors. Keeps the headers of the errors. */
function setForAll(result: ExecutionResult, status: number): void {
  for (const error of result.errors ?? []) {
    const { http } = error.extensions as Extensions;
    if (http?.headers) error.extensions.http = { headers: http.headers };
    else delete error.extensions.http;
  }
  // Yoga reads it and removes it from the response. The result belongs to this request, so it can be modified.
  Object.assign(result, { extensions: { ...result.extensions, http: { status } } });
}
