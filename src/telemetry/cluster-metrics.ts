import { AggregatorRegistry } from 'prom-client';
import type { Metrics } from './metrics.js';

/** The figures of all workers together. For the primary. */
export function createClusterMetrics(): Pick<Metrics, 'contentType' | 'text'> {
  const registry = new AggregatorRegistry();
  return { contentType: registry.contentType, text: () => registry.clusterMetrics() };
}
