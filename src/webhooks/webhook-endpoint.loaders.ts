import DataLoader from 'dataloader';
import { defineLoaders } from '../auth/loaders.js';
import { createSliceLoader } from '../db/nested-loaders.js';
import type { WebhookDeliveryId, WebhookEndpointId } from '../domain/ids.js';
import type { WebhookDelivery } from './webhook-delivery.js';
import * as deliveryStore from './webhook-delivery.store.js';
import type { WebhookEndpoint } from './webhook-endpoint.js';
import * as store from './webhook-endpoint.store.js';

/** Loaders of webhook endpoints and their deliveries. */
export const webhookEndpointLoaders = defineLoaders('webhookEndpoints.read', ({ db, environmentId, see }) => ({
  byId: new DataLoader<WebhookEndpointId, WebhookEndpoint | null>(async (ids) => {
    const endpoints = await store.findMany(db, environmentId, ids);
    return ids.map((id) => see(endpoints.get(id)));
  }),
  deliveryById: new DataLoader<WebhookDeliveryId, WebhookDelivery | null>(async (ids) => {
    const deliveries = await deliveryStore.findMany(db, environmentId, ids);
    return ids.map((id) => see(deliveries.get(id)));
  }),
  deliveries: createSliceLoader(db, environmentId, deliveryStore.pageByEndpoints),
}));
