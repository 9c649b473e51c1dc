import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { App } from '../app.js';
import type { Config } from '../config.js';
import { listenAt } from './listening.js';
import { metricsPlaceOf } from './places.js';

/** How long a collector may take to send its request. */
const REQUEST_TIMEOUT_MS = 5_000;
const MAX_CONNECTIONS = 16;

/** A listener for Prometheus alone: its port can be kept from everybody who may send operations. */
export interface MetricsListening {
  /** Where it listens, e.g. `http://127.0.0.1:9464/metrics`. */
  readonly url: string;
  close(): void;
}

/** Serves `/metrics`; null when metrics are off. */
export async function listenForMetrics(app: App, config: Config): Promise<MetricsListening | null> {
  const { metrics } = app;
  const place = metricsPlaceOf(config);
  if (metrics === null || place === null) return null;
  const server = createServer(async (request, response) => {
    if (request.url !== '/metrics' || request.method !== 'GET') return response.writeHead(404).end();
    const text = await metrics.text();
    return response.writeHead(200, { 'content-type': metrics.contentType }).end(text);
  });
  server.headersTimeout = server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.maxConnections = MAX_CONNECTIONS;
  await listenAt(server, place);
  // A server on a TCP port has an address of this form.
  const address = server.address() as AddressInfo;
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return {
    url: `http://${name}:${address.port}/metrics`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
