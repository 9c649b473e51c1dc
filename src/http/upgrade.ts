import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { RequestErrorCode } from '../domain/errors.js';
import type { Ids } from '../domain/ids.js';
import { toWebOrigin } from '../input/web-origin.js';
import { JSON_TYPE } from './media-types.js';
import { refusedBody } from './refusal.js';
import { requestIdOf } from './request-log.js';

/** Why an upgrade request gets no WebSocket. */
export interface RefusedUpgrade {
  readonly status: 400 | 403 | 404 | 405;
  readonly code: RequestErrorCode;
  readonly message: string;
}

/**
 * Checks the address, the host and the origin of an upgrade request: browsers send no preflight before one.
 *
 * @param isAddress whether the path takes WebSockets
 */
export function upgradeProblemOf(
  { url, headers }: IncomingMessage,
  origins: readonly string[],
  isAddress: (path: string) => boolean,
): RefusedUpgrade | null {
  const [path = ''] = (url ?? '').split('?', 1);
  if (!isAddress(path)) {
    return {
      status: 404,
      code: 'BAD_REQUEST',
      message: 'There is no WebSocket at this address: there is at /graphql.',
    };
  }
  const { origin, host } = headers;
  if (!URL.canParse(`http://${host}`)) {
    return { status: 400, code: 'BAD_REQUEST', message: 'The Host header is no host: send the name of this server.' };
  }
  const isForeign =
    origin !== undefined && ![`http://${host}`, `https://${host}`].some((own) => toWebOrigin(own) === origin);
  if (!isForeign || origins.some((one) => one === '*' || one === origin)) return null;
  return { status: 403, code: 'FORBIDDEN', message: 'Pages of this origin may not call: name it in CORS_ORIGINS.' };
}

/** Answers an upgrade request with a refusal, and closes the socket. */
export function refuseUpgrade(
  request: IncomingMessage,
  socket: Duplex,
  { status, code, message }: RefusedUpgrade,
  ids: Ids,
): void {
  const given = request.headers['x-request-id'];
  const requestId = requestIdOf(typeof given === 'string' ? given : null, ids);
  const body = refusedBody(code, message, requestId);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Connection: close',
    `Content-Type: ${JSON_TYPE}; charset=utf-8`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    `x-request-id: ${requestId}`,
    // RFC 6455, section 4.4: tells a client of another version which one is served.
    'Sec-WebSocket-Version: 13',
    ...(status === 405 ? ['Allow: GET'] : []),
  ];
  // Node has handed the socket over: nobody else handles its errors or closes it.
  socket.on('error', () => socket.destroy());
  socket.once('finish', () => socket.destroy());
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
