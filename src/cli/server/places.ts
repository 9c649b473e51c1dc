import type { Config } from '../../config/config.js';
import type { Place } from './listening.js';

/** The configured address of the server. */
export function placeOf({ host, port }: Config): Place {
  return { host, port, settings: { host: 'HOST', port: 'PORT' } };
}

/** The configured address of the Prometheus endpoint. Null when metrics are disabled. */
export function metricsAddressOf({ metrics }: Config): Place | null {
  return metrics === null ? null : { ...metrics, settings: { host: 'METRICS_HOST', port: 'METRICS_PORT' } };
}

/** All addresses that the server listens on. */
export function listenAddressesOf(config: Config): Place[] {
  return [placeOf(config), metricsAddressOf(config)].filter((place) => place !== null);
}
