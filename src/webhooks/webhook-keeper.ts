import type { EventKeeper } from '../events/event-retention.service.js';
import * as deliveryStore from './webhook-delivery.store.js';
import * as endpointStore from './webhook-endpoint.store.js';

/** Keeps events until every enabled endpoint has received them, and deletes deliveries together with their events. */
export const webhookKeeper: EventKeeper = {
  firstNeeded: endpointStore.firstUndelivered,
  removeUpTo: deliveryStore.removeUpTo,
};
