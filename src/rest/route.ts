import { Response } from '@whatwg-node/server';
import { contentTypeOf, isEncoded, JSON_TYPE } from '../http/media-types.js';
import type { Requests } from '../http/request-log.js';
import type { Exchange, Route } from '../http/route.js';
import { VERSION } from '../runtime/version.js';
import { assertWanted, clientClosed } from '../scheduling/request-life.js';
import type { RestAnswer, RestDoor } from './door.js';
import { openApiDocument } from './openapi.js';
import { openApiRoutes } from './openapi-page.js';
import { OPERATIONS } from './operations/index.js';
import { failed } from './protocol/failure.js';
import { familyOf } from './routes.js';

/** Returns the routes of the REST API and of its description. */
export function restRoutes(door: RestDoor, requests: Requests, maxBodyBytes: number): readonly Route[] {
  const describe = () => openApiDocument(OPERATIONS, VERSION);
  return [restRoute(door, requests, maxBodyBytes), ...openApiRoutes(VERSION, describe)];
}

function restRoute(door: RestDoor, requests: Requests, maxBodyBytes: number): Route {
  async function answer({ request, url, context }: Exchange): Promise<Response> {
    const entry = requests.of(request);
    // Until the operation is known: the path can contain personal data.
    entry.path = `${familyOf(url.pathname)}/…`;
    const body = await readBody(request, maxBodyBytes);
    const given = await door.answer({
      method: request.method,
      pathname: url.pathname,
      search: url.search.slice(1),
      body,
      requestId: entry.id,
      header: (name) => request.headers.get(name),
      message: context.req,
      assertWanted,
    });
    if (given.viewer) entry.viewer = given.viewer;
    entry.path = given.path;
    if (given.status === 500) requests.report(request, 'INTERNAL_SERVER_ERROR', given.error);
    if (given.status === 503) requests.report(request, 'SERVICE_UNAVAILABLE', given.error);
    return toResponse(given);
  }
  return { matches: (pathname) => door.owns(pathname), methods: null, answer };
}

/** Reads a body up to the limit. Returns the function that decodes it, which throws what is wrong with it. */
async function readBody({ body, method, headers }: Request, maxBytes: number): Promise<() => string> {
  if (!body || method === 'GET' || method === 'HEAD') return () => '';
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of body) {
      size += chunk.byteLength;
      if (size > maxBytes) break;
      chunks.push(chunk);
    }
  } catch {
    // Node cannot read the rest of a body whose sender has gone.
    throw clientClosed();
  }
  return () => {
    if (size > maxBytes) throw failed([413, 'payload_too_large'], `The body has more than ${maxBytes} bytes.`);
    return size === 0 ? '' : decode(Buffer.concat(chunks), headers);
  };
}

function decode(bytes: Uint8Array, headers: Headers): string {
  const { isJson, isUtf8 } = contentTypeOf(headers);
  if (!isJson || !isUtf8 || isEncoded(headers)) {
    throw failed([415, 'unsupported_media_type'], 'Send the body as JSON in UTF-8: Content-Type: application/json.');
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw failed([400, 'invalid_json'], 'The body is not UTF-8.');
  }
}

function toResponse({ status, body, headers }: Pick<RestAnswer, 'status' | 'body' | 'headers'>): Response {
  const type: readonly (readonly [string, string])[] =
    body === null ? [] : [['content-type', `${JSON_TYPE}; charset=utf-8`]];
  return new Response(body, { status, headers: [...type, ...headers].map(([name, value]) => [name, value]) });
}
