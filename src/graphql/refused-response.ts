import type { RequestErrorCode } from '../errors.js';
import { JSON_TYPE } from './media-types.js';

/** The body of a refusal that no operation comes to: the form that errors of GraphQL have. */
export function refusedBody(code: RequestErrorCode, message: string, requestId: string): string {
  return JSON.stringify({ errors: [{ message, extensions: { code, requestId } }] });
}

/** Answers so; the id of the request is in the headers of every answer. */
export function refusedResponse(
  fetchAPI: { readonly Response: typeof Response },
  status: number,
  message: string,
  requestId: string,
  headers: Readonly<Record<string, string>> = {},
  code: RequestErrorCode = 'BAD_REQUEST',
): Response {
  const body = refusedBody(code, message, requestId);
  return new fetchAPI.Response(body, {
    status,
    headers: { 'content-type': `${JSON_TYPE}; charset=utf-8`, ...headers },
  });
}
