import { createServer } from 'node:http';
import { type AddressInfo, Server as NetServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { App } from '../../app.js';
import type { Config } from '../../config/config.js';
import { nextTurn } from '../../scheduling/turns.js';
import { listenAt } from './listening.js';
import { placeOf } from './places.js';
import { stopOnSignal } from './stopping.js';

/** A running server. */
export interface Listening {
  /** URL of the server, e.g. `http://127.0.0.1:4000`. */
  readonly url: string;
  /** Resolves after a signal, when all requests have been answered and the database is closed. */
  readonly stopped: Promise<void>;
}

/** Timeouts of the request, so that slow clients do not occupy connections. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;

/**
 * How long a stopping server continues to accept requests. A load balancer needs time to notice that `/readyz` fails,
 * and closing a socket with unread data resets the connection.
 */
const LINGER_MS = 500;
/**
 * After `LINGER_MS`, the server waits until nothing has arrived for `QUIET_TURNS` turns of the event loop: a busy process
 * may wake up late and still have connections to accept and requests to read. `MAX_TURNS` limits the wait, because under
 * load there may be no such pause.
 */
const QUIET_TURNS = 8;
const MAX_TURNS = 1_000;

/**
 * Starts the server, and shuts it down on SIGTERM or SIGINT: `/readyz` fails, the server stops accepting connections,
 * requests in progress are answered, and the database is closed. A second signal, or the end of the drain time, closes
 * the remaining connections.
 *
 * @throws {ListenError} when the configured address cannot be used
 */
export async function listen(app: App, config: Config): Promise<Listening> {
  let draining = false;
  let underWay = 0;
  let arrived = 0;
  const server = createServer((request, response) => {
    underWay++;
    arrived++;
    response.once('close', () => {
      underWay--;
      closeIdle();
    });
    // The header closes the connection after the response, so that the client sends its next request elsewhere.
    if (draining) response.setHeader('Connection', 'close');
    app.listener(request, response);
  });
  /** Closes connections without a request, which would keep the process alive. Yoga's dispose leaves them open. */
  const closeIdle = () => {
    if (!server.listening && underWay === 0) server.closeIdleConnections();
  };
  server.on('connection', () => {
    arrived++;
  });
  server.on('upgrade', app.upgrade);
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  await listenAt(server, placeOf(config));
  const stopped = new Promise<void>((resolve, reject) => {
    const cut = () => server.closeAllConnections();
    const stop = async (signal: NodeJS.Signals) => {
      app.logger.info({ signal }, 'draining');
      draining = true;
      app.drain();
      const deadline = setTimeout(cut, config.drainSeconds * 1000);
      await wait(LINGER_MS);
      for (let turn = 0, quiet = 0; turn < MAX_TURNS && quiet < QUIET_TURNS; turn++) {
        const before = arrived;
        await nextTurn();
        quiet = arrived === before ? quiet + 1 : 0;
      }
      // The close method of node:http also destroys connections whose response has ended but is not yet written.
      NetServer.prototype.close.call(server, () => {
        clearTimeout(deadline);
        app.close().then(resolve, reject);
      });
      closeIdle();
    };
    stopOnSignal((signal) => (draining ? cut() : void stop(signal)));
  });
  // The address of a server on a TCP port has this type.
  const { address, family, port } = server.address() as AddressInfo;
  return { url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`, stopped };
}
