import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ExecutionResult, type FormattedExecutionResult, GraphQLError, parse } from 'graphql';
import { CloseCode, handleProtocols, makeServer, type SubscribePayload } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Logger } from '../logger.js';
import { toWebOrigin } from '../web-origin.js';
import { readEventStream } from './read-event-stream.js';

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
  logger: Logger;
}): WebSockets {
  const { answer, corsOrigins, maxBodyBytes, logger } = deps;
  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxBodyBytes, handleProtocols });
  const server = makeServer<Record<string, unknown>, Extra>({
    onSubscribe: async ({ extra, connectionParams }, _, payload) => {
      const response = await answer(requestOf(extra.request, connectionParams ?? {}, payload), { req: extra.request });
      const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') && response.body;
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
        close: (code, reason) => socket.close(code, reason),
        onMessage: (handle) => {
          socket.on('message', (data) => {
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

  return {
    upgrade(request, socket, head) {
      const refused = refusalOf(request, corsOrigins);
      if (refused !== null) {
        socket.end(`HTTP/1.1 ${refused}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
        return;
      }
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

function refusalOf({ url, headers }: IncomingMessage, origins: readonly string[]): string | null {
  if (new URL(url ?? '', 'http://localhost').pathname !== '/graphql') return '404 Not Found';
  const { origin, host } = headers;
  const isForeign =
    origin !== undefined && ![`http://${host}`, `https://${host}`].some((own) => toWebOrigin(own) === origin);
  if (isForeign && !origins.some((one) => one === '*' || one === origin)) return '403 Forbidden';
  return null;
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
      ...(typeof authorization === 'string' ? { authorization } : {}),
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, text/event-stream;q=0.9',
    },
    body: JSON.stringify(payload),
  });
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
