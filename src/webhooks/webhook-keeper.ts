import type { EventKeeper } from '../events/event-retention.service.js';
import * as deliveryStore from './webhook-delivery.store.js';
import * as endpointStore from './webhook-endpoint.store.js';

/** Events stay until they were sent to every endpoint that is enabled; the history of deliveries goes with them. */
export const webhookKeeper: EventKeeper = {
  firstNeeded: endpointStore.firstUndelivered,
  removeUpTo: deliveryStore.removeUpTo,
};
