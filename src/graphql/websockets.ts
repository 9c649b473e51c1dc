import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ExecutionResult, type FormattedExecutionResult, GraphQLError, parse } from 'graphql';
import { CloseCode, handleProtocols, makeServer, type SubscribePayload } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Ids } from '../domain/ids.js';
import { EVENT_STREAM_TYPE, JSON_TYPE, RESPONSE_TYPE } from '../http/media-types.js';
import { refuseUpgrade, upgradeProblemOf } from '../http/upgrade.js';
import type { Logger } from '../runtime/logger.js';
import { readEventStream } from './execution/read-event-stream.js';
import { isGraphqlPath } from './path.js';

/** The HTTP request handler of the server. */
export type Answer = (request: Request, context: { readonly req: IncomingMessage }) => Promise<Response> | Response;

export interface WebSockets {
  /** Accepts or rejects an upgrade request. Takes over its socket in both cases. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Closes all sockets with a code after which clients reconnect. */
  close(): void;
}

/** Interval between pings, in milliseconds. */
const PING_MS = 12_000;
/** Service Restart (IANA's registry of close codes). Clients reconnect after it. */
const RESTART = 1012;
/** Unsupported Data (RFC 6455, 7.4.1). */
const UNSUPPORTED = 1003;
/** Maximum size of the reason in a close frame, in bytes (RFC 6455, 5.5). */
const REASON_BYTES = 123;

/** Placeholder document for graphql-ws. The HTTP request handler executes the real operation. */
const STREAM = parse('subscription { stream }');

/**
 * Creates the server for the protocol `graphql-transport-ws`, at the path of the GraphQL endpoint. Every operation
 * becomes a request to the HTTP request handler, so that all its checks apply. The credentials are in
 * `connectionParams.authorization`, because browsers cannot set headers of a WebSocket, or in the upgrade request.
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
      const { data, errors } = results as ExecutionResult; // a stream has neither of the two properties
      if (errors && data === undefined) {
        return errors.map(({ message, path, extensions }) => new GraphQLError(message, { path, extensions }));
      }
      return { schema: undefined as never, document: STREAM, contextValue: results }; // never executed
    },
    // Results are already formatted.
    onNext: (_context, _id, _payload, _args, result) => result as FormattedExecutionResult,
    subscribe: ({ contextValue }) => contextValue as ExecutionResult | AsyncGenerator<ExecutionResult>,
  });

  sockets.on('connection', (socket, request) => {
    const extra: Extra = { request, restart: () => socket.close(RESTART, 'Service restart') };
    const closed = server.opened(
      {
        protocol: socket.protocol,
        // Resolves when the message is written, so that messages for a slow client do not accumulate in memory.
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
    // Caused by a frame that is too large or malformed. The library closes the socket.
    socket.on('error', (error) => logger.debug({ err: error }, 'WebSocket failed'));
    socket.once('close', (code, reason) => {
      stopPinging();
      closed(code, String(reason));
    });
  });

  sockets.on('wsClientError', ({ message }, socket, request) => {
    const status = request.method === 'GET' ? 400 : 405;
    const problem = {
      status,
      code: 'BAD_REQUEST',
      message: `This is not a valid WebSocket handshake: ${message}.`,
    } as const;
    refuseUpgrade(request, socket, problem, ids);
  });

  return {
    upgrade(request, socket, head) {
      const problem = upgradeProblemOf(request, corsOrigins, isGraphqlPath);
      if (problem !== null) return refuseUpgrade(request, socket, problem, ids);
      sockets.handleUpgrade(request, socket, head, (webSocket) => sockets.emit('connection', webSocket, request));
    },
    close() {
      for (const socket of sockets.clients) socket.close(RESTART, 'Service restart');
    },
  };
}

/** Data of a socket. */
interface Extra extends Record<PropertyKey, unknown> {
  readonly request: IncomingMessage;
  readonly restart: () => void;
}

/** Converts an operation of a socket to an HTTP request. */
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
      // A header cannot have other characters. No valid key or token has them, so the replacement fails authentication.
      ...(typeof authorization === 'string' ? { authorization: authorization.replace(/[^\x20-\x7e]/g, '?') } : {}),
      'content-type': JSON_TYPE,
      accept: `${RESPONSE_TYPE}, ${EVENT_STREAM_TYPE};q=0.9`,
    },
    body: JSON.stringify(payload),
  });
}

/** Truncates a close reason to the maximum size, at a character boundary. It can contain ids that the client chose. */
function shortened(reason: string): Buffer {
  const bytes = Buffer.alloc(REASON_BYTES);
  return bytes.subarray(0, new TextEncoder().encodeInto(reason, bytes).written);
}

/**
 * Pings the socket at an interval, and terminates it when it has not answered the previous ping.
 *
 * @returns a function that stops the pings
 */
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
