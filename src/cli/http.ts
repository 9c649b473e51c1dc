import { createServer } from 'node:http';
import { type AddressInfo, Server as NetServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { App } from '../app.js';
import type { Config } from '../config.js';
import { nextTurn } from '../scheduling/turns.js';
import { listenAt } from './listening.js';
import { placeOf } from './places.js';
import { stopOnSignal } from './stopping.js';

/** A started server. */
export interface Listening {
  /** Where it listens, e.g. `http://127.0.0.1:4000`. */
  readonly url: string;
  /** Resolves when a signal has stopped it, everything is answered and the database is closed. */
  readonly stopped: Promise<void>;
}

/** Slow senders may not hold a connection for ever. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;

/**
 * How long a stopping server goes on taking requests: what lies in a socket unread would be reset by closing it, and a
 * load balancer needs a moment to see that `/readyz` says no.
 */
const LINGER_MS = 500;
/**
 * A busy process may wake up late: it takes turns of the event loop, not time, to accept and read what has arrived. So
 * many in which nothing came, but no more than the second number: under load there may be no such pause.
 */
const QUIET_TURNS = 8;
const TURNS_TO_READ = 1_000;

/**
 * Listens, and stops on SIGTERM and SIGINT: not ready any more, then no new connections, requests under way are
 * answered, and the database is closed. A second signal, or the end of the time to drain, cuts what is left.
 *
 * @throws {ListenError} when it cannot listen where the settings say
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
    // A client that is told so sends its next request elsewhere, and the connection ends with the answer.
    if (draining) response.setHeader('Connection', 'close');
    app.listener(request, response);
  });
  /** Ends connections without a request, which would keep the process alive; Yoga's dispose leaves them open. */
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
      for (let turn = 0, quiet = 0; turn < TURNS_TO_READ && quiet < QUIET_TURNS; turn++) {
        const before = arrived;
        await nextTurn();
        quiet = arrived === before ? quiet + 1 : 0;
      }
      // The close of node:http also destroys connections whose answer is ended but not written yet.
      NetServer.prototype.close.call(server, () => {
        clearTimeout(deadline);
        app.close().then(resolve, reject);
      });
      closeIdle();
    };
    stopOnSignal((signal) => (draining ? cut() : void stop(signal)));
  });
  // A server on a TCP port has an address of this form.
  const { address, family, port } = server.address() as AddressInfo;
  return { url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`, stopped };
}
