import type { Config } from '../config.js';
import type { Place } from './listening.js';

/** Where the server listens, as the settings say. */
export function placeOf({ host, port }: Config): Place {
  return { host, port, settings: { host: 'HOST', port: 'PORT' } };
}

/** Where figures are served, as the settings say; null when they are off. */
export function metricsPlaceOf({ metrics }: Config): Place | null {
  return metrics === null ? null : { ...metrics, settings: { host: 'METRICS_HOST', port: 'METRICS_PORT' } };
}

/** Everywhere the server listens. */
export function placesOf(config: Config): Place[] {
  return [placeOf(config), metricsPlaceOf(config)].filter((place) => place !== null);
}
