import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Config } from '../../config/config.js';
import type { Metrics } from '../../telemetry/metrics.js';
import { listenAt } from './listening.js';
import { metricsAddressOf } from './places.js';

/** Time limit for receiving a request of the collector. */
const REQUEST_TIMEOUT_MS = 5_000;
const MAX_CONNECTIONS = 16;

/** Figures in the Prometheus text format. */
export type Figures = Pick<Metrics, 'contentType' | 'text'>;

/** The listener of the Prometheus endpoint. It has its own port, so that clients of the API cannot reach it. */
export interface MetricsListening {
  /** URL of the endpoint, e.g. `http://127.0.0.1:9464/metrics`. */
  readonly url: string;
  close(): void;
}

/** Serves `/metrics`. Returns null when metrics are disabled. */
export async function listenForMetrics(
  { metrics }: { readonly metrics: Figures | null },
  config: Config,
): Promise<MetricsListening | null> {
  const place = metricsAddressOf(config);
  if (metrics === null || place === null) return null;
  const server = createServer(async (request, response) => {
    if (request.url !== '/metrics' || request.method !== 'GET') return response.writeHead(404).end();
    const text = await metrics.text();
    return response.writeHead(200, { 'content-type': metrics.contentType }).end(text);
  });
  server.headersTimeout = server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.maxConnections = MAX_CONNECTIONS;
  await listenAt(server, place);
  // The address of a server on a TCP port has this type.
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
