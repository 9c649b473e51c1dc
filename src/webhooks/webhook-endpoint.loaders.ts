import DataLoader from 'dataloader';
import type { Handle } from '../db/handle.js';
import { createSliceLoader } from '../db/nested-loaders.js';
import type { EnvironmentId, WebhookDeliveryId, WebhookEndpointId } from '../ids.js';
import type { WebhookDelivery } from './webhook-delivery.js';
import * as deliveryStore from './webhook-delivery.store.js';
import type { WebhookEndpoint } from './webhook-endpoint.js';
import * as store from './webhook-endpoint.store.js';

export type WebhookEndpointLoaders = ReturnType<typeof createWebhookEndpointLoaders>;

export function createWebhookEndpointLoaders(db: Handle, environmentId: EnvironmentId) {
  return {
    byId: new DataLoader<WebhookEndpointId, WebhookEndpoint | null>(async (ids) => {
      const endpoints = await store.findMany(db, environmentId, ids);
      return ids.map((id) => endpoints.get(id) ?? null);
    }),
    deliveryById: new DataLoader<WebhookDeliveryId, WebhookDelivery | null>(async (ids) => {
      const deliveries = await deliveryStore.findMany(db, environmentId, ids);
      return ids.map((id) => deliveries.get(id) ?? null);
    }),
    deliveries: createSliceLoader(db, environmentId, deliveryStore.pageByEndpoints),
  };
}
