import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ExecutionResult, type FormattedExecutionResult, GraphQLError, parse } from 'graphql';
import { CloseCode, handleProtocols, makeServer, type SubscribePayload } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { RequestErrorCode } from '../errors.js';
import type { Ids } from '../ids.js';
import type { Logger } from '../logger.js';
import { toWebOrigin } from '../web-origin.js';
import { EVENT_STREAM_TYPE, JSON_TYPE, RESPONSE_TYPE } from './media-types.js';
import { readEventStream } from './read-event-stream.js';
import { refusedBody } from './refused-response.js';
import { requestIdOf } from './request-log.plugin.js';
import { isOperations } from './routes.plugin.js';

/** What answers requests: the door that everybody else comes through. */
export type Answer = (request: Request, context: { readonly req: IncomingMessage }) => Promise<Response> | Response;

export interface WebSockets {
  /** Takes over the socket of an upgrade request; refuses it where it does not fit. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Ends all sockets; clients are told to come back. */
  close(): void;
}

/** How often a socket is asked whether somebody is there. */
const PING_MS = 12_000;
/** Service Restart (IANA's registry of close codes): clients connect again. */
const RESTART = 1012;
/** Unsupported Data (RFC 6455, 7.4.1). */
const UNSUPPORTED = 1003;
/** What a frame that closes has room for, in bytes (RFC 6455, 5.5). */
const REASON_BYTES = 123;

/** An operation of this kind hands its stream through; the real one is in the request that was answered. */
const STREAM = parse('subscription { stream }');

/**
 * The protocol `graphql-transport-ws`, at the same path. Every operation is a request to the HTTP door, which it passes
 * as any other: who asks is in `connectionParams.authorization`, since browsers cannot set headers of a socket, or in the
 * headers of the upgrade request.
 */
export function createWebSockets(deps: {
  answer: Answer;
  corsOrigins: readonly string[];
  maxBodyBytes: number;
  ids: Ids;
  logger: Logger;
}): WebSockets {
  const { answer, corsOrigins, maxBodyBytes, ids, logger } = deps;
  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxBodyBytes, handleProtocols });
  const server = makeServer<Record<string, unknown>, Extra>({
    onSubscribe: async ({ extra, connectionParams }, _, payload) => {
      const response = await answer(requestOf(extra.request, connectionParams ?? {}, payload), { req: extra.request });
      const isStream = response.headers.get('content-type')?.startsWith(EVENT_STREAM_TYPE) && response.body;
      const results = isStream ? readEventStream(isStream, extra.restart) : await response.json();
      const { data, errors } = results as ExecutionResult; // a stream has neither
      if (errors && data === undefined) {
        return errors.map(({ message, path, extensions }) => new GraphQLError(message, { path, extensions }));
      }
      return { schema: undefined as never, document: STREAM, contextValue: results }; // no schema is executed
    },
    // What came as JSON goes on as it is.
    onNext: (_context, _id, _payload, _args, result) => result as FormattedExecutionResult,
    subscribe: ({ contextValue }) => contextValue as ExecutionResult | AsyncGenerator<ExecutionResult>,
  });

  sockets.on('connection', (socket, request) => {
    const extra: Extra = { request, restart: () => socket.close(RESTART, 'Service restart') };
    const closed = server.opened(
      {
        protocol: socket.protocol,
        // Resolved when it is written: what a slow reader has not taken is not piled up here.
        send: (text) => new Promise((resolve) => socket.send(text, () => resolve())),
        close: (code, reason) => socket.close(code, shortened(reason ?? '')),
        onMessage: (handle) => {
          socket.on('message', (data, isBinary) => {
            if (isBinary) return socket.close(UNSUPPORTED, 'Send text');
            handle(String(data)).catch((error: unknown) => {
              logger.error({ err: error }, 'unexpected error on a WebSocket');
              socket.close(CloseCode.InternalServerError, 'Internal server error');
            });
          });
        },
      },
      extra,
    );
    const stopPinging = ping(socket);
    // A message that is too large, or none: the socket is closed by what it tells.
    socket.on('error', (error) => logger.debug({ err: error }, 'WebSocket failed'));
    socket.once('close', (code, reason) => {
      stopPinging();
      closed(code, String(reason));
    });
  });

  const refuse = (request: IncomingMessage, socket: Duplex, { status, code, message }: Refused) => {
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
      // RFC 6455, 4.4: what a client of another version is told.
      'Sec-WebSocket-Version: 13',
      ...(status === 405 ? ['Allow: GET'] : []),
    ];
    // Node has let go of the socket: nobody else takes its errors, and closes it.
    socket.on('error', () => socket.destroy());
    socket.once('finish', () => socket.destroy());
    socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  };
  sockets.on('wsClientError', ({ message }, socket, request) => {
    const status = request.method === 'GET' ? 400 : 405;
    refuse(request, socket, { status, code: 'BAD_REQUEST', message: `This is no WebSocket handshake: ${message}.` });
  });

  return {
    upgrade(request, socket, head) {
      const refused = refusalOf(request, corsOrigins);
      if (refused !== null) return refuse(request, socket, refused);
      sockets.handleUpgrade(request, socket, head, (webSocket) => sockets.emit('connection', webSocket, request));
    },
    close() {
      for (const socket of sockets.clients) socket.close(RESTART, 'Service restart');
    },
  };
}

/** What a socket is accompanied by. */
interface Extra extends Record<PropertyKey, unknown> {
  readonly request: IncomingMessage;
  readonly restart: () => void;
}

/** Why there is no socket. */
interface Refused {
  readonly status: 400 | 403 | 404 | 405;
  readonly code: RequestErrorCode;
  readonly message: string;
}

function refusalOf({ url, headers }: IncomingMessage, origins: readonly string[]): Refused | null {
  const [path = ''] = (url ?? '').split('?', 1);
  if (!isOperations(path)) {
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

/** An operation of a socket as the request that it would be. */
function requestOf(upgrade: IncomingMessage, params: Record<string, unknown>, payload: SubscribePayload): Request {
  const passed = ['user-agent', 'x-forwarded-for'].flatMap((name) => {
    const value = upgrade.headers[name];
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  const authorization = params.authorization ?? params.Authorization ?? upgrade.headers.authorization;
  return new Request(`http://${upgrade.headers.host ?? 'localhost'}/graphql`, {
    method: 'POST',
    headers: {
      ...Object.fromEntries(passed),
      // A header has no other signs; neither has a key or token, so one that has is refused as any that is malformed.
      ...(typeof authorization === 'string' ? { authorization: authorization.replace(/[^\x20-\x7e]/g, '?') } : {}),
      'content-type': JSON_TYPE,
      accept: `${RESPONSE_TYPE}, ${EVENT_STREAM_TYPE};q=0.9`,
    },
    body: JSON.stringify(payload),
  });
}

/** As many whole characters as fit: the protocol's reasons hold ids that clients choose. */
function shortened(reason: string): Buffer {
  const bytes = Buffer.alloc(REASON_BYTES);
  return bytes.subarray(0, new TextEncoder().encodeInto(reason, bytes).written);
}

/** Asks for a sign of life; ends the socket when none has come by the next time. @returns what stops it */
function ping(socket: WebSocket): () => void {
  let isAlive = true;
  socket.on('pong', () => {
    isAlive = true;
  });
  const timer = setInterval(() => {
    if (!isAlive) return socket.terminate();
    isAlive = false;
    socket.ping();
  }, PING_MS);
  return () => clearInterval(timer);
}
