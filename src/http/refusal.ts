import type { ServerResponse } from 'node:http';
import { Response } from '@whatwg-node/server';
import type { RequestErrorCode } from '../domain/errors.js';
import { JSON_TYPE } from './media-types.js';

/** The body of an answer that refuses a request before any operation runs. It has the form of GraphQL errors. */
export function refusedBody(code: RequestErrorCode, message: string, requestId: string): string {
  return JSON.stringify({ errors: [{ message, extensions: { code, requestId } }] });
}

/** Writes the body of a refusal. */
export type WriteRefusal = typeof refusedBody;

/** The form that refusals have at an address: that of the API that is there. */
export type RefusalForm = (url: string) => WriteRefusal;

/** Refuses a request of Node before it is made a `Request`. */
export function refuseAtOnce(
  response: ServerResponse,
  status: number,
  body: string,
  requestId: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    'content-type': `${JSON_TYPE}; charset=utf-8`,
    'cache-control': 'no-store',
    'x-request-id': requestId,
    ...headers,
  });
  response.end(body);
}

/** An answer that refuses a request. */
export function refusedResponse(
  status: number,
  message: string,
  requestId: string,
  headers: Readonly<Record<string, string>> = {},
  code: RequestErrorCode = 'BAD_REQUEST',
): Response {
  return new Response(refusedBody(code, message, requestId), {
    status,
    headers: { 'content-type': `${JSON_TYPE}; charset=utf-8`, ...headers },
  });
}
